import { FAMILIES } from "../../../lambda/core/ledger/families.ts";
import { SWALLOWED, swallowedOf } from "../../../lambda/core/mute/swallowed.ts";
import { Tallies } from "../../../lambda/core/mute/tallies.ts";
import { Access } from "../../../lambda/core/store/access.ts";
import { Clock } from "../../../lambda/core/store/clock.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import type { LedgerStore } from "../../../lambda/core/store/store.ts";
import { NOW } from "../../support/desk-pipeline.ts";

/** One match that a mute swallowed. */
const ONE = { mute: "0a1b2c3d", rule: "key-made", reason: "rotation", matches: 1, networks: [] };

/** An invocation's access to a ledger; whoever was not the first tries again at once. */
const accessTo = (store: LedgerStore) => new Access(store, FAMILIES, new Clock(() => NOW), async () => undefined, []);

async function writtenIn(store: LedgerStore): Promise<number> {
  const items = await store.read([SWALLOWED], NOW);
  const entries = Object.values(swallowedOf(items.get(SWALLOWED)?.body)?.entries ?? {});
  return entries.reduce((sum, { week, before }) => sum + week + before, 0);
}

test("what is muted while an instance writes is written by who comes next, not minutes later", async () => {
  const memory = createMemoryStore();
  const tallies = new Tallies(undefined);
  const store: LedgerStore = {
    ...memory,
    async commit(changes) {
      const isDone = await memory.commit(changes);
      if ((await writtenIn(memory)) === 1) tallies.muted([ONE]);
      return isDone;
    },
  };
  tallies.muted([ONE]);
  await tallies.flush(accessTo(store), NOW);
  expect(await writtenIn(memory)).toBe(1);
  await tallies.flush(accessTo(store), NOW);
  expect(await writtenIn(memory)).toBe(2);
});

test("of ten instances that write at once each has its count in the ledger", async () => {
  const store = createMemoryStore();
  await Promise.all(
    Array.from({ length: 10 }, () => {
      const tallies = new Tallies(undefined);
      tallies.muted([ONE]);
      return tallies.flush(accessTo(store), NOW);
    }),
  );
  expect(await writtenIn(store)).toBe(10);
});
