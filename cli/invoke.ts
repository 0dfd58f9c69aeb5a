import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { quantity } from "../lambda/core/alert/quantity.ts";
import { visible } from "../lambda/core/alert/text.ts";
import { EnvelopeError, readEnvelope } from "../lambda/core/envelope/envelope.ts";
import { isGzip } from "../lambda/core/log-file/gunzip.ts";
import { DESK_LIMITS } from "../lambda/core/log-file/limits.ts";
import { valueAt } from "../lambda/core/record/record.ts";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { createPipeline, InvocationError } from "../lambda/pipeline.ts";
import type { Summary } from "../lambda/summary.ts";
import { PACKAGE } from "../lib/package-folder.ts";
import { deskRules } from "./desk-cache.ts";
import { createDeskLedger } from "./desk-ledger.ts";
import { sampleOr } from "./here.ts";
import { whyUnread } from "./records/fault.ts";
import { fetchFromFolder } from "./store-folder.ts";
import { contentsText, countsText, emailText, type Message, smsText } from "./terminal/mailbox.ts";
import { readArguments, ruleArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run invoke -- EVENT.json... [--rules PATH]... [--store DIR] [--aws]

Runs the function on your desk, once for each event file, and prints the alerts as the mailbox and the phone would
show them. Nothing is sent; standard error says so first, and which log files were read. After the last event, the clock
runs until nothing is due any more, and what comes later (follow-ups, round-ups) is printed with its delay. A list of all
messages follows; the last line of output is JSON with the counts.

  --rules PATH   rule file or folder, instead of the packs of trailbell.config.yaml; may be repeated
  --store DIR    where log objects are: DIR/<bucket>/<key> (default: events/)
  --aws          read log objects from S3, with the credentials and the region of your shell

Exit code: 0; 1 if an object failed or a rule file has a fault; 2 if the command line is wrong.
`;

async function invoke(args: readonly string[]): Promise<number> {
  const { values, positionals: events } = readArguments(args, HELP, {
    rules: { type: "string", multiple: true },
    store: { type: "string" },
    aws: { type: "boolean" },
  });
  if (events.length === 0) throw new UsageError("invoke needs at least one event file");
  if (values.aws && values.store !== undefined) throw new UsageError("use --aws or --store, not both");
  const { rules, settings, deployment, known } = await deskRules(ruleArguments(values.rules));
  const folder = values.store ?? join(PACKAGE, "events");
  const fetchObject = values.aws ? (await import("./aws/s3.ts")).fetchFromS3() : fetchFromFolder(folder);
  const ruleSet = compileRules(rules, known);

  const given = events.map((file) => ({ file, event: readEvent(sampleOr(file)) }));
  process.stderr.write(`${DESK_RUN}\n${readText(given, values.aws ? undefined : folder)}\n\n`);
  let total: Partial<Summary> = {};
  let faults = 0;
  let lastEvent: number | undefined;
  const messages: Message[] = [];
  const desk = createDeskLedger(
    ruleSet.rules,
    settings,
    (alert) => {
      messages.push({ kind: "email", text: alert.subject });
      print(emailText(alert, delay()));
    },
    (alert) => {
      messages.push({ kind: "SMS", text: alert.sms ?? "" });
      print(smsText(alert, delay()));
    },
  );
  const begin = given.map(({ event }) => envelopeOf(event)?.arrivedAt).find(Boolean) ?? Date.now();
  const delay = () => (lastEvent === undefined ? 0 : desk.now() - lastEvent);
  for (const { file, event } of given) {
    lastEvent = undefined;
    // The moment when the last object was announced, so that a sample reads the same every day.
    await desk.advanceTo(envelopeOf(event)?.arrivedAt ?? (desk.now() || begin));
    const pipeline = createPipeline({
      rules: ruleSet,
      ledger: desk.ledger,
      fetchObject,
      deployment,
      accepted: {},
      limits: DESK_LIMITS,
      now: desk.now,
      log: (_, { remarks }) => {
        for (const remark of remarks) process.stderr.write(`${remark}\n`);
      },
    });
    try {
      total = sum(total, await pipeline(event));
    } catch (error) {
      faults++;
      process.stderr.write(`${file}: ${error instanceof Error ? error.message : String(error)}\n`);
      if (error instanceof InvocationError) total = sum(total, error.summary);
    }
  }
  lastEvent = desk.now();
  await desk.runToEnd();
  total = sum(total, { alerts: desk.alertsOfTicks });
  if (total.alerts === 0) process.stderr.write(`${whyNone(total)}\n`);
  process.stdout.write(contentsText(messages) + countsText(total));
  return faults > 0 || (total.failed ?? 0) > 0 ? 1 : 0;
}

const DESK_RUN = "Desk run: nothing is sent. Below is what the mailbox and the phone would get.";

/** How many log files are named. */
const MAX_FILES = 4;

/** Which log files the events announce: `Read from events/trail-bucket: a.json.gz`, several with a line each. */
function readText(given: readonly { readonly event: unknown }[], folder: string | undefined): string {
  const objects = given.flatMap(({ event }) => envelopeOf(event)?.logObjects ?? []);
  const names = [...new Set(objects.map(({ key }) => basename(key)))].map((name) => visible(name, 200));
  if (names.length === 0) return "No log file is read: the event announces none.";
  const buckets = [...new Set(objects.map(({ bucket }) => bucket))];
  const [bucket = ""] = buckets.length === 1 ? buckets : [];
  const from = folder === undefined ? `s3://${bucket}` : relative(".", join(folder, bucket)) || ".";
  const more = names.length - MAX_FILES;
  const listed = [...names.slice(0, MAX_FILES), ...(more > 0 ? [`and ${more} more`] : [])];
  const between = names.length === 1 ? " " : "\n  ";
  return [`Read from ${visible(from, 200)}:`, ...listed].join(between);
}

function whyNone({ records = 0, matches = 0, belowThreshold = 0, learning = 0 }: Partial<Summary>): string {
  if (matches === 0) return `no rule matched: ${quantity(records, "record")} read`;
  const why = [
    belowThreshold > 0 && `${belowThreshold} below a rule's threshold`,
    learning > 0 && `${learning} from which rules still learn what is usual`,
  ].filter(Boolean);
  return `no alert: ${quantity(matches, "match", "es")}${why.length === 0 ? "" : ` (${why.join(", ")})`}`;
}

/** What an event announces; undefined for what is no event: the function says so. */
function envelopeOf(event: unknown): ReturnType<typeof readEnvelope> | undefined {
  try {
    return readEnvelope(event);
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

function readEvent(file: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new UsageError(`${file}: ${whyUnread(cause)}`);
  }
  const useReplay = `${file} is a log file, not an event that announces one: use npm run replay -- ${file}`;
  if (isGzip(bytes)) throw new UsageError(useReplay);
  let event: unknown;
  try {
    event = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new UsageError(`${file} is not JSON; invoke needs an event, for instance events/one-log-file.json`);
  }
  if (holdsRecords(event)) throw new UsageError(useReplay);
  return event;
}

/** True for a log file, a list of records, or a record: what people try before they know of replay. */
function holdsRecords(value: unknown): boolean {
  const lists = [value, valueAt(value, "Records"), valueAt(value, "Events")];
  const [first = value] = lists.find(Array.isArray) ?? [];
  return ["eventVersion", "eventSource", "userIdentity"].every((field) => valueAt(first, field) !== undefined)
    ? !/^aws:/.test(String(valueAt(first, "eventSource")))
    : valueAt(first, "CloudTrailEvent") !== undefined;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Counts of several invocations as one; a lag or an age is the greatest. */
function sum(a: Partial<Summary>, b: Partial<Summary>): Partial<Summary> {
  const names = Object.keys({ ...a, ...b }) as (keyof Summary)[];
  const entries = names.map((name) => {
    const [one = 0, other = 0] = [a[name], b[name]];
    return [name, name.endsWith("Seconds") ? Math.max(one, other) : one + other];
  });
  return Object.fromEntries(entries) as Partial<Summary>;
}

await runCommand(invoke);
