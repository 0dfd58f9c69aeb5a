/**
 * A map that forgets: once it is full, what was not used for long gives way. Texts are copied, for a piece of a text would
 * keep the whole of it in memory.
 */
export class Recent<V> {
  readonly #limit: number;
  #now = new Map<string, V>();
  #before = new Map<string, V>();

  /** It holds `limit` entries, and at times twice as many. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    const value = this.#now.get(key);
    if (value !== undefined) return value;
    const old = this.#before.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#now.size >= this.#limit) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(Buffer.from(key, "latin1").toString("latin1"), value);
  }

  clear(): void {
    this.#now.clear();
    this.#before.clear();
  }
}
