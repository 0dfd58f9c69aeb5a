import { sumOf } from "../alert/story/story.ts";
import type { After, Steps, Threshold } from "../rules/rule.ts";
import type { WindowEntry } from "./window-entry.ts";

/** For each entry, whether some stretch of `within` around it has enough of what the threshold counts. */
export function overThreshold(entries: readonly WindowEntry[], threshold: Threshold): readonly boolean[] {
  const { count, within, distinct, over: fields = {}, discount } = threshold;
  const demands = Object.values(fields);
  const over = entries.map(() => false);
  const values = new Occurrences();
  const others = demands.map(() => new Occurrences());
  let total = 0;
  let from = 0;
  let marked = 0;
  const step = (entry: WindowEntry, by: 1 | -1) => {
    total += by * (entry.weight ?? entry.matches);
    for (const value of entry.values ?? [entry.value]) values.add(value, by, entry.isLight);
    for (const [i, occurrences] of others.entries()) occurrences.add(entry.others?.[i], by);
  };
  for (const [to, entry] of entries.entries()) {
    step(entry, 1);
    for (let first = entries[from]; first !== undefined && entry.time - first.time > within; first = entries[from]) {
      step(first, -1);
      from++;
    }
    const sum = distinct === undefined ? total : values.whole + values.part / (discount?.by ?? 1);
    // Discounted matches count in fractions, whose sums are not exact.
    const isEnough = sum >= count - 1e-6;
    if (!isEnough || others.some((occurrences, i) => occurrences.whole < (demands[i] ?? 0))) continue;
    for (let i = Math.max(from, marked); i <= to; i++) over[i] = true;
    marked = to + 1;
  }
  return over;
}

/** How often each value stands in a window: from matches that count in full, and from those that count in part. */
class Occurrences {
  readonly #counts = new Map<string, { whole: number; part: number }>();
  /** Values of matches that count in full. */
  whole = 0;
  /** Values that only matches counting in part have. */
  part = 0;

  add(value = "", by: 1 | -1, isLight = false): void {
    const count = this.#counts.get(value) ?? { whole: 0, part: 0 };
    this.#tell(count, -1);
    if (isLight) count.part += by;
    else count.whole += by;
    this.#tell(count, 1);
    if (count.whole + count.part === 0) this.#counts.delete(value);
    else this.#counts.set(value, count);
  }

  #tell({ whole, part }: { readonly whole: number; readonly part: number }, by: 1 | -1): void {
    if (whole > 0) this.whole += by;
    else if (part > 0) this.part += by;
  }
}

/** For each entry, whether enough came before it, or in the same second. */
export function afterEnough(entries: readonly WindowEntry[], { count, within }: After): readonly boolean[] {
  const before = entries.filter(({ precedes, isBefore }) => precedes || isBefore);
  return entries.map((entry) => {
    const own = before.filter(({ since, time }) => (since ?? time) <= entry.time && entry.time - time <= within);
    // An entry does not come before itself.
    return sumOf(own.map(({ matches }) => matches)) - Number(entry.isBefore ?? 0) >= count;
  });
}

/**
 * For each entry, whether it belongs to a sequence of all steps: from the first of them on, for as long as the rule looks.
 * What comes after the last step belongs to it too, or one more call would hide what was done next.
 */
export function inSequence(entries: readonly WindowEntry[], { of, within, order }: Steps): readonly boolean[] {
  const keys = of.map(({ key }) => key);
  const places = entries.map(({ values = [] }) =>
    [...keys.keys()].filter((place) => values.includes(keys[place] ?? "")),
  );
  const begun = order === undefined ? [] : begunBefore(entries, places);
  const isIn = entries.map(() => false);
  for (const [first, { time: start }] of entries.entries()) {
    const left = new Set(keys.keys());
    // In a given order, a step counts once those before it were met.
    const last = () => (order === undefined ? keys.length : (left.values().next().value ?? keys.length));
    const own: number[] = [];
    let i = first;
    for (; (entries[i]?.time ?? Number.POSITIVE_INFINITY) <= start + within; i++) {
      while (begun[i]?.has(last())) left.delete(last());
      const most = last();
      const fits = (places[i] ?? []).filter((place) => place <= most);
      // A record that meets several steps is one of them: the first that is still missing.
      const missing = fits.find((place) => left.has(place));
      if (missing !== undefined) left.delete(missing);
      if (fits.length > 0) own.push(i);
    }
    if (left.size > 0) continue;
    for (const at of own) isIn[at] = true;
    // What may have begun before the end of the stretch belongs to it too.
    const end = entries[i - 1]?.time ?? start;
    for (; order !== undefined && i < entries.length; i++) if ((entries[i]?.since ?? Infinity) <= end) isIn[i] = true;
  }
  return isIn;
}

/**
 * For each entry, the steps that others have which stand behind it, but are several folded into one, of which some may have come
 * before it: in doubt they did.
 */
function begunBefore(
  entries: readonly WindowEntry[],
  places: readonly (readonly number[])[],
): readonly ReadonlySet<number>[] {
  const since = new Map<number, number>();
  const begun: ReadonlySet<number>[] = [];
  for (const [i, entry] of [...entries.entries()].reverse()) {
    begun[i] = new Set([...since].flatMap(([place, time]) => (time <= entry.time ? [place] : [])));
    if (entry.since === undefined) continue;
    for (const place of places[i] ?? []) since.set(place, Math.min(entry.since, since.get(place) ?? entry.since));
  }
  return begun;
}

/** Entries in the order of time; where a given order is asked, entries of one second stand in the order of their steps. */
export function inOrderOf(steps: Steps | undefined): (a: WindowEntry, b: WindowEntry) => number {
  const keys = steps?.order === undefined ? [] : steps.of.map(({ key }) => key);
  const placeOf = ({ values: [value = ""] = [] }: WindowEntry) => keys.indexOf(value);
  return (a, b) => a.time - b.time || Number(b.precedes ?? 0) - Number(a.precedes ?? 0) || placeOf(a) - placeOf(b);
}
