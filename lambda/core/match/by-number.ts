import { Recent } from "../log-file/recent.ts";

/** A power of two. */
const SLOTS = 8_192;

/**
 * A map from the numbers of texts that forgets as Recent does. Numbers are given out one after the other, so that those in use
 * seldom share a slot, and most look-ups end there.
 */
export class ByNumber<V> {
  readonly #recent: Recent<V, number>;
  /** Numbers begin with 1. */
  readonly #numbers = new Int32Array(SLOTS);
  readonly #values: (V | undefined)[] = new Array(SLOTS).fill(undefined);

  /** It holds `limit` entries, and at times some more than twice as many. */
  constructor(limit: number) {
    this.#recent = new Recent(limit);
  }

  get(number: number): V | undefined {
    const slot = number & (SLOTS - 1);
    if (this.#numbers[slot] === number) return this.#values[slot];
    const value = this.#recent.get(number);
    if (value !== undefined) this.#put(slot, number, value);
    return value;
  }

  set(number: number, value: V): void {
    this.#recent.set(number, value);
    this.#put(number & (SLOTS - 1), number, value);
  }

  #put(slot: number, number: number, value: V): void {
    this.#numbers[slot] = number;
    this.#values[slot] = value;
  }
}
