import { valueAt } from "../record/record.ts";
import type { Clock } from "./clock.ts";
import { type Guard, type Items, readItems } from "./items.ts";
import type { Change, LedgerStore } from "./store.ts";

/** Items of one sort: what their bodies must be, and what else must be known of them. */
export interface Family {
  readonly guard: Guard;
  /** Further items that are read together with one. */
  further?(key: string, body: unknown): readonly string[];
  /** What somebody wrote into it as the present, in milliseconds since the epoch. */
  presentIn?(body: unknown): number | undefined;
}

/** All families, by how the keys of their items begin. */
export type Families = { readonly [family: string]: Family };

const UNKNOWN: Family = { guard: () => undefined };

/** How often a failed operation is retried, and how many failures mean that the ledger is down. */
const TRIES = 5;
const MAX_FAILURES = 12;

/** A ledger operation that failed for good. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";

  /** True if the store refuses the request and would refuse it again: this is no outage. */
  get isRefused(): boolean {
    return isRefused(this.cause);
  }
}

/** One invocation's access to the ledger: guarded, retried, and given up if the ledger does not answer. */
export class Access {
  readonly #store: LedgerStore;
  readonly #families: Families;
  readonly #clock: Clock;
  readonly #sleep: (time: number) => Promise<void>;
  readonly #notes: string[];
  #failures = 0;
  #outages = 0;
  #isDown = false;
  #isBlind = false;
  readonly #unreadable = new Set<string>();

  constructor(
    store: LedgerStore,
    families: Families,
    clock: Clock,
    sleep: (time: number) => Promise<void>,
    notes: string[],
  ) {
    this.#store = store;
    this.#families = families;
    this.#clock = clock;
    this.#sleep = sleep;
    this.#notes = notes;
  }

  /** The time by which the ledger judges what is due. */
  now(): number {
    return this.#clock.now();
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  get failures(): number {
    return this.#failures;
  }

  get unreadable(): number {
    return this.#unreadable.size;
  }

  /** True for an item that was read but is nothing that this version knows. */
  isUnreadable(key: string): boolean {
    return this.#unreadable.has(key);
  }

  /** Of these keys, those that can be read and at which the item of `key` does not stand. */
  besides(key: string, keys: readonly string[], items: Items): readonly string[] {
    return keys.filter((one) => one !== items.placeOf(key) && !this.isUnreadable(one));
  }

  /** Items with all parts of their chains, plus what `behind` finds in them to read. */
  async read(
    keys: readonly string[],
    behind: (key: string, items: Items) => readonly string[] = () => [],
  ): Promise<Items> {
    const now = this.#clock.now();
    const further = (key: string, items: Items) => {
      const { guard, further: own } = this.#familyOf(key);
      return own?.(key, items.get(key, guard)) ?? behind(key, items);
    };
    const items = await this.#try(() => this.#read(keys, now, further));
    for (const key of keys) {
      const { guard, presentIn } = this.#familyOf(key);
      const body = presentIn && items.get(key, guard);
      if (body !== undefined) this.#clock.saw(presentIn?.(body));
    }
    return items;
  }

  /**
   * Items that are not essential: if reading them fails, the result is undefined, and this invocation never asks again.
   * Such a failure does not count as the ledger being down.
   */
  async glance(keys: readonly string[]): Promise<Items | undefined> {
    if (this.#isDown || this.#isBlind) return undefined;
    try {
      return await this.#read(keys, this.#clock.now(), () => []);
    } catch (cause) {
      this.#isBlind = true;
      this.#notes.push(faultNote(cause));
      return undefined;
    }
  }

  /** "unknown" if an earlier try failed that may have been done after all. */
  async commit(changes: readonly Change[]): Promise<"done" | "conflict" | "unknown"> {
    const before = this.#failures;
    const isDone = await this.#try(() => this.#store.commit(changes));
    if (isDone) return "done";
    return this.#failures === before ? "conflict" : "unknown";
  }

  /** Decides anew until nobody else was quicker; undefined after so many tries. `stands` looks, after an answer was lost, if it was done. */
  async agree<D extends { readonly changes: readonly Change[] }>(
    tries: number,
    decide: () => Promise<D>,
    stands?: (decided: D) => Promise<boolean>,
  ): Promise<D | undefined> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      const decided = await decide();
      if (decided.changes.length === 0) return decided;
      const outcome = await this.commit(decided.changes);
      if (outcome === "done" || (outcome === "unknown" && (await stands?.(decided)))) return decided;
      await this.wait(Math.random() * 30 * attempt);
    }
    return undefined;
  }

  due(until: number, limit: number): Promise<readonly string[]> {
    return this.#try(() => this.#store.due(until, limit));
  }

  /** Skips something that is due and cannot be read. */
  async park(key: string): Promise<void> {
    this.#note(key);
    await this.#try(() => this.#store.park(key));
  }

  wait(time: number): Promise<void> {
    return this.#sleep(time);
  }

  async #read(keys: readonly string[], now: number, further: (key: string, items: Items) => readonly string[]) {
    const guardFor = (key: string) => this.#familyOf(key).guard;
    const { items, unreadable } = await readItems(this.#store, keys, now, guardFor, further);
    for (const key of unreadable) this.#note(key);
    return items;
  }

  #familyOf(key: string): Family {
    const [name = ""] = key.split("#", 1);
    return (Object.hasOwn(this.#families, name) && this.#families[name]) || UNKNOWN;
  }

  #note(key: string): void {
    if (this.#unreadable.has(key)) return;
    this.#unreadable.add(key);
    this.#notes.push(`ledger-item-unreadable: ${key.slice(0, 200)} is left as it is`);
  }

  async #try<T>(operation: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isDown) throw new LedgerError("the ledger is down");
      try {
        return await operation();
      } catch (cause) {
        this.#failures++;
        if (!isRefused(cause)) this.#outages++;
        this.#notes.push(faultNote(cause));
        // Lambda's time is short: a ledger that once does not answer is down for the rest of this invocation.
        if (isTimeout(cause) || this.#outages >= MAX_FAILURES) this.#isDown = true;
        if (this.#isDown || attempt >= TRIES || isRefused(cause)) throw new LedgerError(faultText(cause), { cause });
        await this.#sleep(Math.random() * 40 * 2 ** attempt);
      }
    }
  }
}

/** What went wrong, for the function's log. */
export function faultNote(cause: unknown): string {
  return `ledger: ${faultText(cause)}`;
}

export function faultText(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

function isRefused(cause: unknown): boolean {
  return valueAt(cause, "isRefused") === true;
}

function isTimeout(cause: unknown): boolean {
  return valueAt(cause, "isTimeout") === true;
}
