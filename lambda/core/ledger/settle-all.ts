import type { Alert } from "../alert/alert.ts";
import type { Circumstances } from "../incident/decision.ts";
import { countedNext } from "../incident/open-incidents.ts";
import { ownerOf } from "../incident/written.ts";
import { type Access, faultNote } from "../store/access.ts";
import { inTurns } from "../store/pool.ts";
import { settle, type Taken } from "./settle.ts";

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
        notes.push(faultNote(error));
      }
    });
  }
  await countOpened(access, given).catch((error: unknown) => notes.push(faultNote(error)));
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
 * Counts incidents that were opened: after they were settled, and all of a run at once, so that callers do not wait for
 * each other. The limit is therefore not exact when many invocations run at the same time.
 */
async function countOpened(access: Access, given: () => Circumstances): Promise<void> {
  const { opened } = given();
  for (const [key, own] of opened) {
    await access.agree(4, async () => ({ changes: [countedNext(key, own, await access.read([key]), given().now)] }));
  }
  opened.clear();
}
