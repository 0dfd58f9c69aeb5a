import type { Items } from "../store/items.ts";
import { MUTES, type Mute, mutesIn, mutesOf } from "./mute.ts";

/** For how long an instance goes by what it has read, in milliseconds: a mute begins and ends so much later. */
const FRESH = 20_000;

/**
 * The mutes as one function instance knows them. They are read beside other items, so nobody waits for them; an item that
 * cannot be read mutes nothing.
 */
export class Mutes {
  #known: readonly Mute[] = [];
  #readAt = Number.NEGATIVE_INFINITY;

  /** What must be read beside other items for `saw`; nothing if what is known is fresh. */
  keys(now: number): readonly string[] {
    return this.#isFresh(now) ? [] : [MUTES];
  }

  /** Notes what was read, if `keys` was among it. */
  saw(items: Items, keys: readonly string[], now: number): void {
    if (!keys.includes(MUTES)) return;
    this.#known = mutesIn(items.get(MUTES, mutesOf), now);
    this.#readAt = now;
  }

  /** What is quiet at a time. */
  at(now: number): readonly Mute[] {
    return this.#isFresh(now) ? this.#known.filter(({ until }) => now < until) : [];
  }

  #isFresh(now: number): boolean {
    return now >= this.#readAt && now < this.#readAt + FRESH;
  }
}
