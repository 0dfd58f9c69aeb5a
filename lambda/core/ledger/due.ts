import type { Alert } from "../alert/alert.ts";
import { sumOf } from "../alert/story/story.ts";
import { decideLook } from "../incident/decide-look.ts";
import { lookOf } from "../incident/look.ts";
import { draftOf01, head01Of } from "../incident/upgrade.ts";
import { writing } from "../incident/writing.ts";
import { chainsOf } from "../links/chain.ts";
import { deliver } from "../outbox/deliver.ts";
import { alertKey, urgencyOf } from "../outbox/outbox.ts";
import { isAtLeast, rankOf } from "../rules/severity.ts";
import { faultNote } from "../store/access.ts";
import { inTurns } from "../store/pool.ts";
import { DUE_SORTS, type DueSort, dueSortOf } from "./families.ts";
import { countAlerts, type Run, SIDE_BY_SIDE, TIME_TO_PUBLISH, TRIES } from "./run.ts";
import { MAX_DUE, settleAll, withKeys } from "./settle.ts";
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
  const { access, counts, notes, effects, deadline } = run;
  try {
    for (let round = 1, waited = 1; round <= MAX_ROUNDS; round++) {
      if (effects.now() + TIME_TO_PUBLISH > deadline) return;
      const due = await access.due(access.now() - slack, MAX_DUE);
      if (due.length === 0) return;
      const { alerts, announced, done } = await settleDue(run, due);
      countAlerts(counts, alerts);
      counts.alerts += announced.length;
      const waiting = inOrder([...alerts, ...announced], due).slice(0, MAX_DELIVERED);
      const delivery = await deliver(access, effects.publish, waiting, slack > 0 ? "overdue" : "all");
      counts.alerts += delivery.roundUps;
      counts.publishFailures += delivery.publishFailures;
      counts.oldestPendingSeconds = Math.max(counts.oldestPendingSeconds, delivery.oldestSeconds);
      notes.push(...delivery.notes);
      const spoilt = due.filter((key) => access.isUnreadable(key));
      await each(run, spoilt, (_, key) => access.park(key));
      const isSentWhole = delivery.left === 0 && delivery.sent.size > 0;
      if (done + spoilt.length > 0 || (due.length >= MAX_DUE && isSentWhole)) continue;
      if ((due.length < MAX_DUE && delivery.left === 0) || waited >= waits) return;
      waited++;
      await effects.sleep(ROUND);
    }
  } catch (error) {
    notes.push(faultNote(error));
  }
}

/** How many a transaction holds, besides the budget and a round-up. */
const MAX_DELIVERED = 90;

/** What is to be sent: new criticals first, then what is due in its order, then what else is new. */
function inOrder(alerts: readonly Alert[], due: readonly string[]): readonly string[] {
  const fresh = alerts.toSorted((a, b) => rankOf(urgencyOf(a)) - rankOf(urgencyOf(b)));
  const criticals = fresh.filter((alert) => isAtLeast(urgencyOf(alert), "critical"));
  const waiting = due.filter((key) => key.startsWith("alert#"));
  return [...new Set([...criticals.map(alertKey), ...waiting, ...fresh.map(alertKey)])];
}

/** Settles what is due, each owner by itself: a failing one stops no other. Returns how much was done. */
async function settleDue(run: Run, due: readonly string[]) {
  const { counts } = run;
  const { nobodys, written, heads, looks, groups, alerts: _, mutes, weeks, ...unwired } = bySort(due);
  unwired satisfies Record<string, never>;
  const owners = withKeys(new Map(heads.map((key) => [key, []])), written);
  const daily = [...owners.keys()].filter((owner) => owner.startsWith("daily#") && owners.get(owner)?.length === 0);
  for (const owner of daily) owners.delete(owner);
  const { alerts, taken, idle, muted, toldElsewhere } = await settleAll(run, owners);
  counts.muted += muted;
  counts.toldElsewhere += toldElsewhere;
  const looked = await each(run, looks, settleLook);
  const upgraded = await each(run, groups, upgrade);
  const [announced] = await each(run, mutes.length > 0 ? [mutes] : [], settleMutes);
  const done = sumOf([alerts.length, taken.size, idle.length, looked.length, ...upgraded, announced ? 1 : 0]);
  // Only after everything is settled: a round-up tells of a caller once.
  const isQuiet = done === 0 && daily.length + weeks.length > 0;
  const [told] = await each(run, isQuiet ? [daily] : [], () => settleDaily(run, daily, weeks));
  // Due items that come to nothing would block those that do not.
  const vain = [announced, told].flatMap((one) => one?.idle ?? []);
  const spent = [...nobodys, ...vain, ...idle.filter((key) => due.includes(key))];
  await each(run, spent, ({ access }, key) => access.park(key));
  return {
    alerts: [...alerts, ...looked.flat(), ...(told?.alerts ?? [])],
    announced: announced?.alerts ?? [],
    done: done + (told === undefined ? 0 : told.idle.length + told.alerts.length),
  };
}

/** The keys of what is due, by how it is settled. */
function bySort(due: readonly string[]): { readonly [S in DueSort]: readonly string[] } {
  const keysOf = (sort: DueSort): readonly string[] => due.filter((key) => dueSortOf(key) === sort);
  return Object.fromEntries(DUE_SORTS.map((sort) => [sort, keysOf(sort)])) as ReturnType<typeof bySort>;
}

/** Looks again for who opened the sessions of a look, if a mail could not say it; returns the mail that now does. */
async function settleLook({ access, given }: Run, key: string): Promise<readonly Alert[]> {
  const decided = await access.agree(TRIES, async () => {
    const { mutes, now } = given();
    const items = await mutes.readBeside(access, [key], now);
    const look = items.get(key, lookOf);
    if (look !== undefined) {
      const chains = await chainsOf(access, Object.keys(look.sessions));
      return decideLook(key, look, items, { ...given(), chains });
    }
    // The look expired while it was still due; a look that cannot be read is skipped elsewhere.
    return { changes: access.isUnreadable(key) ? [] : [items.change(key, { body: {}, expiresAt: now })] };
  });
  return decided?.alert === undefined ? [] : [decided.alert];
}

/** Lets a group of 0.1.0 with something left to tell hand it to today's incidents. Returns how many did. */
async function upgrade({ access }: Run, key: string): Promise<number> {
  const items = await access.read([key]);
  const head = items.get(key, head01Of);
  if (head === undefined) return 0;
  const { held: _, ...rest } = head;
  const draft = draftOf01(key, head);
  const now = access.now();
  const emptied = items.change(key, { body: rest, expiresAt: now });
  return Number((await access.commit([emptied, ...(draft ? [writing(draft, now, now)] : [])])) === "done");
}

/** Does something for each, side by side: what fails is noted, and stops no other. Returns what became of the rest. */
async function each<K, T>(run: Run, all: readonly K[], act: (run: Run, one: K) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  await inTurns(all, SIDE_BY_SIDE, async (one) => {
    try {
      results.push(await act(run, one));
    } catch (error) {
      run.notes.push(faultNote(error));
    }
  });
  return results;
}
