import type { Alert } from "../alert/alert.ts";
import { lookMemoryOf, PROOF_ITEM } from "../digest/look.ts";
import { proofLine } from "../digest/proof-summary.ts";
import { draftOf01, head01Of } from "../incident/upgrade.ts";
import { writing } from "../incident/writing.ts";
import { ownerOf } from "../incident/written.ts";
import { MUTES } from "../mute/mute.ts";
import { SWALLOWED } from "../mute/swallowed.ts";
import { deliver } from "../outbox/deliver.ts";
import { alertKey, urgencyOf } from "../outbox/outbox.ts";
import { SEVERITIES } from "../rules/rule.ts";
import { inTurns } from "../store/pool.ts";
import { countAlerts, nextWeeklyOf, type Run, TIME_TO_PUBLISH } from "./run.ts";
import { MAX_DUE, settleAll, settleLook, withKeys } from "./settle.ts";
import { settleDaily } from "./settle-daily.ts";
import { settleMutes } from "./settle-mutes.ts";

/** The time between two rounds of a tick, in milliseconds: the budget regains four messages. */
const ROUND = 12_000;

/** Rounds in which something was done do not wait, but their number is limited too. */
const MAX_ROUNDS = 60;

/**
 * Rings and sends what has been due for `slack` milliseconds, in rounds while the budget refills. Faults are noted:
 * the next minute tries again.
 */
export async function sendDue(run: Run, slack: number, waits: number): Promise<void> {
  const { access, clock, counts, notes, effects, deadline } = run;
  try {
    for (let round = 1, waited = 1; round <= MAX_ROUNDS; round++) {
      if (effects.now() + TIME_TO_PUBLISH > deadline) return;
      const due = await access.due(clock.now() - slack, MAX_DUE);
      if (due.length === 0) return;
      const { alerts, announced, done } = await settleDue(run, due);
      countAlerts(counts, alerts);
      counts.alerts += announced.length;
      const waiting = inOrder([...alerts, ...announced], due).slice(0, MAX_DELIVERED);
      const delivery = await deliver(access, effects.publish, waiting, () => clock.now(), true);
      counts.alerts += delivery.roundUps;
      counts.publishFailures += delivery.publishFailures;
      counts.oldestPendingSeconds = Math.max(counts.oldestPendingSeconds, delivery.oldestSeconds);
      notes.push(...delivery.notes);
      const spoilt = due.filter((key) => access.isUnreadable(key));
      for (const key of spoilt) await attempt(run, () => access.park(key));
      const isSentWhole = delivery.left === 0 && delivery.sent.size > 0;
      if (done + spoilt.length > 0 || (due.length >= MAX_DUE && isSentWhole)) continue;
      if ((due.length < MAX_DUE && delivery.left === 0) || waited >= waits) return;
      waited++;
      await effects.sleep(ROUND);
    }
  } catch (error) {
    notes.push(`ledger: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}

/** How many looks are settled side by side. */
const SIDE_BY_SIDE = 8;

/** How many a transaction holds, besides the budget and a round-up. */
const MAX_DELIVERED = 90;

/** What is to be sent: new criticals first, then what is due in its order, then what else is new. */
function inOrder(alerts: readonly Alert[], due: readonly string[]): readonly string[] {
  const rank = (alert: Alert) => SEVERITIES.indexOf(urgencyOf(alert));
  const fresh = alerts.toSorted((a, b) => rank(a) - rank(b));
  const criticals = fresh.filter((alert) => urgencyOf(alert) === "critical");
  const waiting = due.filter((key) => key.startsWith("alert#"));
  return [...new Set([...criticals.map(alertKey), ...waiting, ...fresh.map(alertKey)])];
}

/** Settles what is due, each owner by itself: a failing one stops no other. Returns how much was done. */
async function settleDue(run: Run, due: readonly string[]) {
  const { access, effects, given } = run;
  const alerts: Alert[] = [];
  const isOfNobody = (key: string) =>
    (!/^(?:in|incident|daily|look|group|alert)#/.test(key) && !isOf(MUTES, key) && !isOf(SWALLOWED, key)) ||
    (key.startsWith("in#") && ownerOf(key) === undefined);
  await parkAll(run, due.filter(isOfNobody));
  const heads = due.filter((key) => /^(?:incident|daily)#/.test(key));
  const owners = withKeys(new Map(heads.map((key) => [key, []])), due);
  const isDaily = (owner: string) => owner.startsWith("daily#") && owners.get(owner)?.length === 0;
  const some = [...owners].filter(([owner]) => !isDaily(owner));
  const { alerts: made, taken, idle, muted } = await settleAll(access, new Map(some), given, run.notes);
  run.counts.muted += muted;
  // Due items that come to nothing would block those that do not.
  await parkAll(
    run,
    idle.filter((key) => due.includes(key)),
  );
  alerts.push(...made);
  for (const { toldElsewhere } of taken.values()) run.counts.toldElsewhere += toldElsewhere;
  let done = made.length + taken.size + idle.length;
  const looks = due.filter((key) => key.startsWith("look#"));
  await inTurns(looks, SIDE_BY_SIDE, async (key) => {
    await attempt(run, async () => {
      const alert = await settleLook(access, key, given);
      if (alert !== undefined) alerts.push(alert);
      done++;
    });
  });
  done += await upgrade(
    run,
    due.filter((key) => key.startsWith("group#")),
  );
  const announced: Alert[] = [];
  const mutes = due.filter((key) => isOf(MUTES, key));
  if (mutes.length > 0) {
    await attempt(run, async () => {
      const { alerts: own, place } = await settleMutes(access, () => run.clock.now(), effects.settings);
      announced.push(...own);
      await parkAll(run, place === undefined ? [] : mutes.filter((key) => key !== place && !access.isUnreadable(key)));
      done++;
    });
  }
  // Only after everything is settled: a round-up tells of a caller once.
  const daily = done > 0 ? [] : [...owners.keys()].filter(isDaily);
  const week = due.filter((key) => isOf(SWALLOWED, key));
  if (daily.length > 0 || (done === 0 && week.length > 0)) {
    await attempt(run, async () => {
      const remark = daily.length > 0 ? await remarks(run) : undefined;
      const { roundUps, idle: silent } = await settleDaily(access, daily, given, {
        ...(remark !== undefined && { remark }),
        ...(week.length > 0 && {
          weekly: { keys: week, rules: effects.rules, next: nextWeeklyOf(effects.settings) },
        }),
      });
      await parkAll(run, silent);
      alerts.push(...roundUps);
      done += silent.length + roundUps.length;
    });
  }
  return { alerts, announced, done };
}

/** True for an item's key, also if it stands in place of one that cannot be read. */
function isOf(item: string, key: string): boolean {
  return key.replace(/~+$/, "") === item;
}

/** What the round-up says beside its alerts. */
async function remarks({ access, firstSeen }: Run): Promise<string> {
  const items = await access.glance([PROOF_ITEM]);
  const summary = items?.get(PROOF_ITEM, lookMemoryOf)?.summary;
  const lines = [await firstSeen.remark(access), summary && proofLine(summary)];
  return lines.filter((line) => line !== undefined).join("\n");
}

async function parkAll(run: Run, keys: readonly string[]): Promise<void> {
  for (const key of keys) await attempt(run, () => run.access.park(key));
}

/** Lets groups of 0.1.0 with something left to tell hand it to today's incidents. Returns how many. */
async function upgrade({ access, clock, notes }: Run, keys: readonly string[]): Promise<number> {
  let upgraded = 0;
  for (const key of keys) {
    try {
      const items = await access.read([key]);
      const head = items.get(key, head01Of);
      if (head === undefined) continue;
      const { held: _, ...rest } = head;
      const draft = draftOf01(key, head);
      const now = clock.now();
      const emptied = items.change(key, { body: rest, expiresAt: now });
      if ((await access.commit([emptied, ...(draft ? [writing(draft, now, now)] : [])])) === "done") upgraded++;
    } catch (error) {
      notes.push(`ledger: ${key}: ${String(error)}`);
    }
  }
  return upgraded;
}

async function attempt({ notes }: Run, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    notes.push(`ledger: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}
