import type { Known } from "./known.ts";
import { FRESH_DAYS } from "./question.ts";
import { ownerKey } from "./remembered.ts";

const DAY = 86_400_000;

/** Owners that an instance keeps in mind. */
const MAX_OWNERS = 5_000;

/** The actors and accounts that a function instance has in mind. */
export class Owners {
  readonly #now: () => number;
  /** By account and actor. */
  readonly #owners = new Map<string, Known>();
  #lapses = 0;
  /** Those of whom something may have to be written. */
  readonly open = new Set<Known>();

  /** `now` returns milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How often all were forgotten, with what was not written yet. */
  get lapses(): number {
    return this.#lapses;
  }

  /** An actor in an account, or the account. */
  of(account: string, actor?: string): Known {
    const name = `${account} ${actor ?? ""}`;
    let known = this.#owners.get(name);
    if (known === undefined) {
      known = {
        key: ownerKey(account, actor),
        kind: actor === undefined ? "account" : "actor",
        isRead: false,
        values: new Map(),
        pending: new Map(),
      };
      this.#owners.set(name, known);
    }
    if (this.#isStale(known)) this.open.add(known);
    return known;
  }

  /** True where something is to be written. */
  isDue(known: Known): boolean {
    return !known.isRead || known.pending.size > 0 || this.#isStale(known);
  }

  /** Drops owners of whom everything is written, if there are too many. */
  forget(): void {
    if (this.#owners.size <= MAX_OWNERS) return;
    for (const [name, known] of this.#owners) if (!this.open.has(known)) this.#owners.delete(name);
    if (this.#owners.size <= MAX_OWNERS) return;
    this.#owners.clear();
    this.open.clear();
    this.#lapses++;
  }

  /** True for an owner who is not written down, or who would be forgotten although he is active. */
  #isStale({ at }: Known): boolean {
    return at === undefined || at < this.#now() - FRESH_DAYS * DAY;
  }
}
