import { isObject } from "../record/record.ts";
import type { Severity } from "../rules/severity.ts";
import { TRAITS } from "../rules/severity.ts";
import { MAX_SKEW } from "../store/clock.ts";
import { isRecordOf } from "../store/guard.ts";
import { type Recent, recentIn } from "./recent.ts";

/** What may still be sent to people: a token bucket over all topics, and the times of the last text messages. */
export interface Budget {
  readonly tokens: number;
  /** The time for which `tokens` is right, in milliseconds since the epoch. */
  readonly at: number;
  /** When text messages were sent, oldest first; those of the last day. */
  readonly texts: readonly number[];
  /** When a text message told of each incident and each rule; those of the last day. */
  readonly texted: { readonly [subject: string]: number };
  /** Since when the ledger has been sending; absent in what an earlier version left. */
  readonly since?: number;
  /** The alerts that were sent last; absent if there are none. */
  readonly recent?: readonly Recent[];
}

/** The item that holds it. */
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

/** What a text message tells of. */
export interface Subjects {
  readonly incidents: readonly string[];
  readonly rules: readonly string[];
}

export const FULL_BUDGET: Budget = { tokens: BURST, at: 0, texts: [], texted: {} };

/** The budget as the ledger has it; undefined for one that no sender can have written. */
export function budgetOf(body: unknown, now: number): Budget | undefined {
  if (!isObject(body)) return undefined;
  // 0.1.0 did not note whom it texted.
  const { tokens, at, texts, texted = {}, since } = body;
  const isTime = (time: unknown) => typeof time === "number" && time >= 0 && time <= now + MAX_SKEW;
  const isSound = typeof tokens === "number" && tokens >= -BURST && tokens <= BURST && isTime(at);
  if (!isSound || !Array.isArray(texts) || texts.length > 100 || !texts.every(isTime)) return undefined;
  if (!isRecordOf(isTime)(texted) || (since !== undefined && !isTime(since))) return undefined;
  const known = since === undefined ? {} : { since: since as number };
  const recent = recentIn(body.recent, now);
  return {
    ...{ tokens, at: at as number, texts, texted: texted as Budget["texted"] },
    ...known,
    ...(recent.length > 0 && { recent }),
  };
}

/** The budget at `now`: tokens have come back, old texts no longer count. */
export function refilled({ tokens, at, texts, texted, since, recent }: Budget, now: number): Budget {
  // A clock behind another instance's takes nothing away.
  const passed = Math.max(0, now - at);
  return {
    since: since ?? now,
    tokens: Math.min(BURST, tokens + (passed * PER_MINUTE) / 60_000),
    at: Math.max(at, now),
    texts: texts.filter((time) => time > now - 24 * HOUR),
    texted: Object.fromEntries(Object.entries(texted).filter(([, time]) => time > now - 24 * HOUR)),
    ...(recent !== undefined && { recent }),
  };
}

/**
 * The budget after `messages` messages, or undefined if it does not suffice for this severity. What needs more than is
 * ever left for its severity, a medium alert with a mail and two copies, goes when nothing is spent.
 */
export function spend(budget: Budget, messages: number, severity: Severity): Budget | undefined {
  const tokens = budget.tokens - messages;
  return tokens >= Math.min(TRAITS[severity].reserve, BURST - messages) ? { ...budget, tokens } : undefined;
}

/** Until when no text message of this severity may tell of these; undefined if one may now. */
export function quietUntil(
  { texts, texted }: Budget,
  now: number,
  severity: Severity,
  { incidents, rules }: Subjects,
): number | undefined {
  const isFirst = (subjects: readonly string[]) => subjects.some((one) => !Object.hasOwn(texted, one));
  const kept = isFirst(rules) ? 0 : FOR_NEW_RULES + (isFirst(incidents) ? 0 : FOR_NEW_INCIDENTS);
  const ends = TEXT_LIMITS.map(({ count, within }) => {
    const allowed = Math.floor(count * TRAITS[severity].texts) - count * kept;
    const oldest = texts.at(-allowed);
    return oldest !== undefined && oldest > now - within ? oldest + within : 0;
  });
  const end = Math.max(...ends);
  return end > 0 ? end : undefined;
}

/** The budget after a text message that tells of these. */
export function withText(budget: Budget, now: number, { incidents, rules }: Subjects): Budget {
  const texted = { ...budget.texted, ...Object.fromEntries([...incidents, ...rules].map((one) => [one, now])) };
  return { ...budget, texts: [...budget.texts, now], texted };
}

/** The budget without a text message of that time that was not taken after all. */
export function withoutText(budget: Budget, time: number): Budget {
  const index = budget.texts.lastIndexOf(time);
  if (index < 0) return budget;
  const texted = Object.entries(budget.texted).filter(([, at]) => at !== time);
  return { ...budget, texts: budget.texts.toSpliced(index, 1), texted: Object.fromEntries(texted) };
}
