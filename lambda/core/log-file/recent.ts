/** A map that forgets: once it is full, what was not used for long gives way. */
export class Recent<V, K = string> {
  readonly #limit: number;
  #now = new Map<K, V>();
  #before = new Map<K, V>();

  /** It holds `limit` entries, and at times twice as many. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: K): V | undefined {
    const value = this.#now.get(key);
    if (value !== undefined) return value;
    const old = this.#before.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    if (this.#now.size >= this.#limit) {
      this.#before = this.#now;
      this.#now = new Map();
    }
    this.#now.set(key, value);
  }

  clear(): void {
    this.#now.clear();
    this.#before.clear();
  }
}
