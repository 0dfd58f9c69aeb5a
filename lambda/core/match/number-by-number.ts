import { Recent } from "../log-file/recent.ts";

/** A power of two. */
const SLOTS = 8_192;

/**
 * Numbers, not 0, by the numbers of texts, which it forgets as Recent does. The latter are given out one after the other, so that
 * those in use seldom share a slot, and most look-ups end there: it is asked about every record.
 */
export class NumberByNumber {
  readonly #recent: Recent<number, number>;
  /** In pairs, what is asked for first: the numbers of texts begin with 1. */
  readonly #slots = new Int32Array(2 * SLOTS);

  /** It holds `limit` entries, and at times some more than twice as many. */
  constructor(limit: number) {
    this.#recent = new Recent(limit);
  }

  /** 0 for what it does not know. */
  get(number: number): number {
    const slot = 2 * (number & (SLOTS - 1));
    if (this.#slots[slot] === number) return this.#slots[slot + 1] as number;
    const value = this.#recent.get(number) ?? 0;
    if (value !== 0) this.#put(slot, number, value);
    return value;
  }

  set(number: number, value: number): void {
    this.#recent.set(number, value);
    this.#put(2 * (number & (SLOTS - 1)), number, value);
  }

  #put(slot: number, number: number, value: number): void {
    this.#slots[slot] = number;
    this.#slots[slot + 1] = value;
  }
}
