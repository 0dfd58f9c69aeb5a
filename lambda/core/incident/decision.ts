import type { Alert } from "../alert/alert.ts";
import type { AlertSettings } from "../alert/part.ts";
import type { Incident } from "../alert/report.ts";
import type { Chains } from "../links/chain.ts";
import type { Mutes } from "../mute/mutes.ts";
import type { Muting, Swallowed } from "../mute/swallow.ts";
import type { Change } from "../store/store.ts";
import type { RuleBook } from "./rule-book.ts";

/** The inputs of one decision. */
export interface Circumstances {
  readonly settings: AlertSettings;
  readonly book: RuleBook;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the next daily round-up is made, in milliseconds since the epoch. */
  readonly endOfDay: () => number;
  /** What is quiet for some hours. */
  readonly mutes: Mutes;
  /** Who opened the sessions that the decision is about, as far as that is known. */
  readonly chains: Chains;
}

/** What became of the matches in one item that was written down. */
export const NO_MATCHES = {
  fresh: 0,
  duplicates: 0,
  toldElsewhere: 0,
  /** Those of the new ones that a mute swallowed. */
  muted: 0,
  /** Those of the new ones that have not passed their window. */
  below: 0,
};
export type Counts = typeof NO_MATCHES;

/** What becomes of what was written down for one incident or window. */
export interface Decision {
  readonly changes: readonly Change[];
  /** For each item that it takes: matches that are new, and that were known. Items left out come next time. */
  readonly taken: ReadonlyMap<string, Readonly<Counts>>;
  readonly alert?: Alert;
  /** What mutes swallowed: of the new matches, and of what was held back. */
  readonly swallowed?: readonly Swallowed[];
  /** What the same commit writes down for another owner: to be settled next, unless it `waits` for the daily round-up. */
  readonly passedOn?: { readonly key: string; readonly waits: boolean };
}

/** Nothing is left to settle. */
export const NOTHING: Decision = { changes: [], taken: new Map() };

/**
 * What of an incident is quiet. A mute by its id holds only where `isKnown`, once a mail told of it: people type the first
 * eight digits of an id, and a caller can be named so that his id begins with the same.
 */
export function mutingOf(
  incident: Incident,
  isKnown: boolean,
  { book, mutes, now }: Circumstances,
  told?: Muting["told"],
): Muting {
  const own = mutes.at(now).filter(({ of }) => isKnown || of.incident === undefined);
  return { incident, mutes: own, told, rulesOf: (line) => book.rulesOf(line) };
}
