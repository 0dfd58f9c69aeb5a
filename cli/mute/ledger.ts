import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { FAMILIES } from "../../lambda/core/ledger/families.ts";
import {
  MAX_MUTES,
  MUTES,
  type Mute,
  type Muted,
  type MuteItem,
  muteItemDue,
  mutesIn,
  mutesOf,
} from "../../lambda/core/mute/mute.ts";
import { entriesOfMute, SWALLOWED, swallowedOf } from "../../lambda/core/mute/swallowed.ts";
import { Access } from "../../lambda/core/store/access.ts";
import { Clock } from "../../lambda/core/store/clock.ts";
import type { LedgerStore } from "../../lambda/core/store/store.ts";

/** A mute, and how many matches it swallowed so far. */
export interface ListedMute extends Mute {
  readonly matches: number;
}

/** What is muted, and how many entries this version cannot read. */
export interface MuteList {
  readonly mutes: readonly ListedMute[];
  readonly unreadable: number;
}

/** A mute that cannot be made or ended; the message says why. */
export class MuteError extends Error {
  override readonly name = "MuteError";
}

const TRIES = 10;

/** The mutes in a ledger. Operations reject with LedgerError if it cannot be read or written. */
export function openMuteBook(store: LedgerStore, now: () => number) {
  const notes: string[] = [];
  const access = new Access(store, FAMILIES, new Clock(now), (time) => sleep(time), notes);

  async function changed(change: (item: MuteItem) => MuteItem): Promise<void> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const items = await access.read([MUTES]);
      const next = change(items.get(MUTES, mutesOf) ?? { mutes: [] });
      const dueAt = muteItemDue(mutesIn(next, now()));
      const outcome = await access.commit([
        items.change(MUTES, { body: next, ...(dueAt !== undefined && { dueAt, urgency: "info" }) }),
      ]);
      if (outcome === "done") return;
      await access.wait(Math.random() * 50 * attempt);
    }
    throw new MuteError("others change the mutes at the same time: try again");
  }

  return {
    notes: notes as readonly string[],

    async list(): Promise<MuteList> {
      const items = await access.read([MUTES, SWALLOWED]);
      const item = items.get(MUTES, mutesOf);
      const mutes = mutesIn(item, now());
      const swallowed = items.get(SWALLOWED, swallowedOf);
      const countOf = (id: string) =>
        entriesOfMute(swallowed, id).reduce((sum, { week, before }) => sum + week + before, 0);
      return {
        mutes: mutes.filter(({ until }) => until > now()).map((mute) => ({ ...mute, matches: countOf(mute.id) })),
        unreadable: (item?.mutes.length ?? 0) - mutes.length,
      };
    },

    async add(of: Muted, time: number, reason: string, by: string): Promise<Mute> {
      const at = now();
      const mute: Mute = { id: randomBytes(4).toString("hex"), of, at, until: at + time, reason, by };
      await changed((item) => {
        // A try whose answer was lost may have written it.
        if (item.mutes.some(({ id }) => id === mute.id)) return item;
        if (item.mutes.length >= MAX_MUTES) throw new MuteError(`${MAX_MUTES} mutes at once are the most: end one`);
        return { ...item, mutes: [...item.mutes, { ...mute }] };
      });
      return mute;
    },

    /** Ends a mute; what this version cannot read is taken out. */
    async end(id: string, by: string): Promise<Mute | undefined> {
      let ended: Mute | undefined;
      await changed((item) => {
        const time = now();
        const entry = item.mutes.find((one) => one.id === id);
        if (entry === undefined) throw new MuteError(`there is no mute ${id}: npm run mute -- --list`);
        ended = mutesIn({ mutes: [entry] }, time)[0];
        const others = item.mutes.filter((one) => one !== entry);
        if (ended === undefined) return { ...item, mutes: others };
        if (ended.until <= time) return item;
        return {
          ...item,
          mutes: item.mutes.map((one) => (one === entry ? { ...one, until: time, endedBy: by } : one)),
        };
      });
      return ended;
    },
  };
}
