import type { Alert } from "../alert/alert.ts";
import type { AlertPart } from "../alert/part.ts";
import { partAnyway } from "../alert/plain-part.ts";
import { byRoute, renderRoundUp, renderWeekly } from "../alert/round-up.ts";
import type { Week } from "../alert/week.ts";
import { lookMemoryOf, PROOF_ITEM } from "../digest/look.ts";
import { proofLine } from "../digest/proof-summary.ts";
import { decideDaily } from "../incident/decide.ts";
import { SWALLOWED, swallowedOf, toldOfWeek } from "../mute/swallowed.ts";
import { weekOf } from "../mute/week.ts";
import { newAlert } from "../outbox/outbox.ts";
import { nextWeeklyOf, type Run, TRIES } from "./run.ts";

/** How long the week waits for the daily round-up of its morning, to stand in it, in milliseconds. */
const PATIENCE = 3 * 60_000;

/** How many callers one daily round-up tells of: a transaction holds their heads and the mail. */
const MAX_DAILY = 95;

/**
 * Tells of daily incidents in one round-up for each route, as many as a transaction has room for, and once a week, when
 * `weeks` are due, of what exceptions and mutes left out. `idle` are those with nothing to tell.
 */
export async function settleDaily(
  run: Run,
  owners: readonly string[],
  weeks: readonly string[],
): Promise<{ readonly alerts: readonly Alert[]; readonly idle: readonly string[] }> {
  const { access, effects, given } = run;
  const remark = owners.length > 0 ? await remarks(run) : undefined;
  const next = nextWeeklyOf(effects.settings);
  const decided = await access.agree(TRIES, async () => {
    const circumstances = given();
    const { now, settings } = circumstances;
    const some = owners.slice(0, MAX_DAILY - (settings.routes?.length ?? 0));
    const items = await access.read(weeks.length === 0 ? some : [...some, SWALLOWED]);
    const daily = decideDaily(some, items, circumstances);
    const parts = daily.reports.map((report) => partAnyway(report, settings));
    const item = items.get(SWALLOWED, swallowedOf);
    const dueAt = (items.dueAt(SWALLOWED) ?? 0) + (parts.length > 0 ? 0 : PATIENCE);
    const isDue = weeks.length > 0 && dueAt <= now;
    const week = isDue && next !== undefined ? weekOf(item, effects.rules, now) : undefined;
    const alerts = roundUpsOf(parts, remark, week, now);
    const told = items.change(SWALLOWED, {
      body: toldOfWeek(item ?? { entries: {}, others: 0 }, now),
      ...(next && { dueAt: next(now), urgency: "info" }),
    });
    return {
      changes: [...daily.changes, ...(isDue ? [told] : []), ...alerts.map((alert) => newAlert(alert, now))],
      alerts,
      idle: [...daily.idle, ...access.besides(SWALLOWED, weeks, items)],
    };
  });
  return decided ?? { alerts: [], idle: [] };
}

/** What the round-up says beside its alerts. */
async function remarks({ access, firstSeen }: Run): Promise<string> {
  const items = await access.glance([PROOF_ITEM]);
  const summary = items?.get(PROOF_ITEM, lookMemoryOf)?.summary;
  const lines = [await firstSeen.remark(access), summary && proofLine(summary)];
  return lines.filter((line) => line !== undefined).join("\n");
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
