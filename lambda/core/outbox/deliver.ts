import { randomUUID } from "node:crypto";
import { asSentAt } from "../alert/alert.ts";
import type { Access } from "../store/access.ts";
import type { Items } from "../store/items.ts";
import { REMEMBERED } from "../store/seen.ts";
import type { Change } from "../store/store.ts";
import { BUDGET, budgetOf, FULL_BUDGET, withTextBack } from "./budget.ts";
import { LEASE, outgoingOf, retryAfter, stillToDo, urgencyOf, urgencyOfRest } from "./outbox.ts";
import { type Plan, plan, type Seen, type Waiting } from "./plan.ts";
import { type Publishers, publisherOf, type Way, wordOf } from "./ways.ts";

export interface Delivery {
  /** Keys of the alerts that people now have. */
  readonly sent: ReadonlySet<string>;
  readonly roundUps: number;
  readonly publishFailures: number;
  /** Age of the oldest alert that still waits, in seconds. */
  readonly oldestSeconds: number;
  /** Alerts that still wait for the budget. */
  readonly left: number;
  readonly notes: readonly string[];
}

const TRIES = 6;
/** An alert that was sent but not noted is sent again: avoiding that is worth more tries. */
const TRIES_TO_NOTE = 12;

/**
 * Sends alerts of the outbox as the budget allows: claims them for as long as a function may run, publishes them side
 * by side, and notes what is done for each way. What fails is due again in a minute; a claim that nobody ends expires
 * with its lease.
 * @throws LedgerError where nothing could be claimed
 */
export async function deliver(
  access: Access,
  publishers: Publishers,
  keys: readonly string[],
  seen: Seen,
): Promise<Delivery> {
  const claim = await claimWhatMayBeSent(access, keys, seen);
  const sent = new Set<string>();
  const notes: string[] = [];
  let publishFailures = 0;
  await Promise.all(
    claim.claimed.map(async (claimed) => {
      const { done, failures } = await publish(publishers, claimed, access.now());
      publishFailures += failures.length;
      notes.push(...failures);
      if (done.length === claimed.outgoing.todo.length) sent.add(claimed.key);
      try {
        await noteDone(access, claimed, done);
      } catch (error) {
        // Nobody knows that it was sent: after the claim it is sent again under the same id.
        notes.push(`alert ${claimed.outgoing.alert.id}: sent, but not noted: ${String(error)}`);
      }
    }),
  );
  const waiting = claim.waiting.filter(({ key }) => !sent.has(key));
  const oldest = Math.min(...waiting.map(({ outgoing }) => outgoing.madeAt));
  const oldestSeconds = waiting.length === 0 ? 0 : Math.max(0, Math.round((access.now() - oldest) / 1000));
  const claimed = new Set(claim.claimed.map(({ key }) => key));
  const left = waiting.filter(({ key }) => !claimed.has(key)).length;
  return { sent, roundUps: claim.roundUps, publishFailures, oldestSeconds, left, notes };
}

const NOTHING: Omit<Plan, "budget"> = { send: [], roundUps: 0, fold: [], later: [] };

/** What may be sent now, and is claimed; and what of these keys waits. */
async function claimWhatMayBeSent(access: Access, keys: readonly string[], seen: Seen) {
  let waiting: readonly Waiting[] = [];
  const sender = randomUUID();
  const decide = async () => {
    const time = access.now();
    const items = await access.read([BUDGET, ...keys]);
    for (const key of keys) await endIdle(access, key, items, time);
    waiting = keys.flatMap((key) => waitingAt(key, items, time));
    const planned = plan(waiting, items.get(BUDGET, budgetOf) ?? FULL_BUDGET, time, seen);
    return { ...planned, changes: claims(planned, items, time, sender) };
  };
  const stands = ({ send }: Plan) => areClaimed(access, send, sender);
  const { send, roundUps, fold, later } = (keys.length > 0 && (await access.agree(TRIES, decide, stands))) || NOTHING;
  const gone = new Set([...fold, ...later].map(({ key }) => key));
  return { claimed: send, waiting: waiting.filter(({ key }) => !gone.has(key)), roundUps };
}

/**
 * True if claims whose answer was lost stand: otherwise nobody would send these alerts until the claims end. Somebody else may
 * have claimed the same at the same time: only the sender tells.
 */
async function areClaimed(access: Access, send: readonly Waiting[], sender: string): Promise<boolean> {
  const items = await access.read(send.map(({ key }) => key));
  return send.some(({ key }) => items.get(key, outgoingOf)?.sender === sender);
}

/** An alert that nobody has claimed, or whose claim has ended. */
function waitingAt(key: string, items: Items, now: number): readonly Waiting[] {
  const outgoing = items.get(key, outgoingOf);
  const { alert, todo = [] } = outgoing ?? {};
  if (outgoing === undefined || alert === undefined || todo.length === 0) return [];
  return (items.dueAt(key) ?? 0) <= now ? [{ key, outgoing: { ...outgoing, alert } }] : [];
}

/** An alert that is due with nothing left to do is none of ours; it must not block those that have something to do. */
async function endIdle(access: Access, key: string, items: Items, now: number): Promise<void> {
  const outgoing = items.get(key, outgoingOf);
  if (outgoing?.todo.length !== 0 || items.dueAt(key) === undefined) return;
  await access.commit([items.change(key, { body: outgoing, expiresAt: now + REMEMBERED })]);
}

function claims({ send, fold, later, budget }: Plan, items: Items, now: number, sender: string): readonly Change[] {
  const known = items.get(BUDGET, budgetOf)?.behind;
  const isBehind = budget.behind?.at !== known?.at || budget.behind?.severity !== known?.severity;
  return [
    ...(send.length > 0 || isBehind ? [items.change(BUDGET, { body: budget })] : []),
    ...later.map(({ key, outgoing, until }) =>
      items.change(key, { body: outgoing, dueAt: until, urgency: urgencyOf(outgoing.alert) }),
    ),
    ...send.map(({ key, outgoing }) =>
      items.change(key, { body: { ...outgoing, sender }, dueAt: now + LEASE, urgency: urgencyOfRest(outgoing) }),
    ),
    ...fold.map(({ key, outgoing: { alert: _, ...outgoing } }) =>
      items.change(key, { body: { ...outgoing, todo: [] }, expiresAt: now + REMEMBERED }),
    ),
  ];
}

async function publish(publishers: Publishers, { outgoing }: Waiting, now: number) {
  const { alert: made, madeAt } = outgoing;
  const done: Way[] = [];
  const failures: string[] = [];
  await Promise.all(
    outgoing.todo.map(async (way) => {
      try {
        await publisherOf(publishers, way, outgoing.claims)?.(asSentAt(made, madeAt, now));
        done.push(way);
      } catch (error) {
        failures.push(`alert ${made.id} of ${made.rule} was not published to ${wordOf(way)}: ${String(error)}`);
      }
    }),
  );
  return { done, failures };
}

/**
 * Takes what is done off the alert's list, even if somebody else has claimed it since. A text message that SNS did not
 * take is given back to the budget.
 */
async function noteDone(access: Access, { key, outgoing: claimed }: Waiting, done: readonly Way[]) {
  const isTextLost = claimed.textAt !== undefined && claimed.todo.includes("sms") && !done.includes("sms");
  for (let attempt = 1; ; attempt++) {
    const items = await access.read([key, ...(isTextLost ? [BUDGET] : [])]);
    const known = items.get(key, outgoingOf);
    if (known === undefined) throw new Error("somebody has removed it");
    const left = known.todo.filter((way) => !done.includes(way));
    const todo = stillToDo({ ...known, todo: left }, access.now());
    const { alert, textAt: _, sender: __, ...bare } = known;
    const isAnothers = known.claims !== claimed.claims;
    const next =
      todo.length === 0 || alert === undefined
        ? items.change(key, { body: { ...bare, todo: [] }, expiresAt: access.now() + REMEMBERED })
        : items.change(key, {
            body: { ...known, todo },
            // If somebody else claimed it meanwhile, that claim stands.
            dueAt: isAnothers ? (items.dueAt(key) ?? access.now()) : access.now() + retryAfter({ ...known, todo }),
            urgency: urgencyOfRest({ ...known, alert, todo }),
          });
    const budget = isTextLost ? items.get(BUDGET, budgetOf) : undefined;
    const refund = budget && items.change(BUDGET, { body: withTextBack(budget, claimed.textAt ?? 0) });
    if (done.length === 0 && isAnothers) return;
    const outcome = await access.commit([next, ...(refund ? [refund] : [])]);
    if (outcome === "done") return;
    if (outcome === "unknown" && refund === undefined) {
      const after = (await access.read([key])).get(key, outgoingOf);
      if (after !== undefined && done.every((way) => !after.todo.includes(way))) return;
    }
    if (attempt >= TRIES_TO_NOTE) throw new Error(`its item was changed by others ${attempt} times`);
    await access.wait(Math.random() * 50 * 2 ** Math.min(attempt, 6));
  }
}
