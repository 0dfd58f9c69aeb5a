import type { LogObject } from "../envelope/log-object.ts";
import { NOTICES } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import { bodyOf, hasShape, isCount, isMaybe, isRecordOf, isText, isTime, type Shaped } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { LedgerStore } from "../store/store.ts";
import { readChains } from "./chain-index.ts";
import { type ChainState, chainKeyOf, chainStateOf } from "./chain-state.ts";
import { DIGEST_DUE } from "./coverage.ts";
import { type ChainPath, chainPathOf, digestKeyAt } from "./digest-path.ts";
import { isProofSummary, type ProofSummary, summaryOf } from "./proof-summary.ts";

/** Something that the look tells, as the notice that it becomes. */
export interface ChainNotice {
  readonly rule: Rule;
  readonly logObject: LogObject;
  readonly reason: string;
  readonly identity: string;
}

/** What the look needs from outside. Effects reject on failure. */
export interface LookEffects {
  readonly store: LedgerStore;
  readonly bucket: string;
  /** Has the alerter look for the digests of chains. */
  readonly ask: (chains: readonly string[]) => Promise<void>;
  readonly tell: (notices: readonly ChainNotice[]) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What the looks remember: one item of the ledger. */
export type LookMemory = Shaped<typeof isMemory>;
const isMemory = hasShape({
  /** When somebody last looked. */
  at: isTime,
  /** When the alerter was last asked for a chain, by the chain's hash, in milliseconds since the epoch. */
  asked: isRecordOf(isCount),
  /** What was told of a chain, by its hash. */
  told: isRecordOf(isText),
  summary: isMaybe(isProofSummary),
});

/** The memory as the ledger has it; undefined for one that cannot be read. */
export const lookMemoryOf = bodyOf(isMemory);

/** The item that holds it. */
export const PROOF_ITEM = "proof";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The time between two looks. */
const EVERY = 15 * MINUTE;

/** A chain whose digest is not there after this time is looked for in the bucket: its announcement may be lost. */
const OVERDUE = 75 * MINUTE;

/** How long the alerter has to find what it was asked for, before the chain counts as silent. */
const TIME_TO_FIND = 5 * MINUTE;

/** How long a digest's place in its chain may be in doubt: after a fault, digests come late and in any order. */
const DOUBTED = 3 * HOUR;

/** A chain and what is known of it. */
export interface LookedChain {
  readonly name: string;
  readonly path: ChainPath;
  readonly state: ChainState;
}

/** What a look leads to. */
export interface LookDecision {
  readonly ask: readonly string[];
  readonly notices: readonly ChainNotice[];
  readonly memory: LookMemory;
}

/** Decides which chains the alerter must look for, and what is told of them. `now` is in milliseconds since the epoch. */
export function decideLook(
  chains: readonly LookedChain[],
  before: LookMemory | undefined,
  bucket: string,
  now: number,
): LookDecision {
  const asked: { [chain: string]: number } = {};
  const told: { [chain: string]: string } = {};
  const ask: string[] = [];
  const notices: ChainNotice[] = [];
  const standard = chains.filter(({ path }) => !path.isBackfill);
  for (const { name, path, state } of chains) {
    const id = hashOf(name);
    const lastAsked = before?.asked[id] ?? 0;
    const end = lastEnd(state, now);
    const doubts = state.doubts.filter(({ since }) => now - since >= DOUBTED);
    const isOverdue = !path.isBackfill && end !== undefined && now > end + HOUR + OVERDUE;
    const isDoubtful = state.doubts.length > 0 && now - lastAsked >= HOUR;
    // Once a day all are looked for: a backfill digest is due at no time.
    if (isOverdue || isDoubtful || (!path.isBackfill && now - lastAsked >= DAY)) {
      ask.push(name);
      asked[id] = now;
    } else if (lastAsked > 0) asked[id] = lastAsked;
    const known = before?.told[id];
    const parts = new Set(known?.split(" "));
    const still: string[] = [];
    if (isOverdue && end !== undefined && now > end + HOUR + DIGEST_DUE) {
      const wasLooked = lastAsked > end + HOUR + OVERDUE && now - lastAsked >= TIME_TO_FIND;
      const part = `silent:${end}`;
      if (wasLooked || parts.has(part)) still.push(part);
      if (wasLooked && !parts.has(part)) notices.push(silentNotice(path, bucket, end));
    }
    for (const doubt of doubts) {
      const part = `doubt:${doubt.end}`;
      const isTold = state.done.some((one) => one.end === doubt.before && one.state === "broken");
      still.push(part);
      if (parts.has(part) || isTold) continue;
      const logObject = { bucket, key: digestKeyAt(path, doubt.end) };
      notices.push({
        rule: NOTICES.digestBroken,
        logObject,
        reason: doubt.what,
        identity: `${logObject.key} ${doubt.what}`,
      });
    }
    if (still.length > 0) told[id] = still.join(" ");
  }
  return { ask, notices, memory: { at: now, asked, told, summary: summaryOf(standard, now) } };
}

/** The end of the newest digest that came; one from the future is nobody's. */
function lastEnd({ done }: ChainState, now: number): number | undefined {
  return done.findLast(({ end }) => end <= now + HOUR)?.end;
}

function silentNotice(path: ChainPath, bucket: string, end: number): ChainNotice {
  const logObject = { bucket, key: digestKeyAt(path, end) };
  const until = new Date(end).toISOString().slice(0, 19);
  const reason = `the last digest of trail ${path.trail.slice(0, 60)} in ${path.region} ends ${until}Z`;
  return { rule: NOTICES.digestsSilent, logObject, reason, identity: logObject.key };
}

/** Chains that are asked for at a time: an event is small. */
const MAX_ASKED = 500;

/**
 * Looks every quarter of an hour whether the digests of each chain come, whoever asks and however often. A look is claimed
 * first, so that only one of two ticks makes it.
 */
export async function lookAtChains(effects: LookEffects): Promise<ProofSummary | undefined> {
  const { store, bucket, ask, tell, now } = effects;
  const read = async () => (await store.read([PROOF_ITEM], now())).get(PROOF_ITEM);
  const item = await read();
  const before = lookMemoryOf(item?.body);
  if (item?.isForeign || (before !== undefined && now() - before.at < EVERY)) return before?.summary;
  const chains = await readLooked(store, now());
  if (chains.length === 0) return undefined;
  const decision = decideLook(chains, before, bucket, now());
  const claim = { asked: {}, told: {}, ...before, at: now() };
  if (!(await store.commit([{ key: PROOF_ITEM, expected: item?.version ?? 0, next: { body: claim } }]))) {
    return before?.summary;
  }
  for (let i = 0; i < decision.ask.length; i += MAX_ASKED) await ask(decision.ask.slice(i, i + MAX_ASKED));
  if (decision.notices.length > 0) await tell(decision.notices);
  const version = (item?.version ?? 0) + 1;
  await store.commit([{ key: PROOF_ITEM, expected: version, next: { body: decision.memory } }]);
  return decision.memory.summary;
}

async function readLooked(store: LedgerStore, now: number): Promise<readonly LookedChain[]> {
  const names = [...(await readChains(store, now)).keys()];
  const items = await store.read(names.map(chainKeyOf), now);
  return names.flatMap((name) => {
    const path = chainPathOf(name);
    return path === undefined ? [] : [{ name, path, state: chainStateOf(items.get(chainKeyOf(name))) }];
  });
}
