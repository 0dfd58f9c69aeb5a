import { OTHER_CALLS } from "../alert/story/line.ts";
import type { Shared, StoredWindow, WindowEntry, WindowId } from "./window-entry.ts";

/** Room for differing facts, and as much again for differing calls: beyond that, entries keep their outcome only. */
const MAX_SHARED_BYTES = 60_000;

/** How many list values a window has room for, newest first: many times what a threshold may ask for. */
const MAX_VALUES = 4_000;

/** Facts of this size leave room for those of one more entry, whatever its record says. */
export const FULL_SHARED_BYTES = 55_000;

/** The most that a window holds; beyond it, neighbours of one value are folded into one. */
export const MAX_ENTRIES = 700;
/** Into how many parts `within` is divided for folding neighbours. */
const MOMENTS = 50;
const MAX_KEPT_BYTES = 60_000;

/** What entries that say the same store once. An entry that was told, or never is, only counts. */
export function sharedText(entry: WindowEntry): string {
  const { facts, moreTargets, source, sharedBy, session, unless, seenKey, rung, precedes } = entry;
  const { outcome, isRead } = facts;
  const shared: Shared =
    rung || precedes
      ? { facts: { call: OTHER_CALLS, outcome, isRead }, seenKey }
      : { facts, moreTargets, source, sharedBy, session, unless, seenKey };
  return JSON.stringify(shared);
}

export function storedWindow(window: WindowId, entries: readonly WindowEntry[]): StoredWindow {
  const places = new Map<string, number>();
  const room = [MAX_SHARED_BYTES, MAX_SHARED_BYTES];
  const stored = mapInOrder(withFewRecords(withFewValues(entries)), (whole) => {
    const { facts, source: _, sharedBy, session: __, unless, seenKey, moreTargets: ___, ...entry } = whole;
    const { call, outcome, isRead } = facts;
    const moreTargets = targetsOf(whole);
    const bare: Shared = { facts: { call, outcome, isRead }, moreTargets, sharedBy, unless, seenKey };
    const least: Shared = { facts: { call: OTHER_CALLS, outcome, isRead }, moreTargets, seenKey };
    const fitting = [sharedText(whole), JSON.stringify(bare)].find((text, i) => {
      if (places.has(text)) return true;
      const left = (room[i] ?? 0) - Buffer.byteLength(text);
      if (left >= 0) room[i] = left;
      return left >= 0;
    });
    const shared = fitting ?? JSON.stringify(least);
    if (!places.has(shared)) places.set(shared, places.size);
    return { ...entry, shared: places.get(shared) ?? 0 };
  });
  return { window, shared: Array.from(places.keys(), (text) => JSON.parse(text) as Shared), entries: stored };
}

/** The same entries, with as many list values as an item has room for; each further list counts once. */
function withFewValues(entries: readonly WindowEntry[]): readonly WindowEntry[] {
  let room = MAX_VALUES;
  const withRoom = (entry: WindowEntry) => {
    room -= entry.values?.length ?? 0;
    return room >= 0 ? entry : { ...entry, values: undefined };
  };
  return mapInOrder(entries, withRoom, newestEndsFirst(entries));
}

/** Folds neighbours together where there are too many. */
export function bounded(entries: readonly WindowEntry[], within: number, hasSteps: boolean): readonly WindowEntry[] {
  if (entries.length <= MAX_ENTRIES) return entries;
  const folded = new Map<string, WindowEntry>();
  const isEnd = endsOf(entries);
  for (const [i, entry] of entries.entries()) {
    // Only neighbours: an entry that moved further would count with others than its own.
    const moment = Math.floor(entry.time / (within / MOMENTS));
    // What differs in its steps stays apart; other values add up, or lists that all differ would push out what is older.
    const steps = hasSteps ? entry.values?.join(" ") : "";
    // The first and the last of each value stay where they are: decoys would move a step behind the next, or hide a name.
    const own = isEnd.has(i) ? i : "";
    const sort = `${moment} ${entry.rung} ${entry.precedes} ${entry.isBefore} ${entry.isLight} ${steps} ${entry.others?.join(" ")} ${own}`;
    // Of a step, the first of its moment stays too: it came before what came between it and the last.
    const key = hasSteps && folded.has(sort) ? `${sort} later` : sort;
    const older = folded.get(key);
    folded.set(key, older === undefined ? entry : foldedEntry(older, entry));
  }
  const all = [...folded.values()].sort((a, b) => a.time - b.time);
  const kept = new Set(newestEndsFirst(all).slice(0, MAX_ENTRIES));
  return all.filter((_, i) => kept.has(i));
}

function foldedEntry(older: WindowEntry, entry: WindowEntry): WindowEntry {
  const isAlike = JSON.stringify(older.facts) === JSON.stringify(entry.facts);
  const isWeighed = older.weight !== undefined || entry.weight !== undefined;
  const left = isAlike ? older.moreTargets : targetsOf(older);
  const values = new Set([older, entry].flatMap(valuesOf));
  return {
    ...entry,
    // What comes before a match must not move behind it: the match may come in a later file.
    time: entry.precedes ? older.time : entry.time,
    since: Math.min(...[older, entry].map(({ since, time }) => since ?? time)),
    session: older.session === entry.session ? entry.session : undefined,
    matches: older.matches + entry.matches,
    weight: isWeighed ? (older.weight ?? older.matches) + (entry.weight ?? entry.matches) : undefined,
    values: values.size > 1 ? [...values] : entry.values,
    moreTargets: left === undefined ? entry.moreTargets : left + (entry.moreTargets ?? 0),
    kept: older.kept ?? entry.kept,
  };
}

/** How many targets are left out by an entry without its facts. */
export function targetsOf({ facts: { target }, moreTargets = 0 }: WindowEntry): number {
  return moreTargets + Number(target !== undefined);
}

/** The same entries, with as many records as an item has room for: at least one. */
function withFewRecords(entries: readonly WindowEntry[]): readonly WindowEntry[] {
  let room = MAX_KEPT_BYTES;
  return mapInOrder(entries, (entry) => {
    if (entry.kept === undefined) return entry;
    const isFirst = room === MAX_KEPT_BYTES;
    const size = Buffer.byteLength(JSON.stringify(entry.kept.record));
    if (size > room && !isFirst) return { ...entry, kept: undefined };
    room -= size;
    return entry;
  });
}

/**
 * The entries, changed one by one in the order of their worth, and returned in their own: the first and the last of each
 * value come before all others, so that no number of entries of one value takes the room of another.
 */
function mapInOrder<T>(
  entries: readonly WindowEntry[],
  change: (entry: WindowEntry) => T,
  order: Iterable<number> = new Set([...endsOf(entries), ...entries.keys()]),
): readonly T[] {
  const changed: T[] = [];
  for (const i of order) {
    const entry = entries[i];
    if (entry !== undefined) changed[i] = change(entry);
  }
  return changed;
}

/**
 * Places, the newest first: those of the first and the last entry of each value before all others. Of what a rule asks for besides
 * (`over`), they have half of the room, and values that count in full come before those that count in part: whatever a threshold
 * counts, no number of one sort takes the room of another.
 */
function newestEndsFirst(entries: readonly WindowEntry[]): readonly number[] {
  const newest = (places: Iterable<number>) => [...places].sort((a, b) => b - a);
  const isWhole = (i: number) => !entries[i]?.isLight;
  const ofValues = newest(endsOf(entries));
  return [
    ...new Set([
      ...newest(endsOf(entries, othersOf)).slice(0, MAX_ENTRIES / 2),
      ...ofValues.filter(isWhole),
      ...ofValues,
      ...newest(entries.keys()),
    ]),
  ];
}

/** The places of the first and the last entry of each value, of lists too. */
function endsOf(entries: readonly WindowEntry[], textsOf = valuesOf): ReadonlySet<number> {
  const ends = new Map<string, { readonly first: number; last: number }>();
  for (const [i, entry] of entries.entries()) {
    for (const value of textsOf(entry)) {
      const known = ends.get(value);
      if (known === undefined) ends.set(value, { first: i, last: i });
      else known.last = i;
    }
  }
  return new Set([...ends.values()].flatMap(({ first, last }) => [first, last]));
}

function othersOf({ others = [] }: WindowEntry): readonly string[] {
  return others.map((text, i) => `${i} ${text}`);
}

function valuesOf({ value = "", values = [value] }: WindowEntry): readonly string[] {
  return values;
}
