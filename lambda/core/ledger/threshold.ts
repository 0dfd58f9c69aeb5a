import type { After, Rule, Threshold } from "../rules/rule.ts";
import { countedTally, EMPTY_TALLY, type ListedMatch, merged, type Tally, tallyOf } from "./tally.ts";

/** One match that the window remembers, or several of one value and about one time that only count. */
export interface WindowEntry {
  /** eventTime in milliseconds since the epoch. */
  readonly time: number;
  readonly mark: string;
  /** Matches that it stands for. */
  readonly matches: number;
  /** The value of `distinct`. */
  readonly value?: string;
  /** The values of the fields in `over`. */
  readonly others?: readonly string[];
  /** True for what comes before a match (`after`), and never rings itself. */
  readonly precedes?: true;
  /** True once it is in an alert. */
  readonly rung?: true;
  readonly late?: true;
  readonly listed?: ListedMatch;
}

/** The window after new matches, and what is over the threshold now. */
export interface Sliding {
  readonly window: readonly WindowEntry[];
  /** What goes into an alert, of the new matches and of those that waited. */
  readonly rung: Tally;
  /** How many of the new matches go into it. */
  readonly fresh: number;
}

/** Records may come this much later than newer ones, in milliseconds, and still count with their neighbours. */
const LATENESS = 20 * 60_000;

/** What a window holds at most; beyond it, neighbours of one value are folded into one. */
const MAX_ENTRIES = 700;
/** Parts of `within` in which neighbours are folded. */
const MOMENTS = 50;
const MAX_LISTED_BYTES = 60_000;

/**
 * Slides the threshold over eventTime: an entry rings when some stretch of `within` around it has `count` entries, or
 * `count` distinct values. Whatever is too old to meet new neighbours is forgotten.
 */
export function slide(
  old: readonly WindowEntry[],
  fresh: readonly WindowEntry[],
  { threshold, after }: Pick<Rule, "threshold" | "after">,
): Sliding {
  const entries = [...old, ...fresh].sort(
    (a, b) => a.time - b.time || Number(b.precedes ?? 0) - Number(a.precedes ?? 0),
  );
  const enough = threshold === undefined ? entries.map(() => true) : overThreshold(entries, threshold);
  const prepared = after === undefined ? enough : afterEnough(entries, after);
  const over = entries.map(({ precedes }, i) => !precedes && enough[i] && prepared[i]);
  const isFresh = new Set(fresh);
  let rung = EMPTY_TALLY;
  let rungFresh = 0;
  const kept = entries.map((entry, i): WindowEntry => {
    if (entry.rung || !over[i]) return entry;
    rung = merged(rung, tallyOfEntry(entry));
    if (isFresh.has(entry)) rungFresh += entry.matches;
    const { listed: _, ...bare } = entry;
    return { ...bare, rung: true };
  });
  const newest = entries.at(-1)?.time ?? 0;
  const current = kept.filter(
    ({ time }) => time >= newest - Math.max(threshold?.within ?? 0, after?.within ?? 0) - LATENESS,
  );
  return { window: bounded(current, Math.max(threshold?.within ?? 0, after?.within ?? 0)), rung, fresh: rungFresh };
}

function overThreshold(entries: readonly WindowEntry[], threshold: Threshold): readonly boolean[] {
  const { count, within, distinct, over: fields = {} } = threshold;
  const demands = Object.values(fields);
  const over = entries.map(() => false);
  const values = new Occurrences();
  const others = demands.map(() => new Occurrences());
  let total = 0;
  let from = 0;
  let marked = 0;
  const step = (entry: WindowEntry, by: 1 | -1) => {
    total += by * entry.matches;
    values.add(entry.value, by);
    for (const [i, occurrences] of others.entries()) occurrences.add(entry.others?.[i], by);
  };
  for (const [to, entry] of entries.entries()) {
    step(entry, 1);
    for (let first = entries[from]; first !== undefined && entry.time - first.time > within; first = entries[from]) {
      step(first, -1);
      from++;
    }
    const isEnough = (distinct === undefined ? total : values.distinct) >= count;
    if (!isEnough || others.some((occurrences, i) => occurrences.distinct < (demands[i] ?? 0))) continue;
    for (let i = Math.max(from, marked); i <= to; i++) over[i] = true;
    marked = to + 1;
  }
  return over;
}

/** How often each value stands in a window. */
class Occurrences {
  readonly #counts = new Map<string, number>();

  get distinct(): number {
    return this.#counts.size;
  }

  add(value = "", by: 1 | -1): void {
    const count = (this.#counts.get(value) ?? 0) + by;
    if (count === 0) this.#counts.delete(value);
    else this.#counts.set(value, count);
  }
}

/** Before which entries enough has come. */
function afterEnough(entries: readonly WindowEntry[], { count, within }: After): readonly boolean[] {
  let before = 0;
  let from = 0;
  return entries.map((entry) => {
    if (entry.precedes) before += entry.matches;
    for (let first = entries[from]; first !== undefined && entry.time - first.time > within; first = entries[from]) {
      if (first.precedes) before -= first.matches;
      from++;
    }
    return before >= count;
  });
}

function tallyOfEntry({ mark, matches, listed, ...times }: WindowEntry): Tally {
  if (listed === undefined) return countedTally(matches, mark, times);
  const first = tallyOf(listed, mark, times);
  return matches === 1 ? first : { ...first, total: matches };
}

/** Folds neighbours of one value together where there are too many, and keeps few records in full. */
function bounded(entries: readonly WindowEntry[], within: number): readonly WindowEntry[] {
  let room = MAX_LISTED_BYTES;
  const light = entries.map((entry) => {
    if (entry.listed === undefined) return entry;
    const isFirst = room === MAX_LISTED_BYTES;
    room -= Buffer.byteLength(JSON.stringify(entry.listed));
    const { listed: _, ...bare } = entry;
    return room >= 0 || isFirst ? entry : bare;
  });
  if (light.length <= MAX_ENTRIES) return light;
  const folded = new Map<string, WindowEntry>();
  for (const entry of light) {
    // Neighbours only: what moved further would count with others than its own.
    const moment = Math.floor(entry.time / (within / MOMENTS));
    const key = `${moment} ${entry.rung} ${entry.precedes} ${entry.value} ${entry.others?.join(" ")}`;
    const older = folded.get(key);
    folded.set(
      key,
      older === undefined
        ? entry
        : { ...entry, matches: older.matches + entry.matches, ...(older.listed && { listed: older.listed }) },
    );
  }
  return [...folded.values()].sort((a, b) => a.time - b.time).slice(-MAX_ENTRIES * 2);
}
