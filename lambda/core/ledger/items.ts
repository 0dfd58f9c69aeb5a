import type { Change, LedgerItem, LedgerStore, Next } from "./store.ts";

/** What an item's body is, or undefined for a body that is nothing of the kind. `now` bounds times in it. */
export type Guard<T = unknown> = (body: unknown, now: number) => T | undefined;

/** An item that cannot be read is left as it is, and its place is taken by another key, which may be so in turn. */
const OTHER_PLACE = "~";
const MAX_PLACES = 3;

/** Items of the ledger as they were read, each guarded. */
export class Items {
  readonly #found: ReadonlyMap<string, LedgerItem>;
  readonly #places: ReadonlyMap<string, string>;
  readonly #now: number;
  readonly #parsed = new Map<string, unknown>();

  constructor(found: ReadonlyMap<string, LedgerItem>, places: ReadonlyMap<string, string>, now: number) {
    this.#found = found;
    this.#places = places;
    this.#now = now;
  }

  /** What an item says; undefined where there is none. */
  get<T>(key: string, guard: Guard<T>): T | undefined {
    if (!this.#parsed.has(key)) {
      const body = this.#item(key)?.body;
      this.#parsed.set(key, body === undefined ? undefined : guard(body, this.#now));
    }
    return this.#parsed.get(key) as T | undefined;
  }

  bytes(key: string): Uint8Array {
    const item = this.#item(key);
    return (item?.body !== undefined && item.bytes) || new Uint8Array();
  }

  dueAt(key: string): number | undefined {
    return this.#item(key)?.dueAt;
  }

  /** True where there is an item, also one whose time is past. */
  has(key: string): boolean {
    return this.#item(key) !== undefined;
  }

  /** The change of an item as it was read. */
  change(key: string, next: Next): Change {
    return { key: this.#places.get(key) ?? key, expected: this.#item(key)?.version ?? 0, next };
  }

  #item(key: string): LedgerItem | undefined {
    return this.#found.get(this.#places.get(key) ?? key);
  }
}

/** What was read, and the keys of items that could not be read. */
export interface Read {
  readonly items: Items;
  readonly unreadable: readonly string[];
}

/** Reads items. `guardFor` gives the guard of a key, `further` the keys that an item leads to. */
export async function readItems(
  store: LedgerStore,
  keys: readonly string[],
  now: number,
  guardFor: (key: string) => Guard,
  further: (key: string, items: Items) => readonly string[],
): Promise<Read> {
  const found = new Map<string, LedgerItem>();
  const places = new Map<string, string>();
  const unreadable: string[] = [];
  let wanted: readonly string[] = [...new Set(keys)];
  for (let round = 0; wanted.length > 0; round++) {
    const read = await store.read(
      wanted.map((key) => places.get(key) ?? key),
      now,
    );
    for (const [key, item] of read) found.set(key, item);
    const spoilt = wanted.filter((key) => {
      const item = read.get(places.get(key) ?? key);
      return item !== undefined && !isSound(item, guardFor(key), now);
    });
    for (const key of spoilt) {
      const place = places.get(key) ?? key;
      unreadable.push(place);
      found.delete(place);
      places.set(key, place + OTHER_PLACE);
    }
    const items = new Items(found, places, now);
    const more = wanted.flatMap((key) => (spoilt.includes(key) ? [] : further(key, items)));
    if (round >= MAX_PLACES) break;
    wanted = [...spoilt, ...more.filter((key) => !found.has(key))];
  }
  return { items: new Items(found, places, now), unreadable };
}

function isSound({ version, body, isForeign }: LedgerItem, guard: Guard, now: number): boolean {
  if (isForeign || !Number.isSafeInteger(version) || version < 1) return false;
  return body === undefined || guard(body, now) !== undefined;
}
