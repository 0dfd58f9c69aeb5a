import type { Alert } from "../alert/alert.ts";
import { hasShape, isListOf, isText, isTime, type Shaped } from "../store/guard.ts";

/** What an alert that went out within the hour tells the next ones: whom it was about, and from where they called. */
export type Recent = Shaped<typeof isRecent>;
const isRecent = hasShape({
  id: isText,
  incident: isText,
  who: isText,
  account: isText,
  /** When its last call was made, in milliseconds since the epoch. */
  at: isTime,
  from: isListOf(isText),
});

/** How many are remembered, and for how long: they stand in an item that every sender writes. */
const MAX_RECENT = 5;
const REMEMBERED = 3_600_000;

/** What is remembered, as an item has it; nothing if it cannot be read. */
export function recentIn(body: unknown, now: number): readonly Recent[] {
  return isListOf(isRecent)(body) ? (body as readonly Recent[]).filter(({ at }) => at > now - REMEMBERED) : [];
}

/** What remembers alerts, with one more that goes out. */
export function withAlert<B extends { readonly recent?: readonly Recent[] }>(budget: B, { id, parts, kind }: Alert): B {
  if (kind === "round-up") return budget;
  const own = parts.flatMap(({ caller, incident, accountId, lastTime }): readonly Recent[] =>
    caller === undefined || incident === undefined || lastTime === undefined
      ? []
      : [{ ...caller, id, incident, account: accountId, at: lastTime }],
  );
  if (own.length === 0) return budget;
  const others = (budget.recent ?? []).filter((one) => one.id !== id);
  return { ...budget, recent: [...others, ...own].slice(-MAX_RECENT) };
}
