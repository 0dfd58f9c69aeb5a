import {
  bodyOf,
  hasShape,
  isCount,
  isListOf,
  isOneOf,
  isText,
  isTime,
  type Shape,
  type Shaped,
} from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { LedgerItem } from "../store/store.ts";
import { type KnownDigest, signatureHashOf } from "./chain-link.ts";
import type { DigestFile } from "./digest-file.ts";
import type { DigestPath } from "./digest-path.ts";

const isAmount: Shape<number> = (value) => typeof value === "number" && value >= 0;

/** A digest that was looked at. */
export type DoneDigest = Shaped<typeof isDoneDigest>;
const isDoneDigest = hasShape({
  start: isTime,
  end: isTime,
  /** The first half of its content's hash, and a hash of its signature; empty for one that is not sound. */
  hash: isText,
  signatureHash: isText,
  files: isCount,
  records: isCount,
  /** Files that were read because it names them. */
  recovered: isCount,
  /** How it turned out: all that it names is proven; something is wrong; it could not be verified, or is not sound. */
  state: isOneOf(["proven", "wrong", "broken"]),
});

/** A sound digest whose place in its chain is not clear yet: after a fault, digests come late and in any order. */
export type Doubt = Shaped<typeof isDoubt>;
const isDoubt = hasShape({
  end: isTime,
  /** The end of the digest before it, and what that one should be. */
  before: isTime,
  hash: isText,
  signatureHash: isText,
  what: isText,
  /** When it was first seen. */
  since: isTime,
});

/** What is known of a chain. */
export type ChainState = Shaped<typeof isState>;
const isState = hasShape({
  /** In order of their ends. */
  done: isListOf(isDoneDigest),
  doubts: isListOf(isDoubt),
  /** Until which hour what was read has been compared with what digests name. */
  comparedUntil: isTime,
  /** Hours that were compared, and those in which digests named all that was read; old ones count less and less. */
  compared: isAmount,
  whole: isAmount,
});

/** How many digests of a chain are kept, and how many of those that are not sound: anybody may write these. */
const MAX_DONE = 32;
const MAX_BROKEN = 8;
const MAX_DOUBTS = 20;
const HASH_LENGTH = 32;

const NOTHING: ChainState = { done: [], doubts: [], comparedUntil: 0, compared: 0, whole: 0 };

/** The item of a chain. */
export function chainKeyOf(chain: string): string {
  return `digests#${hashOf(chain)}`;
}

/** A chain as the table has it; one that cannot be read counts as new. */
export function chainStateOf(item: LedgerItem | undefined): ChainState {
  return bodyOf(isState)(item?.body) ?? NOTHING;
}

/** The newest digest that is sound; undefined if there is none. */
export function headOf({ done }: ChainState): DoneDigest | undefined {
  return done.findLast(isSound);
}

/** True for what CloudTrail signed, whatever became of the files that it names. */
export function isSound({ state }: DoneDigest): boolean {
  return state !== "broken";
}

/**
 * True for a digest that was looked at, or that is older than what is kept of its chain. Backfill digests come in any order,
 * so that an old one may be new.
 */
export function isDone({ done }: ChainState, { end, isBackfill }: Pick<DigestPath, "end" | "isBackfill">): boolean {
  const oldest = done.find(isSound)?.end;
  return done.some((one) => one.end === end) || (!isBackfill && oldest !== undefined && end < oldest);
}

/** What is kept of a digest. */
export function knownAs(
  { done }: ChainState,
  end: number,
  place: Pick<KnownDigest, "bucket" | "key">,
): KnownDigest | undefined {
  const known = done.find((one) => one.end === end && one.state !== "broken");
  return known && { ...place, hash: known.hash, signatureHash: known.signatureHash };
}

/** The part of a digest's hash that is kept. */
export function keptHash(hash: string): string {
  return hash.slice(0, HASH_LENGTH);
}

/** A chain with one more digest, whose predecessor may be in doubt. */
export function withDigest(state: ChainState, one: DoneDigest, doubt?: Doubt): ChainState {
  const others = state.done.filter(({ end }) => end !== one.end);
  // One that was sound is not forgotten because somebody put another in its place.
  const before = state.done.find(({ end }) => end === one.end);
  const kept = one.state === "broken" && before !== undefined && before.state !== "broken" ? before : one;
  const all = [...others, kept].sort((a, b) => a.end - b.end);
  const sound = all.filter(isSound).slice(-MAX_DONE);
  const broken = all.filter((one) => !isSound(one)).slice(-MAX_BROKEN);
  const done = [...sound, ...broken].sort((a, b) => a.end - b.end);
  const own = state.doubts.filter(({ end }) => end !== one.end || one.state === "broken");
  const isCleared = ({ before: end, hash, signatureHash }: Doubt) =>
    kept.end === end && kept.hash === hash && kept.signatureHash === signatureHash;
  const doubts = [...own, ...(doubt === undefined ? [] : [doubt])].filter((open) => !isCleared(open));
  return { ...state, done, doubts: doubts.slice(-MAX_DOUBTS) };
}

/** What a digest says of the one before it, as a doubt about it. */
export function doubtOf(digest: DigestFile, before: number, what: string, since: number): Doubt {
  const { hash = "", signature = "" } = digest.previous ?? {};
  return { end: digest.end, before, hash: keptHash(hash), signatureHash: signatureHashOf(signature), what, since };
}
