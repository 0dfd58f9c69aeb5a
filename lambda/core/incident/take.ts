import { sumOf } from "../alert/story/story.ts";
import type { Items } from "../store/items.ts";
import { FINGERPRINT_BYTES, type Recall } from "../store/seen.ts";
import type { Change } from "../store/store.ts";
import { type Counts, NO_MATCHES } from "./decision.ts";
import { seenKeysIn, type Written } from "./written.ts";

/** Settled items are kept this long, in milliseconds, so that nobody writes them down again meanwhile. */
const DONE_FOR = 86_400_000;

/**
 * A transaction holds 100 changes: twenty items, 24 chains of fingerprints that grow by one each, eight for the new fingerprints,
 * head and alert. What is handed on must fit one item.
 */
export const MAX_ITEMS = 20;
export const MAX_SEEN = 24;
const MAX_BYTES = 120_000;
/** What a run takes in an item besides its fingerprints. */
const RUN_BYTES = 200;

/**
 * Takes as much of what was written down as one transaction holds, in order; the rest comes next. `take` counts
 * what becomes of one item's matches.
 */
export function takeSome<W extends Written & { readonly key: string }>(
  written: readonly W[],
  recall: Recall,
  take: (one: W, counts: Counts) => void,
): Map<string, Counts> {
  const taken = new Map<string, Counts>();
  let bytes = 0;
  for (const one of written.slice(0, MAX_ITEMS)) {
    const wanted = new Set([...recall.added, ...seenKeysIn(one)]);
    bytes += sizeOf(one);
    if (taken.size > 0 && (wanted.size > MAX_SEEN || bytes > MAX_BYTES)) break;
    const counts = { ...NO_MATCHES };
    take(one, counts);
    taken.set(one.key, counts);
  }
  return taken;
}

/** What is handed on of it takes this many bytes, about. */
function sizeOf(one: Written): number {
  if ("window" in one) return one.entries.length * 2 * FINGERPRINT_BYTES;
  return sumOf(one.runs.map(({ count }) => RUN_BYTES + count * FINGERPRINT_BYTES));
}

/** The changes that note what was taken. */
export function done(taken: { keys(): Iterable<string> }, items: Items, now: number): readonly Change[] {
  return Array.from(taken.keys(), (key) => items.change(key, { body: "done", expiresAt: now + DONE_FOR }));
}
