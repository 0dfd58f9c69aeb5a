import { randomInt } from "node:crypto";

/** How many numbers make a key, and what a row of keys takes: behind the numbers stands its mark. */
const WIDTH = 7;
const ROW = 8;

/**
 * A map from seven numbers that forgets: once it is full, what was not used for long gives way. It is asked about every record
 * of every log file; a Map whose keys are texts took about three times as long.
 */
export class ByNumbers<V> {
  /** The key that the next `get` or `set` is about: 32 bits each. */
  readonly key = new Int32Array(WIDTH);
  readonly #limit: number;
  readonly #seed = randomInt(2 ** 31);
  #now: Part<V>;
  #before: Part<V>;

  /** It holds `limit` entries, and at times twice as many. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#now = new Part(limit);
    this.#before = new Part(limit);
  }

  get(): V | undefined {
    const hash = this.#hash();
    const value = this.#now.get(this.key, hash);
    if (value !== undefined) return value;
    const old = this.#before.get(this.key, hash);
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
    this.#before.clear();
  }

  #set(hash: number, value: V): void {
    if (this.#now.size >= this.#limit) {
      [this.#now, this.#before] = [this.#before, this.#now];
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

/** Half of the map: entries one behind the other, and slots that lead to them. */
class Part<V> {
  readonly #mask: number;
  /** One more than the entry's place, or 0. */
  readonly #slots: Int32Array;
  readonly #keys: Int32Array;
  #values: V[] = [];

  constructor(limit: number) {
    // At least half of the slots are free.
    this.#mask = 2 ** Math.ceil(Math.log2(2 * limit)) - 1;
    this.#slots = new Int32Array(this.#mask + 1);
    this.#keys = new Int32Array(limit * ROW);
  }

  get size(): number {
    return this.#values.length;
  }

  get(key: Int32Array, hash: number): V | undefined {
    const entry = this.#slots[this.#slotOf(key, hash)] as number;
    return entry === 0 ? undefined : this.#values[entry - 1];
  }

  set(key: Int32Array, hash: number, value: V): void {
    const slot = this.#slotOf(key, hash);
    const entry = this.#slots[slot] as number;
    if (entry > 0) {
      this.#values[entry - 1] = value;
      this.#keys[(entry - 1) * ROW + WIDTH] = 0;
      return;
    }
    const row = this.#values.length * ROW;
    this.#keys.set(key, row);
    this.#keys[row + WIDTH] = 0;
    this.#slots[slot] = this.#values.push(value);
  }

  mark(key: Int32Array, hash: number): number {
    const entry = this.#slots[this.#slotOf(key, hash)] as number;
    return entry === 0 ? 0 : (this.#keys[(entry - 1) * ROW + WIDTH] as number);
  }

  setMark(key: Int32Array, hash: number, mark: number): void {
    const entry = this.#slots[this.#slotOf(key, hash)] as number;
    if (entry > 0) this.#keys[(entry - 1) * ROW + WIDTH] = mark;
  }

  /** The slot of a key, or the free one where it would be. */
  #slotOf(key: Int32Array, hash: number): number {
    let slot = hash & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (entry === 0 || this.#isAt(key, (entry - 1) * ROW)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  clear(): void {
    this.#slots.fill(0);
    this.#values = [];
  }

  #isAt(key: Int32Array, at: number): boolean {
    for (let i = 0; i < WIDTH; i++) if (this.#keys[at + i] !== key[i]) return false;
    return true;
  }
}
