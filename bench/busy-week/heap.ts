/** Values of which the least is wanted next; of equal ones, the one that came first. */
export class Heap<T> {
  readonly #items: { readonly rank: number; readonly order: number; readonly value: T }[] = [];
  #count = 0;

  /** The rank of the least value; undefined without any. */
  get least(): number | undefined {
    return this.#items[0]?.rank;
  }

  push(rank: number, value: T): void {
    this.#items.push({ rank, order: this.#count++, value });
    for (let i = this.#items.length - 1; i > 0; ) {
      const above = (i - 1) >> 1;
      if (!this.#isLess(i, above)) break;
      this.#swap(i, above);
      i = above;
    }
  }

  /** @throws RangeError without any value */
  pop(): T {
    const [first] = this.#items;
    const last = this.#items.pop();
    if (first === undefined || last === undefined) throw new RangeError("the heap is empty");
    if (this.#items.length === 0) return first.value;
    this.#items[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const below of [2 * i + 1, 2 * i + 2]) {
        if (below < this.#items.length && this.#isLess(below, least)) least = below;
      }
      if (least === i) return first.value;
      this.#swap(i, least);
      i = least;
    }
  }

  #isLess(a: number, b: number): boolean {
    const [one, other] = [this.#items[a], this.#items[b]];
    if (one === undefined || other === undefined) return false;
    return one.rank < other.rank || (one.rank === other.rank && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#items[a], this.#items[b]];
    if (one === undefined || other === undefined) return;
    this.#items[a] = other;
    this.#items[b] = one;
  }
}
