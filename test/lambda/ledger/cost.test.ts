import { keysOf } from "../../../lambda/core/digest/key-ring.ts";
import { createProof } from "../../../lambda/core/digest/proof.ts";
import type { Found } from "../../../lambda/core/incident/assign.ts";
import type { Ledger } from "../../../lambda/core/ledger/ledger.ts";
import { createObjectHistory } from "../../../lambda/core/log-file/object-history.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../../lambda/core/rules/self.ts";
import { createPipeline } from "../../../lambda/pipeline.ts";
import { countedLedger } from "../../support/counted-ledger.ts";
import { everyCall } from "../../support/desk-pipeline.ts";
import { HOUR, LocalTrail, type Objects, signingKey } from "../../support/digests.ts";
import { ACCOUNT, logFile, logKey, record, s3Event } from "../../support/log-files.ts";
import { first, runs, thoroughTest } from "../../support/runs.ts";

/** The same matches, of this many callers in turns. */
const byCallers = (matches: readonly Found[], callers: number): readonly Found[] =>
  matches.map((one, i) => {
    const arn = `arn:aws:iam::${ACCOUNT}:user/u${i % callers}`;
    return { ...one, record: { ...one.record, userIdentity: { type: "IAMUser", arn, accountId: ACCOUNT } } };
  });

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
    fetchObject: async ({ key }) => ({ content: logFile(record()), etag: key }),
    now,
    log: () => undefined,
  });
  for (let i = 0; i < 200; i++) await pipeline(s3Event("trail", logKey(`object-${i}`)));
  process.stdout.write(`200 objects without a match: ${cost.reads} reads, ${cost.commits} writes\n`);
  // A flush reads what it adds to.
  expect(cost.reads).toBeLessThanOrEqual(200 + 20);
  expect(cost.commits).toBeLessThanOrEqual(10);
});

test("where digests come, an object without a match costs no read, and a quarter of a write unit where many come", async () => {
  const rule = everyCall("high");
  const { ledger, store, cost, now } = countedLedger(rule);
  const objects: Objects = new Map();
  const key = signingKey();
  const end = Math.floor(now() / HOUR) * HOUR;
  const trail = new LocalTrail(objects, { key });
  const pipeline = createPipeline({
    rules: compileRules([{ ...rule, calls: ["iam:DeleteUser"] }]),
    ledger,
    history: createObjectHistory(store, now),
    proof: createProof(store, {
      findKey: keysOf([{ fingerprint: key.fingerprint, value: key.der }]),
      listKeys: async () => [],
      now,
    }),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    fetchObject: async (logObject) => {
      const { body, metadata } = objects.get(logObject.key) ?? { body: Buffer.alloc(0), metadata: {} };
      return { content: body, metadata, etag: logObject.key };
    },
    now,
    log: () => undefined,
  });
  await pipeline(s3Event("trail", trail.digest(end)));
  const before = { ...cost };
  const files = Array.from({ length: 200 }, (_, i) => trail.file(end + i * 1_000));
  for (const file of files) await pipeline(s3Event("trail", file.key));
  const read = { reads: cost.reads - before.reads, units: cost.writeUnits - before.writeUnits };
  process.stdout.write(`200 objects where digests come: ${read.reads} reads, ${read.units} write units\n`);
  // Each write reads what it adds to.
  expect(read.reads).toBeLessThanOrEqual(12);
  expect(read.units).toBeLessThanOrEqual(60);
  const then = { ...cost };
  const summary = await pipeline(s3Event("trail", trail.digest(end + HOUR, files)));
  const digest = { reads: cost.reads - then.reads, units: cost.writeUnits - then.writeUnits };
  process.stdout.write(`their digest: ${digest.reads} reads, ${digest.units} write units\n`);
  expect(summary).toMatchObject({ matches: 0, recovered: 0 });
  expect(digest.units).toBeLessThanOrEqual(20);
});

test("what is known costs a first-seen rule one read of each caller and instance, and one write in five days", async () => {
  const rule = everyCall("high", { first: { key: "test", of: ["sourceNetwork"], by: "actor" } });
  const { ledger, cost } = countedLedger(rule);
  const notice = (object: string) =>
    byCallers(found(rule, 50, object), 50).map((one) => ({ ...one, rules: [], noticed: [rule] }));
  await take(ledger, notice("learned"));
  const learned = { ...cost };
  for (let i = 0; i < 100; i++) await take(ledger, notice(`object-${i}`));
  process.stdout.write(
    `first seen, 50 callers: ${learned.readUnits} read units, ${learned.writeUnits} write units; 100 more objects: ${cost.readUnits - learned.readUnits} and ${cost.writeUnits - learned.writeUnits}\n`,
  );
  expect(learned.writeUnits).toBeLessThanOrEqual(60);
  expect({ reads: cost.reads - learned.reads, commits: cost.commits - learned.commits }).toEqual({
    reads: 0,
    commits: 0,
  });
});

test("one match is written down once and settled once", async () => {
  const rule = everyCall("high");
  const { ledger, cost } = countedLedger(rule);
  await take(ledger, found(rule, 1, "one"));
  process.stdout.write(
    `one match: ${cost.reads} reads, ${cost.readUnits} read units, ${cost.commits} commits, ${cost.writeUnits} write units\n`,
  );
  // Written down, settled, counted as open, claimed, and noted as sent.
  expect(cost.commits).toBeLessThanOrEqual(5);
});

test("a storm of thousands of matches over many objects costs few messages and few writes", async () => {
  const rule = everyCall("high");
  const { ledger, cost, sent, minutes } = countedLedger(rule);
  const objects = runs(40, 12);
  for (let i = 0; i < objects; i++) await take(ledger, found(rule, 250, `storm-${i}`));
  await minutes(20);
  process.stdout.write(`storm over ${objects} objects: ${sent.messages} messages, ${cost.writeUnits} write units\n`);
  expect(sent.messages).toBeLessThanOrEqual(4);
  expect(cost.writeUnits).toBeLessThanOrEqual(100 * objects);
});

thoroughTest(
  "1,000 matches of 500 callers, most of whom share an incident, are read five times each at most",
  async () => {
    const rule = everyCall("high");
    const { ledger, cost } = countedLedger(rule);
    await take(ledger, byCallers(found(rule, 1_000, "callers"), 500));
    process.stdout.write(`500 callers: ${cost.readUnits} read units, ${cost.writeUnits} write units\n`);
    expect(cost.readUnits).toBeLessThanOrEqual(5_000);
  },
);

thoroughTest("callers that anybody can make up cost no window each", async () => {
  const rule = everyCall("high", { threshold: { count: 10, within: 600_000 } });
  const { ledger, cost } = countedLedger(rule);
  const forged = byCallers(found(rule, 2_000, "forged"), 2_000);
  await take(
    ledger,
    forged.map((one) => ({ ...one, record: { ...one.record, recipientAccountId: "999999999999" } })),
  );
  expect(cost.writeUnits).toBeLessThanOrEqual(4_000);
});

const AT_ONCE: [string, Rule, number, number][] = [
  ["of one caller", everyCall("high"), 1, 20_000],
  ["of one caller over a threshold", everyCall("high", { threshold: { count: 10, within: 600_000 } }), 1, 20_000],
  ["of 30 callers", everyCall("high"), 30, 60_000],
];

test.each(first(1, AT_ONCE))(
  "thousands of matches %s by twenty invocations at once do not fight for the ledger",
  async (what, rule, callers, limit) => {
    const { ledger, cost, minutes } = countedLedger(rule);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        take(ledger, byCallers(found(rule, runs(250, 60), `at-once-${i}`), callers)),
      ),
    );
    await minutes(20);
    process.stdout.write(`twenty at once, ${what}: ${cost.conflicts} conflicts, ${cost.writeUnits} write units\n`);
    expect(cost.writeUnits).toBeLessThanOrEqual(runs(limit, limit / 4));
  },
);
