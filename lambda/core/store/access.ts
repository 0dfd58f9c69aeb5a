import { valueAt } from "../record/record.ts";
import type { Clock } from "./clock.ts";
import { type Guard, type Items, readItems } from "./items.ts";
import type { Change, LedgerStore } from "./store.ts";

/** Items of one sort: what their bodies must be, and what else is to be known of them. */
export interface Family {
  readonly guard: Guard;
  /** Further items that are read with one. */
  further?(key: string, body: unknown): readonly string[];
  /** What somebody wrote into it as his present, in milliseconds since the epoch. */
  presentIn?(body: unknown): number | undefined;
}

/** All families, by what the keys of their items begin with. */
export type Families = { readonly [family: string]: Family };

const UNKNOWN: Family = { guard: () => undefined };

/** How often an operation that fails is tried again, and how many failures mean that the ledger is down. */
const TRIES = 5;
const MAX_FAILURES = 12;

/** An operation of the ledger that failed for good. */
export class LedgerError extends Error {
  override readonly name = "LedgerError";

  /** True where the store refuses what it is asked, and would refuse it again: it is no outage. */
  get isRefused(): boolean {
    return isRefused(this.cause);
  }
}

/** One invocation's way to the ledger: guarded, tried again, and given up where it does not answer. */
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

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Operations that failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Items that could not be read. */
  get unreadable(): number {
    return this.#unreadable.size;
  }

  /** True for an item that was read, and is nothing that this version knows. */
  isUnreadable(key: string): boolean {
    return this.#unreadable.has(key);
  }

  /** Items with all parts of their chains, and what `behind` finds in them to be read as well. */
  async read(
    keys: readonly string[],
    behind: (key: string, items: Items) => readonly string[] = () => [],
  ): Promise<Items> {
    const now = this.#clock.now();
    const further = (key: string, items: Items) => {
      const { guard, further: own } = this.#familyOf(key);
      return own?.(key, items.get(key, guard)) ?? behind(key, items);
    };
    const { items, unreadable } = await this.#try(() =>
      readItems(this.#store, keys, now, (key) => this.#familyOf(key).guard, further),
    );
    for (const key of unreadable) this.#note(key);
    for (const key of keys) {
      const { guard, presentIn } = this.#familyOf(key);
      const body = presentIn && items.get(key, guard);
      if (body !== undefined) this.#clock.saw(presentIn?.(body));
    }
    return items;
  }

  /**
   * Items without which all goes on: asked for once, and never again in this invocation where that fails; undefined then.
   * Whether the ledger is down is not judged by it.
   */
  async glance(keys: readonly string[]): Promise<Items | undefined> {
    if (this.#isDown || this.#isBlind) return undefined;
    try {
      const guardFor = (key: string) => this.#familyOf(key).guard;
      const { items, unreadable } = await readItems(this.#store, keys, this.#clock.now(), guardFor, () => []);
      for (const key of unreadable) this.#note(key);
      return items;
    } catch (cause) {
      this.#isBlind = true;
      this.#notes.push(`ledger: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`);
      return undefined;
    }
  }

  /** "unknown" where it failed before, and may have been done then. */
  async commit(changes: readonly Change[]): Promise<"done" | "conflict" | "unknown"> {
    const before = this.#failures;
    const isDone = await this.#try(() => this.#store.commit(changes));
    if (isDone) return "done";
    return this.#failures === before ? "conflict" : "unknown";
  }

  due(until: number, limit: number): Promise<readonly string[]> {
    return this.#try(() => this.#store.due(until, limit));
  }

  /** Steps past something that is due and cannot be read. */
  async park(key: string): Promise<void> {
    this.#note(key);
    await this.#try(() => this.#store.park(key));
  }

  wait(time: number): Promise<void> {
    return this.#sleep(time);
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
        const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
        this.#notes.push(`ledger: ${message}`);
        // Lambda's time is short: what does not answer once is down for the rest of this invocation.
        if (isTimeout(cause) || this.#outages >= MAX_FAILURES) this.#isDown = true;
        if (this.#isDown || attempt >= TRIES || isRefused(cause)) throw new LedgerError(message, { cause });
        await this.#sleep(Math.random() * 40 * 2 ** attempt);
      }
    }
  }
}

function isRefused(cause: unknown): boolean {
  return valueAt(cause, "isRefused") === true;
}

function isTimeout(cause: unknown): boolean {
  return valueAt(cause, "isTimeout") === true;
}
