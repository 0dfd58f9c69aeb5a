import { createLedger } from "../../lambda/core/ledger/ledger.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { createMemoryStore } from "../../lambda/core/store/memory.ts";
import type { LedgerItem, LedgerStore, Next } from "../../lambda/core/store/store.ts";
import { NOW, SETTINGS } from "./desk-pipeline.ts";

/** What a ledger asked of its store, and what DynamoDB would charge for it, but for the writes of the due index. */
export interface Cost {
  calls: number;
  reads: number;
  commits: number;
  conflicts: number;
  writeUnits: number;
  readUnits: number;
}

/** A store that counts its cost, and takes a few milliseconds for everything, so that others come in between. */
export function countedStore(inner: LedgerStore) {
  const cost: Cost = { calls: 0, reads: 0, commits: 0, conflicts: 0, writeUnits: 0, readUnits: 0 };
  const slowly = async <T>(act: () => Promise<T>): Promise<T> => {
    cost.calls++;
    await new Promise((resolve) => setTimeout(resolve, 2));
    return act();
  };
  const store: LedgerStore = {
    async read(keys, now) {
      cost.reads++;
      const items = await slowly(() => inner.read(keys, now));
      // Asking for what is not there is charged as well (Developer Guide, "Read/write capacity").
      for (const key of new Set(keys)) cost.readUnits += unitsOf(key, items.get(key), 4);
      return items;
    },
    async commit(changes) {
      cost.commits++;
      // Conflicting writes are charged too; within a transaction each costs twice (the same).
      const units = changes.reduce((sum, { key, next }) => sum + unitsOf(key, next, 1), 0);
      cost.writeUnits += units * (changes.length > 1 ? 2 : 1);
      const isDone = await slowly(() => inner.commit(changes));
      if (!isDone) cost.conflicts++;
      return isDone;
    },
    async due(until, limit) {
      const keys = await slowly(() => inner.due(until, limit));
      // Two queues are asked, which need not be up to date: half the price.
      cost.readUnits += 1;
      return keys;
    },
    async park(key) {
      cost.writeUnits += 1;
      return slowly(() => inner.park(key));
    },
  };
  return { store, cost };
}

/** The size of an item in units of some KB; 60 bytes are the attributes' names and numbers. */
function unitsOf(key: string, item: LedgerItem | Next | undefined, kilobytes: number): number {
  const size = item === undefined ? 0 : Buffer.byteLength(JSON.stringify(item.body) ?? "") + (item.bytes?.length ?? 0);
  return Math.ceil((key.length + size + 60) / (1024 * kilobytes));
}

const MINUTE = 60_000;

/** The longest real wait, in milliseconds: writers wait for one another, and for the budget, in less than their own time. */
const MAX_WAIT = 200;

/** A ledger in memory with one rule, which counts its cost, on a clock that stands between ticks. */
export function countedLedger(rule: Rule, start = NOW) {
  const memory = createMemoryStore();
  const { store, cost } = countedStore(memory);
  const sent = { messages: 0, matches: 0 };
  let now = start;
  const ledger = createLedger({
    store,
    rules: [rule],
    settings: SETTINGS,
    publish: {
      async alert({ matches }) {
        sent.messages++;
        sent.matches += matches;
      },
      sms: async () => void sent.messages++,
      health: async () => undefined,
      "health-sms": async () => undefined,
    },
    now: () => now,
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, Math.min(time, MAX_WAIT))),
  });
  return {
    ledger,
    store,
    cost,
    sent,
    now: () => now,
    /** Lets minutes pass, with a tick in each. */
    async minutes(count: number) {
      for (let i = 0; i < count; i++) {
        now += MINUTE;
        await ledger.tick();
      }
    },
    /** Lets the clock run until nothing is due any more. */
    async runToEnd() {
      for (let due = memory.nextDue(); due !== undefined; due = memory.nextDue()) {
        now = Math.max(now + MINUTE, Math.ceil(due / MINUTE) * MINUTE);
        await ledger.tick();
      }
    },
  };
}
