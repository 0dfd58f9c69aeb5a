import { randomInt } from "node:crypto";

/** How many numbers make a key, and what a slot takes: behind the key stands its mark. */
const WIDTH = 7;
const ROW = 8;

/**
 * A map from seven numbers, of which the first is not 0, that forgets: once it is full, what was not used for long gives way. It
 * is asked about every record of every log file; a Map whose keys are texts took about three times as long.
 */
export class ByNumbers<V> {
  /** The key that the next `get` or `set` is about: 32 bits each. */
  readonly key = new Int32Array(WIDTH);
  readonly #limit: number;
  readonly #seed = randomInt(2 ** 31);
  #now: Part<V>;
  /** Nothing until a part was full: most instances meet fewer than that. */
  #before: Part<V> | undefined;

  /** It holds `limit` entries, and at times twice as many. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#now = new Part(limit);
  }

  get(): V | undefined {
    const hash = this.#hash();
    const value = this.#now.get(this.key, hash);
    if (value !== undefined) return value;
    const old = this.#before?.get(this.key, hash);
    if (old !== undefined) this.#set(hash, old);
    return old;
  }

  /** How the entry was marked since it was set, or 0; a mark may get lost. To look at it costs less than to look at the value. */
  mark(): number {
    return this.#now.mark(this.key, this.#hash());
  }

  setMark(mark: number): void {
    this.#now.setMark(this.key, this.#hash(), mark);
  }

  set(value: V): void {
    this.#set(this.#hash(), value);
  }

  clear(): void {
    this.#now.clear();
    this.#before?.clear();
  }

  #set(hash: number, value: V): void {
    if (this.#now.size >= this.#limit) {
      [this.#now, this.#before] = [this.#before ?? new Part(this.#limit), this.#now];
      this.#now.clear();
    }
    this.#now.set(this.key, hash, value);
  }

  /** Nobody outside knows the seed, so that nobody can make keys that all have the same. */
  #hash(): number {
    let hash = this.#seed;
    for (let i = 0; i < WIDTH; i++) {
      hash = Math.imul(hash ^ (this.key[i] as number), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}

/**
 * Half of the map. Keys stand in the slots themselves, for each place in memory that is looked at costs more than all else here.
 */
class Part<V> {
  readonly #mask: number;
  /** For each slot the key, and its mark; a slot whose first number is 0 is free. */
  readonly #rows: Int32Array;
  readonly #values: (V | undefined)[];
  size = 0;

  constructor(limit: number) {
    // At least half of the slots are free.
    const slots = 2 ** Math.ceil(Math.log2(2 * limit));
    this.#mask = slots - 1;
    this.#rows = new Int32Array(slots * ROW);
    this.#values = Array<V | undefined>(slots).fill(undefined);
  }

  get(key: Int32Array, hash: number): V | undefined {
    return this.#values[this.#slotOf(key, hash)];
  }

  set(key: Int32Array, hash: number, value: V): void {
    const slot = this.#slotOf(key, hash);
    if (this.#values[slot] === undefined) this.size++;
    this.#values[slot] = value;
    this.#rows.set(key, slot * ROW);
    this.#rows[slot * ROW + WIDTH] = 0;
  }

  /** 0 in a free slot. */
  mark(key: Int32Array, hash: number): number {
    return this.#rows[this.#slotOf(key, hash) * ROW + WIDTH] as number;
  }

  setMark(key: Int32Array, hash: number, mark: number): void {
    const slot = this.#slotOf(key, hash);
    if (this.#values[slot] !== undefined) this.#rows[slot * ROW + WIDTH] = mark;
  }

  /** The slot of a key, or the free one where it would be. */
  #slotOf(key: Int32Array, hash: number): number {
    let slot = hash & this.#mask;
    while (this.#rows[slot * ROW] !== 0 && !this.#isAt(key, slot * ROW)) slot = (slot + 1) & this.#mask;
    return slot;
  }

  clear(): void {
    this.#rows.fill(0);
    this.#values.fill(undefined);
    this.size = 0;
  }

  #isAt(key: Int32Array, at: number): boolean {
    for (let i = 0; i < WIDTH; i++) if (this.#rows[at + i] !== key[i]) return false;
    return true;
  }
}
