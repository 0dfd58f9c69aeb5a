import { logPathOf } from "../envelope/log-object.ts";
import { isCount, isListOf, isRecordOf, isTime, type Shape } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { LedgerStore } from "../store/store.ts";

/** When an account and region were last heard, and on which days: by a log object or by a digest. */
export interface LastHeard {
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** One bit per day: the lowest for the day of `at`, the next for the day before. */
  readonly days: number;
}

/** Notes who is heard, so that the tick notices who no longer is. */
export interface Heard {
  /** Notes that an object came; `key` says whose. */
  note(key: string): void;
  /** Writes what is not written yet. Never rejects: what fails is retried with the next object. */
  flush(): Promise<void>;
}

export const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** An account and region heard again within this time are not written again. */
const FRESH = HOUR / 2;

/** Days that are remembered: as many as a number has room for, beside what is told of them. */
export const REMEMBERED_DAYS = 35;

/** Accounts and regions that are silent for this long are forgotten. */
const FORGOTTEN = 400 * DAY;

/** Accounts are spread over this many items, each with at most this many accounts and regions: an item holds 400 KB. */
const ITEMS = 16;
const MAX_HEARD = 4_000;

/** Accounts and regions that one function instance keeps in mind. */
const MAX_IN_MIND = 20_000;

/** After a failure the table is left alone for this long, in milliseconds: reading must go on. */
const PAUSE = 60_000;
const TRIES = 4;

const isPair: Shape = (value) =>
  isListOf((one) => typeof one === "number")(value) &&
  (value as readonly number[]).length === 2 &&
  isTime((value as readonly number[])[0]) &&
  isCount((value as readonly number[])[1]);

type Pairs = { readonly [accountAndRegion: string]: readonly [at: number, days: number] };

function pairsOf(body: unknown): Pairs {
  // An item that cannot be read counts as nothing heard: it is written anew.
  return isRecordOf(isPair)(body) ? (body as Pairs) : {};
}

/** All items that note who was heard. */
export const HEARD_KEYS: readonly string[] = Array.from({ length: ITEMS }, (_, i) => `heard#${i.toString(16)}`);

/** The item of an account and region: all regions of an account share one. */
function keyOf(name: string): string {
  return `heard#${hashOf(name.slice(0, 12)).slice(0, 1)}`;
}

/** Who was heard, as the table has it. */
export async function readHeard(store: LedgerStore, now: number): Promise<readonly LastHeard[]> {
  const items = await store.read(HEARD_KEYS, now);
  return heardIn(
    Array.from(items.values(), ({ body }) => body),
    now,
  );
}

/** Who was heard, from the items' bodies; dates in the future count as long ago. */
export function heardIn(bodies: readonly unknown[], now: number): readonly LastHeard[] {
  return bodies.flatMap((body) =>
    Object.entries(pairsOf(body)).flatMap(([name, [at, days]]) => {
      const [, account, region] = /^(\d{12}) ([a-z0-9-]{1,40})$/.exec(name) ?? [];
      if (account === undefined || region === undefined) return [];
      return [{ account, region, at: at > now + HOUR ? 0 : at, days }];
    }),
  );
}

/** The notes of one function instance, kept in the ledger's store. `now` returns milliseconds since the epoch. */
export function createHeard(store: LedgerStore, now: () => number): Heard {
  const written = new Map<string, number>();
  const pending = new Map<string, number>();
  let pausedUntil = 0;

  /** False if somebody else was quicker. */
  async function write(key: string, heard: ReadonlyMap<string, number>): Promise<boolean> {
    const item = (await store.read([key], now())).get(key);
    if (item?.isForeign) return true;
    const known = pairsOf(item?.body);
    const isStale = ([name, at]: readonly [string, number]) => {
      const [before = 0] = known[name] ?? [];
      return at - before >= FRESH || before > now() + HOUR;
    };
    const news = [...heard].filter(isStale).map(([name, at]) => [name, withDay(known[name], at)] as const);
    if (news.length === 0) return true;
    const all = Object.entries({ ...known, ...Object.fromEntries(news) });
    // Invented names have few days each, so those heard on many days are kept.
    const kept = all
      .filter(([, [at]]) => at > now() - FORGOTTEN)
      .sort(([, [a, days]], [, [b, others]]) => countOf(others) - countOf(days) || b - a)
      .slice(0, MAX_HEARD);
    const next = { body: Object.fromEntries(kept), expiresAt: now() + FORGOTTEN };
    return store.commit([{ key, expected: item?.version ?? 0, next }]);
  }

  return {
    note(key) {
      const { account, region } = logPathOf(key) ?? {};
      if (account === undefined || region === undefined || !/^[a-z0-9-]{1,40}$/.test(region)) return;
      const name = `${account} ${region}`;
      if (now() - (written.get(name) ?? 0) < FRESH) return;
      if (pending.size < MAX_IN_MIND) pending.set(name, now());
    },
    async flush() {
      if (pending.size === 0 || now() < pausedUntil) return;
      if (written.size > MAX_IN_MIND) written.clear();
      try {
        for (const key of new Set(Array.from(pending.keys(), keyOf))) {
          const heard = new Map([...pending].filter(([name]) => keyOf(name) === key));
          let isDone = false;
          for (let attempt = 1; attempt <= TRIES && !isDone; attempt++) isDone = await write(key, heard);
          // If others were quicker, this is written with the next objects.
          if (!isDone) continue;
          for (const [name, at] of heard) {
            written.set(name, at);
            pending.delete(name);
          }
        }
      } catch {
        pausedUntil = now() + PAUSE;
      }
    },
  };
}

/** How many days a note has. */
export function countOf(days: number): number {
  return days.toString(2).replaceAll("0", "").length;
}

/** A note with one more time: the days move up, and that of `at` is the lowest. */
function withDay(known: readonly [number, number] | undefined, at: number): readonly [number, number] {
  // None of ours writes a time in the future.
  if (known === undefined || known[0] > at) return [at, 1];
  const shift = Math.floor(at / DAY) - Math.floor(known[0] / DAY);
  if (shift >= REMEMBERED_DAYS) return [at, 1];
  const days = (known[1] * 2 ** shift) % 2 ** REMEMBERED_DAYS;
  return [at, days % 2 === 1 ? days : days + 1];
}
