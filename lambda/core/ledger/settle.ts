import type { Alert } from "../alert/alert.ts";
import { sumOf } from "../alert/story.ts";
import { decide, keysBehind, keysBeside } from "../incident/decide.ts";
import { sessionsIn } from "../incident/decide-look.ts";
import { decideWindow } from "../incident/decide-window.ts";
import type { Circumstances, Counts, Decision } from "../incident/decision.ts";
import { noteOpened } from "../incident/open-incidents.ts";
import { MAX_ITEMS } from "../incident/take.ts";
import { ownerOf } from "../incident/written.ts";
import { chainsOf, NO_CHAINS } from "../links/chain.ts";
import { alertKey } from "../outbox/outbox.ts";
import { type Access, LedgerError } from "../store/access.ts";

/** What became of the matches in one item that was written down, and where they are told. */
export interface Taken extends Counts {
  /** How many of the new matches were handed on: they passed their window, or are told with other callers. */
  readonly passed: number;
  /** The key under which they were written down anew. */
  readonly to?: string;
  /** The alert that tells of them; none if they are held back. */
  readonly alert?: Alert | undefined;
}

/** Attempts against others who settle the same; after these the tick does it. */
const TRIES = 16;

/** How many keys one look at what is due finds. */
export const MAX_DUE = 200;

/** How far ahead a mail looks for waiting parts of its incident, in milliseconds. */
const DAY = 86_400_000;

/**
 * Settles what belongs to one head or window. If several do so at once, the one with the first key takes all
 * that is due, and the others find theirs done.
 * @throws LedgerError
 */
export async function settle(access: Access, owner: string, keys: readonly string[], given: () => Circumstances) {
  const decideOn = owner.startsWith("window#") ? decideWindow : decide;
  const isIncident = owner.startsWith("incident#");
  let beside: readonly string[] = [];
  const alerts: Alert[] = [];
  const taken = new Map<string, Taken>();
  const handedOn: string[] = [];
  const idle: string[] = [];
  let count = 0;
  let left = [...keys];
  let width = MAX_ITEMS;
  let hasAll = false;
  let unknown: Decision | undefined;
  for (let attempt = 1; attempt <= TRIES; ) {
    const mayBeOurs = unknown?.alert === undefined ? [] : [alertKey(unknown.alert)];
    const some = left.slice(0, width);
    const { mutes, now: asked } = given();
    const also = isIncident ? mutes.keys(asked) : [];
    const items = await access.read([owner, ...some, ...mayBeOurs, ...beside, ...also], keysBehind);
    mutes.saw(items, also, asked);
    const chains = !isIncident ? NO_CHAINS : await chainsOf(access, sessionsIn(owner, some, items));
    const decision = decideOn(owner, some, items, { ...given(), chains }, left.length > some.length);
    if (decision.alert !== undefined && isIncident && beside.length === 0) {
      // Only a mail needs to know what was told of its caller before.
      beside = keysBeside(decision.alert);
      continue;
    }
    if (decision.alert?.kind === "follow-up" && !hasAll) {
      // What came since the last mail may still wait where it was written down: this mail tells it too.
      const waiting = await dueOf(access, owner, given().now + DAY);
      left = [...new Set([...left, ...waiting])];
      hasAll = true;
      if (left.length > some.length) continue;
    }
    const isOurs = unknown !== undefined && decision.changes.length === 0 && mayBeOurs.every((key) => items.has(key));
    const outcome = isOurs || decision.changes.length === 0 ? "done" : await committed(access, decision, some.length);
    if (outcome === "too much") {
      width = Math.ceil(some.length / 2);
      hasAll = true;
      attempt++;
      continue;
    }
    const done = isOurs ? unknown : decision;
    if (outcome === "done" && done !== undefined) {
      const { alert, passedOn, opened, swallowed = [] } = done;
      given().tallies.muted(swallowed);
      count += sumOf(swallowed.map(({ matches }) => matches));
      if (alert !== undefined) alerts.push(alert);
      if (passedOn?.waits === false) handedOn.push(passedOn.key);
      if (opened !== undefined) noteOpened(given().opened, opened);
      let passed = passedOn?.fresh ?? 0;
      for (const [key, counts] of done.taken) {
        const own = Math.min(passed, counts.fresh);
        passed -= own;
        taken.set(key, { ...counts, passed: own, ...(passedOn && { to: passedOn.key }) });
      }
      // A mail tells all that its head held back, including what was taken earlier.
      if (alert !== undefined) for (const [key, one] of taken) taken.set(key, { alert, ...one });
      left = left.filter((key) => !done.taken.has(key));
      width = Math.max(1, 2 * done.taken.size);
      unknown = undefined;
      if (done.changes.length === 0 && !isOurs) idle.push(...some.filter((key) => items.dueAt(key) !== undefined));
      if (left.length === 0 || done.taken.size === 0) break;
      continue;
    }
    unknown = outcome === "unknown" ? decision : undefined;
    attempt++;
    const due = await dueOf(access, owner, given().now);
    const isFirst = due[0] === undefined || left.includes(due[0]);
    if (isFirst) left = [...new Set([...left, ...due])];
    await access.wait(Math.random() * 20 * attempt + (isFirst ? 0 : 100));
  }
  return { alerts, taken, handedOn, idle, muted: count };
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

/** Keys of what was written down for an owner and is due by `until`. */
async function dueOf(access: Access, owner: string, until: number): Promise<readonly string[]> {
  return (await access.due(until, MAX_DUE)).filter((key) => ownerOf(key) === owner).sort();
}
