import { createMemoryStore, type MemoryStore } from "../../lambda/core/store/memory.ts";

/** A ledger's store whose twin holds the same, until they part. */
export interface TwinStore extends MemoryStore {
  readonly twin: MemoryStore;
  /** From now on, what is done to one is not done to the other. */
  part(): void;
}

export function createTwinStore(): TwinStore {
  const [one, twin] = [createMemoryStore(), createMemoryStore()];
  let isOne = true;
  return {
    ...one,
    async commit(changes) {
      const isDone = await one.commit(changes);
      if (isDone && isOne) await twin.commit(changes);
      return isDone;
    },
    async park(key) {
      await one.park(key);
      if (isOne) await twin.park(key);
    },
    twin,
    part() {
      isOne = false;
    },
  };
}
