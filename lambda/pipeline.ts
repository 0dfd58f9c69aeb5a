import { createHash } from "node:crypto";
import pMap from "p-map";
import { visible } from "./core/alert/text.ts";
import type { Proof } from "./core/digest/proof.ts";
import type { NamedRead } from "./core/digest/proof-run.ts";
import type { ReadContent } from "./core/digest/read-notes.ts";
import { isTrailCall } from "./core/digest/trail-calls.ts";
import { type Accepted, foreignerOf } from "./core/envelope/accept.ts";
import { readEnvelope } from "./core/envelope/envelope.ts";
import { type LogObject, placeOf } from "./core/envelope/log-object.ts";
import type { Heard } from "./core/health/heard.ts";
import { type Found, foundIn } from "./core/incident/place.ts";
import type { Intake } from "./core/ledger/intake.ts";
import type { Ledger } from "./core/ledger/ledger.ts";
import type { LedgerCounts } from "./core/ledger/run.ts";
import type { Content } from "./core/log-file/content.ts";
import { LogFileError } from "./core/log-file/error.ts";
import type { FetchedObject } from "./core/log-file/fetched.ts";
import { DEFAULT_LIMITS, type ReadLimits } from "./core/log-file/limits.ts";
import { ETAG_LENGTH, type ObjectHistory } from "./core/log-file/object-history.ts";
import type { Progress } from "./core/log-file/progress.ts";
import { readLogFile } from "./core/log-file/reader.ts";
import { Sieves } from "./core/match/sieve.ts";
import { textAt, valueAt } from "./core/record/record.ts";
import { NOTICES, noticeOf, testNotice } from "./core/rules/notices.ts";
import { isOfRole, trafficOf } from "./core/rules/own-traffic.ts";
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
  /** Proves from digests that every log file was read; without it digests are skipped. */
  readonly proof?: Proof;
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
  /** Entries of the event, and log objects that its digests name and nobody had read. */
  readonly objects: number;
  readonly skipped: number;
  readonly failed: number;
  /** Log objects that were read because a digest names them, and are what it says. */
  readonly recovered: number;
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
  /** Messages of other services on the topic that announces log files; absent if there were none. */
  readonly otherMessages?: number;
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
  const sieves = new Sieves(effects.rules, effects.ledger.followsSessions, isTrailCall);
  let lapses = 0;
  return async (event, deadline = Number.POSITIVE_INFINITY) => {
    const envelope = readEnvelope(event);
    const intake = effects.ledger.intake(deadline);
    if (intake.lapses !== lapses) sieves.forget();
    lapses = intake.lapses;
    const run: Run = {
      deadline,
      read: [],
      sieves,
      intake,
      counts: { records: 0, malformed: 0, matches: 0, excepted: 0, ownTraffic: 0, ownDenied: 0, heard: 0 },
      named: 0,
      skipped: [...envelope.skipped],
      failed: envelope.faults.length,
      bySeverity: {},
      faults: [...envelope.faults],
      remarks: [],
    };
    // Digests hold no records, but they show that their account and region are logged.
    const digests = envelope.digests.filter((digest) => foreignerOf(digest, effects.accepted) === undefined);
    for (const digest of digests) {
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
    for (const { logObject, hashes } of effects.proof?.rewritten() ?? []) {
      const [one, other] = hashes.map((hash) => `${hash.slice(0, 12)}...`);
      const reason = `it was read with two contents, of SHA-256 ${one} and ${other}`;
      run.counts.matches++;
      const identity = `${placeOf(logObject)} ${hashes.join(" ")}`;
      await run.intake.add([noticeOf(NOTICES.rewritten, logObject, reason, identity, effects.now())]);
    }
    const asked = { digests, chains: envelope.chains };
    const isAsked = asked.digests.length + asked.chains.length > 0;
    const proven = isAsked ? await prove(asked, run, effects) : undefined;
    const recorded = await run.intake.finish();
    run.counts.matches += recorded.firsts.length;
    for (const { severity } of recorded.firsts) run.bySeverity[severity] = (run.bySeverity[severity] ?? 0) + 1;
    // Only after what was found is recorded: a retry must find it again.
    if (recorded.faults.length === 0) {
      for (const { place, etag, logObject, content, isCovered } of run.read) {
        if (etag !== undefined && !isCovered) effects.history?.note(place, etag);
        if (content !== undefined) effects.proof?.note(logObject, content);
      }
      await effects.history?.flush();
      await proven?.commit().catch((cause: unknown) => {
        run.faults.push(new Error(`what digests prove was not recorded: ${String(cause)}`, { cause }));
      });
      await effects.proof?.flush();
      if (run.faults.length > 0)
        await effects.progress?.note(
          places,
          run.read.map(({ place }) => place),
        );
    }
    await effects.heard?.flush();
    const faults = [...run.faults, ...recorded.faults];
    const remarks = [
      ...(proven?.remarks ?? []),
      ...run.skipped.map(({ place, reason }) => `${place}: skipped, ${reason}`),
      ...run.remarks,
      ...recorded.notes,
    ];
    const summary: Summary = {
      objects: envelope.logObjects.length + envelope.skipped.length + envelope.faults.length + run.named,
      skipped: run.skipped.length,
      failed: run.failed,
      ...run.counts,
      recovered: proven?.recovered ?? 0,
      ...recorded.counts,
      ...(envelope.others > 0 && { otherMessages: envelope.others }),
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

/** Verifies digests and reads what they name; whatever is wrong with one stops no other. */
async function prove(asked: Parameters<Proof["prove"]>[0], run: Run, effects: Effects) {
  const { proof, fetchObject, now } = effects;
  try {
    const outcome = await proof?.prove(asked, {
      read: (logObject) => {
        run.named++;
        return readObject(logObject, run, effects, true);
      },
      fetch: (logObject) => fetchObject(logObject, run.deadline - TIME_TO_RECORD),
      tell: async (rule, logObject, reason, identity) => {
        run.counts.matches++;
        await run.intake.add([noticeOf(rule, logObject, reason, identity, now())]);
      },
      hasTime: () => now() + TIME_TO_BEGIN <= run.deadline,
      now,
    });
    run.faults.push(...(outcome?.faults ?? []));
    return outcome;
  } catch (cause) {
    run.faults.push(new Error(`digests could not be verified: ${String(cause)}`, { cause }));
    return undefined;
  }
}

/** Reads one object; whatever is wrong with it stops no other. */
async function readObject(logObject: LogObject, run: Run, effects: Effects, isRecovered = false): Promise<NamedRead> {
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
      return { is: "unreadable" };
    }
    run.counts.heard++;
    effects.heard?.note(logObject.key);
    const fetched = await effects.fetchObject(logObject, run.deadline - TIME_TO_RECORD);
    const etag = fetched.etag?.slice(0, ETAG_LENGTH);
    const isCovered = (await effects.proof?.isCovered(logObject)) ?? false;
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
  run: Run,
  effects: Effects,
  isRecovered: boolean,
): Promise<ReadContent | undefined> {
  const { counts, intake } = run;
  const { rules, deployment, now, limits, proof } = effects;
  const arrival = now();
  const sieve = run.sieves.for(logObject.key);
  const hash = proof && createHash("sha256");
  const rang = new Set<string>();
  let hashed = 0;
  let records = 0;
  let malformed = 0;
  const observe = (chunk: Buffer) => {
    hash?.update(chunk);
    hashed += chunk.length;
  };
  try {
    for await (const slice of readLogFile(logObject, content, sieve, limits ?? DEFAULT_LIMITS, observe)) {
      counts.records += slice.seen;
      records += slice.seen;
      malformed += slice.malformed;
      const found: Found[] = [];
      for (const { record, sketch } of slice.candidates) {
        intake.follow(record, logObject);
        proof?.follow(record);
        const alike = sketch && sieve.meet(record, sketch);
        const verdict = rules.match(record, arrival, alike?.ranks);
        const { matched, excepted, preceding, noticed } = verdict;
        const one = foundIn(record, logObject, verdict, isRecovered);
        const isOfInterest = one !== undefined || excepted.length > 0;
        const isOwn = isOfRole(record, deployment.roleArn);
        const traffic = isOfInterest || isOwn ? trafficOf(record, deployment) : "other";
        if (traffic !== "other") {
          if (isOfInterest) counts.ownTraffic++;
          if (traffic === "own, denied") counts.ownDenied++;
          continue;
        }
        const isUnmatched = matched.length + excepted.length + preceding.length === 0;
        const isNothing = isUnmatched && intake.isUsual(record, logObject, noticed);
        alike?.note(record, { verdict, isNothing: isNothing && !isOwn, now: arrival });
        if (isNothing) continue;
        counts.matches += matched.length + excepted.length;
        for (const { name, severity } of matched) {
          run.bySeverity[severity] = (run.bySeverity[severity] ?? 0) + 1;
          rang.add(name);
        }
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
  if (hash === undefined || hashed === 0) return undefined;
  return { hash: hash.digest("hex"), records, rules: [...rang], isRecovered };
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
