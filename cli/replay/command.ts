import { quantity } from "../../lambda/core/alert/quantity.ts";
import { LEARNING_DAYS } from "../../lambda/core/first-seen/learning-rules.ts";
import { deskRules } from "../desk-cache.ts";
import type { DeskFile } from "../records/desk-file.ts";
import { openSources } from "../sources/open-sources.ts";
import { type Source, SourceError } from "../sources/source.ts";
import { createProgress } from "../terminal/progress.ts";
import { asTyped } from "../usage.ts";
import { FoundStore } from "./found-store.ts";
import { type ReplayOptions, readOptions } from "./options.ts";
import { type Reading, readHere, readInThreads, threadsFor } from "./pool.ts";
import { summary } from "./summary.ts";
import { Tallies } from "./tallies.ts";
import type { Part, ReadingTask } from "./task.ts";

const DAY = 86_400_000;
/** What shells say of a command that was ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs rules over files; `entry` is the module that serves in a thread. */
export async function replay(args: readonly string[], entry: string): Promise<number> {
  const options = readOptions(args);
  const { since, until, json, alerts, learn } = options;
  const { rules, known, settings, told } = await deskRules(options.rules, options.overrides);
  const as = alerts ? "alerts" : json ? "json" : "text";
  const task: ReadingTask = { rules, known, since, until, as, learn };
  const learningDays = settings.learningDays ?? LEARNING_DAYS;
  const window = { since: learn ? since - learningDays * DAY : since, until };

  const run = startRun(since);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once("SIGINT", stop);
  try {
    const broken = await read(options, task, window, run, stopping.signal, entry);
    run.progress.clear();
    // From here on, Ctrl-C ends it as it ends any program.
    process.off("SIGINT", stop);
    // What there is before --since is all there is to learn from.
    const learned = Math.min(learningDays, Math.floor((since - run.learnedFrom) / DAY));
    if (learn && learned === 0) {
      run.tell("There is less than a day before --since to learn from: much that is usual will count as new.");
    }
    const own = learn ? { ...settings, learningDays: learned } : settings;
    // The ledger, and what makes mails, are loaded only for those who ask for them.
    const alerting = alerts ? await import("./alerts.ts") : undefined;
    const outcome = await alerting?.alertsOf(run.store.byMinute(rules), rules, own);
    const { tallies, files, records } = run;
    const summarized = { rules, tallies, files, records, outcome, told, unmatched: options.unmatched, now: Date.now() };
    const learningTold = (outcome?.learning ?? 0) > 0 ? [learningText(outcome?.learning ?? 0, own.learningDays)] : [];
    const isCut = broken !== undefined || stopping.signal.aborted;
    if (options.explain !== undefined && alerting !== undefined) {
      process.stdout.write(alerting.mailText(options.explain, outcome?.sent ?? []));
    } else {
      for (const alert of outcome?.sent ?? []) {
        process.stdout.write(
          json ? `${JSON.stringify(alerting?.alertLine(alert))}\n` : (alerting?.alertText(alert) ?? ""),
        );
      }
      // Of what could not be read, a summary would sound like all is well.
      const isUnread = records === 0 && (run.failed > 0 || isCut);
      if (!json && !isUnread) process.stdout.write(summary(summarized));
    }
    const remarks = [...learningTold, ...(isCut ? [stoppedText(options, run, broken)] : [])];
    for (const text of remarks) run.tell(text);
    if (options.html !== undefined) {
      const unread = run.failed === 0 ? [] : [`${quantity(run.failed, "input")} could not be read.`];
      const notes = [...remarks, ...unread].map(asTyped);
      const { makePage } = await import("./html/make.ts");
      makePage(options.html, summarized, { accounts: settings.accounts, notes });
      run.tell(`Wrote ${options.html}, a page for your browser. It holds records: only you can read it.`);
    }
    if (stopping.signal.aborted) {
      // What is being read, a pipe that delivers nothing perhaps, would keep the process.
      process.stdout.write("", () => process.exit(INTERRUPTED));
      return INTERRUPTED;
    }
    return run.failed > 0 || broken !== undefined ? 1 : 0;
  } finally {
    process.off("SIGINT", stop);
    run.store.close();
  }
}

type Run = ReturnType<typeof startRun>;

/** What a replay has come to. */
function startRun(since: number) {
  const progress = createProgress();
  return {
    progress,
    tallies: new Tallies(),
    store: new FoundStore(),
    files: 0,
    ofFiles: undefined as number | undefined,
    records: 0,
    /** Those of a file that is not read to its end. */
    begun: 0,
    bytes: 0,
    failed: 0,
    learnedFrom: since,
    last: undefined as DeskFile | undefined,
    tell(text: string) {
      progress.clear();
      process.stderr.write(`${asTyped(text)}\n`);
    },
  };
}

/** Reads all that is asked for; returns why it ended before its time, where that was nobody's wish. */
async function read(
  options: ReplayOptions,
  task: ReadingTask,
  window: { readonly since: number; readonly until: number },
  run: Run,
  stop: AbortSignal,
  entry: string,
): Promise<SourceError | undefined> {
  const fault = (text: string) => {
    run.failed++;
    run.tell(text);
  };
  try {
    const source = await openSources(options, window, fault, run.tell);
    const reading: Reading = {
      files: source.files,
      task,
      take(_, part) {
        takePart(part, run, fault);
        show(run, source);
      },
      done(file) {
        run.last = file;
        run.files++;
        run.begun = 0;
        run.bytes += file.size ?? 0;
        show(run, source);
      },
      stop,
    };
    const threads = options.threads ?? threadsFor(source.sample);
    const timer = setInterval(() => show(run, source), 500);
    try {
      await (threads < 2 ? readHere(reading) : readInThreads(reading, threads, entry));
    } finally {
      clearInterval(timer);
      run.ofFiles = source.known().files;
    }
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  return undefined;
}

function takePart(part: Part, run: Run, fault: (text: string) => void): void {
  run.records += part.seen;
  run.begun += part.seen;
  run.learnedFrom = Math.min(run.learnedFrom, part.learnedFrom);
  for (const text of part.faults) fault(text);
  for (const finding of part.found) run.store.add(finding);
  run.tallies.add(part.tallies);
  if (part.lines === "") return;
  run.progress.clear();
  process.stdout.write(part.lines);
}

function show(run: Run, source: Source): void {
  const { files, bytes, doing } = source.known();
  run.progress.show({
    files: run.files,
    records: run.records,
    matches: run.tallies.matches,
    ...(files !== undefined && { ofFiles: files }),
    ...(bytes !== undefined && bytes > 0 && { share: run.bytes / bytes }),
    ...(doing !== undefined && { doing }),
  });
}

function stoppedText(
  { alerts }: ReplayOptions,
  { files, ofFiles, last, begun }: Run,
  broken: SourceError | undefined,
): string {
  const of = ofFiles === undefined ? quantity(files, "file") : `${files} of ${quantity(ofFiles, "file")}`;
  const stopped = broken === undefined ? `Interrupted after ${of}.` : `${broken.message}\nIt ended after ${of}.`;
  if (last === undefined) return broken === undefined ? `${stopped} Nothing was read to its end.` : broken.message;
  const twice =
    begun === 0
      ? ""
      : ` The first ${quantity(begun, "record")} of the next file count here, and in the next run again.`;
  const apart = alerts
    ? " Incidents begin anew in the next run: what belongs together across it makes more mails."
    : "";
  return `${stopped}${twice}${apart} To go on, add: --after ${quoted(last.name)}`;
}

/** As a word of a shell's command. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function learningText(learning: number, days = LEARNING_DAYS): string {
  const records = quantity(learning, "record");
  return `Rules with "first" would have told ${records} more, but they need ${quantity(days, "day")} to learn what is usual: replay more days, and add --since TIME --learn to learn from what is before TIME.`;
}
