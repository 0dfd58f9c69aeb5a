import type { Access } from "../store/access.ts";
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

  /** Reads items, and beside them what is muted unless that is known. */
  async readBeside(
    access: Access,
    keys: readonly string[],
    now: number,
    behind?: (key: string, items: Items) => readonly string[],
  ): Promise<Items> {
    if (this.#isFresh(now)) return access.read(keys, behind);
    const items = await access.read([...keys, MUTES], behind);
    this.#known = mutesIn(items.get(MUTES, mutesOf), now);
    this.#readAt = now;
    return items;
  }

  /** What of that is quiet at a time. However old it is: what was read beside it may have moved the clock. */
  at(now: number): readonly Mute[] {
    return this.#known.filter(({ until }) => now < until);
  }

  #isFresh(now: number): boolean {
    return now >= this.#readAt && now < this.#readAt + FRESH;
  }
}
