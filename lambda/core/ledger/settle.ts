import type { Alert } from "../alert/alert.ts";
import { partOf } from "../alert/part.ts";
import { renderRoundUp } from "../alert/round-up.ts";
import {
  type Circumstances,
  type Counts,
  type Decision,
  decide,
  decideDaily,
  decideWindow,
  keysBehind,
  newAlert,
} from "../incident/decide.ts";
import { countedNext, noteOpened } from "../incident/open-incidents.ts";
import { ownerOf } from "../incident/written.ts";
import { alertKey, MAX_FOLDED } from "../outbox/outbox.ts";
import type { Access } from "../store/access.ts";

/** What became of the matches in something that was written down, and where they are told. */
export interface Taken extends Counts {
  /** Of a window's new matches those that passed it. */
  readonly passed: number;
  /** The alert that tells of them; none where they are held back. */
  readonly alert?: Alert;
}

/** What was settled. */
export interface Settled {
  readonly alerts: readonly Alert[];
  /** By the key of what was written down; what others have settled is not among it. */
  readonly taken: ReadonlyMap<string, Taken>;
}

/** Attempts against others who settle the same; after that the tick does it. */
const TRIES = 16;

/** What one look at what is due finds. */
const MAX_DUE = 200;

/**
 * Makes alerts of what was written down for an incident or a window, from that, the head, and the rules as they are today.
 * Where several do so at once, the one with the first key takes all that is due, and the others find theirs done.
 * @throws LedgerError
 */
export async function settle(
  access: Access,
  owner: string,
  keys: readonly string[],
  given: () => Circumstances,
): Promise<Settled> {
  const decideOn = owner.startsWith("window#") ? decideWindow : decide;
  const alerts: Alert[] = [];
  const taken = new Map<string, Taken>();
  let left = [...keys];
  let unknown: Decision | undefined;
  for (let attempt = 1; attempt <= TRIES; ) {
    const mayBeOurs = unknown?.alert === undefined ? [] : [alertKey(unknown.alert)];
    const items = await access.read([owner, ...left, ...mayBeOurs], keysBehind);
    const decision = decideOn(owner, left, items, given());
    const isOurs = unknown !== undefined && decision.changes.length === 0 && mayBeOurs.every((key) => items.has(key));
    const outcome = isOurs || decision.changes.length === 0 ? "done" : await access.commit(decision.changes);
    const done = isOurs ? unknown : decision;
    if (outcome === "done" && done !== undefined) {
      const { passedOn } = done;
      const next = passedOn && (await settle(access, passedOn.owner, [passedOn.key], given));
      if (done.alert !== undefined) alerts.push(done.alert);
      alerts.push(...(next?.alerts ?? []));
      if (done.opened !== undefined) noteOpened(given().opened, done.opened);
      const alert = done.alert ?? next?.alerts[0];
      let passed = passedOn?.fresh ?? 0;
      for (const [key, counts] of done.taken) {
        const own = Math.min(passed, counts.fresh);
        passed -= own;
        taken.set(key, { ...counts, passed: own, ...(alert && { alert }) });
      }
      left = left.filter((key) => !done.taken.has(key));
      unknown = undefined;
      if (left.length === 0 || done.taken.size === 0) break;
      continue;
    }
    unknown = outcome === "unknown" ? decision : undefined;
    attempt++;
    const due = (await access.due(given().now, MAX_DUE)).filter((key) => ownerOf(key) === owner).sort();
    const isFirst = due[0] === undefined || left.includes(due[0]);
    if (isFirst) left = [...new Set([...left, ...due])];
    await access.wait(Math.random() * 20 * attempt + (isFirst ? 0 : 100));
  }
  return { alerts, taken };
}

/** Tells of daily incidents in one round-up, of as many as it has room for; undefined when there is nothing to tell. */
export async function settleDaily(
  access: Access,
  owners: readonly string[],
  given: () => Circumstances,
): Promise<Alert | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const circumstances = given();
    const some = owners.slice(0, MAX_FOLDED);
    const told = decideDaily(some, await access.read(some), circumstances);
    if (told.length === 0) return undefined;
    const roundUp = renderRoundUp(
      told.map(({ report }) => partOf(report, circumstances.settings)),
      "daily",
    );
    const changes = [...told.map(({ change }) => change), newAlert(roundUp, circumstances.now)];
    if ((await access.commit(changes)) === "done") return roundUp;
    await access.wait(Math.random() * 30 * 2 ** attempt);
  }
  return undefined;
}

/**
 * Counts incidents that were opened: after they were settled, and all of a run at once, for callers must not wait for one
 * another. So the limit is no exact one where many invocations run at the same time.
 */
export async function countOpened(access: Access, given: () => Circumstances): Promise<void> {
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
