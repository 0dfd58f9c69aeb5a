import { isAtLeast, type Severity } from "../rules/rule.ts";

/** What may still be sent to people: a token bucket over all topics, and the times of the last text messages. */
export interface Budget {
  readonly tokens: number;
  /** When `tokens` was right, in milliseconds since the epoch. */
  readonly at: number;
  /** When text messages were sent, oldest first; those of the last day. */
  readonly texts: readonly number[];
}

/** Messages at once, and messages a minute: never near SNS's ten mails a second. */
const BURST = 5;
const PER_MINUTE = 20;

/** Kept for critical and high. */
const RESERVED = BURST / 2;

const HOUR = 3_600_000;
const TEXT_LIMITS = [
  { count: 10, within: HOUR },
  { count: 30, within: 24 * HOUR },
];

const FULL_BUDGET: Budget = { tokens: BURST, at: 0, texts: [] };

/** The budget as the ledger has it; a full one where it has none, or somebody wrote one that no sender can have left. */
export function soundBudget(body: unknown, now: number): Budget {
  const { tokens, at, texts } = (body ?? {}) as Partial<Budget>;
  const isSound = typeof tokens === "number" && typeof at === "number" && at <= now + HOUR && Array.isArray(texts);
  return isSound ? { tokens, at, texts: texts.filter((time) => time <= now + HOUR) } : FULL_BUDGET;
}

/** The budget as it is at `now`: tokens have come back, old texts no longer count. */
export function refilled({ tokens, at, texts }: Budget, now: number): Budget {
  // A clock that stands behind another instance's takes nothing away.
  const since = Math.max(0, now - at);
  return {
    tokens: Math.min(BURST, tokens + (since * PER_MINUTE) / 60_000),
    at: Math.max(at, now),
    texts: texts.filter((time) => time > now - 24 * HOUR),
  };
}

/** The budget after `messages` messages, or undefined where it does not suffice for this severity. */
export function spend(budget: Budget, messages: number, severity: Severity): Budget | undefined {
  const floor = isAtLeast(severity, "high") ? 0 : RESERVED;
  return budget.tokens - messages >= floor ? { ...budget, tokens: budget.tokens - messages } : undefined;
}

/** True while a text message may be sent. */
export function mayText({ texts }: Budget, now: number): boolean {
  return quietUntil(texts, now) === undefined;
}

/** The budget after a text message; `quietUntil` is given where it was the last one for a while. */
export function withText(budget: Budget, now: number): { readonly budget: Budget; readonly quietUntil?: number } {
  const texts = [...budget.texts, now];
  const until = quietUntil(texts, now);
  return { budget: { ...budget, texts }, ...(until !== undefined && { quietUntil: until }) };
}

/** Until when no text message may be sent: as long as a limit's count was sent within its time. */
function quietUntil(texts: readonly number[], now: number): number | undefined {
  const ends = TEXT_LIMITS.map(({ count, within }) => {
    const oldest = texts.at(-count);
    return oldest !== undefined && oldest > now - within ? oldest + within : 0;
  });
  const end = Math.max(...ends);
  return end > 0 ? end : undefined;
}
