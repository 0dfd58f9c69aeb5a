import pMap from "p-map";
import { type Alert, type AlertSettings, renderAlert } from "./core/alert/alert.ts";
import { visible } from "./core/alert/text.ts";
import { readEnvelope } from "./core/envelope/envelope.ts";
import { type LogObject, placeOf } from "./core/envelope/log-object.ts";
import { MatchGroups } from "./core/ledger/group.ts";
import { DEFAULT_LIMITS, type ReadLimits, readLogFile } from "./core/log-file/reader.ts";
import { textAt } from "./core/record/record.ts";
import type { RuleSet } from "./core/rules/rule-set.ts";

/** What the pipeline needs of the world. Effects reject on failure; nothing is retried here. */
export interface Effects {
  readonly rules: RuleSet;
  readonly settings: AlertSettings;
  /** Opens a log object; chunks come as they are read. */
  readonly fetchObject: (logObject: LogObject) => Promise<AsyncIterable<Uint8Array>>;
  /** Publishes email and JSON, in one message. */
  readonly publish: (alert: Alert) => Promise<void>;
  /** Publishes the text message of an alert that has one. */
  readonly publishSms: (alert: Alert) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One line per invocation: counts and places, never contents of records. */
  readonly log: (line: InvocationLine) => void;
  readonly limits?: ReadLimits;
}

/** The counts of one invocation: objects = read + skipped + failed. */
export interface Summary {
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
  readonly alerts: number;
  readonly publishFailures: number;
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
 * The whole way of one invocation: event -> log objects -> records -> matches -> groups -> alerts. Everything is tried
 * before anything is reported.
 * @returns the handler of one invocation, which throws InvocationError when an object or a publish failed
 */
export function createPipeline(effects: Effects): (event: unknown) => Promise<Summary> {
  return async (event) => {
    const intake = readEnvelope(event);
    const groups = new MatchGroups();
    const counts = { records: 0, malformed: 0, matches: 0, excepted: 0, alerts: 0 };
    const faults: unknown[] = [...intake.faults];
    const remarks = intake.skipped.map(({ place, reason }) => `${visible(place, MAX_MESSAGE)}: skipped, ${reason}`);

    await pMap(
      intake.logObjects,
      async (logObject) => {
        try {
          const { malformed } = await readInto(groups, counts, logObject, effects);
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

    for (const group of groups.groups()) {
      try {
        const alert = renderAlert(group, effects.settings, effects.now());
        counts.alerts++;
        faults.push(...(await publishFaults(alert, effects)));
      } catch (error) {
        faults.push(new Error(`alert ${group.alertId} of ${group.rule.name} was not made: ${messageOf(error)}`));
      }
    }

    const summary: Summary = {
      objects: intake.logObjects.length + intake.skipped.length + intake.faults.length,
      skipped: intake.skipped.length,
      failed,
      ...counts,
      publishFailures: faults.length - failed,
    };
    effects.log({
      ...summary,
      remarks,
      faults: faults.map(messageOf),
    });
    if (faults.length > 0) throw new InvocationError(summary, faults);
    return summary;
  };
}

async function readInto(
  groups: MatchGroups,
  counts: { records: number; malformed: number; matches: number; excepted: number },
  logObject: LogObject,
  { rules, fetchObject, now, limits }: Effects,
): Promise<{ readonly malformed: number }> {
  const before = counts.malformed;
  const arrival = now();
  const chunks = await fetchObject(logObject);
  for await (const slice of readLogFile(logObject, chunks, rules.pins, limits ?? DEFAULT_LIMITS)) {
    counts.records += slice.seen;
    counts.malformed += slice.malformed;
    for (const record of slice.candidates) {
      const { matched, excepted } = rules.match(record, arrival);
      counts.matches += matched.length + excepted.length;
      counts.excepted += excepted.length;
      for (const rule of matched) groups.add({ rule, record, logObject });
    }
  }
  return { malformed: counts.malformed - before };
}

/** Publishes to both topics, whatever becomes of the other one; the rejections say which alert they lost. */
async function publishFaults(alert: Alert, { publish, publishSms }: Effects): Promise<readonly Error[]> {
  const ways = [
    { topic: "alert", send: publish },
    ...(alert.sms === undefined ? [] : [{ topic: "SMS", send: publishSms }]),
  ];
  const faults: Error[] = [];
  for (const { topic, send } of ways) {
    try {
      await send(alert);
    } catch (cause) {
      const what = `alert ${alert.id} of ${alert.rule} was not published to the ${topic} topic`;
      faults.push(new Error(`${what}: ${messageOf(cause)}`, { cause }));
    }
  }
  return faults;
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
