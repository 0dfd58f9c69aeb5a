import type { Found } from "../../../lambda/core/incident/place.ts";
import { createLedger, type Ledger } from "../../../lambda/core/ledger/ledger.ts";
import { createObjectHistory } from "../../../lambda/core/log-file/object-history.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../../lambda/core/rules/self.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import type { Change, LedgerStore } from "../../../lambda/core/store/store.ts";
import { createPipeline } from "../../../lambda/pipeline.ts";
import { everyCall, NOW, SETTINGS } from "../../support/desk-pipeline.ts";
import { logFile, logKey, record, s3Event } from "../../support/log-files.ts";

/** A ledger whose store counts what DynamoDB would charge, and takes a few milliseconds for everything. */
function countedLedger(rule: Rule, start = NOW) {
  const memory = createMemoryStore();
  const cost = { reads: 0, commits: 0, conflicts: 0, units: 0, messages: 0 };
  let now = start;
  const slowly = async <T>(act: () => Promise<T>): Promise<T> => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return act();
  };
  const store: LedgerStore = {
    read: (keys, time) => slowly(() => memory.read(keys, time)),
    async commit(changes) {
      cost.commits++;
      // Conflicting writes are charged too; within a transaction each costs twice (Developer Guide, "Read/write capacity").
      cost.units += changes.reduce((sum, change) => sum + unitsOf(change), 0) * (changes.length > 1 ? 2 : 1);
      const isDone = await slowly(() => memory.commit(changes));
      if (!isDone) cost.conflicts++;
      return isDone;
    },
    due: (until, limit) => slowly(() => memory.due(until, limit)),
    park: (key) => memory.park(key),
  };
  const reading: LedgerStore = {
    ...store,
    read(keys, time) {
      cost.reads++;
      return store.read(keys, time);
    },
  };
  const send = async () => void cost.messages++;
  const ledger = createLedger({
    store: reading,
    rules: [rule],
    settings: SETTINGS,
    publish: { alert: send, sms: send },
    now: () => now,
    sleep: (time) => new Promise((resolve) => setTimeout(resolve, Math.min(time, 200))),
  });
  const minutes = async (count: number) => {
    for (let i = 0; i < count; i++) {
      now += 60_000;
      await ledger.tick();
    }
  };
  return { ledger, store: reading, cost, minutes, now: () => now };
}

function unitsOf({ key, next }: Change): number {
  return Math.ceil((key.length + JSON.stringify(next.body).length + (next.bytes?.length ?? 0) + 60) / 1024);
}

const found = (rule: Rule, count: number, object: string): readonly Found[] =>
  Array.from({ length: count }, () => ({
    record: record(),
    logObject: { bucket: "trail", key: logKey(object) },
    rules: [rule],
    preceding: [],
  }));

async function take(ledger: Ledger, records: readonly Found[]) {
  const intake = ledger.intake();
  await intake.add(records);
  return intake.finish();
}

test("an object without a match costs at most one read and a twentieth of a write", async () => {
  const rule = everyCall("high");
  const { ledger, store, cost, now } = countedLedger(rule);
  const pipeline = createPipeline({
    rules: compileRules([{ ...rule, calls: ["iam:DeleteUser"] }]),
    ledger,
    history: createObjectHistory(store, now),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    fetchObject: async ({ key }) => ({ bytes: logFile(record()), etag: key }),
    now,
    log: () => undefined,
  });
  for (let i = 0; i < 200; i++) await pipeline(s3Event("trail", logKey(`object-${i}`)));
  process.stdout.write(`200 objects without a match: ${cost.reads} reads, ${cost.commits} writes\n`);
  // A flush reads what it adds to.
  expect(cost.reads).toBeLessThanOrEqual(200 + 20);
  expect(cost.commits).toBeLessThanOrEqual(10);
});

test("one match is written down once and settled once", async () => {
  const rule = everyCall("high");
  const { ledger, cost } = countedLedger(rule);
  await take(ledger, found(rule, 1, "one"));
  process.stdout.write(`one match: ${cost.reads} reads, ${cost.commits} commits, ${cost.units} write units\n`);
  // Written down, settled, counted as open, claimed, and noted as sent.
  expect(cost.commits).toBeLessThanOrEqual(5);
});

test("a storm of 10,000 matches over 40 objects costs few messages and few writes", async () => {
  const rule = everyCall("high");
  const { ledger, cost, minutes } = countedLedger(rule);
  for (let i = 0; i < 40; i++) await take(ledger, found(rule, 250, `storm-${i}`));
  await minutes(20);
  process.stdout.write(`storm over 40 objects: ${cost.messages} messages, ${cost.units} write units\n`);
  expect(cost.messages).toBeLessThanOrEqual(4);
  expect(cost.units).toBeLessThanOrEqual(4_000);
});

test.each([
  ["one by one", everyCall("high")],
  ["over a threshold", everyCall("high", { threshold: { count: 10, within: 600_000 } })],
])("5,000 matches of one caller by twenty invocations at once, %s, do not fight for the ledger", async (what, rule) => {
  const { ledger, cost, minutes } = countedLedger(rule);
  await Promise.all(Array.from({ length: 20 }, (_, i) => take(ledger, found(rule, 250, `at-once-${i}`))));
  await minutes(20);
  process.stdout.write(`twenty at once, ${what}: ${cost.conflicts} conflicts, ${cost.units} write units\n`);
  expect(cost.units).toBeLessThanOrEqual(20_000);
});
