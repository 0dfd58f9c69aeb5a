import type { Outcome } from "../record/outcome.ts";
import type { Rule, Severity } from "../rules/rule.ts";
import { isAtLeast } from "../rules/rule.ts";
import { EMPTY_TALLY, merged, storable, type Tally } from "./tally.ts";
import type { WindowEntry } from "./threshold.ts";

/** Matches that travel in one alert: of one rule, account, actor, event name and outcome, unless the rule groups otherwise. */
export interface MatchGroup extends Tally {
  readonly rule: Rule;
  readonly accountId: string;
  readonly actor: string;
  readonly outcome: Outcome;
  /** True where the log objects stand below an account that their records do not name. */
  readonly isUnverified?: true;
  /** The same for the same matches, whatever their order, and another one for others. */
  readonly alertId: string;
  /** The alert that this one follows up, and when it was made. */
  readonly follows?: { readonly id: string; readonly at: number };
  /** When the next alert of the group comes, if there is more to tell; milliseconds since the epoch. */
  readonly nextUpdate?: number;
}

/** What the ledger remembers of a group between its alerts. */
export interface GroupHead {
  readonly rule: string;
  readonly key: string;
  readonly severity: Severity;
  readonly accountId: string;
  readonly actor: string;
  readonly outcome: Outcome;
  readonly isUnverified?: true;
  /** The end of the interval in which matches are held back, in milliseconds since the epoch. */
  readonly openUntil: number;
  /** How often the group has backed off: 0 after its first alert. */
  readonly step: number;
  readonly lastAlert?: { readonly id: string; readonly at: number };
  /** What came since the last alert. */
  readonly held?: Tally;
  /** What the rule's threshold remembers. */
  readonly window?: readonly WindowEntry[];
}

/** The actor of the group that callers share once a rule has met too many of them in one account. */
export const MANY_ACTORS = "many actors";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long matches of a group are held back after its first alert; low and info wait for the daily round-up. */
const INTERVALS: { readonly [S in Severity]: number } = {
  critical: 2 * MINUTE,
  high: 5 * MINUTE,
  medium: 15 * MINUTE,
  low: DAY,
  info: DAY,
};

/** A group that keeps ringing is heard less and less often. */
const BACK_OFF = [15 * MINUTE, HOUR, 6 * HOUR, DAY];

/** A group that was quiet for this long after its interval starts anew. */
const QUIET = HOUR;

/** The longest interval that there can be: a day of which the clocks leave out the hour of the round-up. */
const LONGEST = 2 * DAY + 2 * HOUR;

/** Low and info are told once a day. */
export function isForRoundUp(severity: Severity): boolean {
  return !isAtLeast(severity, "medium");
}

/** True for a head that ends later than any rule allows: somebody else wrote to the table. */
export function isTampered(head: GroupHead, now: number): boolean {
  return !(head.openUntil <= now + LONGEST);
}

/** What becomes of a group when matches come, or when its interval ends. */
export interface Ringing {
  readonly head: GroupHead;
  /** What goes into an alert now. */
  readonly rung?: Tally;
  readonly follows?: GroupHead["lastAlert"];
}

/**
 * Lets matches ring at once when no interval is open, else holds them back.
 * @param endOfDay tells when the next daily round-up is made, in milliseconds since the epoch
 */
export function admit(head: GroupHead, fresh: Tally, rule: Rule, now: number, endOfDay: () => number): Ringing {
  if (isForRoundUp(rule.severity)) return { head: hold(head, fresh, head.held ? head.openUntil : endOfDay()) };
  if (head.held === undefined && isQuiet(head, rule, now)) {
    return ring({ ...head, step: -1, lastAlert: undefined }, fresh, rule, now);
  }
  if (now < head.openUntil) return { head: hold(head, fresh, head.openUntil) };
  return ring(head, merged(head.held ?? EMPTY_TALLY, fresh), rule, now);
}

/** What was held back rings when its interval has ended; undefined when nothing is due. */
export function flush(head: GroupHead, rule: Rule, now: number): Ringing | undefined {
  return head.held === undefined || now < head.openUntil ? undefined : ring(head, head.held, rule, now);
}

/** True while the group counts among those that are open for its rule and account. */
export function isOpen(head: GroupHead, rule: Rule, now: number): boolean {
  return head.held !== undefined || (head.lastAlert !== undefined && !isQuiet(head, rule, now));
}

/** When a group is over unless it rings again. */
export function quietFrom(head: GroupHead, rule: Rule): number {
  return head.openUntil + Math.max(QUIET, intervalAt(head.step, rule));
}

function isQuiet(head: GroupHead, rule: Rule, now: number): boolean {
  return head.lastAlert === undefined || now >= quietFrom(head, rule);
}

function hold(head: GroupHead, fresh: Tally, openUntil: number): GroupHead {
  return { ...head, openUntil, held: storable(merged(head.held ?? EMPTY_TALLY, fresh)) };
}

function ring({ held: _, ...head }: GroupHead, rung: Tally, rule: Rule, now: number): Ringing {
  const step = Math.min(head.step + 1, BACK_OFF.length);
  return { head: { ...head, step, openUntil: now + intervalAt(step, rule) }, rung, follows: head.lastAlert };
}

function intervalAt(step: number, { severity, group }: Rule): number {
  const own = group?.interval ?? INTERVALS[severity];
  return step <= 0 ? own : Math.max(own, BACK_OFF[step - 1] ?? 0);
}
