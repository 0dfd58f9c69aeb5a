import { readFileSync } from "node:fs";
import { createHeard, HEARD_KEYS, heardIn } from "../../../lambda/core/health/heard.ts";
import { silenceFindings, silencesIn } from "../../../lambda/core/health/silence.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import type { LedgerStore } from "../../../lambda/core/store/store.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 20, 12);
const ACCOUNT = "111122223333";

const logOf = (account = ACCOUNT, region = "us-east-1", kind = "CloudTrail") =>
  `AWSLogs/${account}/${kind}/${region}/2026/11/20/x.json.gz`;

/** Notes and a clock; each day is a function instance of its own, as new code or a quiet night makes them. */
function ear(store: LedgerStore = createMemoryStore()) {
  let now = NOON;
  let heard = createHeard(store, () => now);
  const hear = async (...keys: readonly string[]) => {
    for (const key of keys) heard.note(key);
    await heard.flush();
  };
  return {
    store,
    hear,
    async hearDaily(days: number, ...keys: readonly string[]) {
      for (let day = 0; day < days; day++) {
        await hear(...keys);
        now += DAY;
        heard = createHeard(store, () => now);
      }
      now -= DAY;
    },
    wait: (time: number) => {
      now += time;
    },
    async silences(patience = 26) {
      const items = await store.read(HEARD_KEYS, now);
      return silencesIn(
        heardIn(
          Array.from(items.values(), ({ body }) => body),
          now,
        ),
        patience,
        now,
      );
    },
  };
}

test("an account that wrote daily is missed after 26 hours, and not before", async () => {
  const one = ear();
  await one.hearDaily(7, logOf());
  one.wait(26 * HOUR);
  expect(await one.silences()).toEqual([]);
  one.wait(1);
  const since = NOON + 6 * DAY;
  expect(await one.silences()).toEqual([
    { account: ACCOUNT, regions: ["us-east-1"], isWhole: true, since, isOld: false },
  ]);
});

test("a digest is a sign of life, and so is any kind of log file of CloudTrail's", async () => {
  for (const kind of ["CloudTrail-Digest", "CloudTrail-Insight"]) {
    const one = ear();
    await one.hearDaily(7, logOf());
    one.wait(25 * HOUR);
    await one.hear(logOf(ACCOUNT, "us-east-1", kind));
    one.wait(2 * HOUR);
    expect(await one.silences()).toEqual([]);
  }
});

test("whoever wrote now and then, or for less than a week, is not missed", async () => {
  const young = ear();
  await young.hearDaily(5, logOf());
  young.wait(30 * HOUR);
  expect(await young.silences()).toEqual([]);
  const seldom = ear();
  for (let week = 0; week < 4; week++) {
    await seldom.hearDaily(4, logOf());
    seldom.wait(4 * DAY);
  }
  expect(await seldom.silences()).toEqual([]);
});

test("one day in seven without a word is no reason not to be missed", async () => {
  const one = ear();
  await one.hearDaily(4, logOf());
  one.wait(2 * DAY);
  await one.hearDaily(3, logOf());
  one.wait(27 * HOUR);
  expect(await one.silences()).toHaveLength(1);
});

test("of an account the silent regions are named, in one line, and accounts that are wholly silent come first", async () => {
  const one = ear();
  const others = [logOf(ACCOUNT, "eu-west-1"), logOf(ACCOUNT, "us-west-2"), logOf("222222222222")];
  await one.hearDaily(8, logOf(), ...others);
  one.wait(20 * HOUR);
  await one.hear(logOf());
  one.wait(7 * HOUR);
  expect(await one.silences()).toMatchObject([
    { account: "222222222222", regions: ["us-east-1"], isWhole: true },
    { account: ACCOUNT, regions: ["eu-west-1", "us-west-2"], isWhole: false },
  ]);
});

test("after three days silence is old: an account may have been closed", async () => {
  const one = ear();
  await one.hearDaily(9, logOf());
  one.wait(26 * HOUR + 72 * HOUR);
  expect(await one.silences()).toMatchObject([{ isOld: false }]);
  one.wait(1);
  expect(await one.silences()).toMatchObject([{ isOld: true }]);
});

test("no hours of patience, and nobody is missed", async () => {
  const one = ear();
  await one.hearDaily(9, logOf());
  one.wait(2 * DAY);
  expect(await one.silences(0)).toEqual([]);
});

test("what is heard all the time is written every half hour, by each instance", async () => {
  const memory = createMemoryStore();
  let [reads, commits] = [0, 0];
  const store: LedgerStore = {
    ...memory,
    read(keys, now) {
      reads++;
      return memory.read(keys, now);
    },
    commit(changes) {
      commits++;
      return memory.commit(changes);
    },
  };
  const one = ear(store);
  for (let minute = 0; minute < 120; minute++) {
    await one.hear(logOf());
    one.wait(HOUR / 60);
  }
  expect(commits).toBe(4);
  expect(reads).toBe(4);
});

test("instances that hear at the same time keep each other's notes", async () => {
  const store = createMemoryStore();
  const ears = Array.from({ length: 20 }, (_, i) => ({ one: ear(store), key: logOf(ACCOUNT, `region-${i}`) }));
  await Promise.all(ears.map(({ one, key }) => one.hear(key)));
  // Who was not quick enough writes with its next object.
  for (const { one } of ears) await one.hear();
  const items = await store.read(HEARD_KEYS, NOON);
  const heard = heardIn(
    Array.from(items.values(), ({ body }) => body),
    NOON,
  );
  expect(heard).toHaveLength(20);
});

test.each<readonly [string, unknown]>([
  ["a text", "heard"],
  ["a list", [1, 2]],
  ["nothing", null],
  ["no pairs", { [`${ACCOUNT} us-east-1`]: 7 }],
  ["dates beyond all time", { [`${ACCOUNT} us-east-1`]: [1e300, 1] }],
  ["half a day", { [`${ACCOUNT} us-east-1`]: [NOON, 0.5] }],
])("an item that is %s is written anew, and breaks nothing", async (_, body) => {
  const one = ear();
  const keys = HEARD_KEYS.map((key) => ({ key, expected: 0, next: { body } }));
  await one.store.commit(keys);
  expect(await one.silences()).toEqual([]);
  await one.hearDaily(8, logOf());
  one.wait(27 * HOUR);
  expect(await one.silences()).toHaveLength(1);
});

test("a note from the future hides no silence", async () => {
  const days = 2 ** 7 - 1;
  const heard = heardIn([{ [`${ACCOUNT} us-east-1`]: [NOON + 400 * DAY, days] }], NOON);
  expect(heard).toEqual([{ account: ACCOUNT, region: "us-east-1", at: 0, days }]);
});

test("names that are no account and no region are left alone", () => {
  const body = { "1 x": [NOON, 1], [`${ACCOUNT} <b>`]: [NOON, 1], [`${ACCOUNT} us-east-1`]: [NOON, 1] };
  expect(heardIn([body], NOON)).toHaveLength(1);
});

test("a table that refuses is left alone for a minute, and reading goes on", async () => {
  const memory = createMemoryStore();
  let refused = 0;
  const store: LedgerStore = {
    ...memory,
    read() {
      refused++;
      return Promise.reject(new Error("throttled"));
    },
  };
  const one = ear(store);
  for (let i = 0; i < 5; i++) await one.hear(logOf(ACCOUNT, `region-${i}`));
  expect(refused).toBe(1);
});

const LISTENING = { naming: { accounts: { [ACCOUNT]: "prod" } }, accountSilentAfterHours: 26 };
const regular = (account: string, at: number) => ({ account, region: "us-east-1", at, days: 2 ** 7 - 1 });

test("that nobody was heard is told half an hour after the deployment, and not before", () => {
  const findings = (minutes: number) => silenceFindings(LISTENING, { value: [] }, NOON, NOON + (minutes * HOUR) / 60);
  expect(findings(29)).toEqual([]);
  expect(findings(30)).toMatchObject([
    { state: "broken", what: expect.stringMatching(/has come since this was deployed/) },
  ]);
});

test("the same silence is told in the same words at any hour, so that it is told once", () => {
  const heard = [regular(ACCOUNT, NOON)];
  const [early, late] = [27, 80].map((hours) =>
    silenceFindings(LISTENING, { value: heard }, NOON, NOON + hours * HOUR),
  );
  expect(early).toEqual(late);
  expect(early?.[0]?.what).toBe(
    "Nothing has come of account prod (111122223333) since 2026-11-20 12:00:00 UTC: no log file, no digest.",
  );
  const old = silenceFindings(LISTENING, { value: heard }, NOON, NOON + 99 * HOUR);
  expect(old).toEqual([{ ...early?.[0], state: "doubtful" }]);
});

test("of many silent accounts ten are named, and the others counted", () => {
  const heard = Array.from({ length: 25 }, (_, i) => regular(String(100_000_000_000 + i), NOON));
  const findings = silenceFindings(LISTENING, { value: heard }, NOON, NOON + 27 * HOUR);
  expect(findings).toHaveLength(11);
  expect(findings.at(-1)?.what).toBe("15 more accounts have fallen silent.");
});

test("docs/doctor.md has a section for it", () => {
  expect(readFileSync("docs/doctor.md", "utf8")).toContain(`\n## silence\n`);
});

test("that the notes cannot be read is a doubt, and no silence", () => {
  const findings = silenceFindings(LISTENING, { refused: "AccessDenied: no" }, NOON, NOON + 27 * HOUR);
  expect(findings).toMatchObject([{ state: "doubtful", isUnread: true, why: "AccessDenied: no" }]);
});

test("an instance that wakes up late takes no day away from what others noted meanwhile", async () => {
  const store = createMemoryStore();
  let now = NOON + 2 * DAY;
  let refuses = true;
  const read: LedgerStore["read"] = (...asked) => (refuses ? Promise.reject(new Error("x")) : store.read(...asked));
  const frozen = createHeard({ ...store, read }, () => now);
  frozen.note(logOf());
  await frozen.flush();
  const awake = ear(store);
  await awake.hearDaily(8, logOf());
  [now, refuses] = [NOON + 7 * DAY + HOUR, false];
  await frozen.flush();
  awake.wait(30 * HOUR);
  expect(await awake.silences()).toHaveLength(1);
});

test("thousands of invented regions push nobody out who was heard for a week", async () => {
  const one = ear();
  await one.hearDaily(8, logOf());
  one.wait(HOUR);
  await one.hear(...Array.from({ length: 6_000 }, (_, i) => logOf(ACCOUNT, `made-up-${i}`)));
  one.wait(29 * HOUR);
  expect(await one.silences()).toMatchObject([{ regions: ["us-east-1"] }]);
});
