import { asSentAt } from "../alert/alert.ts";
import { soundBudget } from "./budget.ts";
import type { LedgerEffects } from "./ledger.ts";
import { isUrgent, LEASE, type Outgoing, type Plan, plan, RETRY_AFTER, type Waiting, type Way } from "./outbox.ts";
import { REMEMBERED } from "./seen.ts";
import type { Change, LedgerItem } from "./store.ts";

/** What one delivery did. */
export interface Delivery {
  /** Keys of the alerts that people have now. */
  readonly sent: ReadonlySet<string>;
  readonly roundUps: number;
  readonly publishFailures: number;
  /** Age of the oldest alert that still waits, in seconds. */
  readonly oldestSeconds: number;
  /** Alerts that still wait for the budget. */
  readonly left: number;
  readonly notes: readonly string[];
}

const BUDGET = "budget";
const TRIES = 6;

type Claimed = Waiting & { readonly version: number };

/**
 * Sends alerts of the outbox as far as the budget allows: claims them for as long as a function may run, publishes, and
 * notes per topic what is done. What fails is due again in a minute; a claim that nobody ends is free after its lease.
 */
export async function deliver(
  effects: LedgerEffects,
  keys: readonly string[],
  { mayFold }: { readonly mayFold: boolean },
): Promise<Delivery> {
  const nothing = { sent: new Set<string>(), roundUps: 0, publishFailures: 0, oldestSeconds: 0, left: 0, notes: [] };
  if (keys.length === 0) return nothing;
  const claim = await claimWhatMayBeSent(effects, keys, mayFold);
  const sent = new Set<string>();
  const notes: string[] = [];
  let publishFailures = 0;
  for (const claimed of claim.claimed) {
    const { done, failures } = await publish(effects, claimed);
    publishFailures += failures.length;
    notes.push(...failures);
    if (done.length === claimed.outgoing.todo.length) sent.add(claimed.key);
    try {
      await noteDone(effects, claimed, done);
    } catch (error) {
      // Nobody knows that it was sent: it is sent again, under the same id, once the claim has ended.
      notes.push(`alert ${claimed.outgoing.alert.id}: sent, but not noted: ${String(error)}`);
    }
  }
  const waiting = claim.waiting.filter(({ key }) => !sent.has(key));
  const oldest = Math.min(...waiting.map(({ outgoing }) => outgoing.madeAt));
  const oldestSeconds = waiting.length === 0 ? 0 : Math.max(0, Math.round((effects.now() - oldest) / 1000));
  const claimed = new Set(claim.claimed.map(({ key }) => key));
  const left = waiting.filter(({ key }) => !claimed.has(key)).length;
  return { sent, roundUps: claim.roundUps, publishFailures, oldestSeconds, left, notes };
}

async function claimWhatMayBeSent({ store, now, sleep }: LedgerEffects, keys: readonly string[], mayFold: boolean) {
  for (let attempt = 1; ; attempt++) {
    const time = now();
    const items = await store.read([BUDGET, ...keys], time);
    const waiting = keys.flatMap((key) => waitingAt(key, items.get(key), time));
    if (waiting.length === 0) return { claimed: [], waiting, roundUps: 0 };
    const budget = soundBudget(items.get(BUDGET)?.body, time);
    const planned = plan(waiting, budget, time, mayFold);
    if (planned.send.length === 0) return { claimed: [], waiting, roundUps: 0 };
    if (await store.commit(claims(planned, items, time))) {
      const folded = new Set(planned.fold.map(({ key }) => key));
      return {
        claimed: planned.send.map((one): Claimed => ({ ...one, version: (items.get(one.key)?.version ?? 0) + 1 })),
        waiting: waiting.filter(({ key }) => !folded.has(key)),
        roundUps: planned.fold.length > 0 ? 1 : 0,
      };
    }
    if (attempt >= TRIES) return { claimed: [], waiting, roundUps: 0 };
    await sleep(Math.random() * 30 * attempt);
  }
}

/** An alert that nobody has claimed, or whose claim has ended. */
function waitingAt(key: string, item: LedgerItem | undefined, now: number): readonly Waiting[] {
  const outgoing = item?.body as Outgoing | undefined;
  const { alert, todo = [] } = outgoing ?? {};
  if (outgoing === undefined || alert === undefined || todo.length === 0) return [];
  return (item?.dueAt ?? 0) <= now ? [{ key, outgoing: { ...outgoing, alert } }] : [];
}

function claims({ send, fold, budget }: Plan, items: ReadonlyMap<string, LedgerItem>, now: number): readonly Change[] {
  const expected = (key: string) => items.get(key)?.version ?? 0;
  const roundUp = send.find(({ outgoing }) => outgoing.alert.kind === "round-up" && outgoing.claims === 1);
  return [
    { key: BUDGET, expected: expected(BUDGET), next: { body: budget } },
    ...send.map(({ key, outgoing }) => ({
      key,
      expected: expected(key),
      next: { body: outgoing, dueAt: now + LEASE },
    })),
    ...fold.map(({ key, outgoing: { alert: _, ...outgoing } }) => ({
      key,
      expected: expected(key),
      next: { body: { ...outgoing, todo: [], foldedInto: roundUp?.outgoing.alert.id }, expiresAt: now + REMEMBERED },
    })),
  ];
}

async function publish({ publish, publishSms, now }: LedgerEffects, { outgoing }: Claimed) {
  const alert = asSentAt(outgoing.alert, outgoing.madeAt, now());
  const done: Way[] = [];
  const failures: string[] = [];
  for (const way of outgoing.todo) {
    try {
      await (way === "alert" ? publish(alert) : publishSms(alert));
      done.push(way);
    } catch (error) {
      failures.push(`alert ${alert.id} of ${alert.rule} was not published to the ${way} topic: ${String(error)}`);
    }
  }
  return { done, failures };
}

/** Takes what is done off the alert's list, also where somebody else has claimed it since, or the ledger stumbles. */
async function noteDone({ store, now, sleep }: LedgerEffects, claimed: Claimed, done: readonly Way[]): Promise<void> {
  let { version, outgoing }: { version: number; outgoing: Outgoing } = claimed;
  let dueAt = now() + RETRY_AFTER;
  for (let attempt = 1; ; attempt++) {
    try {
      const todo = outgoing.todo.filter((way) => !done.includes(way));
      const { alert: _, ...bare } = outgoing;
      const next =
        todo.length === 0
          ? { body: { ...bare, todo }, expiresAt: now() + REMEMBERED }
          : { body: { ...outgoing, todo }, dueAt, isUrgent: isUrgent(claimed.outgoing.alert) };
      if (await store.commit([{ key: claimed.key, expected: version, next }])) return;
      const item = (await store.read([claimed.key], now())).get(claimed.key);
      if (item?.body === undefined) return;
      version = item.version;
      outgoing = item.body as Outgoing;
      // Somebody else claimed it meanwhile; that claim stands.
      dueAt = item.dueAt ?? dueAt;
      if (outgoing.todo.length === 0) return;
    } catch (error) {
      if (attempt >= TRIES) throw error;
    }
    if (attempt >= TRIES) return;
    await sleep(Math.random() * 100 * 2 ** attempt);
  }
}
