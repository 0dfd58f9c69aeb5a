import { s3Uri } from "../envelope/log-object.ts";
import { NOTICES } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import type { LedgerStore } from "../store/store.ts";
import { type ChainState, headOf, isSound } from "./chain-state.ts";
import { gapsIn } from "./coverage.ts";
import { type ChainPath, dayFolder } from "./digest-path.ts";
import type { ProofRun } from "./proof-run.ts";
import { objectHash, type ReadEntry, readKeyIn } from "./read-items.ts";
import { readParts } from "./read-notes.ts";

/** A chain whose hours are compared, and the other chains of its account and region. */
export interface ComparedChain {
  readonly path: ChainPath;
  readonly bucket: string;
  readonly state: ChainState;
  readonly siblings: readonly ChainState[];
}

interface Effects {
  readonly store: LedgerStore;
  readonly listKeys: (bucket: string, prefix: string) => Promise<readonly string[]>;
  readonly run: ProofRun;
}

const HOUR = 3_600_000;

/** Until a file of an hour must be named: by the digest of its hour or the next one, or a day later by a backfill digest. */
const NAMED_WITHIN = 2 * HOUR;
const BACKFILLED_WITHIN = 24 * HOUR;

/** How many hours are compared at a time. */
const MAX_HOURS = 6;

/** Files that are told one by one. */
const MAX_TOLD = 50;

/** How much an hour counts after the next one, so that what was long ago matters less. */
const FADE = 0.97;

/** Hours that must have been compared, and the share of them in which all was named, before an unnamed file is an alarm. */
const MIN_COMPARED = 3;
const MIN_WHOLE = 0.5;

/**
 * Tells of files that were read in hours that are a day old, and that no digest names. `takeBackfills` looks for digests
 * whose announcement was lost, and returns what they name. Undefined if no hour is old enough.
 */
export async function compareHours(
  { path, bucket, state, siblings }: ComparedChain,
  { store, listKeys, run }: Effects,
  takeBackfills: () => Promise<ReadonlySet<string>>,
): Promise<Pick<ChainState, "comparedUntil" | "compared" | "whole"> | undefined> {
  let { comparedUntil: hour, compared, whole } = state;
  const ends = [state, ...siblings].map((one) => headOf(one)?.end ?? 0);
  const until = Math.min(run.now() - NAMED_WITHIN - BACKFILLED_WITHIN, Math.min(...ends) - NAMED_WITHIN) - HOUR;
  if (hour === 0 || hour > until) return undefined;
  // After a long outage the newest hours count: what is older was compared with the digests that named it.
  const sound = state.done.filter(isSound);
  const covered = sound.map(({ start, end }) => ({ from: start, until: end }));
  const first = Math.ceil((sound[0]?.start ?? 0) / HOUR) * HOUR;
  hour = Math.max(hour, first);
  for (let i = 0; i < MAX_HOURS && hour <= until; i++, hour += HOUR) {
    // Where a digest is missing, nobody can say what it named: that is told by itself.
    if (gapsIn({ from: hour, until: hour + HOUR + NAMED_WITHIN }, covered).length > 0) continue;
    const entries = await entriesOf(store, path, hour, run.now());
    let unnamed = entries.filter(({ isNamed }) => !isNamed);
    if (unnamed.length > 0) {
      const named = await takeBackfills();
      unnamed = unnamed.filter(({ object, hash }) => !named.has(object + hash));
    }
    // What was named with one content was read with another one, too.
    const objects = new Set(entries.flatMap(({ isNamed, object }) => (isNamed ? [object] : [])));
    const changed = unnamed.filter(({ object }) => objects.has(object));
    unnamed = unnamed.filter(({ object }) => !objects.has(object));
    const where = { path, bucket, hour };
    if (changed.length > 0) await tellUnnamed(NOTICES.changed, changed, where, run, listKeys);
    // Where digests mostly leave files out, a second trail writes there without digests.
    const isAlarm = compared >= MIN_COMPARED && whole / compared >= MIN_WHOLE;
    if (unnamed.length > 0 && isAlarm) {
      await tellUnnamed(NOTICES.forged, unnamed, where, run, listKeys);
    }
    compared = compared * FADE + 1;
    whole = whole * FADE + (unnamed.length === 0 ? 1 : 0);
  }
  return { comparedUntil: hour, compared, whole };
}

async function entriesOf(
  store: LedgerStore,
  { account, region }: ChainPath,
  hour: number,
  now: number,
): Promise<readonly ReadEntry[]> {
  const parts = await readParts(store, [readKeyIn(account, region, hour)], now);
  return [...parts.values()].flat().flatMap(({ entries }) => entries);
}

async function tellUnnamed(
  rule: Rule,
  unnamed: readonly ReadEntry[],
  { path, bucket, hour }: { readonly path: ChainPath; readonly bucket: string; readonly hour: number },
  run: ProofRun,
  listKeys: Effects["listKeys"],
): Promise<void> {
  // Only a hash of the object is kept; the keys of that hour say which it is, unless it is gone by now.
  const { account, region } = path;
  const folder = path.folder.replace(/\/CloudTrail-Digest\//, "/CloudTrail/");
  const start = new Date(hour).toISOString().slice(0, 13).replace(/[-:]/g, "");
  const prefix = `${dayFolder(folder, hour)}${account}_CloudTrail_${region}_${start}`;
  const keys = await listKeys(bucket, prefix);
  const byHash = new Map(keys.map((key) => [objectHash({ bucket, key }), key]));
  for (const { object, hash, rules } of unnamed.slice(0, MAX_TOLD)) {
    const key = byHash.get(object) ?? `${prefix}... (gone by now)`;
    const rang = rules.length === 0 ? "it rang no rule" : `it rang ${rules.join(", ")}`;
    const reason = `${rang}; no digest names its content, SHA-256 ${hash.slice(0, 12)}...`;
    await run.tell(rule, { bucket, key }, reason, `${s3Uri({ bucket, key: object })} ${hash}`);
  }
}
