import type { Alert } from "../alert/alert.ts";
import type { AlertPart } from "../alert/part.ts";
import { partAnyway } from "../alert/plain-part.ts";
import { byRoute, renderRoundUp, renderWeekly } from "../alert/round-up.ts";
import type { Week } from "../alert/week.ts";
import { decideDaily, hasDaily } from "../incident/daily.ts";
import type { Circumstances } from "../incident/decision.ts";
import { SWALLOWED, swallowedOf, toldOfWeek } from "../mute/swallowed.ts";
import { weekOf } from "../mute/week.ts";
import { newAlert } from "../outbox/outbox.ts";
import type { Rule } from "../rules/rule.ts";
import type { Access } from "../store/access.ts";

/** What a round-up says besides its alerts. */
export interface Besides {
  /** A sentence of our own. */
  readonly remark?: string;
  /** Present once a week, to tell what exceptions and mutes left out. */
  readonly weekly?: Weekly;
}

interface Weekly {
  /** The keys that are due for it. */
  readonly keys: readonly string[];
  readonly rules: readonly Rule[];
  /** When the next is due; undefined if nobody wants it. */
  readonly next: ((now: number) => number) | undefined;
}

/** Attempts against others who settle the same; after these the next tick does it. */
const TRIES = 16;

/** How long the week waits for the daily round-up of its morning, to stand in it, in milliseconds. */
const PATIENCE = 3 * 60_000;

/** How many callers one daily round-up tells of: a transaction holds their heads and the mail. */
const MAX_DAILY = 95;

/**
 * Tells of daily incidents in one round-up for each route, as many as a transaction has room for, and once a week of what was
 * left out. `idle` are those with nothing to tell.
 */
export async function settleDaily(
  access: Access,
  owners: readonly string[],
  given: () => Circumstances,
  { remark, weekly }: Besides,
): Promise<{ readonly roundUps: readonly Alert[]; readonly idle: readonly string[] }> {
  const decided = await access.agree(TRIES, async () => {
    const circumstances = given();
    const { now, settings } = circumstances;
    const some = owners.slice(0, MAX_DAILY - (settings.routes?.length ?? 0));
    const items = await access.read(weekly === undefined ? some : [...some, SWALLOWED]);
    const place = items.change(SWALLOWED, { body: null }).key;
    const idle = [
      ...some.filter((owner) => items.dueAt(owner) !== undefined && !hasDaily(owner, items)),
      ...(weekly?.keys ?? []).filter((key) => key !== place && !access.isUnreadable(key)),
    ];
    const told = decideDaily(some, items, circumstances);
    const item = items.get(SWALLOWED, swallowedOf);
    const parts = told.map(({ report }) => partAnyway(report, settings));
    const dueAt = (items.dueAt(SWALLOWED) ?? 0) + (parts.length > 0 ? 0 : PATIENCE);
    const isDue = weekly !== undefined && dueAt <= now;
    const week = isDue && weekly.next !== undefined ? weekOf(item, weekly.rules, now) : undefined;
    const roundUps = roundUpsOf(parts, remark, week, now);
    const next = isDue && {
      body: toldOfWeek(item ?? { entries: {}, others: 0 }, now),
      ...(weekly.next && { dueAt: weekly.next(now), urgency: "info" as const }),
    };
    const changes = [
      ...told.map(({ change }) => change),
      ...(next ? [items.change(SWALLOWED, next)] : []),
      ...roundUps.map((roundUp) => newAlert(roundUp, now)),
    ];
    return { changes, roundUps, idle };
  });
  return decided ?? { roundUps: [], idle: [] };
}

/** One for each route; the week stands in the one that goes where no route leads, or comes by itself. */
function roundUpsOf(
  parts: readonly AlertPart[],
  remark: string | undefined,
  week: Week | undefined,
  now: number,
): readonly Alert[] {
  const groups = byRoute(parts);
  const hasDefault = groups.some(([first]) => first?.route === undefined);
  const roundUps = groups.map((some) => {
    const isDefault = some[0]?.route === undefined;
    return renderRoundUp(some, "daily", { remark, week: isDefault ? week : undefined });
  });
  return week === undefined || hasDefault ? roundUps : [...roundUps, renderWeekly(week, now)];
}
