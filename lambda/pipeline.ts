import pMap from "p-map";
import { visible } from "./core/alert/text.ts";
import { type Accepted, foreignerOf } from "./core/envelope/accept.ts";
import { readEnvelope } from "./core/envelope/envelope.ts";
import { type LogObject, placeOf } from "./core/envelope/log-object.ts";
import type { Heard } from "./core/health/heard.ts";
import { type Found, foundIn } from "./core/incident/place.ts";
import type { Intake } from "./core/ledger/intake.ts";
import type { Ledger } from "./core/ledger/ledger.ts";
import type { LedgerCounts } from "./core/ledger/run.ts";
import { LogFileError } from "./core/log-file/error.ts";
import type { FetchedObject } from "./core/log-file/fetched.ts";
import { ETAG_LENGTH, type ObjectHistory } from "./core/log-file/object-history.ts";
import type { Progress } from "./core/log-file/progress.ts";
import { DEFAULT_LIMITS, type ReadLimits, readLogFile } from "./core/log-file/reader.ts";
import { KINDS_OF_CALLERS } from "./core/record/identity.ts";
import { LINKING_CALLS } from "./core/record/link.ts";
import { textAt, valueAt } from "./core/record/record.ts";
import { NOTICES, noticeOf, testNotice } from "./core/rules/notices.ts";
import { isOfRole, trafficOf } from "./core/rules/own-traffic.ts";
import type { Pin } from "./core/rules/pins.ts";
import type { Rule, Severity } from "./core/rules/rule.ts";
import type { RuleSet } from "./core/rules/rule-set.ts";
import type { Deployment } from "./core/rules/self.ts";

/** What the pipeline needs from outside. Effects reject on failure; nothing is retried here. */
export interface Effects {
  readonly rules: RuleSet;
  readonly ledger: Ledger;
  /** Knows which log objects were read before; without it none counts as written twice. */
  readonly history?: ObjectHistory;
  /** Notes whose log objects and digests come; without it nobody is missed. */
  readonly heard?: Heard;
  /** What an earlier try of an event has read; without it each try starts from the beginning. */
  readonly progress?: Progress;
  /** Whose traffic is not alerted on. */
  readonly deployment: Deployment;
  readonly accepted: Accepted;
  /** Reads a log object, in the time until `until`, milliseconds since the epoch. A rejection with `isPermanent` says that trying again is of no use. */
  readonly fetchObject: (logObject: LogObject, until?: number) => Promise<FetchedObject>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One line per invocation: counts and places, never contents of records. */
  readonly log: (line: InvocationLine) => void;
  readonly limits?: ReadLimits;
}

/**
 * The counts of one invocation: objects = read + skipped + failed; matches = listed + counted + pending + held +
 * belowThreshold + duplicates + toldElsewhere + excepted + muted + unrecorded.
 */
export interface Summary extends LedgerCounts {
  /** Entries of the event. */
  readonly objects: number;
  readonly skipped: number;
  readonly failed: number;
  /** Log files and digests of accepted accounts: signs that a trail logs. */
  readonly heard: number;
  /** Elements of all `Records` read. */
  readonly records: number;
  /** Elements of `Records` that are no JSON object, and so no record. */
  readonly malformed: number;
  /** Including what the alerter reports itself: notices of log objects, and test alerts. */
  readonly matches: number;
  /** Matches that an exception of their rule left out. */
  readonly excepted: number;
  /** Records of the alerter's own traffic that a rule would have matched; they are no matches. */
  readonly ownTraffic: number;
  /** Denied calls among the own traffic: something is wrong with the deployment. */
  readonly ownDenied: number;
  /** Seconds from S3's announcement of the oldest object to the end of the invocation; 0 if it has no time. */
  readonly deliveryLagSeconds: number;
}

/** What is logged about an invocation. */
export interface InvocationLine extends Summary {
  /** How many matches, apart from exceptions, there are of each severity. */
  readonly bySeverity: { readonly [S in Severity]?: number };
  /** What was skipped, and what was odd in a file that was read. */
  readonly remarks: readonly string[];
  readonly faults: readonly string[];
}

/** An invocation that did not do all its work. Lambda retries it, and finally hands it to the on-failure queue. */
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

/** How much time an invocation must have left, in milliseconds, to begin another object, and to wait for it. */
const TIME_TO_BEGIN = 35_000;
const TIME_TO_RECORD = 18_000;

/** How many log objects are fetched at the same time; each may hold one file in memory. */
const CONCURRENCY = 4;

/**
 * The whole way of one invocation: event -> log objects -> records -> matches -> ledger -> alerts. Everything is tried
 * before anything is reported. A publish that fails is no fault: the alert waits in the ledger. Neither is an object that
 * cannot be read for good: an alert tells of it.
 * @returns the handler of one invocation, which throws InvocationError when it is worth another try
 */
export function createPipeline(effects: Effects): (event: unknown, deadline?: number) => Promise<Summary> {
  const pins = pinsBeside(effects);
  return async (event, deadline = Number.POSITIVE_INFINITY) => {
    const envelope = readEnvelope(event);
    const run: Run = {
      deadline,
      read: [],
      pins,
      intake: effects.ledger.intake(deadline),
      counts: { records: 0, malformed: 0, matches: 0, excepted: 0, ownTraffic: 0, ownDenied: 0, heard: 0 },
      skipped: [...envelope.skipped],
      failed: envelope.faults.length,
      bySeverity: {},
      faults: [...envelope.faults],
      remarks: [],
    };
    // Digests are skipped, but they show that their account and region are logged.
    for (const digest of envelope.digests) {
      if (foreignerOf(digest, effects.accepted) !== undefined) continue;
      run.counts.heard++;
      effects.heard?.note(digest.key);
    }
    for (const { note } of envelope.tests) {
      run.counts.matches++;
      await run.intake.add([testNotice(note, effects.deployment, effects.now())]);
    }
    const places = envelope.logObjects.map(placeOf);
    const done = (await effects.progress?.done(places)) ?? new Set();
    // What an earlier try has read and recorded is not read again: there may not be time for all of it.
    for (const place of done) run.skipped.push({ place, reason: "an earlier try of this event has read it" });
    const left = envelope.logObjects.filter((logObject) => !done.has(placeOf(logObject)));
    await pMap(left, (logObject) => readObject(logObject, run, effects), { concurrency: CONCURRENCY });
    const recorded = await run.intake.finish();
    run.counts.matches += recorded.firsts.length;
    for (const { severity } of recorded.firsts) run.bySeverity[severity] = (run.bySeverity[severity] ?? 0) + 1;
    // Only after what was found is recorded: a retry must find it again.
    if (recorded.faults.length === 0) {
      for (const { place, etag } of run.read) if (etag !== undefined) effects.history?.note(place, etag);
      await effects.history?.flush();
      if (run.faults.length > 0)
        await effects.progress?.note(
          places,
          run.read.map(({ place }) => place),
        );
    }
    await effects.heard?.flush();
    const faults = [...run.faults, ...recorded.faults];
    const remarks = [
      ...run.skipped.map(({ place, reason }) => `${place}: skipped, ${reason}`),
      ...run.remarks,
      ...recorded.notes,
    ];
    const summary: Summary = {
      objects: envelope.logObjects.length + envelope.skipped.length + envelope.faults.length,
      skipped: run.skipped.length,
      failed: run.failed,
      ...run.counts,
      ...recorded.counts,
      deliveryLagSeconds: lagOf(envelope.announcedAt, effects.now()),
    };
    effects.log({
      ...summary,
      bySeverity: run.bySeverity,
      remarks: remarks.map((remark) => visible(remark, MAX_MESSAGE)),
      faults: faults.map(messageOf),
    });
    if (faults.length > 0) throw new InvocationError(summary, faults);
    return summary;
  };
}

/** An invocation in progress. */
interface Run {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** The objects that were read to their end. */
  readonly read: { readonly place: string; readonly etag: string | undefined }[];
  readonly pins: readonly Pin[] | undefined;
  readonly intake: Intake;
  readonly counts: {
    heard: number;
    records: number;
    malformed: number;
    matches: number;
    excepted: number;
    ownTraffic: number;
    ownDenied: number;
  };
  readonly skipped: { readonly place: string; readonly reason: string }[];
  failed: number;
  readonly bySeverity: { [S in Severity]?: number };
  readonly faults: unknown[];
  readonly remarks: string[];
}

/** Reads one object; whatever is wrong with it stops no other. */
async function readObject(logObject: LogObject, run: Run, effects: Effects): Promise<void> {
  const place = placeOf(logObject);
  const tell = (rule: Rule, reason: string, identity: string) => {
    run.counts.matches++;
    return run.intake.add([noticeOf(rule, logObject, reason, identity, effects.now())]);
  };
  try {
    if (effects.now() + TIME_TO_BEGIN > run.deadline) throw new Error("not read: the invocation has no time left");
    const foreigner = foreignerOf(logObject, effects.accepted);
    if (foreigner !== undefined) {
      run.skipped.push({ place, reason: `it is of ${foreigner}` });
      await tell(NOTICES.foreign, `it is of ${foreigner}`, foreigner);
      return;
    }
    run.counts.heard++;
    effects.heard?.note(logObject.key);
    const fetched = await effects.fetchObject(logObject, run.deadline - TIME_TO_RECORD);
    const etag = fetched.etag?.slice(0, ETAG_LENGTH);
    if (etag !== undefined) {
      const before = await effects.history?.etagBefore(place);
      const others = [before, logObject.etag, fetched.replaced].map((one) => one?.slice(0, ETAG_LENGTH));
      const other = others.find((one) => one !== undefined && one !== etag);
      if (other !== undefined) {
        const etags = [other, etag].sort().join(" ");
        await tell(
          NOTICES.rewritten,
          `it was written with ETags that begin with ${etags.replace(" ", " and ")}`,
          `${place} ${etags}`,
        );
      }
    }
    await readRecords(logObject, fetched.bytes, run, effects);
    run.read.push({ place, etag: fetched.etag });
  } catch (error) {
    run.failed++;
    if (!isPermanent(error)) {
      run.faults.push(namingObject(error, logObject));
      return;
    }
    const reason = messageOf(error).replace(`${visible(place, MAX_MESSAGE)}: `, "");
    run.remarks.push(`${place}: ${reason}`);
    await tell(NOTICES.unreadable, reason, `${place} ${reason}`);
  }
}

async function readRecords(logObject: LogObject, bytes: Uint8Array, run: Run, effects: Effects): Promise<void> {
  const { counts, intake } = run;
  const { rules, deployment, now, limits } = effects;
  const arrival = now();
  let malformed = 0;
  try {
    for await (const slice of readLogFile(logObject, bytes, run.pins, limits ?? DEFAULT_LIMITS)) {
      counts.records += slice.seen;
      malformed += slice.malformed;
      const found: Found[] = [];
      for (const record of slice.candidates) {
        intake.follow(record, logObject);
        const verdict = rules.match(record, arrival);
        const { matched, excepted } = verdict;
        const one = foundIn(record, logObject, verdict);
        const isOfInterest = one !== undefined || excepted.length > 0;
        if (!isOfInterest && !isOfRole(record, deployment.roleArn)) continue;
        const traffic = trafficOf(record, deployment);
        if (traffic !== "other") {
          if (isOfInterest) counts.ownTraffic++;
          if (traffic === "own, denied") counts.ownDenied++;
          continue;
        }
        counts.matches += matched.length + excepted.length;
        for (const { severity } of matched) run.bySeverity[severity] = (run.bySeverity[severity] ?? 0) + 1;
        counts.excepted += excepted.length;
        for (const [i, rule] of excepted.entries()) {
          const exception = verdict.exceptions[i];
          if (exception !== undefined) intake.excepted(record, rule, exception);
        }
        if (one !== undefined) found.push(one);
      }
      if (found.length > 0) await intake.add(found);
    }
  } finally {
    counts.malformed += malformed;
    if (malformed > 0) run.remarks.push(`${placeOf(logObject)}: ${malformed} elements of Records are no objects`);
  }
}

/**
 * What records are looked at: what rules pin, what the functions' role did, for a denied call of theirs is an alarm, what
 * opens sessions, and what callers do of whom rules ask what they do for the first time.
 */
function pinsBeside({ rules: { pins, asksCallers }, deployment, ledger }: Effects): readonly Pin[] | undefined {
  const field = ["userIdentity", "sessionContext", "sessionIssuer", "arn"];
  const linking = ledger.followsSessions ? LINKING_CALLS : [];
  const callers = asksCallers ? KINDS_OF_CALLERS : [];
  return (
    pins && [
      ...pins,
      { field, by: "exact", value: deployment.roleArn },
      ...linking.map((value): Pin => ({ field: ["eventName"], by: "exact", value })),
      ...callers.map((value): Pin => ({ field: ["userIdentity", "type"], by: "exact", value })),
    ]
  );
}

/** True where a retry is useless: the file is broken, or the object is gone. */
function isPermanent(error: unknown): boolean {
  return error instanceof LogFileError || valueAt(error, "isPermanent") === true;
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
