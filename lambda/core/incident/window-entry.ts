import { isIncident } from "../alert/report.ts";
import { isLogObject, isRecord } from "../alert/story/story.ts";
import type { Facts } from "../record/facts.ts";
import { OUTCOMES } from "../record/outcome.ts";
import {
  bodyOf,
  hasShape,
  isCount,
  isFlag,
  isListOf,
  isMaybe,
  isOneOf,
  isText,
  isTime,
  type Shape,
  type Shaped,
} from "../store/guard.ts";

/** What a threshold or `after` counts in: a window by rule and actor, or by what the rule groups by. */
export type WindowId = Shaped<typeof isWindowId>;
const isWindowId = hasShape({
  /** Short, and always the same for one window. */
  key: isText,
  rule: isText,
  /** The incident that tells what passes, unless all of it is low or info. */
  incident: isIncident,
  /** The key of the incident that tells it then. */
  daily: isText,
});

const isFacts: Shape<Facts> = hasShape({ call: isText, outcome: isOneOf(OUTCOMES), isRead: isFlag });
const isWeight: Shape<number> = (value) => typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;

/** What several entries of a window may have in common. */
export type Shared = Shaped<typeof isShared>;
const isShared = hasShape({
  facts: isFacts,
  moreTargets: isMaybe(isCount),
  source: isMaybe(isText),
  sharedBy: isMaybe(isText),
  session: isMaybe(isText),
  /** Where a mail notes that it told the record (see toldKeyOf); absent where there was no room for it. */
  unless: isMaybe(isText),
  /** The item that remembers it; only until it is settled. */
  seenKey: isMaybe(isText),
});

const isEntry = hasShape({
  /** eventTime in milliseconds since the epoch. */
  time: isTime,
  /** If it stands for several: the eventTime of the first of them. */
  since: isMaybe(isTime),
  fingerprint: isText,
  /** How many matches it stands for. */
  matches: isCount,
  /** What it counts for, if not its matches: lists weigh more, discounted matches less. */
  weight: isMaybe(isWeight),
  /** True if discounted: as a value of `distinct` it counts in part. */
  isLight: isMaybe(isFlag),
  /** The value of `distinct`; if the record has several, its `values`. */
  value: isMaybe(isText),
  values: isMaybe(isListOf(isText)),
  /** The values of the fields in `over`. */
  others: isMaybe(isListOf(isText)),
  isLate: isFlag,
  isRecovered: isMaybe(isFlag),
  /** True for what only comes before a match (`after`); it never rings itself. */
  precedes: isMaybe(isFlag),
  /** True for a match that comes before later ones besides. */
  isBefore: isMaybe(isFlag),
  /** True once it is told. */
  rung: isMaybe(isFlag),
  /** Only a few entries keep their record. */
  kept: isMaybe(hasShape({ record: isRecord, logObject: isLogObject })),
  /** The place of what it has in common with others. */
  shared: isCount,
});

/** One match that the window remembers, or several of one value and about the same time that only count. */
export type WindowEntry = Omit<Shaped<typeof isEntry>, "shared"> & Shared;

/** A window as the ledger keeps it: what entries share is stored once. */
export type StoredWindow = Shaped<typeof isStoredWindow>;
const isStoredWindow = hasShape({ window: isWindowId, shared: isListOf(isShared), entries: isListOf(isEntry) });
const storedWindowOf = bodyOf(isStoredWindow);

/** The window as the ledger has it; undefined if it cannot be read. */
export function windowOf(body: unknown): StoredWindow | undefined {
  const window = storedWindowOf(body);
  return window?.entries.every(({ shared }) => shared < window.shared.length) ? window : undefined;
}

/** What a window holds, from what the ledger has. */
export function entriesOf({ shared, entries }: StoredWindow): readonly WindowEntry[] {
  return entries.map(({ shared: index, ...entry }) => ({ ...entry, ...(shared[index] as Shared) }));
}
