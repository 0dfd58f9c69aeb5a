import { LEARNING_DAYS } from "../../lambda/core/ledger/run.ts";
import { deskRules } from "../desk-cache.ts";
import type { DeskFile } from "../records/desk-file.ts";
import { inputsOf } from "../records/inputs.ts";
import { counted } from "../terminal/counted.ts";
import { createProgress } from "../terminal/progress.ts";
import { UsageError } from "../usage.ts";
import { alertLine, alertsOf, alertText } from "./alerts.ts";
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
  const desk = await deskRules(options.rules);
  const { rules } = desk;
  const task: ReadingTask = {
    rules,
    known: desk.known,
    since,
    until,
    as: alerts ? "alerts" : json ? "json" : "text",
    learn,
  };
  const { files: all, faults } = inputsOf(options.paths);
  const files = behind(all, options.after);

  const progress = createProgress();
  const tell = (text: string) => {
    progress.clear();
    process.stderr.write(`${text}\n`);
  };
  const tallies = new Tallies(rules.length);
  const store = new FoundStore();
  const bytes = files.reduce((sum, { size = 0 }) => sum + size, 0);
  const stands = { files: 0, records: 0, bytes: 0, failed: faults.length, learnedFrom: since };
  let last: DeskFile | undefined;
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const fault of faults) tell(fault);
  process.once("SIGINT", stop);
  const take = (_: DeskFile, part: Part) => {
    stands.records += part.seen;
    stands.failed += part.faults.length;
    stands.learnedFrom = Math.min(stands.learnedFrom, part.learnedFrom);
    for (const fault of part.faults) tell(fault);
    for (const finding of part.found) store.add(finding);
    tallies.add(part.tallies);
    if (part.lines !== "") {
      progress.clear();
      process.stdout.write(part.lines);
    }
    progress.show({
      ...{ files: stands.files, ofFiles: files.length, records: stands.records, matches: tallies.matches },
      ...(bytes > 0 && { share: stands.bytes / bytes }),
    });
  };
  const reading: Reading = {
    files,
    task,
    take,
    done(file) {
      last = file;
      stands.files++;
      stands.bytes += file.size ?? 0;
    },
    stop: stopping.signal,
  };
  try {
    const threads = options.threads ?? threadsFor(files);
    await (threads < 2 ? readHere(reading) : readInThreads(reading, threads, entry));
    progress.clear();
    // From here on, Ctrl-C ends it as it ends any program.
    process.off("SIGINT", stop);
    // What there is before --since is all there is to learn from.
    const learned = Math.min(
      desk.settings.learningDays ?? LEARNING_DAYS,
      Math.floor((since - stands.learnedFrom) / DAY),
    );
    if (learn && learned === 0) {
      tell("There is less than a day before --since to learn from: much that is usual will count as new.");
    }
    const settings = learn ? { ...desk.settings, learningDays: learned } : desk.settings;
    const outcome = alerts ? await alertsOf(store.byMinute(rules), rules, settings) : undefined;
    for (const alert of outcome?.sent ?? []) {
      process.stdout.write(json ? `${JSON.stringify(alertLine(alert))}\n` : alertText(alert));
    }
    if (!json) process.stdout.write(summary(rules, tallies, stands));
    if ((outcome?.learning ?? 0) > 0) tell(learningText(outcome?.learning ?? 0, settings.learningDays));
  } finally {
    process.off("SIGINT", stop);
    store.close();
  }
  if (stopping.signal.aborted) {
    tell(interruptedText(options, stands.files, files.length, last));
    // What is being read, a pipe that delivers nothing perhaps, would keep the process.
    process.stdout.write("", () => process.exit(INTERRUPTED));
    return INTERRUPTED;
  }
  return stands.failed > 0 ? 1 : 0;
}

/** The files behind one that was read before. */
function behind(files: readonly DeskFile[], after: string | undefined): readonly DeskFile[] {
  if (after === undefined) return files;
  const at = files.findIndex(({ name }) => name === after);
  if (at === -1) throw new UsageError(`--after: none of the files is ${after}`);
  return files.slice(at + 1);
}

function interruptedText({ alerts }: ReplayOptions, read: number, of: number, last: DeskFile | undefined): string {
  const stopped = `Interrupted after ${read} of ${counted(of, "file")}.`;
  if (last === undefined) return `${stopped} Nothing was read to its end.`;
  const rest = alerts ? " Incidents begin anew there: what belongs together across it makes more mails." : "";
  return `${stopped} To go on, add: --after ${quoted(last.name)}${rest}`;
}

/** As a word of a shell's command. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function learningText(learning: number, days = LEARNING_DAYS): string {
  const records = counted(learning, "record");
  return `Rules with first were learning for ${counted(days, "day")}: ${records} of that time would have been told. They learn from what is before TIME with --since TIME --learn; two weeks are enough.`;
}
