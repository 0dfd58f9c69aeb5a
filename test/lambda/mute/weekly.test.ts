import { nextWeekly } from "../../../lambda/core/ledger/day.ts";
import type { Mute } from "../../../lambda/core/mute/mute.ts";
import { MUTES } from "../../../lambda/core/mute/mute.ts";
import { MAX_ENTRIES, SWALLOWED, swallowedOf } from "../../../lambda/core/mute/swallowed.ts";
import type { Exception } from "../../../lambda/core/rules/rule.ts";
import { everyCall, NOW, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The sample's moment is a Friday; the week's round-up comes on Monday at eight, in Berlin. */
const MONDAY = Date.parse("2026-11-23T07:00:00Z");

const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`;
const rotation: Exception = {
  reason: "keys are rotated at night",
  until: "2027-01-31",
  pattern: { userIdentity: { arn: [ALICE] } },
};
const HIGH = everyCall("high", { calls: ["iam:*"], except: [rotation] });

function weekly(rules = [HIGH], start = NOW) {
  const own = testDesk(rules, { roundUpDay: "monday" }, start);
  let files = 0;
  return {
    ...own,
    deliver: (...records: readonly unknown[]) => own.deliver(records, logKey(`week${++files}`)),
    until: (time: number) => own.desk.advanceTo(time),
    weeks: () =>
      own.alerts.filter(({ rule, email }) => rule === "weekly-round-up" || email.includes("Left out this week")),
  };
}

const from = (sourceIPAddress: string) => record({ sourceIPAddress });

test("once a week a mail tells what each exception left out, and what it had not met before", async () => {
  const { deliver, until, weeks } = weekly();
  expect(await deliver(from("192.0.2.44"), from("192.0.2.45"))).toMatchObject({ matches: 2, excepted: 2 });
  await until(MONDAY + 5 * MINUTE);
  expect(weeks().map(({ subject }) => subject)).toEqual(["[INFO] Weekly round-up: 2 matches left out"]);
  // In its first week all is new to an exception, so nothing is called so.
  expect(weeks()[0]?.email).toBe(
    [
      "Weekly round-up: 2 matches left out",
      "",
      "Left out this week by exceptions and mutes:",
      'every-call: 2 matches, except until 2027-01-31: "keys are rotated at night"',
      "  from 192.0.2.0/24",
      "",
      `Alert    ${weeks()[0]?.id}`,
      "",
    ].join("\n"),
  );
  await until(MONDAY + 2 * DAY);
  await deliver(from("192.0.2.44"), from("203.0.113.9"));
  await until(MONDAY + 7 * DAY + 5 * MINUTE);
  expect(weeks()[1]?.subject).toBe("[INFO] Weekly round-up: 2 matches left out, 1 new network");
  expect(weeks()[1]?.email).toContain("  NOT SEEN BEFORE: 203.0.113.0/24\n  from 192.0.2.0/24\n");
  expect(JSON.parse(weeks()[1]?.json ?? "{}")).toMatchObject({
    kind: "round-up",
    leftOut: [{ kind: "except", rule: "every-call", matches: 2, newNetworks: ["203.0.113.0/24"] }],
    ending: [],
  });
  // A quiet week says nothing.
  await until(MONDAY + 21 * DAY + 5 * MINUTE);
  expect(weeks()).toHaveLength(2);
});

test("of what lasts, each record counts with its network, though few of them are parsed", async () => {
  const lasting: Exception = { reason: "alice does that", pattern: { userIdentity: { accountId: [ACCOUNT] } } };
  const { deliver, until, weeks } = weekly([everyCall("high", { calls: ["iam:*"], except: [lasting] })]);
  for (let i = 0; i < 4; i++) {
    expect(await deliver(from(`192.0.${i}.44`), from(`192.0.${i}.45`))).toMatchObject({ matches: 2, excepted: 2 });
  }
  await until(MONDAY + 5 * MINUTE);
  expect(weeks()[0]?.email).toContain('every-call: 8 matches, except: "alice does that"');
  expect(weeks()[0]?.email).toContain("  from 192.0.0.0/24, 192.0.1.0/24, 192.0.2.0/24, 192.0.3.0/24");
});

test("where the daily round-up has something to say, the week's section stands in it", async () => {
  const low = { ...everyCall("low"), name: "noted", calls: ["s3:GetObject"] };
  const { deliver, until, alerts, weeks } = weekly([HIGH, low]);
  await deliver(from("192.0.2.44"));
  await until(MONDAY - HOUR);
  await deliver(
    record({
      eventSource: "s3.amazonaws.com",
      eventName: "GetObject",
      userIdentity: { type: "Root", accountId: ACCOUNT },
    }),
  );
  await until(MONDAY + 10 * MINUTE);
  expect(weeks()).toHaveLength(1);
  expect(alerts.filter(({ kind }) => kind === "round-up")).toHaveLength(1);
  expect(weeks()[0]?.subject).toMatch(/^\[LOW\] Daily round-up/);
  expect(JSON.parse(weeks()[0]?.json ?? "{}")).toMatchObject({
    alerts: [{ rule: "noted" }],
    leftOut: [{ matches: 1 }],
  });
});

test("exceptions that end are told while there is time, though nothing was left out, and once they have ended", async () => {
  const ending = everyCall("high", { except: [{ ...rotation, until: "2026-12-02" }] });
  const { until, weeks, desk } = weekly([ending], NOW - 7 * DAY);
  await desk.ledger.tick();
  await until(MONDAY + 15 * DAY);
  const said = weeks().map(({ email }) => /"keys are rotated at night" (.*)/.exec(email)?.[1]);
  expect(said).toEqual(["ends on 2026-12-02", "ends on 2026-12-02", "ended on 2026-12-02"]);
  expect(weeks()[0]?.subject).toBe("[INFO] Weekly round-up: 1 exception ending");
});

test("what a mute swallowed stands in the week too, though it is long over", async () => {
  const { deliver, until, weeks, store } = weekly([everyCall("high")]);
  const mute: Mute = {
    id: "0a1b2c3d",
    of: { rule: "every-call" },
    at: NOW,
    until: NOW + HOUR,
    reason: "load test",
    by: ALICE,
  };
  await store.commit([{ key: MUTES, expected: 0, next: { body: { mutes: [mute] }, dueAt: NOW } }]);
  await deliver(from("192.0.2.44"));
  await until(MONDAY + 5 * MINUTE);
  expect(weeks()[0]?.email).toContain('every-call: 1 match, mute 0a1b2c3d: "load test"\n  from 192.0.2.0/24\n');
});

test("hostile words of a reason and an address stay what they are", async () => {
  const reason = 'x"\nSubject: forged https://evil.com';
  const { deliver, until, weeks } = weekly([everyCall("high", { except: [{ ...rotation, reason }] })]);
  await deliver(from("evil.com\nRule     none"), from("x".repeat(5_000)));
  await until(MONDAY + 5 * MINUTE);
  const [{ email = "" } = {}] = weeks();
  expect(email).not.toMatch(/^(?:Subject|Rule {5}none)|evil\.com|https:\/\//m);
  expect(email.length).toBeLessThan(1_000);
});

test("counting costs one small write in five minutes, however many records are left out", async () => {
  const { deliver, until, store, desk } = weekly();
  const version = async () => (await store.read([SWALLOWED], desk.now())).get(SWALLOWED)?.version ?? 0;
  for (let file = 0; file < 10; file++) {
    await deliver(...Array.from({ length: 200 }, (_, i) => from(`192.0.${i}.1`)));
    await until(NOW + (file + 1) * 25_000);
  }
  expect(await version()).toBe(1);
  await until(NOW + 6 * MINUTE);
  await deliver(from("192.0.2.1"));
  expect(await version()).toBe(2);
  const item = swallowedOf((await store.read([SWALLOWED], desk.now())).get(SWALLOWED)?.body);
  expect(Object.values(item?.entries ?? {})).toMatchObject([{ week: 2_001, isCut: true }]);
  expect(JSON.stringify(item).length).toBeLessThan(1_500);
});

test("however many rules and exceptions there are, the item stays small, and nothing is lost in the sum", async () => {
  const rules = Array.from({ length: MAX_ENTRIES + 20 }, (_, i) => ({
    ...everyCall("high", { except: [{ ...rotation, reason: "y".repeat(3_000) }] }),
    name: `rule-${i}`,
  }));
  const own = weekly(rules);
  await own.deliver(from("192.0.2.1"));
  await own.until(MONDAY + 5 * MINUTE);
  expect(own.largest).toBeLessThan(60_000);
  expect(own.weeks()[0]?.subject).toMatch(/^\[INFO\] Weekly round-up: 120 matches left out/);
});

test("two instances that count at the same time lose nothing", async () => {
  const first = weekly();
  const others = Array.from({ length: 4 }, () => testDesk([HIGH], { roundUpDay: "monday" }, NOW, first.store));
  await Promise.all(others.map((desk, i) => desk.deliver([from("192.0.2.1")], logKey(`instance${i}`))));
  await Promise.all(others.map((desk) => desk.desk.ledger.tick()));
  const item = swallowedOf((await first.store.read([SWALLOWED], NOW)).get(SWALLOWED)?.body);
  expect(Object.values(item?.entries ?? {})).toMatchObject([{ week: 4 }]);
});

test("an item that cannot be read is kept, and counting goes on beside it", async () => {
  const { deliver, until, store, weeks } = weekly();
  const body = { entries: "many", others: -1 };
  await store.commit([{ key: SWALLOWED, expected: 0, next: { body, dueAt: NOW } }]);
  await deliver(from("192.0.2.44"));
  await until(MONDAY + 5 * MINUTE);
  expect(weeks()).toHaveLength(1);
  expect((await store.read([SWALLOWED], NOW)).get(SWALLOWED)?.body).toEqual(body);
});

test.each([
  ["2026-11-20T21:29:30Z", "UTC", "2026-11-23T08:00:00.000Z"],
  ["2026-11-23T07:59:00Z", "UTC", "2026-11-23T08:00:00.000Z"],
  ["2026-11-23T08:00:00Z", "UTC", "2026-11-30T08:00:00.000Z"],
  ["2026-11-20T21:29:30Z", "Asia/Tokyo", "2026-11-22T23:00:00.000Z"],
  ["2026-11-20T21:29:30Z", "Pacific/Apia", "2026-11-22T19:00:00.000Z"],
  ["2026-10-22T00:00:00Z", "Europe/Berlin", "2026-10-26T07:00:00.000Z"],
])("after %s, Monday at eight in %s is %s", (now, timeZone, expected) => {
  expect(new Date(nextWeekly(Date.parse(now), "monday", 8, timeZone)).toISOString()).toBe(expected);
});
