import {
  bodyOf,
  hasShape,
  isCount,
  isFlag,
  isMaybe,
  isOneOf,
  isRecordOf,
  isText,
  isTime,
  type Shaped,
} from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";

/** Where it is kept what exceptions and mutes left out. */
export const SWALLOWED = "swallowed";

const DAY = 86_400_000;

/** How many entries, and how many networks of one, are kept. */
export const MAX_ENTRIES = 100;
export const MAX_NETWORKS = 12;

/** What left nothing out for so long is forgotten, in milliseconds. */
const FORGOTTEN_AFTER = 35 * DAY;

/** What one exception of a rule, or one mute, left out. */
export type Entry = Shaped<typeof isEntry>;
const isEntry = hasShape({
  kind: isOneOf(["except", "mute"]),
  rule: isText,
  reason: isText,
  /** The mute's id. */
  mute: isMaybe(isText),
  /** The last day of an exception. */
  until: isMaybe(isText),
  /** Matches since the last weekly round-up, and before it. */
  week: isCount,
  before: isCount,
  /** When it first left something out, and last. */
  since: isTime,
  last: isTime,
  /** Where the calls came from: when each network was met first. */
  networks: isRecordOf(isTime),
  /** True if there were more networks than are kept: then none is called new. */
  isCut: isMaybe(isFlag),
});

/** What exceptions and mutes left out, by what left it out. Of bounded size. */
export type SwallowedItem = Shaped<typeof isItem>;
const isItem = hasShape({
  entries: isRecordOf(isEntry),
  /** What found no room in `entries`. */
  others: isCount,
  /** When the last weekly round-up was made. */
  toldAt: isMaybe(isTime),
});

/** What was left out and is not written down yet. */
export type Tally = Pick<Entry, "kind" | "rule" | "reason" | "mute" | "until"> & {
  readonly matches: number;
  readonly networks: readonly string[];
};

/** The item as the ledger has it; undefined if it cannot be read. */
export function swallowedOf(body: unknown): SwallowedItem | undefined {
  const item = bodyOf(isItem)(body);
  return item && Object.keys(item.entries).length <= MAX_ENTRIES ? item : undefined;
}

/** The key of an entry. */
export function entryKey({ kind, rule, reason, mute }: Pick<Tally, "kind" | "rule" | "reason" | "mute">): string {
  return hashOf(kind === "mute" ? [kind, mute, rule] : [kind, rule, reason]);
}

/** The item after this was left out too. */
export function withTallies(item: SwallowedItem | undefined, tallies: readonly Tally[], now: number): SwallowedItem {
  const kept = Object.entries(item?.entries ?? {}).filter(([, { last }]) => last > now - FORGOTTEN_AFTER);
  const entries = new Map(kept);
  let others = item?.others ?? 0;
  for (const tally of tallies) {
    const key = entryKey(tally);
    const known = entries.get(key);
    if (known === undefined && entries.size >= MAX_ENTRIES) others += tally.matches;
    else entries.set(key, added(known, tally, now));
  }
  return { ...item, entries: Object.fromEntries(entries), others };
}

function added(known: Entry | undefined, tally: Tally, now: number): Entry {
  const { matches, networks, ...what } = tally;
  const all = { ...Object.fromEntries(networks.map((network) => [network, now])), ...known?.networks };
  // The first ones stay: what is not among them may be new, or may have been met before.
  const oldest = Object.entries(all).sort(([, a], [, b]) => a - b);
  const isCut = known?.isCut || oldest.length > MAX_NETWORKS;
  return {
    ...known,
    ...what,
    reason: what.reason.slice(0, 200),
    week: (known?.week ?? 0) + matches,
    before: known?.before ?? 0,
    since: known?.since ?? now,
    last: now,
    networks: Object.fromEntries(oldest.slice(0, MAX_NETWORKS)),
    ...(isCut && { isCut: true }),
  };
}

/** What a mute has left out so far, by rule. */
export function entriesOfMute(item: SwallowedItem | undefined, id: string): readonly Entry[] {
  return Object.values(item?.entries ?? {}).filter(({ mute }) => mute === id);
}

/** The item after a weekly round-up told of it. */
export function toldOfWeek(item: SwallowedItem, now: number): SwallowedItem {
  const entries = Object.entries(item.entries).map(([key, entry]) => {
    return [key, { ...entry, week: 0, before: entry.before + entry.week }] as const;
  });
  return { ...item, entries: Object.fromEntries(entries), others: 0, toldAt: now };
}

/** Networks that an entry had not met before this week; none if that cannot be said. */
export function newNetworks({ networks, isCut, since }: Entry, weekBegan: number): readonly string[] {
  if (isCut || since >= weekBegan) return [];
  return Object.entries(networks).flatMap(([network, at]) => (at >= weekBegan ? [network] : []));
}
