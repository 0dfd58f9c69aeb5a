import type { Week } from "../alert/week.ts";
import { isExpired, type Rule } from "../rules/rule.ts";
import { type Entry, newNetworks, type SwallowedItem } from "./swallowed.ts";

const DAY = 86_400_000;

/** Exceptions that end within this time, and those that ended within a week, are told, in milliseconds. */
const SOON = 14 * DAY;
const WEEK = 7 * DAY;

/** What exceptions and mutes left out in a week, and which exceptions end; undefined if there is nothing to say. */
export function weekOf(item: SwallowedItem | undefined, rules: readonly Rule[], now: number): Week | undefined {
  // A week that began before anything was counted knows nothing of what is new.
  const began = item?.toldAt ?? now - WEEK;
  const entries = Object.values(item?.entries ?? {}).filter(({ week }) => week > 0);
  const left = entries
    .toSorted((a, b) => b.week - a.week)
    .map((entry) => ({ ...nameOf(entry), matches: entry.week, ...networksOf(entry, began) }));
  const ending = rules.flatMap(({ name, except = [] }) =>
    except.flatMap((exception) => {
      const { reason, until } = exception;
      const isEnding = until !== undefined && Date.parse(until) < now + SOON && Date.parse(until) + DAY > now - WEEK;
      return isEnding ? [{ rule: name, reason, until, isOver: isExpired(exception, now) }] : [];
    }),
  );
  const others = item?.others ?? 0;
  if (left.length + ending.length + others === 0) return undefined;
  return { left, others, ending: ending.toSorted((a, b) => (a.until < b.until ? -1 : 1)) };
}

function nameOf({ kind, rule, reason, mute, until }: Entry) {
  return { kind, rule, reason, ...(mute !== undefined && { mute }), ...(until !== undefined && { until }) };
}

function networksOf(entry: Entry, began: number) {
  const fresh = newNetworks(entry, began);
  return { networks: Object.keys(entry.networks), newNetworks: fresh, hasMore: entry.isCut ?? false };
}
