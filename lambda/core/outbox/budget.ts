import { isObject } from "../record/record.ts";
import { rankOf, SEVERITIES, type Severity, TRAITS } from "../rules/severity.ts";
import { isPastAt } from "../store/clock.ts";
import { bodyOf, hasShape, isListOf, isMaybe, isOneOf, isRecordOf, type Shape, type Shaped } from "../store/guard.ts";
import { type Recent, recentIn } from "./recent.ts";

/** The item that holds the budget. */
export const BUDGET = "budget";

/** Messages at once, and messages a minute: never near SNS's ten mails a second. */
const BURST = 7;
const PER_MINUTE = 20;

const HOUR = 3_600_000;
const TEXT_LIMITS = [
  { count: 10, within: HOUR },
  { count: 30, within: 24 * HOUR },
];

/** The part of the texts that is reserved for rules, and for incidents, of which none told yet: many callers do what one does. */
const FOR_NEW_RULES = 1 / 10;
const FOR_NEW_INCIDENTS = 1 / 10;

/** The part that no account of an organization has for itself. */
const FOR_OTHER_ACCOUNTS = 2 / 10;

/** What a text message tells of. */
export interface Subjects {
  readonly incidents: readonly string[];
  readonly rules: readonly string[];
  /** The only account that it tells of, if there may be others. */
  readonly account?: string | undefined;
}

function budgetShape(now: number) {
  const isPast: Shape<number> = (value) => isPastAt(now)(value) && (value as number) >= 0;
  const areTimes: Shape<readonly number[]> = (value) => isListOf(isPast)(value) && (value as []).length <= 100;
  return hasShape({
    tokens: ((value) => typeof value === "number" && Math.abs(value) <= BURST) as Shape<number>,
    /** The time for which `tokens` is right. */
    at: isPast,
    /** When text messages were sent, oldest first; those of the last day. */
    texts: areTimes,
    /** When a text message told of each incident and each rule, and by account each that did; those of the last day. */
    texted: isRecordOf(isPast),
    /** Since when the ledger has been sending; absent in what an earlier version left. */
    since: isMaybe(isPast),
    /** The worst that had to be left when somebody looked last; absent where nothing was. */
    behind: isMaybe(hasShape({ severity: isOneOf(SEVERITIES), at: isPast })),
  });
}

/** What may still be sent to people: a token bucket over all topics, the times of the last text messages, and the last alerts. */
export type Budget = Shaped<ReturnType<typeof budgetShape>> & { readonly recent?: readonly Recent[] };

/** The budget as the ledger has it; undefined for one that no sender can have written. */
export function budgetOf(body: unknown, now: number): Budget | undefined {
  if (!isObject(body)) return undefined;
  // 0.1.0 did not note whom it texted.
  const { tokens, at, texts, texted = {}, since, behind } = body;
  const own = bodyOf(budgetShape(now))({
    ...{ tokens, at, texts, texted },
    ...(since !== undefined && { since }),
    ...(behind !== undefined && { behind }),
  });
  const recent = recentIn(body.recent, now);
  return own && { ...own, ...(recent.length > 0 && { recent }) };
}

export const FULL_BUDGET: Budget = { tokens: BURST, at: 0, texts: [], texted: {} };

/** The budget at `now`: tokens have come back, old texts no longer count. */
export function refilled({ tokens, at, texts, texted, since, behind, recent }: Budget, now: number): Budget {
  // A clock behind another instance's takes nothing away.
  const passed = Math.max(0, now - at);
  return {
    since: since ?? now,
    tokens: Math.min(BURST, tokens + (passed * PER_MINUTE) / 60_000),
    at: Math.max(at, now),
    texts: texts.filter((time) => time > now - 24 * HOUR),
    texted: Object.fromEntries(Object.entries(texted).filter(([, time]) => time > now - 24 * HOUR)),
    ...(behind !== undefined && { behind }),
    ...(recent !== undefined && { recent }),
  };
}

/** How long it counts what the tick had to leave, in milliseconds: a tick comes every minute, or not at all. */
const BEHIND_FOR = 90_000;

/** The worst that had to be left lately, and is still to be sent. */
export function behindOf({ behind }: Budget, now: number): Severity | undefined {
  return behind !== undefined && behind.at > now - BEHIND_FOR ? behind.severity : undefined;
}

/** The budget after a sender had to leave this at worst; only one that saw all that waits (`isAll`) knows that nothing worse is left. */
export function withBehind(budget: Budget, left: Severity | undefined, now: number, isAll: boolean): Budget {
  const { behind, ...rest } = budget;
  const known = isAll ? undefined : behindOf(budget, now);
  if (behind !== undefined && known !== undefined && (left === undefined || rankOf(known) < rankOf(left)))
    return budget;
  return left === undefined ? rest : { ...rest, behind: { severity: left, at: now } };
}

/** What is kept for critical: it needs no more, with however many copies it comes, or what spends the rest would hold it. */
const KEPT_FOR_CRITICAL = TRAITS.high.reserve;

/**
 * The budget after `messages` messages, or undefined if it does not suffice for this severity. What needs more than is
 * ever left for its severity, a medium alert with a mail and two copies, goes when nothing is spent.
 */
export function spend(budget: Budget, messages: number, severity: Severity): Budget | undefined {
  const { reserve } = TRAITS[severity];
  const needed = reserve === 0 ? Math.min(messages, KEPT_FOR_CRITICAL) : Math.min(messages + reserve, BURST);
  return budget.tokens >= needed ? { ...budget, tokens: budget.tokens - messages } : undefined;
}

/** Until when no text message of this severity may tell of these; undefined if one may now. */
export function quietUntil(
  { texts, texted }: Budget,
  now: number,
  severity: Severity,
  { incidents, rules, account }: Subjects,
): number | undefined {
  const isFirst = (subjects: readonly string[]) => subjects.some((one) => !Object.hasOwn(texted, one));
  const kept = isFirst(rules) ? 0 : FOR_NEW_RULES + (isFirst(incidents) ? 0 : FOR_NEW_INCIDENTS);
  const own = account === undefined ? [] : Object.entries(texted).filter(([one]) => one.startsWith(`${account} `));
  const ofAccount = own.map(([, time]) => time).sort((a, b) => a - b);
  const ends = TEXT_LIMITS.flatMap(({ count, within }) => {
    const allowed = Math.floor(count * TRAITS[severity].texts) - count * kept;
    return [texts.at(-allowed), ofAccount.at(count * FOR_OTHER_ACCOUNTS - allowed)].map((oldest) =>
      oldest !== undefined && oldest > now - within ? oldest + within : 0,
    );
  });
  const end = Math.max(...ends);
  return end > 0 ? end : undefined;
}

/** The budget after a text message that tells of these. */
export function withText(budget: Budget, now: number, { incidents, rules, account }: Subjects): Budget {
  const told = [...incidents, ...rules, ...(account === undefined ? [] : [`${account} ${budget.texts.length} ${now}`])];
  const texted = { ...budget.texted, ...Object.fromEntries(told.map((one) => [one, now])) };
  return { ...budget, texts: [...budget.texts, now], texted };
}

/** The budget without a text message of that time that was not taken after all. */
export function withTextBack(budget: Budget, time: number): Budget {
  const index = budget.texts.lastIndexOf(time);
  if (index < 0) return budget;
  const texted = Object.entries(budget.texted).filter(([, at]) => at !== time);
  return { ...budget, texts: budget.texts.toSpliced(index, 1), texted: Object.fromEntries(texted) };
}
