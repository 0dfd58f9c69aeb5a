import type { Alert } from "../alert/alert.ts";
import type { AlertSettings } from "../alert/part.ts";
import { type FirstSeen, FirstSeenMemory } from "../first-seen/first-seen.ts";
import { LEARNING_DAYS } from "../first-seen/learning-rules.ts";
import type { Circumstances } from "../incident/decision.ts";
import { RuleBook } from "../incident/rule-book.ts";
import { NO_CHAINS } from "../links/chain.ts";
import { createLinkNotes, type LinkNotes, NO_LINK_NOTES } from "../links/link-notes.ts";
import { Mutes } from "../mute/mutes.ts";
import { Tallies } from "../mute/tallies.ts";
import type { Publishers } from "../outbox/ways.ts";
import type { Rule } from "../rules/rule.ts";
import { Access } from "../store/access.ts";
import { Clock } from "../store/clock.ts";
import type { LedgerStore } from "../store/store.ts";
import { nextRoundUp, nextWeekly, type Weekday } from "./day.ts";
import { FAMILIES } from "./families.ts";

/** What the ledger needs from outside. Effects reject on failure. */
export interface LedgerEffects {
  readonly store: LedgerStore;
  readonly rules: readonly Rule[];
  readonly settings: LedgerSettings;
  readonly publish: Publishers;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Waits for milliseconds. */
  readonly sleep: (time: number) => Promise<void>;
}

export interface LedgerSettings extends AlertSettings {
  /** The hour of the day, in the configured time zone, at which low and info are told. */
  readonly roundUpHour: number;
  /** The day of the week on which the round-up tells what exceptions and mutes left out; never when left out. */
  readonly roundUpDay?: Weekday;
  /** False if nobody wants to know who opened which session; true when left out. */
  readonly followSessions?: boolean;
  /** For how many days rules with `first` learn what is usual; 14 when left out. */
  readonly learningDays?: number;
}

/** What the ledger did in one invocation. Its matches are the sum of the first nine. */
export const NO_COUNTS = {
  /** In an alert that was sent: shown there, or only counted. */
  listed: 0,
  counted: 0,
  /** Written down; its alert is still to be sent, or to be made by another invocation. */
  pending: 0,
  /** Held back until the incident rings again, or for the daily round-up. */
  held: 0,
  belowThreshold: 0,
  duplicates: 0,
  /** Left out of the daily round-up, because a mail told the record. */
  toldElsewhere: 0,
  /** Swallowed by a mute. */
  muted: 0,
  /** Matches that could not be recorded: the invocation fails, and they come again. */
  unrecorded: 0,
  /** Alerts that were made, round-ups included. */
  alerts: 0,
  /** The alerts that begin an incident: neither follow-ups nor round-ups. */
  incidents: 0,
  /** Records that would be the first of their kind, if rules with `first` had learned for long enough. */
  learning: 0,
  /** Records of which could not be said whether they are the first of their kind: the invocation fails. */
  unjudged: 0,
  /** The matches whose eventID is known with other content. */
  conflicts: 0,
  publishFailures: 0,
  ledgerFailures: 0,
  /** Ledger items that cannot be read: they are left as they are and skipped. */
  unreadableItems: 0,
  /** Age of the oldest alert waiting to be sent, in seconds. */
  oldestPendingSeconds: 0,
};

export type MutableCounts = typeof NO_COUNTS;
export type LedgerCounts = Readonly<MutableCounts>;

/** What one invocation works with. */
export interface Run {
  readonly effects: LedgerEffects;
  readonly access: Access;
  readonly links: LinkNotes;
  readonly firstSeen: FirstSeen;
  /** What this instance's exceptions and mutes left out. */
  readonly tallies: Tallies;
  readonly given: () => Circumstances;
  readonly counts: MutableCounts;
  readonly notes: string[];
  readonly deadline: number;
  /** Waits for this instance's turn to send without a ledger; false if there is no time for it. */
  readonly directTurn: () => Promise<boolean>;
}

/** The time between two messages that an instance sends without a ledger, in milliseconds. */
const DIRECT_PACE = 5_000;

export const SIDE_BY_SIDE = 8;

/** Attempts against others who settle the same; after these the next tick does it. */
export const TRIES = 16;

/** The part of an invocation's time that is kept for a publish, in milliseconds. */
export const TIME_TO_PUBLISH = 15_000;

const DAY = 86_400_000;

/** Makes the runs of one function instance. `deadline` is in milliseconds since the epoch. */
export function createRuns(effects: LedgerEffects): (deadline: number) => Run {
  const { settings, sleep, store, now } = effects;
  const clock = new Clock(now);
  const book = new RuleBook(effects.rules);
  const learning = (settings.learningDays ?? LEARNING_DAYS) * DAY;
  const firstSeen = new FirstSeenMemory(store, effects.rules, learning, () => clock.now());
  const links = (settings.followSessions ?? true) ? createLinkNotes(store, () => clock.now()) : NO_LINK_NOTES;
  const endOfDay = () => nextRoundUp(clock.now(), settings.roundUpHour, settings.timeZone);
  const mutes = new Mutes();
  const tallies = new Tallies(nextWeeklyOf(settings));
  let nextDirect = 0;
  return (deadline) => {
    const notes: string[] = [];
    return {
      effects,
      links,
      firstSeen,
      tallies,
      access: new Access(store, FAMILIES, clock, sleep, notes),
      given: () => ({ settings, book, now: clock.now(), endOfDay, mutes, chains: NO_CHAINS }),
      counts: { ...NO_COUNTS },
      notes,
      deadline,
      async directTurn() {
        const wait = Math.max(0, nextDirect - now());
        if (now() + wait + TIME_TO_PUBLISH > deadline) return false;
        nextDirect = now() + wait + DIRECT_PACE;
        if (wait > 0) await sleep(wait);
        return true;
      },
    };
  };
}

/** Tells when the next weekly round-up is made; undefined if there is none. */
export function nextWeeklyOf({ roundUpDay, roundUpHour, timeZone }: LedgerSettings) {
  if (roundUpDay === undefined) return undefined;
  return (now: number) => nextWeekly(now, roundUpDay, roundUpHour, timeZone);
}

/** The counts of a run, including what its access to the ledger met. */
export function finished({ counts, access }: Run): LedgerCounts {
  return { ...counts, ledgerFailures: access.failures, unreadableItems: access.unreadable };
}

/** Counts alerts that were made. */
export function countAlerts(counts: MutableCounts, alerts: readonly Pick<Alert, "kind">[]): void {
  counts.alerts += alerts.length;
  counts.incidents += alerts.filter(({ kind }) => kind === "alert").length;
}

/** Counts an invocation's own matches in an alert that was sent, which shows so many records. */
export function countTold(counts: MutableCounts, own: number, shown: number): void {
  counts.listed += Math.min(own, shown);
  counts.counted += own - Math.min(own, shown);
}
