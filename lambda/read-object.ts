import { createHash } from "node:crypto";
import { visible } from "./core/alert/text.ts";
import type { Proof } from "./core/digest/proof.ts";
import type { NamedRead } from "./core/digest/proof-run.ts";
import type { ReadContent } from "./core/digest/read-notes.ts";
import { type Accepted, foreignerOf } from "./core/envelope/accept.ts";
import { type LogObject, s3Uri } from "./core/envelope/log-object.ts";
import type { Heard } from "./core/health/heard.ts";
import { type Found, foundIn } from "./core/incident/assign.ts";
import type { Intake } from "./core/ledger/intake.ts";
import type { Content } from "./core/log-file/content.ts";
import { LogFileError } from "./core/log-file/error.ts";
import type { FetchedObject } from "./core/log-file/fetched.ts";
import { DEFAULT_LIMITS, type ReadLimits } from "./core/log-file/limits.ts";
import { ETAG_LENGTH, type ObjectHistory } from "./core/log-file/object-history.ts";
import { readLogFile } from "./core/log-file/reader.ts";
import type { Slice } from "./core/log-file/slice.ts";
import type { Alike } from "./core/match/alike.ts";
import type { Sieves } from "./core/match/sieve.ts";
import { type CloudTrailRecord, textAt, valueAt } from "./core/record/record.ts";
import { viewOf } from "./core/record/view.ts";
import { NOTICES, noticeOf } from "./core/rules/notices.ts";
import { isOfRole, trafficOf } from "./core/rules/own-traffic.ts";
import type { Rule } from "./core/rules/rule.ts";
import type { RuleSet } from "./core/rules/rule-set.ts";
import type { Deployment } from "./core/rules/self.ts";
import type { Severity } from "./core/rules/severity.ts";

/** What reading needs from outside. Effects reject on failure; nothing is retried here. */
export interface ReadingEffects {
  readonly rules: RuleSet;
  /** Knows which log objects were read before; without it none counts as written twice. */
  readonly history?: ObjectHistory;
  /** Notes whose log objects and digests come; without it nobody is missed. */
  readonly heard?: Heard;
  /** Proves from digests that every log file was read; without it digests are skipped. */
  readonly proof?: Proof;
  /** Whose traffic is not alerted on. */
  readonly deployment: Deployment;
  readonly accepted: Accepted;
  /** Reads a log object, in the time until `until`, milliseconds since the epoch. A rejection with `isPermanent` says that trying again is of no use. */
  readonly fetchObject: (logObject: LogObject, until?: number) => Promise<FetchedObject>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly limits?: ReadLimits;
}

/** An invocation in progress. */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** The objects that were read to their end. */
  readonly read: ReadObject[];
  /** Objects that were read, or tried, because a digest names them. */
  named: number;
  readonly sieves: Sieves;
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

/** An object that was read to its end. */
interface ReadObject {
  readonly place: string;
  readonly logObject: LogObject;
  readonly etag: string | undefined;
  /** Undefined for what was not gzipped. */
  readonly content: ReadContent | undefined;
  /** True if digests tell of a rewrite. */
  readonly isCovered: boolean;
}

/** How much time an invocation must have left, in milliseconds, to begin another object, and to wait for it. */
export const TIME_TO_BEGIN = 35_000;
export const TIME_TO_RECORD = 18_000;

/** Reads one object; whatever is wrong with it stops no other. */
export async function readObject(
  logObject: LogObject,
  run: Reading,
  effects: ReadingEffects,
  isRecovered = false,
): Promise<NamedRead> {
  const place = s3Uri(logObject);
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
      return { is: "unreadable" };
    }
    run.counts.heard++;
    effects.heard?.note(logObject.key);
    const fetched = await effects.fetchObject(logObject, run.deadline - TIME_TO_RECORD);
    const etag = fetched.etag?.slice(0, ETAG_LENGTH);
    const isCovered = effects.proof !== undefined && (await effects.proof.isCovered(logObject));
    if (etag !== undefined) {
      const before = isCovered ? undefined : await effects.history?.etagBefore(place);
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
    const content = await readRecords(logObject, fetched.content, run, effects, isRecovered);
    run.read.push({ place, logObject, etag: fetched.etag, content, isCovered });
    return content === undefined ? { is: "unreadable" } : { is: "read", content };
  } catch (error) {
    run.failed++;
    if (!isPermanent(error)) {
      run.faults.push(namingObject(error, logObject));
      return { is: "unread" };
    }
    // Who asked for it tells that it is gone.
    if (isRecovered && valueAt(error, "isGone") === true) return { is: "gone" };
    const reason = messageOf(error).replace(`${visible(place, MAX_MESSAGE)}: `, "");
    run.remarks.push(`${place}: ${reason}`);
    await tell(NOTICES.unreadable, reason, `${place} ${reason}`);
    return { is: "unreadable" };
  }
}

/** Reads the records of an object; returns what its gzip held, or undefined if it had none. */
async function readRecords(
  logObject: LogObject,
  content: Content,
  run: Reading,
  effects: ReadingEffects,
  isRecovered: boolean,
): Promise<ReadContent | undefined> {
  const { counts, intake } = run;
  const { rules, deployment, now, limits, proof } = effects;
  const arrival = now();
  const sieve = run.sieves.for(logObject.key, (sketched, noticed) => {
    const isOfNow = (viewOf(sketched).time ?? Number.POSITIVE_INFINITY) <= arrival;
    const isUsual = isOfNow && intake.isUsual(sketched, logObject, noticed) && !isOfRole(sketched, deployment.roleArn);
    if (isUsual) intake.follow(sketched, logObject);
    return isUsual;
  });
  const hash = proof && createHash("sha256");
  const rang = new Set<string>();
  let hashed = 0;
  let records = 0;
  let malformed = 0;
  const observe = (chunk: Buffer) => {
    hash?.update(chunk);
    hashed += chunk.length;
  };
  /** What a candidate is worth telling, if anything. */
  const judge = (record: CloudTrailRecord, alike: Alike | undefined): Found | undefined => {
    intake.follow(record, logObject);
    proof?.follow(record);
    const verdict = rules.match(record, arrival, alike?.possible);
    const { matched, excepted, preceding, noticed } = verdict;
    const found = foundIn(record, logObject, verdict, isRecovered);
    const isOfInterest = found !== undefined || excepted.length > 0;
    const isOwn = isOfRole(record, deployment.roleArn);
    const traffic = isOfInterest || isOwn ? trafficOf(record, deployment) : "other";
    if (traffic !== "other") {
      if (isOfInterest) counts.ownTraffic++;
      if (traffic === "own, denied") counts.ownDenied++;
      return undefined;
    }
    const isNothing = matched.length + preceding.length === 0 && intake.isUsual(record, logObject, noticed);
    alike?.note(record, { verdict, isNothing: isNothing && !isOwn, now: arrival });
    if (isNothing && excepted.length === 0) return undefined;
    counts.matches += matched.length + excepted.length;
    for (const { name, severity } of matched) {
      run.bySeverity[severity] = (run.bySeverity[severity] ?? 0) + 1;
      rang.add(name);
    }
    counts.excepted += excepted.length;
    for (const [i, rule] of excepted.entries()) {
      const exception = verdict.exceptions[i];
      if (exception !== undefined) intake.excepted(textAt(record, "sourceIPAddress"), rule, exception);
    }
    return found;
  };
  const take = (slice: Slice<Alike>): Promise<void> | undefined => {
    counts.records += slice.seen;
    records += slice.seen;
    malformed += slice.malformed;
    for (const { rule, exception, address } of sieve.leftOut()) {
      counts.matches++;
      counts.excepted++;
      intake.excepted(address, rule, exception);
    }
    const found: Found[] = [];
    for (const { record, alike } of slice.candidates) {
      const one = judge(record, alike);
      if (one !== undefined) found.push(one);
    }
    return found.length > 0 ? intake.add(found) : undefined;
  };
  try {
    const slices = readLogFile(logObject, content, sieve, limits ?? DEFAULT_LIMITS, observe);
    if (Symbol.iterator in slices) {
      for (const slice of slices) {
        const taking = take(slice);
        if (taking !== undefined) await taking;
      }
    } else {
      for await (const slice of slices) await take(slice);
    }
  } finally {
    counts.malformed += malformed;
    if (malformed > 0) run.remarks.push(`${s3Uri(logObject)}: ${malformed} elements of Records are no objects`);
  }
  if (hash === undefined || hashed === 0) return undefined;
  return { hash: hash.digest("hex"), records, rules: [...rang], isRecovered };
}

/** True where a retry is useless: the file is broken, or the object is gone. */
function isPermanent(error: unknown): boolean {
  return error instanceof LogFileError || valueAt(error, "isPermanent") === true;
}

/** Errors of the reader name their object; those of the SDK do not. */
function namingObject(error: unknown, logObject: LogObject): unknown {
  const message = textAt(error, "message") ?? String(error);
  return message.startsWith(s3Uri(logObject)) ? error : new Error(`${s3Uri(logObject)}: ${message}`, { cause: error });
}

export const MAX_MESSAGE = 2_000;
/** An error's message on one line and of bounded length: keys of objects are text from outside too. */
export function messageOf(error: unknown): string {
  return visible(textAt(error, "message") ?? String(error), MAX_MESSAGE);
}
