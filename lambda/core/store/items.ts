import type { Change, LedgerItem, LedgerStore, Next } from "./store.ts";

/** Parses an item's body; undefined for a body of another kind. `now` bounds the times in it. */
export type Guard<T = unknown> = (body: unknown, now: number) => T | undefined;

/** An item that cannot be read stays as it is, and another key takes its place, which may itself be unreadable. */
const OTHER_SLOT = "~";
const MAX_SLOTS = 3;

/** The keys under which an item may stand. */
export function slotsOf(key: string): readonly string[] {
  return Array.from({ length: MAX_SLOTS + 1 }, (_, i) => key + OTHER_SLOT.repeat(i));
}

/** An item's key, by the key under which it stands. */
export function keyAt(slot: string): string {
  return slot.replace(/~+$/, "");
}

/** An item as it was read, with the guard that accepted its body. */
type GuardedItem = LedgerItem & { readonly guard?: Guard };

/** Items of the ledger as they were read, each checked by its guard. */
export class Items {
  readonly #found: ReadonlyMap<string, GuardedItem>;
  readonly #slots: ReadonlyMap<string, string>;

  constructor(found: ReadonlyMap<string, GuardedItem>, slots: ReadonlyMap<string, string>) {
    this.#found = found;
    this.#slots = slots;
  }

  /** What an item says; undefined if there is none, or if another guard has read it. */
  get<T>(key: string, guard: Guard<T>): T | undefined {
    const item = this.#item(key);
    return item?.guard === guard ? (item.body as T) : undefined;
  }

  bytes(key: string): Uint8Array {
    const item = this.#item(key);
    return (item?.body !== undefined && item.bytes) || new Uint8Array();
  }

  dueAt(key: string): number | undefined {
    return this.#item(key)?.dueAt;
  }

  /** True if there is an item, even an expired one. */
  has(key: string): boolean {
    return this.#item(key) !== undefined;
  }

  /** The key under which an item stands: another one if what stands at its own cannot be read. */
  placeOf(key: string): string {
    return this.#slots.get(key) ?? key;
  }

  /** The version that was read; 0 if there is no item. */
  versionOf(key: string): number {
    return this.#item(key)?.version ?? 0;
  }

  /** The change of an item, based on the version that was read. */
  change(key: string, next: Next): Change {
    return { key: this.placeOf(key), expected: this.versionOf(key), next };
  }

  #item(key: string): GuardedItem | undefined {
    return this.#found.get(this.placeOf(key));
  }
}

/**
 * Reads items, and tells the keys of those that cannot be read. `guardFor` returns the guard of a key, `further` the keys
 * that an item leads to.
 */
export async function readItems(
  store: LedgerStore,
  keys: readonly string[],
  now: number,
  guardFor: (key: string) => Guard,
  further: (key: string, items: Items) => readonly string[],
): Promise<{ readonly items: Items; readonly unreadable: readonly string[] }> {
  const found = new Map<string, GuardedItem>();
  const slots = new Map<string, string>();
  const unreadable: string[] = [];
  const placeOf = (key: string) => slots.get(key) ?? key;
  let wanted: readonly string[] = [...new Set(keys)];
  for (let round = 0; wanted.length > 0; round++) {
    const read = await store.read(wanted.map(placeOf), now);
    for (const [key, item] of read) found.set(key, item);
    const spoilt = wanted.filter((key) => {
      const item = read.get(placeOf(key));
      if (item === undefined || (isVersioned(item) && item.body === undefined)) return false;
      const guard = guardFor(key);
      const body = isVersioned(item) ? guard(item.body, now) : undefined;
      if (body !== undefined) found.set(placeOf(key), { ...item, body, guard });
      return body === undefined;
    });
    for (const key of spoilt) {
      const slot = placeOf(key);
      unreadable.push(slot);
      found.delete(slot);
      slots.set(key, slot + OTHER_SLOT);
    }
    const items = new Items(found, slots);
    const more = wanted.flatMap((key) => (spoilt.includes(key) ? [] : further(key, items)));
    if (round >= MAX_SLOTS) break;
    wanted = [...spoilt, ...more.filter((key) => !found.has(key))];
  }
  return { items: new Items(found, slots), unreadable };
}

/** True for an item that a store of ours may have written. */
function isVersioned({ version, isForeign }: LedgerItem): boolean {
  return !isForeign && Number.isSafeInteger(version) && version >= 1;
}
