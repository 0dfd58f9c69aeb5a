import type { Alert } from "../alert/alert.ts";
import { sumOf } from "../alert/story.ts";
import { decide, keysBehind, keysBeside } from "../incident/decide.ts";
import { decideLook, sessionsIn } from "../incident/decide-look.ts";
import { decideWindow } from "../incident/decide-window.ts";
import type { Circumstances, Counts, Decision } from "../incident/decision.ts";
import { lookOf } from "../incident/look.ts";
import { countedNext, noteOpened } from "../incident/open-incidents.ts";
import { MAX_ITEMS } from "../incident/take.ts";
import { ownerOf } from "../incident/written.ts";
import { chainsOf, NO_CHAINS } from "../links/chain.ts";
import { alertKey } from "../outbox/outbox.ts";
import { type Access, LedgerError } from "../store/access.ts";
import { inTurns } from "../store/pool.ts";

/** What became of the matches in one item that was written down, and where they are told. */
export interface Taken extends Counts {
  /** How many of the new matches were handed on: they passed their window, or are told with other callers. */
  readonly passed: number;
  /** The key under which they were written down anew. */
  readonly to?: string;
  /** The alert that tells of them; none if they are held back. */
  readonly alert?: Alert | undefined;
}

/** What was settled. */
export interface Settled {
  readonly alerts: readonly Alert[];
  /** By the key of what was written down; without what others have settled. */
  readonly taken: ReadonlyMap<string, Taken>;
  /** Keys that are due and come to nothing: none of ours wrote them. */
  readonly idle: readonly string[];
  /** Matches that mutes swallowed, of what was held back as well. */
  readonly muted: number;
}

/** What is to be settled: keys of what was written down, by the key of the head or window that owns them. */
export type Owners = ReadonlyMap<string, readonly string[]>;

/** Attempts against others who settle the same; after these the tick does it. */
const TRIES = 16;

/** How many keys one look at what is due finds. */
export const MAX_DUE = 200;

/** How far ahead a mail looks for waiting parts of its incident, in milliseconds. */
const DAY = 86_400_000;

/** How many owners are settled side by side. */
const SIDE_BY_SIDE = 8;

/**
 * Makes alerts from what was written down, the heads, and today's rules. Windows come first: what
 * passes one is told with the rest of its incident. A failing owner stops no other; its failure is noted.
 */
export async function settleAll(
  access: Access,
  owners: Owners,
  given: () => Circumstances,
  notes: string[],
): Promise<Settled> {
  const alerts: Alert[] = [];
  const taken = new Map<string, Taken>();
  const idle: string[] = [];
  let muted = 0;
  for (let left = new Map(owners); left.size > 0; ) {
    const windows = [...left].filter(([owner]) => owner.startsWith("window#"));
    const now = windows.length > 0 ? windows : [...left];
    for (const [owner] of now) left.delete(owner);
    await inTurns(now, SIDE_BY_SIDE, async ([owner, keys]) => {
      try {
        const settled = await settle(access, owner, keys, given);
        alerts.push(...settled.alerts);
        idle.push(...settled.idle);
        muted += settled.muted;
        for (const [key, one] of settled.taken) taken.set(key, one);
        left = withKeys(left, settled.handedOn);
      } catch (error) {
        notes.push(`ledger: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      }
    });
  }
  await countOpened(access, given).catch((error: unknown) => notes.push(`ledger: ${String(error)}`));
  const alertOf = ({ alert, to }: Taken): Alert | undefined => {
    const next = to === undefined ? undefined : taken.get(to);
    return alert ?? (next && alertOf(next));
  };
  const swallowed = mutedIn(taken);
  const all = [...taken].map(
    ([key, one]) => [key, { ...one, alert: alertOf(one), muted: swallowed.get(key) ?? 0 }] as const,
  );
  return { alerts, idle, muted, taken: new Map(all) };
}

/**
 * How many of each item's matches were swallowed, by the item itself or by what it handed on: what several items handed on
 * in one is divided among them, so that each match counts once.
 */
function mutedIn(taken: ReadonlyMap<string, Taken>): ReadonlyMap<string, number> {
  const own = new Map<string, number>();
  const left = new Map<string, number>();
  const mutedOf = (key: string): number => {
    const one = taken.get(key);
    const known = own.get(key);
    if (one === undefined || known !== undefined) return known ?? 0;
    let muted = one.muted;
    if (one.to !== undefined) {
      const rest = left.get(one.to) ?? mutedOf(one.to);
      const share = Math.min(one.passed, rest);
      left.set(one.to, rest - share);
      muted += share;
    }
    own.set(key, muted);
    return muted;
  };
  for (const key of taken.keys()) mutedOf(key);
  return own;
}

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
 * Settles what belongs to one head or window. If several do so at once, the one with the first key takes all
 * that is due, and the others find theirs done.
 * @throws LedgerError
 */
async function settle(access: Access, owner: string, keys: readonly string[], given: () => Circumstances) {
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

/** Looks again for who opened the sessions, if a mail could not say it; returns the mail that now does. */
export async function settleLook(access: Access, key: string, given: () => Circumstances): Promise<Alert | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { mutes, now } = given();
    const also = mutes.keys(now);
    const items = await access.read([key, ...also]);
    mutes.saw(items, also, now);
    const look = items.get(key, lookOf);
    if (look === undefined) {
      // The look expired while it was still due; a look that cannot be read is skipped elsewhere.
      if (!access.isUnreadable(key)) await access.commit([items.change(key, { body: {}, expiresAt: given().now })]);
      return undefined;
    }
    const chains = await chainsOf(access, Object.keys(look.sessions));
    const { changes, alert } = decideLook(key, items, { ...given(), chains });
    if ((await access.commit(changes)) === "done") return alert;
    await access.wait(Math.random() * 20 * attempt);
  }
  return undefined;
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

/**
 * Counts incidents that were opened: after they were settled, and all of a run at once, so that callers do not wait for
 * each other. The limit is therefore not exact when many invocations run at the same time.
 */
async function countOpened(access: Access, given: () => Circumstances): Promise<void> {
  const { opened } = given();
  for (const [key, own] of opened) {
    for (let attempt = 1; attempt <= 4; attempt++) {
      const change = countedNext(key, own, await access.read([key]), given().now);
      if ((await access.commit([change])) === "done") break;
      await access.wait(Math.random() * 30 * attempt);
    }
  }
  opened.clear();
}
