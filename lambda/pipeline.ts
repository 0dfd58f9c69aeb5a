import { visible } from "./core/alert/text.ts";
import type { Proof } from "./core/digest/proof.ts";
import { isTrailCall } from "./core/digest/trail-calls.ts";
import { foreignerOf } from "./core/envelope/accept.ts";
import { readEnvelope } from "./core/envelope/envelope.ts";
import { type LogObject, s3Uri, versionName } from "./core/envelope/log-object.ts";
import type { Ledger } from "./core/ledger/ledger.ts";
import type { Progress } from "./core/log-file/progress.ts";
import { Sieves } from "./core/match/sieve.ts";
import { NOTICES, noticeOf, testNotice } from "./core/rules/notices.ts";
import { inTurns } from "./core/store/pool.ts";
import {
  MAX_MESSAGE,
  messageOf,
  type Reading,
  type ReadingEffects,
  readObject,
  TIME_TO_BEGIN,
  TIME_TO_RECORD,
} from "./read-object.ts";
import { type Details, type Summary, summaryOf } from "./summary.ts";

/** What the pipeline needs from outside. */
export interface Effects extends ReadingEffects {
  readonly ledger: Ledger;
  /** What an earlier try of an event has read; without it each try starts from the beginning. */
  readonly progress?: Progress;
  /** One line per invocation: counts and places, never contents of records. */
  readonly log: (summary: Summary, details: Details) => void;
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

/** How many log objects are fetched at the same time; each may hold one file in memory. */
const CONCURRENCY = 4;

const NONE: ReadonlySet<string> = new Set();

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
    const run: Reading = {
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
    const announced = envelope.logObjects.map(versionName);
    // Whatever is not there is not awaited either: each turn counts where objects are small.
    const done = effects.progress === undefined ? NONE : await effects.progress.done(announced);
    // What an earlier try has read and recorded is not read again: there may not be time for all of it.
    const left: LogObject[] = [];
    for (const [i, logObject] of envelope.logObjects.entries()) {
      if (!done.has(announced[i] ?? "")) left.push(logObject);
      else run.skipped.push({ place: s3Uri(logObject), reason: "an earlier try of this event has read it" });
    }
    await inTurns(left, CONCURRENCY, async (logObject) => void (await readObject(logObject, run, effects)));
    for (const { logObject, hashes } of effects.proof?.rewritten() ?? []) {
      const [one, other] = hashes.map((hash) => `${hash.slice(0, 12)}...`);
      const reason = `it was read with two contents, of SHA-256 ${one} and ${other}`;
      run.counts.matches++;
      const identity = `${s3Uri(logObject)} ${hashes.join(" ")}`;
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
      if (effects.history !== undefined) await effects.history.flush();
      if (proven !== undefined) {
        await proven.commit().catch((cause: unknown) => {
          run.faults.push(new Error(`what digests prove was not recorded: ${String(cause)}`, { cause }));
        });
      }
      if (effects.proof !== undefined) await effects.proof.flush();
      if (run.faults.length > 0)
        await effects.progress?.note(
          announced,
          run.read.map(({ logObject }) => versionName(logObject)),
        );
    }
    if (effects.heard !== undefined) await effects.heard.flush();
    const faults = [...run.faults, ...recorded.faults];
    const remarks = [
      ...(proven?.remarks ?? []),
      ...run.skipped.map(({ place, reason }) => `${place}: skipped, ${reason}`),
      ...run.remarks,
      ...recorded.notes,
    ];
    const summary = summaryOf(run, recorded.counts, {
      objects: envelope.logObjects.length + envelope.skipped.length + envelope.faults.length + run.named,
      recovered: proven?.recovered ?? 0,
      otherMessages: envelope.others,
      deliveryLagSeconds: lagOf(envelope.announcedAt, effects.now()),
    });
    effects.log(summary, {
      bySeverity: run.bySeverity,
      remarks: remarks.map((remark) => visible(remark, MAX_MESSAGE)),
      faults: faults.map(messageOf),
    });
    if (faults.length > 0) throw new InvocationError(summary, faults);
    return summary;
  };
}

/** Verifies digests and reads what they name; whatever is wrong with one stops no other. */
async function prove(asked: Parameters<Proof["prove"]>[0], run: Reading, effects: Effects) {
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

function lagOf(announcedAt: number | undefined, now: number): number {
  return announcedAt === undefined ? 0 : Math.max(0, Math.round((now - announcedAt) / 1000));
}
