/**
 * Random numbers that a name decides: the same name gives the same numbers, and a fork does not depend on how many were
 * drawn before it. So one more call in one place changes nothing elsewhere.
 */
export class Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    this.#name = name;
    [this.#a, this.#b, this.#c, this.#d] = hashOf(name);
    for (let i = 0; i < 8; i++) this.word();
  }

  fork(name: string | number): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** 32 random bits: the sfc32 generator. */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** From 0 up to 1, without 1. */
  next(): number {
    return this.word() / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A number between two, both included if they are whole. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.next() * list.length)] as T;
  }

  /** Some of a list, in its order; at least one. */
  some<T>(list: readonly T[], share: number): readonly T[] {
    const some = list.filter(() => this.chance(share));
    return some.length > 0 ? some : [this.pick(list)];
  }

  /** How often something happens that happens so often on average (Poisson). */
  times(average: number): number {
    const least = Math.exp(-average);
    let count = 0;
    for (let product = this.next(); product > least; product *= this.next()) count++;
    return count;
  }

  hex(digits: number): string {
    let text = "";
    while (text.length < digits) text += this.word().toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }

  /** Letters and digits as in AWS's ids of keys and principals. */
  id(prefix: string, length = 16): string {
    let text = prefix;
    for (let i = 0; i < length; i++) text += BASE32[this.word() & 31];
    return text;
  }

  uuid(): string {
    const hex = this.hex(32);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Four words that a text decides (FNV-1a, four times with other beginnings). */
function hashOf(text: string): [number, number, number, number] {
  const one = (start: number) => {
    let hash = start;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
    return Math.imul(hash ^ (hash >>> 15), 2_246_822_507) | 0;
  };
  return [one(0x811c9dc5), one(0x01234567), one(0x89abcdef), one(0x5bd1e995)];
}
