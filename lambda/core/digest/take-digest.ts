import { type LogObject, s3Uri } from "../envelope/log-object.ts";
import { valueAt } from "../record/record.ts";
import { NOTICES } from "../rules/notices.ts";
import { linkTo, signatureHashOf } from "./chain-link.ts";
import {
  type ChainState,
  type DoneDigest,
  type Doubt,
  doubtOf,
  isSound,
  keptHash,
  knownAs,
  withDigest,
} from "./chain-state.ts";
import { type DigestFile, readDigestFile } from "./digest-file.ts";
import { type DigestPath, digestPathOf } from "./digest-path.ts";
import type { FetchedDigests } from "./fetched-digests.ts";
import { judgeDigest, type Verdict } from "./judge.ts";
import { compareNamed, type NamedOutcome } from "./named-files.ts";
import type { ProofRun } from "./proof-run.ts";
import type { ProverEffects } from "./prover-effects.ts";

/** What a digest led to. */
export interface TakenDigest {
  /** What it makes of its chain. */
  readonly step?: (state: ChainState) => ChainState;
  readonly outcome?: NamedOutcome;
  /** Why it must come again. */
  readonly fault?: Error;
  readonly remark?: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How long before and after a chain began anew the call that did it may have been. */
const CALL_WITHIN = 2 * HOUR;

/** The ends that a digest which is not sound may have: anybody can give an object any name. */
const MAX_PAST = 35 * DAY;
const MAX_FUTURE = 2 * HOUR;

/** Looks at one digest: tells what is wrong with it, and reads what it names. Rejects if it cannot be looked at now. */
export async function takeDigest(
  logObject: LogObject,
  path: DigestPath,
  state: ChainState,
  digests: FetchedDigests,
  effects: ProverEffects,
  run: ProofRun,
): Promise<TakenDigest> {
  const place = s3Uri(logObject);
  const judged = await judge(logObject, digests, effects);
  if (judged.is === "gone") {
    await tellBroken(run, logObject, "it was announced, and is gone");
    return {};
  }
  const compare = async (digest: DigestFile) => compareNamed(digest, effects.store, await effects.index.since(), run);
  if (judged.is !== "sound") {
    const isUnverified = judged.is === "unverified";
    if (isUnverified) {
      const reason = "CloudTrail's public keys of this region cannot be asked for";
      await run.tell(NOTICES.digestUnverified, logObject, reason, path.region);
    } else await tellBroken(run, logObject, judged.what);
    const age = run.now() - path.end;
    const isKept = (isUnverified || state.done.length > 0) && age < MAX_PAST && age > -MAX_FUTURE;
    return {
      ...(isKept && { step: (known) => withDigest(known, brokenAt(path)) }),
      // Files that an unverified digest names are read all the same; that proves nothing.
      ...(isUnverified && { outcome: await compare(readDigestFile(logObject, judged.stored)) }),
    };
  }
  const { digest, signature } = judged;
  const outcome = await compare(digest);
  const { unread, wrong, early, records, recovered } = outcome;
  if (unread > 0) {
    return { outcome, fault: new Error(`${place}: ${unread} of the log files that it names are not read yet`) };
  }
  const doubt = await doubtIn(logObject, digest, path, state, effects, run);
  const done: DoneDigest = {
    start: digest.start,
    end: path.end,
    hash: keptHash(digest.hash),
    signatureHash: signatureHashOf(signature),
    files: digest.files.length,
    records,
    recovered,
    state: wrong + early > 0 ? "wrong" : "proven",
  };
  const remark = `${place}: ${recovered} of its log files had not been noted as read, and were read now`;
  return {
    outcome,
    step: (known) => ({
      ...withDigest(known, done, doubt),
      comparedUntil: known.comparedUntil || Math.ceil(digest.start / HOUR) * HOUR,
    }),
    ...(recovered > 0 && { remark }),
  };
}

export function tellBroken(run: ProofRun, logObject: LogObject, what: string): Promise<void> {
  return run.tell(NOTICES.digestBroken, logObject, what, `${s3Uri(logObject)} ${what}`);
}

type Judged = Verdict | { readonly is: "gone" } | { readonly is: "unverified"; readonly stored: Uint8Array };

async function judge(logObject: LogObject, digests: FetchedDigests, { findKey }: ProverEffects): Promise<Judged> {
  let isRefused = false;
  try {
    const found = await digests.get(logObject);
    const verdict = await judgeDigest(found, async (wanted) => {
      try {
        return await findKey(wanted);
      } catch (error) {
        // What is refused today is refused tomorrow; what fails otherwise comes again.
        if (valueAt(error, "isRefused") !== true) throw error;
        isRefused = true;
        return undefined;
      }
    });
    return isRefused ? { is: "unverified", stored: found.stored } : verdict;
  } catch (error) {
    if (valueAt(error, "isGone") === true) return { is: "gone" };
    throw error;
  }
}

function brokenAt({ end }: DigestPath): DoneDigest {
  const nothing = { files: 0, records: 0, recovered: 0, hash: "", signatureHash: "" };
  return { ...nothing, start: end - HOUR, end, state: "broken" };
}

/** What is doubtful of a digest's place in its chain; a beginning that nobody caused is told at once. */
async function doubtIn(
  logObject: LogObject,
  digest: DigestFile,
  path: DigestPath,
  state: ChainState,
  { calls }: ProverEffects,
  run: ProofRun,
): Promise<Doubt | undefined> {
  const { done } = state;
  const before = done.findLast((one) => one.end < path.end && isSound(one));
  // What was before the first one that came is not known.
  if (before === undefined) return undefined;
  const previousEnd = digestPathOf(digest.previous?.key ?? "")?.end ?? 0;
  const named = digest.previous && { ...digest.previous, hash: keptHash(digest.previous.hash) };
  const { previous: _, ...rest } = digest;
  const link = linkTo({ ...rest, ...(named && { previous: named }) }, (bucket, key) =>
    knownAs(state, previousEnd, { bucket, key }),
  );
  if (link.is === "follows") return undefined;
  if (link.is === "start") {
    const isAgain = done.some(({ end, hash }) => end === path.end && hash === keptHash(digest.hash));
    if (isAgain || path.isBackfill) return undefined;
    if (await calls.sawBetween(before.end - CALL_WITHIN, path.end + CALL_WITHIN)) return undefined;
    const reason = `the one before it ends ${new Date(before.end).toISOString().slice(0, 19)}Z, and it does not name it`;
    await run.tell(NOTICES.digestRestarted, logObject, reason, s3Uri(logObject));
    return undefined;
  }
  const oldest = done.find(isSound)?.end ?? 0;
  if (link.is === "unknown" && previousEnd < oldest) return undefined;
  const what = link.is === "unknown" ? "the digest before it is not there" : `of the one before it, ${link.what}`;
  return doubtOf(digest, previousEnd, what, run.now());
}
