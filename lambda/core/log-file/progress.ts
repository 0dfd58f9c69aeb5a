import { isListOf, isText } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { LedgerStore } from "../store/store.ts";

/** Which objects of an event an earlier try has read, so that a retry begins with the others. Never rejects. */
export interface Progress {
  done(places: readonly string[]): Promise<ReadonlySet<string>>;
  note(places: readonly string[], done: readonly string[]): Promise<void>;
}

/** Every try reads all objects of an event that has fewer than this. */
const FEW = 9;
const REMEMBERED = 86_400_000;

/** The progress of events, on the ledger's store. */
export function createProgress(store: LedgerStore, now: () => number): Progress {
  const keyOf = (places: readonly string[]) => `progress#${hashOf([...places].sort())}`;
  async function read(places: readonly string[]) {
    const item = (await store.read([keyOf(places)], now())).get(keyOf(places));
    const isSound = item?.isForeign !== true && isListOf(isText)(item?.body);
    return { version: item?.version ?? 0, known: new Set(isSound ? (item?.body as readonly string[]) : []) };
  }
  return {
    async done(places) {
      if (places.length < FEW) return new Set();
      try {
        const { known } = await read(places);
        return new Set(places.filter((place) => known.has(hashOf(place))));
      } catch {
        return new Set();
      }
    },
    async note(places, done) {
      if (places.length < FEW) return;
      try {
        const { version, known } = await read(places);
        const body = [...new Set([...known, ...done.map(hashOf)])];
        const key = keyOf(places);
        await store.commit([{ key, expected: version, next: { body, expiresAt: now() + REMEMBERED } }]);
      } catch {
        // Then the retry starts from the beginning.
      }
    },
  };
}
