import { randomInt } from "node:crypto";

/** How many numbers make a key, and what a slot takes: behind the key stands its mark. */
const WIDTH = 7;
const ROW = 8;

/** How many slots there are at first: few instances need more, and to make them all takes about a millisecond. */
const FIRST_SLOTS = 2_048;

/**
 * A map from seven numbers, of which the first is not 0, that forgets: once it is full, what was not used for long gives way. It
 * is asked about every record of every log file; a Map whose keys are texts took about three times as long.
 */
export class ByNumbers<V> {
  /** The key that the next `get` or `set` is about: 32 bits each. */
  readonly key = new Int32Array(WIDTH);
  /** Keys that will be asked about, each with its hash behind it; the first number of none is 0. */
  #held = new Int32Array(64 * ROW);
  readonly #limit: number;
  /** At least half of them are free. */
  readonly #slots: number;
  readonly #seed = randomInt(2 ** 31);
  #now: Part<V>;
  /** Nothing until a part was full: most instances meet fewer than that. */
  #before: Part<V> | undefined;

  /** It holds `limit` entries, and at times twice as many. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#slots = 2 ** Math.ceil(Math.log2(2 * limit));
    this.#now = new Part(Math.min(FIRST_SLOTS, this.#slots));
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

  /** Holds the key for `heldMark` under a number; numbers begin with 0. */
  hold(number: number): void {
    const at = number * ROW;
    if (at >= this.#held.length) this.#held = longer(this.#held, at);
    copyKey(this.key, 0, this.#held, at);
    this.#held[at + WIDTH] = this.#hash();
  }

  /** Holds no key under a number. */
  holdNone(number: number): void {
    const at = number * ROW;
    if (at >= this.#held.length) this.#held = longer(this.#held, at);
    this.#held[at] = 0;
  }

  /** Looks where the first keys stand that are held: the memory answers for all at once, and is waited for only once. */
  bringNear(count: number): void {
    this.#now.bringNear(this.#held, count);
  }

  /** Makes a key that is held the present one, and tells its mark; undefined if none is held under this number. */
  heldMark(number: number): number | undefined {
    const at = number * ROW;
    const held = this.#held;
    if (held[at] === 0) return undefined;
    copyKey(held, at, this.key, 0);
    return this.#now.mark(this.key, held[at + WIDTH] as number);
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
      [this.#now, this.#before] = [this.#before ?? new Part(this.#slots), this.#now];
      this.#now.clear();
    } else if (this.#now.isFull) {
      this.#grow();
    }
    this.#now.set(this.key, hash, value);
  }

  #grow(): void {
    const own = this.key.slice();
    const small = this.#now;
    this.#now = new Part(2 * small.slots);
    small.forEach((value, rows, at) => {
      copyKey(rows, at, this.key, 0);
      const hash = this.#hash();
      this.#now.set(this.key, hash, value);
      this.#now.setMark(this.key, hash, rows[at + WIDTH] as number);
    });
    this.key.set(own);
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
  readonly slots: number;
  readonly #mask: number;
  /** For each slot the key, and its mark; a slot whose first number is 0 is free. */
  readonly #rows: Int32Array;
  readonly #values: (V | undefined)[];
  size = 0;
  /** Means nothing: but what nothing is made of is not looked at. */
  near = 0;

  /** `slots` is a power of two. */
  constructor(slots: number) {
    this.slots = slots;
    this.#mask = slots - 1;
    this.#rows = new Int32Array(slots * ROW);
    this.#values = Array<V | undefined>(slots).fill(undefined);
  }

  get isFull(): boolean {
    return 2 * this.size >= this.slots;
  }

  /** Shows each value, and where in the rows its key begins. */
  forEach(show: (value: V, rows: Int32Array, at: number) => void): void {
    this.#values.forEach((value, slot) => {
      if (value !== undefined) show(value, this.#rows, slot * ROW);
    });
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

  bringNear(held: Int32Array, count: number): void {
    const rows = this.#rows;
    const mask = this.#mask;
    let near = 0;
    for (let at = WIDTH; at < count * ROW; at += ROW) near ^= rows[((held[at] as number) & mask) * ROW] as number;
    this.near = near;
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

/** A loop takes longer. */
function copyKey(from: Int32Array, at: number, to: Int32Array, place: number): void {
  to[place] = from[at] as number;
  to[place + 1] = from[at + 1] as number;
  to[place + 2] = from[at + 2] as number;
  to[place + 3] = from[at + 3] as number;
  to[place + 4] = from[at + 4] as number;
  to[place + 5] = from[at + 5] as number;
  to[place + 6] = from[at + 6] as number;
}

/** The same numbers, with room for a key at this place. */
function longer(numbers: Int32Array<ArrayBuffer>, at: number): Int32Array<ArrayBuffer> {
  const made = new Int32Array(2 * (at + ROW));
  made.set(numbers);
  return made;
}
