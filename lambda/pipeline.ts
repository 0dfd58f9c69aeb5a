import pMap from "p-map";
import { visible } from "./core/alert/text.ts";
import { readEnvelope } from "./core/envelope/envelope.ts";
import { type LogObject, placeOf } from "./core/envelope/log-object.ts";
import type { Match } from "./core/ledger/batch.ts";
import type { Intake, Ledger, LedgerCounts } from "./core/ledger/ledger.ts";
import { DEFAULT_LIMITS, type ReadLimits, readLogFile } from "./core/log-file/reader.ts";
import { textAt } from "./core/record/record.ts";
import type { RuleSet } from "./core/rules/rule-set.ts";

/** What the pipeline needs of the world. Effects reject on failure; nothing is retried here. */
export interface Effects {
  readonly rules: RuleSet;
  readonly ledger: Ledger;
  /** Opens a log object; chunks come as they are read. */
  readonly fetchObject: (logObject: LogObject) => Promise<AsyncIterable<Uint8Array>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One line per invocation: counts and places, never contents of records. */
  readonly log: (line: InvocationLine) => void;
  readonly limits?: ReadLimits;
}

/**
 * The counts of one invocation: objects = read + skipped + failed; matches = listed + counted + pending + held +
 * belowThreshold + duplicates + excepted + unrecorded.
 */
export interface Summary extends LedgerCounts {
  /** Entries of the event. */
  readonly objects: number;
  readonly skipped: number;
  readonly failed: number;
  /** Elements of all `Records` read. */
  readonly records: number;
  /** Elements of `Records` that are no JSON object, and so no record. */
  readonly malformed: number;
  readonly matches: number;
  /** Matches that an exception of their rule left out. */
  readonly excepted: number;
  /** From S3's announcement of the oldest object to the end of the invocation, in seconds; 0 where it has no time. */
  readonly deliveryLagSeconds: number;
}

/** What is logged of an invocation. */
export interface InvocationLine extends Summary {
  /** What was skipped, and what was odd in a file that was read. */
  readonly remarks: readonly string[];
  readonly faults: readonly string[];
}

/** An invocation that did not do all its work. Lambda retries it, and hands it to the on-failure queue in the end. */
export class InvocationError extends Error {
  override readonly name = "InvocationError";
  readonly summary: Summary;
  readonly causes: readonly unknown[];

  constructor(summary: Summary, causes: readonly unknown[]) {
    const lines = causes.slice(0, MAX_NAMED_CAUSES).map((cause) => `- ${messageOf(cause)}`);
    const rest = causes.length - lines.length;
    if (rest > 0) lines.push(`- and ${rest} more, in the function's log`);
    super(`${causes.length} of this invocation's steps failed:\n${lines.join("\n")}`);
    this.summary = summary;
    this.causes = causes;
  }
}

/** The message travels in the on-failure record, which must stay small. */
const MAX_NAMED_CAUSES = 20;
const MAX_MESSAGE = 2_000;

/** Log objects that are fetched at the same time; each may hold one file in memory. */
const CONCURRENCY = 4;

/**
 * The whole way of one invocation: event -> log objects -> records -> matches -> ledger -> alerts. Everything is tried
 * before anything is reported. A publish that fails is no fault: the alert waits in the ledger.
 * @returns the handler of one invocation, which throws InvocationError when an object failed, or matches were not recorded
 */
export function createPipeline(effects: Effects): (event: unknown) => Promise<Summary> {
  return async (event) => {
    const envelope = readEnvelope(event);
    const intake = effects.ledger.intake();
    const read = { records: 0, malformed: 0, matches: 0, excepted: 0 };
    const faults: unknown[] = [...envelope.faults];
    const remarks = envelope.skipped.map(({ place, reason }) => `${visible(place, MAX_MESSAGE)}: skipped, ${reason}`);

    await pMap(
      envelope.logObjects,
      async (logObject) => {
        try {
          const { malformed } = await readInto(intake, read, logObject, effects);
          if (malformed > 0) {
            remarks.push(
              `${visible(placeOf(logObject), MAX_MESSAGE)}: ${malformed} elements of Records are no objects`,
            );
          }
        } catch (error) {
          faults.push(namingObject(error, logObject));
        }
      },
      { concurrency: CONCURRENCY },
    );
    const failed = faults.length;

    const recorded = await intake.finish();
    faults.push(...recorded.faults);
    remarks.push(...recorded.notes.map((note) => visible(note, MAX_MESSAGE)));
    const summary: Summary = {
      objects: envelope.logObjects.length + envelope.skipped.length + envelope.faults.length,
      skipped: envelope.skipped.length,
      failed,
      ...read,
      ...recorded.counts,
      deliveryLagSeconds: lagOf(envelope.announcedAt, effects.now()),
    };
    effects.log({ ...summary, remarks, faults: faults.map(messageOf) });
    if (faults.length > 0) throw new InvocationError(summary, faults);
    return summary;
  };
}

async function readInto(
  intake: Intake,
  counts: { records: number; malformed: number; matches: number; excepted: number },
  logObject: LogObject,
  { rules, fetchObject, now, limits }: Effects,
): Promise<{ readonly malformed: number }> {
  let malformed = 0;
  const arrival = now();
  const chunks = await fetchObject(logObject);
  for await (const slice of readLogFile(logObject, chunks, rules.pins, limits ?? DEFAULT_LIMITS)) {
    counts.records += slice.seen;
    counts.malformed += slice.malformed;
    malformed += slice.malformed;
    const matches: Match[] = [];
    for (const record of slice.candidates) {
      const { matched, excepted, preceding } = rules.match(record, arrival);
      counts.matches += matched.length + excepted.length;
      counts.excepted += excepted.length;
      for (const rule of matched) matches.push({ rule, record, logObject });
      for (const rule of preceding) matches.push({ rule, record, logObject, precedes: true });
    }
    if (matches.length > 0) await intake.add(matches);
  }
  return { malformed };
}

function lagOf(announcedAt: number | undefined, now: number): number {
  return announcedAt === undefined ? 0 : Math.max(0, Math.round((now - announcedAt) / 1000));
}

/** Errors of the reader name their object; those of the SDK do not. */
function namingObject(error: unknown, logObject: LogObject): unknown {
  const message = textAt(error, "message") ?? String(error);
  return message.startsWith(placeOf(logObject))
    ? error
    : new Error(`${placeOf(logObject)}: ${message}`, { cause: error });
}

/** An error's message on one line and of bounded length: keys of objects are text from outside too. */
function messageOf(error: unknown): string {
  return visible(textAt(error, "message") ?? String(error), MAX_MESSAGE);
}
