import { OTHER_CALLS } from "../alert/line.ts";
import type { Incident } from "../alert/report.ts";
import type { Story } from "../alert/story.ts";
import { StoryBuilder } from "../alert/story-builder.ts";
import type { Told } from "../alert/told.ts";
import type { LogObject } from "../envelope/log-object.ts";
import type { Facts } from "../record/facts.ts";
import { OUTCOMES } from "../record/outcome.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { askedSession } from "../record/session.ts";
import type { After, Rule, Steps, Threshold } from "../rules/rule.ts";
import { hasShape, isCount, isFlag, isListOf, isMaybe, isOneOf, isText, isTime } from "../store/guard.ts";
import { isIncident } from "./incident.ts";

/** What a threshold or `after` counts in: a window by rule and actor, or by what the rule groups by. */
export interface WindowId {
  /** Short, and always the same for one window. */
  readonly key: string;
  readonly rule: string;
  /** The incident that tells what passes. */
  readonly incident: Incident;
}

/** One match that the window remembers, or several of one value and about the same time that only count. */
export interface WindowEntry {
  /** eventTime in milliseconds since the epoch. */
  readonly time: number;
  readonly mark: string;
  /** How many matches it stands for. */
  readonly matches: number;
  /** What it counts for, if not its matches: lists weigh more, discounted matches less. */
  readonly weight?: number;
  /** True if discounted: as a value of `distinct` it counts in part. */
  readonly isLight?: true;
  /** The value of `distinct`. */
  readonly value?: string;
  /** The values of `distinct`, from a list of several. */
  readonly values?: readonly string[];
  /** The values of the fields in `over`. */
  readonly others?: readonly string[];
  /** True for what comes before a match (`after`); it never rings itself. */
  readonly precedes?: boolean;
  /** True once it is told. */
  readonly rung?: boolean;
  readonly isLate: boolean;
  /** True if its log file was read only because a digest named it. */
  readonly isRecovered?: boolean;
  readonly facts: Facts;
  /** How many targets its facts leave out; undefined if they leave out none. */
  readonly moreTargets?: number;
  readonly source?: string;
  /** Who called, where callers share the window. */
  readonly caller?: string;
  /** Where a mail notes that it told the record (see toldKeyOf); entries of earlier versions have none. */
  readonly unless?: string;
  /** Only a few entries keep it. */
  readonly record?: CloudTrailRecord;
  readonly logObject?: LogObject;
}

/** The window after new matches, and what passes the threshold now. */
export interface Sliding {
  readonly entries: readonly WindowEntry[];
  /** What is told now, from the new matches and from those that waited. */
  readonly rung: readonly WindowEntry[];
  /** How many of the new matches are among them. */
  readonly fresh: number;
}

/** Records may arrive this much later than newer ones, in milliseconds, and still count with their neighbours. */
const LATENESS = 20 * 60_000;

/** The most that a window holds; beyond it, neighbours of one value are folded into one. */
const MAX_ENTRIES = 700;
/** Into how many parts `within` is divided for folding neighbours. */
const MOMENTS = 50;
const MAX_KEPT_BYTES = 60_000;

/**
 * Slides the threshold over eventTime: an entry rings when some stretch of `within` around it has `count` entries, or
 * `count` distinct values. Entries too old to meet new neighbours are forgotten.
 */
export function slide(
  old: readonly WindowEntry[],
  fresh: readonly WindowEntry[],
  { threshold, after, steps }: Pick<Rule, "threshold" | "after" | "steps">,
): Sliding {
  const entries = [...old, ...fresh].sort(inOrderOf(steps));
  const enough = threshold === undefined ? entries.map(() => true) : overThreshold(entries, threshold);
  const prepared = after === undefined ? enough : afterEnough(entries, after);
  const complete = steps === undefined ? enough : inSequence(entries, steps);
  const isFresh = new Set(fresh);
  const rung: WindowEntry[] = [];
  let rungFresh = 0;
  const kept = entries.map((entry, i): WindowEntry => {
    if (entry.rung || entry.precedes || !enough[i] || !prepared[i] || !complete[i]) return entry;
    rung.push(entry);
    if (isFresh.has(entry)) rungFresh += entry.matches;
    const { record: _, logObject: __, ...bare } = entry;
    return { ...bare, rung: true };
  });
  const newest = entries.at(-1)?.time ?? 0;
  const within = Math.max(threshold?.within ?? 0, after?.within ?? 0, steps?.within ?? 0);
  const current = kept.filter(({ time }) => time >= newest - within - LATENESS);
  return { entries: bounded(current, within, steps !== undefined), rung, fresh: rungFresh };
}

/** What passed a window as a story of its incident. */
export function passed(rung: readonly WindowEntry[], { name, severity }: Rule, incident: Incident): Story {
  const builder = new StoryBuilder();
  for (const { record, logObject, facts, moreTargets, matches, time, isLate, isRecovered, source, caller } of rung) {
    const told: Told = {
      facts,
      moreTargets,
      rules: [name],
      severity,
      time,
      isLate,
      isRecovered,
      source,
      sharedBy: caller,
    };
    const isKept = record !== undefined && logObject !== undefined;
    const counted = isKept ? matches - 1 : matches;
    const session = isKept && !incident.isUnverified ? askedSession(record) : undefined;
    if (isKept) builder.addRecord({ ...told, session, record, logObject });
    if (counted > 0) builder.addCounted(isKept ? { ...told, moreTargets: undefined } : told, counted);
  }
  builder.addAccounts(/^\d{12}$/.test(incident.accountId) ? [incident.accountId] : []);
  return builder.story();
}

function overThreshold(entries: readonly WindowEntry[], threshold: Threshold): readonly boolean[] {
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

/** For each entry, whether enough came before it. */
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

/**
 * For each entry, whether it belongs to a sequence of all steps: from the first of them on, for as long as the rule looks.
 * What comes after the last step belongs to it too, or one more call would hide what was done next.
 */
function inSequence(entries: readonly WindowEntry[], { of, within, order }: Steps): readonly boolean[] {
  const all = of.map(({ key }) => key);
  const isIn = entries.map(() => false);
  for (const [first, { time: start }] of entries.entries()) {
    const left = new Set(all);
    const own: number[] = [];
    for (let i = first; (entries[i]?.time ?? Number.POSITIVE_INFINITY) <= start + within; i++) {
      const values = entries[i]?.values ?? [];
      // In a given order, a step counts once those before it were met.
      const fits = values.filter(
        (value) => order === undefined || all.slice(0, all.indexOf(value)).every((one) => !left.has(one)),
      );
      // A record that meets several steps is one of them: the first that is still missing.
      const missing = all.find((key) => left.has(key) && fits.includes(key));
      if (missing !== undefined) left.delete(missing);
      if (fits.length > 0) own.push(i);
    }
    if (left.size === 0) for (const i of own) isIn[i] = true;
  }
  return isIn;
}

/** Entries in the order of time; where a given order is asked, entries of one second stand in the order of their steps. */
function inOrderOf(steps: Steps | undefined): (a: WindowEntry, b: WindowEntry) => number {
  const keys = steps?.order === undefined ? [] : steps.of.map(({ key }) => key);
  const placeOf = ({ values: [value = ""] = [] }: WindowEntry) => keys.indexOf(value);
  return (a, b) => a.time - b.time || Number(b.precedes ?? 0) - Number(a.precedes ?? 0) || placeOf(a) - placeOf(b);
}

/** Folds neighbours of one value together where there are too many, and keeps few records in full. */
function bounded(entries: readonly WindowEntry[], within: number, hasSteps: boolean): readonly WindowEntry[] {
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
  const isAlike = JSON.stringify(older.facts) === JSON.stringify(entry.facts);
  const isWeighed = older.weight !== undefined || entry.weight !== undefined;
  const left = isAlike ? older.moreTargets : targetsOf(older);
  return {
    ...entry,
    matches: older.matches + entry.matches,
    ...(isWeighed && { weight: (older.weight ?? older.matches) + (entry.weight ?? entry.matches) }),
    ...(left !== undefined && { moreTargets: left + (entry.moreTargets ?? 0) }),
    ...(record && logObject && { record, logObject }),
  };
}

/** How many targets are left out by an entry without its facts. */
function targetsOf({ facts: { target }, moreTargets = 0 }: WindowEntry): number {
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
function mapEndsFirst<T>(entries: readonly WindowEntry[], change: (entry: WindowEntry) => T): readonly T[] {
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

/** The same entries, with as many list values as an item has room for; each further list counts once. */
function withFewValues(entries: readonly WindowEntry[]): readonly WindowEntry[] {
  let room = MAX_VALUES;
  return entries
    .toReversed()
    .map((entry) => {
      room -= entry.values?.length ?? 0;
      const { values: _, ...bare } = entry;
      return room >= 0 ? entry : bare;
    })
    .toReversed();
}

type Shared = Pick<WindowEntry, "facts" | "moreTargets" | "source" | "caller" | "unless">;

/** A window as the ledger keeps it: facts that entries share are stored once. */
export interface StoredWindow {
  readonly window: WindowId;
  readonly shared: readonly string[];
  readonly entries: readonly (Omit<WindowEntry, keyof Shared> & { readonly shared: number })[];
}

/** Room for differing facts, and as much again for differing calls: beyond that, entries keep their outcome only. */
const MAX_SHARED_BYTES = 60_000;

/** How many list values a window has room for, newest first: many times what a threshold may ask for. */
const MAX_VALUES = 4_000;

/** Facts of this size leave room for those of one more entry, whatever its record says. */
export const FULL_SHARED_BYTES = 55_000;

/** What entries that say the same store once. An entry that was told, or never is, only counts. */
export function sharedText({ facts, moreTargets, source, caller, unless, rung, precedes }: WindowEntry): string {
  const { outcome, isRead } = facts;
  const shared: Shared =
    rung || precedes
      ? { facts: { call: OTHER_CALLS, outcome, isRead } }
      : { facts, moreTargets, source, caller, unless };
  return JSON.stringify(shared);
}

export function storedWindow(window: WindowId, entries: readonly WindowEntry[]): StoredWindow {
  const shared = new Map<string, number>();
  const indexOf = (text: string) => {
    const known = shared.get(text);
    if (known !== undefined) return known;
    shared.set(text, shared.size);
    return shared.size - 1;
  };
  const room = [MAX_SHARED_BYTES, MAX_SHARED_BYTES];
  const stored = mapEndsFirst(withFewValues(entries), (whole) => {
    const { facts, source: _, caller, unless, moreTargets: __, ...entry } = whole;
    const { call, outcome, isRead } = facts;
    const moreTargets = targetsOf(whole);
    const bare: Shared = { facts: { call, outcome, isRead }, moreTargets, caller, unless };
    const least: Shared = { facts: { call: OTHER_CALLS, outcome, isRead }, moreTargets };
    const fitting = [sharedText(whole), JSON.stringify(bare)].find((text, i) => {
      if (shared.has(text)) return true;
      const left = (room[i] ?? 0) - Buffer.byteLength(text);
      if (left >= 0) room[i] = left;
      return left >= 0;
    });
    return { ...entry, shared: indexOf(fitting ?? JSON.stringify(least)) };
  });
  return { window, shared: [...shared.keys()], entries: stored };
}

/** What a window holds, from what the ledger has. */
export function entriesOf({ shared, entries }: StoredWindow): readonly WindowEntry[] {
  const parts = shared.map((text) => JSON.parse(text) as Shared);
  return entries.map(({ shared: index, ...entry }) => ({ ...entry, ...(parts[index] as Shared) }));
}

const isWeight = (value: unknown) => typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
const isWindowId = hasShape({ key: isText, rule: isText, incident: isIncident });
const isShared = (text: unknown) => {
  try {
    const isFacts = hasShape({ call: isText, outcome: isOneOf(OUTCOMES), isRead: isFlag });
    const isWhole = hasShape({
      facts: isFacts,
      moreTargets: isMaybe(isCount),
      source: isMaybe(isText),
      caller: isMaybe(isText),
      unless: isMaybe(isText),
    });
    return isWhole(JSON.parse(String(text)));
  } catch {
    return false;
  }
};

/** The window as the ledger has it; undefined if it cannot be read. */
export function windowOf(body: unknown): StoredWindow | undefined {
  if (!hasShape({ window: isWindowId, shared: isListOf(isShared) })(body)) return undefined;
  const { shared } = body as StoredWindow;
  const isEntry = hasShape({
    time: isTime,
    mark: isText,
    matches: isCount,
    weight: isMaybe(isWeight),
    isLight: isMaybe(isFlag),
    value: isMaybe(isText),
    values: isMaybe(isListOf(isText)),
    others: isMaybe(isListOf(isText)),
    isLate: isFlag,
    isRecovered: isMaybe(isFlag),
    shared: (index) => isCount(index) && (index as number) < shared.length,
    logObject: isMaybe(hasShape({ bucket: isText, key: isText })),
  });
  return hasShape({ entries: isListOf(isEntry) })(body) ? (body as StoredWindow) : undefined;
}
