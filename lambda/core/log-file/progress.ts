import { isListOf, isText } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { LedgerStore } from "../store/store.ts";

/** Which objects of an event, by their version names, an earlier try has read, so that a retry begins with the others. Never rejects. */
export interface Progress {
  done(announced: readonly string[]): Promise<ReadonlySet<string>>;
  note(announced: readonly string[], done: readonly string[]): Promise<void>;
}

/** Every try reads all objects of an event that has fewer than this. */
const FEW = 9;
const REMEMBERED = 86_400_000;

/** The progress of events, on the ledger's store. */
export function createProgress(store: LedgerStore, now: () => number): Progress {
  const keyOf = (announced: readonly string[]) => `progress#${hashOf([...announced].sort())}`;
  async function read(announced: readonly string[]) {
    const item = (await store.read([keyOf(announced)], now())).get(keyOf(announced));
    const isSound = item?.isForeign !== true && isListOf(isText)(item?.body);
    return { version: item?.version ?? 0, known: new Set(isSound ? (item?.body as readonly string[]) : []) };
  }
  return {
    async done(announced) {
      if (announced.length < FEW) return new Set();
      try {
        const { known } = await read(announced);
        return new Set(announced.filter((version) => known.has(hashOf(version))));
      } catch {
        return new Set();
      }
    },
    async note(announced, done) {
      if (announced.length < FEW) return;
      try {
        const { version, known } = await read(announced);
        const body = [...new Set([...known, ...done.map(hashOf)])];
        const key = keyOf(announced);
        await store.commit([{ key, expected: version, next: { body, expiresAt: now() + REMEMBERED } }]);
      } catch {
        // Then the retry starts from the beginning.
      }
    },
  };
}
