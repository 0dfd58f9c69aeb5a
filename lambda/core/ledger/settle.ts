import type { Alert } from "../alert/alert.ts";
import { sumOf } from "../alert/story.ts";
import { decide, keysBehind, keysBeside } from "../incident/decide.ts";
import { sessionsIn } from "../incident/decide-look.ts";
import { decideWindow } from "../incident/decide-window.ts";
import type { Circumstances, Counts, Decision } from "../incident/decision.ts";
import { countedNext, noteOpened } from "../incident/open-incidents.ts";
import { MAX_ITEMS } from "../incident/take.ts";
import { ownerOf } from "../incident/written.ts";
import { chainsOf, NO_CHAINS } from "../links/chain.ts";
import { alertKey } from "../outbox/outbox.ts";
import { type Access, faultNote, LedgerError } from "../store/access.ts";
import { inTurns } from "../store/pool.ts";
import type { Run } from "./run.ts";

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

/** The owners, with these keys added. */
export function withKeys(owners: Owners, keys: readonly string[]): Map<string, readonly string[]> {
  const all = new Map(owners);
  for (const key of keys) {
    const owner = ownerOf(key);
    if (owner !== undefined) all.set(owner, [...(all.get(owner) ?? []), key]);
  }
  return all;
}

/** How many owners are settled side by side. */
const SIDE_BY_SIDE = 8;

/**
 * Makes alerts from what was written down, the heads, and today's rules. Windows come first: what
 * passes one is told with the rest of its incident. A failing owner stops no other; its failure is noted.
 */
export async function settleAll(run: Run, owners: Owners): Promise<Settled> {
  const { notes } = run;
  const settling: Settling = { alerts: [], taken: new Map(), handedOn: [], idle: [], muted: 0 };
  for (let left = new Map(owners); left.size > 0; left = withKeys(left, settling.handedOn.splice(0))) {
    const windows = [...left].filter(([owner]) => owner.startsWith("window#"));
    const now = windows.length > 0 ? windows : [...left];
    for (const [owner] of now) left.delete(owner);
    await inTurns(now, SIDE_BY_SIDE, ([owner, keys]) =>
      settle(run, owner, keys, settling).catch((error: unknown) => void notes.push(faultNote(error))),
    );
  }
  await countOpened(run).catch((error: unknown) => notes.push(faultNote(error)));
  const { alerts, taken, idle, muted } = settling;
  return { alerts, idle, muted, taken: followed(taken) };
}

/** What is settled so far. */
interface Settling {
  readonly alerts: Alert[];
  readonly taken: Map<string, Taken>;
  /** Keys of what was written down for other owners, to be settled next. */
  readonly handedOn: string[];
  readonly idle: string[];
  muted: number;
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
async function settle(
  { access, given, effects }: Run,
  owner: string,
  keys: readonly string[],
  settling: Settling,
): Promise<void> {
  const isIncident = owner.startsWith("incident#");
  let beside: readonly string[] = [];
  let left = [...keys];
  let width = MAX_ITEMS;
  let hasAll = false;
  let unknown: Decision | undefined;
  for (let attempt = 1; attempt <= TRIES; ) {
    const mayBeOurs = unknown?.alert === undefined ? [] : [alertKey(unknown.alert)];
    const some = left.slice(0, width);
    const wanted = [owner, ...some, ...mayBeOurs, ...beside];
    const items = isIncident
      ? await given().mutes.readBeside(access, wanted, given().now, keysBehind)
      : await access.read(wanted, keysBehind);
    const isFollowed = isIncident && effects.settings.followSessions !== false;
    const chains = isFollowed ? await chainsOf(access, sessionsIn(owner, some, items)) : NO_CHAINS;
    const circumstances = { ...given(), chains };
    const decision = owner.startsWith("window#")
      ? decideWindow(owner, some, items, circumstances)
      : decide(owner, some, items, circumstances, left.length > some.length);
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
    const isIdle = decision.changes.length === 0;
    const isOurs = unknown !== undefined && isIdle && mayBeOurs.every((key) => items.has(key));
    const outcome = isIdle ? "done" : await committed(access, decision, some.length);
    if (outcome === "too much") {
      width = Math.ceil(some.length / 2);
      hasAll = true;
      attempt++;
    } else if (outcome === "done") {
      const done = isOurs && unknown !== undefined ? unknown : decision;
      note(owner, done, settling, given());
      if (isIdle && !isOurs) settling.idle.push(...some.filter((key) => items.dueAt(key) !== undefined));
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

/** Keys of what was written down for an owner and is due by `until`. */
async function dueOf(access: Access, owner: string, until: number): Promise<readonly string[]> {
  return (await access.due(until, MAX_DUE)).filter((key) => ownerOf(key) === owner).sort();
}

/** Notes a decision on an owner that is committed. */
function note(owner: string, decision: Decision, settling: Settling, { opened, tallies }: Circumstances): void {
  const { alert, passedOn, swallowed = [] } = decision;
  tallies.muted(swallowed);
  settling.muted += sumOf(swallowed.map(({ matches }) => matches));
  if (alert !== undefined) settling.alerts.push(alert);
  if (passedOn?.waits === false) settling.handedOn.push(passedOn.key);
  if (decision.opened !== undefined) noteOpened(opened, decision.opened);
  let left = passedOn?.fresh ?? 0;
  for (const [key, counts] of decision.taken) {
    const passed = Math.min(left, counts.fresh);
    left -= passed;
    settling.taken.set(key, { ...counts, passed, ...(passedOn && { to: passedOn.key }) });
  }
  if (alert === undefined) return;
  // A mail tells all that its head held back, including what was taken earlier.
  for (const [key, one] of settling.taken) {
    if (key.startsWith(`in#${owner}#`) && one.to === undefined) settling.taken.set(key, { alert, ...one });
  }
}

/**
 * What became of each item, with what became of what it handed on. What was muted of that is divided among those that handed
 * it on, so that each match counts once.
 */
function followed(taken: ReadonlyMap<string, Taken>): ReadonlyMap<string, Taken> {
  const all = new Map<string, Taken>();
  const undivided = new Map<string, number>();
  const follow = (key: string): Taken | undefined => {
    const one = taken.get(key);
    const known = all.get(key);
    if (one === undefined || known !== undefined) return known;
    const { to = "", alert, passed, muted } = one;
    const next = follow(to);
    const left = undivided.get(to) ?? next?.muted ?? 0;
    const share = Math.min(passed, left);
    undivided.set(to, left - share);
    const whole = { ...one, alert: alert ?? next?.alert, muted: muted + share };
    all.set(key, whole);
    return whole;
  };
  for (const key of taken.keys()) follow(key);
  return all;
}

/**
 * Counts incidents that were opened: after they were settled, and all of a run at once, so that callers do not wait for
 * each other. The limit is therefore not exact when many invocations run at the same time.
 */
async function countOpened({ access, given }: Run): Promise<void> {
  const { opened } = given();
  for (const [key, own] of opened) {
    await access.agree(4, async () => ({ changes: [countedNext(key, own, await access.read([key]), given().now)] }));
  }
  opened.clear();
}
