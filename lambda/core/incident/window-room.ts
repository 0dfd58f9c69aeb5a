import type { WindowEntry } from "./window-entry.ts";

/** The most that a window holds; beyond it, neighbours of one value are folded into one. */
const MAX_ENTRIES = 700;
/** Into how many parts `within` is divided for folding neighbours. */
const MOMENTS = 50;
const MAX_KEPT_BYTES = 60_000;

/** Folds neighbours of one value together where there are too many, and keeps few records in full. */
export function bounded(entries: readonly WindowEntry[], within: number, hasSteps: boolean): readonly WindowEntry[] {
  const light = withFewRecords(entries);
  if (light.length <= MAX_ENTRIES) return light;
  const folded = new Map<string, WindowEntry>();
  const isEnd = hasSteps ? endsOf(light) : new Set<number>();
  for (const [i, entry] of light.entries()) {
    // Only neighbours: an entry that moved further would count with others than its own.
    const moment = Math.floor(entry.time / (within / MOMENTS));
    const values = entry.values?.join(" ") ?? entry.value;
    // The first and the last of each step stay where they are, or decoys would move it behind the next.
    const own = isEnd.has(i) ? i : "";
    const key = `${moment} ${entry.rung} ${entry.precedes} ${entry.isLight} ${values} ${entry.others?.join(" ")} ${own}`;
    const older = folded.get(key);
    folded.set(key, older === undefined ? entry : foldedEntry(older, entry));
  }
  return [...folded.values()].sort((a, b) => a.time - b.time).slice(-MAX_ENTRIES);
}

function foldedEntry(older: WindowEntry, entry: WindowEntry): WindowEntry {
  const { record, logObject } = older;
  const { session, ...rest } = entry;
  const isAlike = JSON.stringify(older.facts) === JSON.stringify(entry.facts);
  const isWeighed = older.weight !== undefined || entry.weight !== undefined;
  const left = isAlike ? older.moreTargets : targetsOf(older);
  return {
    ...rest,
    ...(session !== undefined && session === older.session && { session }),
    matches: older.matches + entry.matches,
    ...(isWeighed && { weight: (older.weight ?? older.matches) + (entry.weight ?? entry.matches) }),
    ...(left !== undefined && { moreTargets: left + (entry.moreTargets ?? 0) }),
    ...(record && logObject && { record, logObject }),
  };
}

/** How many targets are left out by an entry without its facts. */
export function targetsOf({ facts: { target }, moreTargets = 0 }: WindowEntry): number {
  return moreTargets + Number(target !== undefined);
}

/** The same entries, with as many records as an item has room for: at least one. */
export function withFewRecords(entries: readonly WindowEntry[]): readonly WindowEntry[] {
  let room = MAX_KEPT_BYTES;
  return mapEndsFirst(entries, (entry) => {
    if (entry.record === undefined) return entry;
    const isFirst = room === MAX_KEPT_BYTES;
    const size = Buffer.byteLength(JSON.stringify(entry.record));
    const { record: _, logObject: __, ...bare } = entry;
    if (size > room && !isFirst) return bare;
    room -= size;
    return entry;
  });
}

/**
 * The entries, changed one by one in the order of their worth, and returned in their own: the first and the last of each
 * value come before all others, so that no number of entries of one value takes the room of another.
 */
export function mapEndsFirst<T>(entries: readonly WindowEntry[], change: (entry: WindowEntry) => T): readonly T[] {
  const isEnd = endsOf(entries);
  const order = [...isEnd, ...entries.keys()].filter((i, at) => at < isEnd.size || !isEnd.has(i));
  const changed: T[] = [];
  for (const i of order) {
    const entry = entries[i];
    if (entry !== undefined) changed[i] = change(entry);
  }
  return changed;
}

/** The places of the first and the last entry of each value. */
function endsOf(entries: readonly WindowEntry[]): ReadonlySet<number> {
  const ends = new Map<string, { readonly first: number; last: number }>();
  for (const [i, { value, values }] of entries.entries()) {
    const key = values?.join(" ") ?? value ?? "";
    const known = ends.get(key);
    if (known === undefined) ends.set(key, { first: i, last: i });
    else known.last = i;
  }
  return new Set([...ends.values()].flatMap(({ first, last }) => [first, last]));
}
