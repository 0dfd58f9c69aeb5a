import { decide, keysBehind, keysBeside } from "../incident/decide.ts";
import { sessionsIn } from "../incident/decide-look.ts";
import { decideWindow } from "../incident/decide-window.ts";
import type { Decision } from "../incident/decision.ts";
import { MAX_ITEMS } from "../incident/take.ts";
import { ownerOf } from "../incident/written.ts";
import { chainsOf, NO_CHAINS } from "../links/chain.ts";
import { alertKey } from "../outbox/outbox.ts";
import { type Access, faultNote, LedgerError } from "../store/access.ts";
import { keyAt } from "../store/items.ts";
import { inTurns } from "../store/pool.ts";
import { type Run, SIDE_BY_SIDE, TRIES } from "./run.ts";
import { Settlement } from "./settlement.ts";

/** What is to be settled: keys of what was written down, by the key of the head or window that owns them. */
export type Owners = ReadonlyMap<string, readonly string[]>;

/** The owners, with these keys added. */
export function withKeys(owners: Owners, keys: readonly string[]): Map<string, readonly string[]> {
  const all = new Map(owners);
  for (const key of keys) {
    const owner = ownerOf(key);
    if (owner !== undefined) all.set(owner, [...(all.get(owner) ?? []), key]);
  }
  return all;
}

/**
 * Makes alerts from what was written down, the heads, and today's rules. Windows come first: what
 * passes one is told with the rest of its incident. A failing owner stops no other; its failure is noted.
 */
export async function settleAll(run: Run, owners: Owners): Promise<Settlement> {
  const settlement = new Settlement();
  for (let left = new Map(owners); left.size > 0; left = withKeys(left, settlement.handedOn.splice(0))) {
    const windows = [...left].filter(([owner]) => owner.startsWith("window#"));
    const now = windows.length > 0 ? windows : [...left];
    for (const [owner] of now) left.delete(owner);
    await inTurns(now, SIDE_BY_SIDE, ([owner, keys]) =>
      settle(run, owner, keys, settlement).catch((error: unknown) => void run.notes.push(faultNote(error))),
    );
  }
  return settlement;
}

/** How many keys one look at what is due finds. */
export const MAX_DUE = 200;

/** How far ahead a mail looks for waiting parts of its incident, in milliseconds. */
const DAY = 86_400_000;

/**
 * Settles what belongs to one head or window. If several do so at once, the one with the first key takes all
 * that is due, and the others find theirs done.
 * @throws LedgerError
 */
async function settle(
  { access, given, effects, tallies }: Run,
  owner: string,
  keys: readonly string[],
  settlement: Settlement,
): Promise<void> {
  const isIncident = owner.startsWith("incident#");
  const beside = isIncident ? keysBeside(owner) : [];
  let left = [...keys];
  let width = MAX_ITEMS;
  let hasAll = false;
  let unknown: Decision | undefined;
  for (let attempt = 1; attempt <= TRIES; ) {
    const mayBeOurs = unknown?.alert === undefined ? [] : [alertKey(unknown.alert)];
    const some = left.slice(0, width);
    const wanted = [owner, ...some, ...mayBeOurs, ...beside];
    const items = await given().mutes.readBeside(access, wanted, given().now, keysBehind);
    const isFollowed = isIncident && effects.settings.followSessions !== false;
    const chains = isFollowed ? await chainsOf(access, sessionsIn(owner, some, items)) : NO_CHAINS;
    const circumstances = { ...given(), chains };
    const decision = owner.startsWith("window#")
      ? decideWindow(owner, some, items, circumstances)
      : decide(owner, some, items, circumstances, left.length > some.length);
    if (decision.alert?.kind === "follow-up" && !hasAll) {
      // What came since the last mail may still wait where it was written down: this mail tells it too.
      const waiting = await dueOf(access, owner, given().now + DAY);
      left = [...new Set([...left, ...waiting])];
      hasAll = true;
      if (left.length > some.length) continue;
    }
    const isIdle = decision.changes.length === 0;
    const isOurs = unknown !== undefined && isIdle && mayBeOurs.every((key) => items.has(key));
    const outcome = isIdle ? "done" : await committed(access, decision, some.length);
    if (outcome === "too much") {
      width = Math.ceil(some.length / 2);
      hasAll = true;
      attempt++;
    } else if (outcome === "done") {
      const done = isOurs && unknown !== undefined ? unknown : decision;
      settlement.note(owner, done);
      tallies.muted(done.swallowed ?? []);
      if (isIdle && !isOurs) settlement.idle.push(...some.filter((key) => items.dueAt(key) !== undefined));
      left = left.filter((key) => !done.taken.has(key));
      if (left.length === 0 || done.taken.size === 0) return;
      width = Math.max(1, 2 * done.taken.size);
      unknown = undefined;
    } else {
      unknown = outcome === "unknown" ? decision : undefined;
      attempt++;
      const due = await dueOf(access, owner, given().now);
      const isFirst = due[0] === undefined || left.includes(due[0]);
      if (isFirst) left = [...new Set([...left, ...due])];
      await access.wait(Math.random() * 20 * attempt + (isFirst ? 0 : 100));
    }
  }
}

/** "too much" if the store refuses a decision on several things at once: fewer of them may work. */
async function committed(access: Access, { changes }: Decision, taken: number) {
  try {
    return await access.commit(changes);
  } catch (error) {
    if (taken > 1 && error instanceof LedgerError && error.isRefused) return "too much";
    throw error;
  }
}

/** Keys of what was written down for an owner, in whatever place its head stands, and is due by `until`. */
async function dueOf(access: Access, owner: string, until: number): Promise<readonly string[]> {
  return (await access.due(until, MAX_DUE)).filter((key) => ownerOf(key) === keyAt(owner)).sort();
}
