import fc from "fast-check";
import { ownerKey } from "../../../lambda/core/first-seen/remembered.ts";
import { createLedger, type Ledger } from "../../../lambda/core/ledger/ledger.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import { createMemoryStore, type MemoryStore } from "../../../lambda/core/store/memory.ts";
import { readRuleFile } from "../../../lambda/rule-files/rule-file.ts";
import { SETTINGS, testDesk } from "../../support/desk-pipeline.ts";
import { logKey, record } from "../../support/log-files.ts";
import { runs, thoroughTest } from "../../support/runs.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-09-01T00:00:00Z");

/** Days at which records come: the rule is deployed on day 0 and learns for 14 days. */
const at = (day: number) => START + day * DAY;

function ruleWith(first: string, more = "calls: ['*:*']") {
  const { rules, faults } = readRuleFile(
    "test.yaml",
    `rules:\n  - name: never-before\n    severity: high\n    ${more}\n    first: ${first}\n`,
  );
  expect(faults).toEqual([]);
  const [tested] = rules;
  if (tested === undefined) throw new Error("the rule file holds no rule");
  return tested.rule;
}

const NETWORK = "{ of: sourceNetwork }";
const KEY = {
  type: "IAMUser",
  arn: "arn:aws:iam::111122223333:user/alice",
  userName: "alice",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
};

/** What somebody does on a day. */
function act(day: number, more: object = {}) {
  return record({ eventTime: new Date(at(day)).toISOString(), userIdentity: KEY, ...more });
}

const from = (sourceIPAddress: string) => ({ sourceIPAddress });
const by = (name: string) => ({
  userIdentity: {
    type: "IAMUser",
    arn: `arn:aws:iam::111122223333:user/${name}`,
    userName: name,
    accessKeyId: "AKIAIOSFODNN7OTHERS1",
  },
});

/** How many values an invocation says that it may have told twice, for it could not write down that it tells them. */
function unclaimedIn(notes: readonly string[]): number {
  return notes.reduce((sum, note) => sum + Number(/(\d+) first values may be told twice/.exec(note)?.[1] ?? 0), 0);
}

/** The office, which everybody knows, another network, and one of AWS. */
const OFFICE = from("198.51.100.7");
const ABROAD = from("203.0.113.9");
const IN_AWS = from("3.5.140.2");

/** A desk that has seen the caller in the office from the first day on. */
async function learned(rules = [ruleWith(NETWORK)], settings = {}) {
  const desk = testDesk(rules, settings, at(0));
  await desk.deliver([act(0, OFFICE), act(0, { ...OFFICE, ...by("bob") })]);
  await desk.desk.advanceTo(at(20));
  return desk;
}

type Desk = Awaited<ReturnType<typeof learned>>;

async function mailsAfter(desk: Desk, ...files: readonly (readonly unknown[])[]) {
  for (const [i, file] of files.entries()) await desk.deliver(file, logKey(`file${i}`));
  await desk.desk.runToEnd();
  return desk.alerts.map(
    ({ email }) => /^New +(.*(?:\n {9}\S.*)*)/m.exec(email)?.[1]?.replace(/\s+/g, " ") ?? "no row",
  );
}

const FROM_ABROAD = "network 203.0.0.0/16: never seen from this caller in 20 days of calls";

test.each<readonly [string, readonly (readonly unknown[])[], readonly string[]]>([
  ["a known network", [[act(20, OFFICE)]], []],
  ["a neighbour of the known network", [[act(20, from("198.51.9.9"))]], []],
  ["another network", [[act(20, ABROAD)]], [FROM_ABROAD]],
  ["another network in many calls", [[act(20, ABROAD), act(20.001, ABROAD), act(20.002, ABROAD)]], [FROM_ABROAD]],
  ["another network in several files", [[act(20, ABROAD)], [act(20, ABROAD)]], [FROM_ABROAD]],
  [
    "AWS's networks",
    [[act(20, IN_AWS)], [act(20, from("52.1.1.1"))]],
    ["network of AWS: never seen from this caller in 20 days of calls"],
  ],
  ["a service on somebody's behalf", [[act(20, { sourceIPAddress: "athena.amazonaws.com" })]], []],
  [
    "an IPv6 network",
    [[act(20, from("2001:db8:1::1"))], [act(20, from("2001:0db8:ffff::2"))]],
    ["network 2001:db8::/32: never seen from this caller in 20 days of calls"],
  ],
  [
    "a private address behind the endpoint of another account",
    [[act(20, { ...from("10.0.0.7"), vpcEndpointAccountId: "999999999999" })]],
    ["network behind endpoint 999999999999: never seen from this caller in 20 days of calls"],
  ],
  ["somebody new in a network that others use", [[act(20, { ...OFFICE, ...by("carol") })]], []],
  [
    "somebody new in a network that is new to the account",
    [[act(20, { ...ABROAD, ...by("carol") })]],
    ["network 203.0.0.0/16: never seen in this account in 20 days of calls"],
  ],
  [
    "a service by itself",
    [[act(20, { ...ABROAD, userIdentity: { type: "AWSService", invokedBy: "config.amazonaws.com" } })]],
    [],
  ],
  [
    "a failed sign-in of somebody unknown",
    [[act(20, { ...ABROAD, userIdentity: { type: "IAMUser", principalId: "unknown", userName: "x" } })]],
    [],
  ],
  ["a record of the learning period that comes late", [[act(5, ABROAD)]], []],
])("first seen: %s", async (_, files, mails) => {
  expect(await mailsAfter(await learned(), ...files)).toEqual(mails);
});

test("a refusal from a new network asks what its rule asks: who calls from there", async () => {
  const desk = await learned();
  const before = desk.alerts.length;
  await desk.deliver([act(20, { ...ABROAD, errorCode: "AccessDenied" })], logKey("refused"));
  await desk.desk.runToEnd();
  const [{ email } = { email: "" }] = desk.alerts.slice(before);
  expect(email).toContain("New      network 203.0.0.0/16");
  expect(email).not.toContain("there is nothing to undo");
});

test("while a rule learns, it is silent and says so in its counts", async () => {
  const desk = testDesk([ruleWith(NETWORK)], {}, at(0));
  await desk.deliver([act(0, OFFICE)]);
  await desk.desk.advanceTo(at(13.9));
  expect(await desk.deliver([act(13.9, ABROAD)])).toMatchObject({ matches: 0, learning: 1, alerts: 0 });
  expect(await mailsAfter(desk, [act(13.9, ABROAD)])).toEqual([]);
});

test("the daily round-up says until when rules learn", async () => {
  const listed = { name: "listed", place: "x:1", severity: "low" as const, calls: ["iam:ListUsers"] };
  const desk = testDesk([ruleWith(NETWORK), listed], {}, at(0));
  await desk.deliver([act(0, { ...OFFICE, eventName: "ListUsers" })]);
  await desk.desk.advanceTo(at(16));
  await desk.deliver([act(16, { ...OFFICE, eventName: "ListUsers" })]);
  await desk.desk.runToEnd();
  const remarks = desk.alerts.map(({ email }) => email.split("\n")[2]);
  expect(remarks).toEqual([
    "1 rule is still learning what is usual here, until 2026-09-15 at the latest (docs/rules.md#first-seen).",
    "",
  ]);
});

test("the learning period is a setting, of the deployment and of a rule", async () => {
  for (const [rule, settings] of [
    [ruleWith(NETWORK), { learningDays: 2 }],
    [ruleWith("{ of: sourceNetwork, by: account, learn: 2d }"), {}],
  ] as const) {
    const desk = testDesk([rule], settings, at(0));
    await desk.deliver([act(0, OFFICE)]);
    await desk.desk.advanceTo(at(2.1));
    expect(await mailsAfter(desk, [act(2.1, ABROAD)])).toHaveLength(1);
  }
});

test("a rule that does not learn rings on the first record of all", async () => {
  const desk = testDesk([ruleWith("{ of: sourceNetwork, by: account, learn: 0d }")], {}, at(0));
  expect(await desk.deliver([act(0, ABROAD)])).toMatchObject({ matches: 1 });
});

test("a rule on a rare call rings on the first such call of somebody who was known before", async () => {
  const desk = await learned([ruleWith("{ of: service }", "calls: [iam:CreateUser, bedrock:InvokeModel]")]);
  expect(await mailsAfter(desk, [act(20, { ...OFFICE, eventName: "CreateUser" })])).toEqual([
    "service iam: never seen by this caller in 20 days of calls",
  ]);
});

test("what is new to an account may be asked as well", async () => {
  const rule = ruleWith("{ of: region, by: account }");
  const abroad = { awsRegion: "sa-east-1" };
  const desk = await learned([rule]);
  expect(await mailsAfter(desk, [act(20, abroad)], [act(20, { ...abroad, ...by("bob") })])).toEqual([
    "region sa-east-1: never seen in this account in 20 days of calls",
  ]);
});

test("a key that is used again after months rings, one that is used daily or is new does not", async () => {
  const rule = ruleWith("{ of: credential, again: 60d }");
  const desk = await learned([rule]);
  await desk.deliver([act(20)]);
  await desk.desk.advanceTo(at(79));
  expect(await desk.deliver([act(79)])).toMatchObject({ alerts: 0 });
  await desk.desk.advanceTo(at(140));
  const fresh = { userIdentity: { ...KEY, accessKeyId: "AKIAIOSFODNN7NEWKEY1" } };
  expect(await mailsAfter(desk, [act(140, fresh)], [act(140)], [act(140.01)])).toEqual([
    "key AKIAIOSFODNN7EXAMPLE: last used by this caller on 2026-11-19",
  ]);
});

test("a value that was not met for 90 days is new again, and an actor who is active is not learned anew", async () => {
  const desk = await learned();
  await desk.deliver([act(20, ABROAD)]);
  for (let day = 25; day <= 115; day += 5) {
    await desk.desk.advanceTo(at(day));
    await desk.deliver([act(day, OFFICE)], logKey(`day${day}`));
  }
  const before = desk.alerts.length;
  expect(before).toBe(1);
  expect((await mailsAfter(desk, [act(115, ABROAD)])).slice(before)).toEqual([
    "network 203.0.0.0/16: never seen from this caller in 90 days of calls",
  ]);
});

test("calls that were refused make nothing known for calls that succeed", async () => {
  const desk = await learned();
  const refused = act(20, { ...ABROAD, errorCode: "AccessDenied", responseElements: null });
  await desk.deliver([refused]);
  expect(desk.alerts).toHaveLength(1);
  expect(await mailsAfter(desk, [act(20.001, ABROAD)])).toHaveLength(2);
});

test("what is first is news in an incident that is open", async () => {
  const desk = await learned([ruleWith("{ of: service }", "pattern: { readOnly: [true] }")]);
  const reading = (eventSource: string) => act(20, { ...OFFICE, eventSource, eventName: "ListThings", readOnly: true });
  await desk.deliver([reading("ses.amazonaws.com")]);
  await desk.desk.advanceTo(at(20) + 60_000);
  await desk.deliver([reading("bedrock.amazonaws.com")]);
  await desk.desk.advanceTo(at(20) + 10 * 60_000);
  expect(desk.alerts).toHaveLength(2);
});

test("one record that meets other rules too is one entry of one mail", async () => {
  const desk = await learned([
    ruleWith(NETWORK),
    { name: "other", place: "x:1", severity: "medium", calls: ["*:*"], pattern: { sourceIPAddress: ["203.0.113.9"] } },
  ]);
  const summary = await desk.deliver([act(20, ABROAD)]);
  expect(summary).toMatchObject({ matches: 2, listed: 2, alerts: 1 });
});

test("with a threshold, only what is first counts", async () => {
  const rule = ruleWith(
    "{ of: requestParameters.secretId }",
    "calls: [secretsmanager:GetSecretValue]\n    threshold: { count: 3, within: 15m }",
  );
  const desk = testDesk([rule], {}, at(0));
  const reads = (day: number, ...ids: readonly string[]) =>
    ids.map((secretId) =>
      act(day, {
        ...OFFICE,
        eventSource: "secretsmanager.amazonaws.com",
        eventName: "GetSecretValue",
        requestParameters: { secretId },
      }),
    );
  await desk.deliver(reads(0, "a", "b", "c", "d"));
  await desk.desk.advanceTo(at(20));
  expect(await desk.deliver(reads(20, "a", "b", "c", "d", "x", "y"))).toMatchObject({ alerts: 0, belowThreshold: 2 });
  expect(await desk.deliver(reads(20.001, "x", "z"), logKey("more"))).toMatchObject({ alerts: 1 });
});

test("a file that comes twice, and an invocation that is tried again, tell once", async () => {
  const desk = await learned();
  const file = [act(20, ABROAD), act(20.001, ABROAD)];
  await desk.deliver(file);
  expect(await desk.deliver(file)).toMatchObject({ matches: 1, duplicates: 1 });
  await desk.desk.runToEnd();
  expect(desk.alerts.map(({ matches }) => matches)).toEqual([1]);
});

test("whoever is to tell that something is new does so in a later try, whatever was read meanwhile", async () => {
  const memory = createMemoryStore();
  let isArmed = false;
  const failing: MemoryStore = {
    ...memory,
    async commit(changes) {
      const isDone = await memory.commit(changes);
      // It is written down who tells, and then nothing more.
      if (isArmed && changes.some(({ key }) => key === ownerKey("111122223333", KEY.arn))) desk.ledgerDown = true;
      return isDone;
    },
  };
  const desk = testDesk([{ ...ruleWith(NETWORK), severity: "medium" }], {}, at(0), failing);
  await desk.deliver([act(0, OFFICE), act(0, { ...OFFICE, ...by("bob") })]);
  await desk.desk.advanceTo(at(20));
  const teller = [act(20, ABROAD)];
  isArmed = true;
  await expect(desk.deliver(teller, logKey("teller"))).rejects.toThrow("were not recorded");
  isArmed = false;
  desk.ledgerDown = false;
  for (const name of ["b", "c", "d", "e"]) await desk.deliver([act(20.001, ABROAD)], logKey(name));
  expect(await mailsAfter(desk, teller)).toEqual([FROM_ABROAD]);
});

test("what cannot be written down as told is told all the same, and the log says that it may be told twice", async () => {
  const memory = createMemoryStore();
  let isRefusing = false;
  const refusing: MemoryStore = {
    ...memory,
    async commit(changes) {
      const isClaim = isRefusing && changes.some(({ key }) => key === ownerKey("111122223333", KEY.arn));
      return isClaim ? false : memory.commit(changes);
    },
  };
  const desk = testDesk([ruleWith(NETWORK)], {}, at(0), refusing);
  await desk.deliver([act(0, OFFICE), act(0, { ...OFFICE, ...by("bob") })]);
  await desk.desk.advanceTo(at(20));
  isRefusing = true;
  const { matches } = await desk.deliver([act(20, ABROAD)]);
  expect({ matches, unclaimed: unclaimedIn(desk.lines.at(-1)?.remarks ?? []) }).toEqual({ matches: 1, unclaimed: 1 });
});

test("files below another account's path teach nothing and tell nothing", async () => {
  const desk = await learned();
  const forged = logKey("forged").replaceAll("111122223333", "999999999999");
  await desk.deliver([act(20, ABROAD)], forged);
  expect(await mailsAfter(desk, [act(20, ABROAD)])).toEqual([FROM_ABROAD]);
});

test("without the ledger nothing is lost: the invocation fails, other rules ring, and the next try tells", async () => {
  const other = { name: "other", place: "x:1", severity: "critical" as const, calls: ["iam:CreateUser"] };
  const desk = await learned([ruleWith(NETWORK), other]);
  desk.ledgerDown = true;
  const stranger = act(20, { ...ABROAD, ...by("carol"), eventName: "CreateUser" });
  await expect(desk.deliver([stranger])).rejects.toThrow("whether never-before rings for the first time");
  expect(desk.alerts.map(({ rule }) => rule)).toEqual(["other"]);
  desk.ledgerDown = false;
  await desk.deliver([stranger]);
  await desk.desk.runToEnd();
  expect(desk.alerts.flatMap(({ parts }) => parts.flatMap(({ rules }) => Object.keys(rules)))).toContain(
    "never-before",
  );
});

thoroughTest(
  "sets are bounded: 3,000 networks fit an item, and a set that is full tells nothing of what it may have held",
  async () => {
    const desk = await learned([ruleWith(NETWORK)]);
    for (let i = 0; i < 30; i++) {
      const records = Array.from({ length: 100 }, (_, n) => act(20 + i / 100, from(`${60 + i}.${n}.1.1`)));
      await desk.deliver(records, logKey(`flood${i}`));
    }
    expect(desk.largest).toBeLessThan(150_000);
    // Another instance knows what the table knows.
    const other = testDesk([ruleWith(NETWORK)], {}, at(20.5), desk.store);
    expect(await other.deliver([act(20.5, from("60.1.1.1"))], logKey("full"))).toMatchObject({ matches: 0 });
    expect(await other.deliver([act(20.5, { ...ABROAD, ...by("bob") })], logKey("bob"))).toMatchObject({ matches: 1 });
  },
);

test("a rule with many values takes no room of a rule with few", async () => {
  const regions = ruleWith("{ of: region, by: account }");
  const secrets = { ...ruleWith("{ of: requestParameters.secretId, by: account }"), name: "secrets" };
  const desk = testDesk([regions, secrets], {}, at(0));
  const inRegion = (i: number) => act(0, { awsRegion: `region-${i}`, requestParameters: { secretId: "one" } });
  await desk.deliver(Array.from({ length: 12 }, (_, i) => inRegion(i)));
  for (let file = 0; file < 15; file++) {
    const reads = Array.from({ length: 100 }, (_, i) =>
      act(0, { awsRegion: "region-0", requestParameters: { secretId: `${"s".repeat(90)}-${file}-${i}` } }),
    );
    await desk.deliver(reads, logKey(`file${file}`));
  }
  const other = testDesk([regions, secrets], {}, at(20), desk.store);
  const later = Array.from({ length: 12 }, (_, i) =>
    act(20, { awsRegion: `region-${i}`, requestParameters: { secretId: "one" } }),
  );
  expect(await other.deliver(later)).toMatchObject({ matches: 0 });
});

thoroughTest(
  "thousands of new values in one file delay nothing else, and cost a write for hundreds of them",
  async () => {
    const rule = ruleWith("{ of: requestParameters.secretId }", "calls: [secretsmanager:GetSecretValue]");
    const stop = { name: "stop", place: "x:1", severity: "critical" as const, calls: ["cloudtrail:StopLogging"] };
    const desk = testDesk([rule, stop], {}, at(0));
    await desk.deliver([act(0, OFFICE)]);
    await desk.desk.advanceTo(at(20));
    const before = desk.calls;
    const values = runs(20_000, 5_000);
    const flood = Array.from({ length: values }, (_, i) =>
      act(20, {
        eventSource: "secretsmanager.amazonaws.com",
        eventName: "GetSecretValue",
        requestParameters: { secretId: `s${i}` },
      }),
    );
    await desk.deliver([
      ...flood,
      act(20, { ...by("bob"), eventSource: "cloudtrail.amazonaws.com", eventName: "StopLogging" }),
    ]);
    expect(desk.alerts.map(({ rule: name }) => name)).toContain("stop");
    expect(desk.calls - before).toBeLessThan(values / 20);
  },
);

test("an item that cannot be read is left alone; of its owner, what is new to the account still rings", async () => {
  const desk = await learned();
  for (const key of desk.keys("first#").filter((one) => one !== ownerKey("111122223333"))) {
    const version = (await desk.store.read([key], at(20))).get(key)?.version ?? 0;
    await desk.store.commit([{ key, expected: version, next: { body: { junk: true } } }]);
  }
  const other = testDesk([ruleWith(NETWORK)], {}, at(20), desk.store);
  expect(await other.deliver([act(20, OFFICE)])).toMatchObject({ matches: 0, unreadableItems: 1 });
  expect(await other.deliver([act(20, ABROAD)])).toMatchObject({ matches: 1 });
});

test.each([
  ["{ of: sourceNetwork, by: region }", "by"],
  ["{ by: actor }", "of is missing"],
  ["{ of: sourceNetwork, again: 0d }", "at least 1d"],
  ["{ of: sourceNetwork, again: 2h }", "a number of days"],
  ["{ of: sourceNetwork, learn: 900d }", "at most 365 days"],
  ["{ of: sourceNetwork }\n    after: { pattern: {}, count: 3, within: 1h }", "not with after or steps"],
])("a faulty first is refused: %s", (first, message) => {
  const { faults } = readRuleFile("x.yaml", `rules:\n  - name: x\n    calls: ["*:*"]\n    first: ${first}\n`);
  expect(faults.map((fault) => fault.message).join("\n")).toContain(message);
});

const RULE = { ...ruleWith(NETWORK), severity: "medium" as const };
const OBJECT = { bucket: "trail", key: logKey("one") };

/** A store whose requests fail now and then, before or after they are done. */
function shakyStore(memory: MemoryStore, roll: () => number): MemoryStore {
  let faults = 0;
  const shaky = async <T>(request: () => Promise<T>): Promise<T> => {
    const fate = faults < 40 ? roll() : 99;
    if (fate < 12) faults++;
    if (fate < 6) throw new Error("reset");
    const done = await request();
    if (fate < 12) throw new Error("lost");
    return done;
  };
  return {
    ...memory,
    read: (keys, now) => shaky(() => memory.read(keys, now)),
    commit: (changes) => shaky(() => memory.commit(changes)),
  };
}

test("in whatever order files come, twice, to several functions at once, with faults: each new value is told once, or the log says that it may be twice", async () => {
  let exact = 0;
  const anAct = fc.record({
    day: fc.integer({ min: 15, max: 27 }),
    caller: fc.integer({ min: 0, max: 3 }),
    network: fc.integer({ min: 0, max: 5 }),
    times: fc.integer({ min: 1, max: 2 }),
  });
  const histories = fc.asyncProperty(
    fc.array(anAct, { minLength: 1, maxLength: 12 }),
    fc.infiniteStream(fc.integer({ min: 0, max: 99 })),
    async (acts, dice) => {
      const memory = createMemoryStore();
      let now = at(0);
      const sent = new Map<string, number>();
      let unclaimed = 0;
      const make = (store: MemoryStore) =>
        createLedger({
          store,
          rules: [RULE],
          settings: SETTINGS,
          publish: {
            alert: async ({ id, matches }) => void sent.set(id, matches),
            sms: async () => undefined,
            health: async () => undefined,
            "health-sms": async () => undefined,
          },
          now: () => now,
          sleep: async () => undefined,
        });
      const invoke = async (ledger: Ledger, records: readonly CloudTrailRecord[]) => {
        for (let attempt = 0; attempt < 60; attempt++) {
          const intake = ledger.intake();
          for (const one of records) intake.follow(one, OBJECT);
          await intake.add(
            records.map((one) => ({ record: one, logObject: OBJECT, rules: [], preceding: [], noticed: [RULE] })),
          );
          const { faults, notes } = await intake.finish();
          unclaimed += unclaimedIn(notes);
          if (faults.length === 0) return;
        }
        throw new Error("an invocation failed sixty times");
      };
      // On the first day, everybody is met in the same network.
      const sound = make(memory);
      await invoke(
        sound,
        [0, 1, 2, 3].map((caller) => act(0, { ...by(`u${caller}`), ...OFFICE })),
      );
      now = at(28);
      const shaky = shakyStore(memory, () => Number(dice.next().value));
      const functions = [make(shaky), make(shaky), make(shaky)];
      const records = acts.flatMap(({ day, caller, network, times }) => {
        const one = act(day, { ...by(`u${caller}`), ...from(`60.${network}.1.1`) });
        return Array.from({ length: times }, () => one);
      });
      for (let i = 0; i < records.length; i += 3) {
        await Promise.all(records.slice(i, i + 3).map((one, j) => invoke(functions[j] ?? sound, [one])));
      }
      for (let due = memory.nextDue(); due !== undefined; due = memory.nextDue()) {
        now = Math.max(now + 60_000, due);
        await sound.tick();
      }
      const values = new Set(acts.map(({ caller, network }) => `${caller} ${network}`));
      const told = [...sent.values()].reduce((sum, matches) => sum + matches, 0);
      expect(told).toBeGreaterThanOrEqual(values.size);
      expect(told).toBeLessThanOrEqual(values.size + unclaimed);
      if (unclaimed === 0) exact++;
    },
  );
  await fc.assert(histories, { numRuns: runs(150) });
  expect(exact).toBeGreaterThan(runs(150) / 2);
});
