import { createHash } from "node:crypto";
import { MUTES } from "../../../lambda/core/mute/mute.ts";
import type { CloudTrailRecord } from "../../../lambda/core/record/record.ts";
import { COMMERCIAL } from "../../../lambda/core/record/regions.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { createMemoryStore, type MemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const REGIONS = COMMERCIAL.regions;

const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);

const mails = ({ alerts }: TestDesk) => alerts.map(({ email }) => email).join("\n");

/** Mutes for an hour. */
async function mute(desk: TestDesk, of: object) {
  const at = desk.desk.now();
  const one = { id: "0a1b2c3d", of, reason: "a trial", by: "carol", at, until: at + 60 * MINUTE, isAnnounced: true };
  await desk.store.commit([{ key: MUTES, expected: 0, next: { body: { mutes: [one] } } }]);
  await wait(desk, 1);
}

/** Words of letters, of which no two are alike but for their digits. */
const word = (i: number) =>
  createHash("sha256")
    .update(`${i}`)
    .digest("hex")
    .slice(0, 14)
    .replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "");

test.each([{ calls: ["*:*"] }, { pattern: { userIdentity: { type: ["IAMUser"] } } }])(
  "no number of calls that meet a broad critical rule buries one that meets another as well",
  async (more) => {
    const { calls: _, ...broad } = everyCall("critical", { name: "alice-seen" });
    const desk = testDesk([
      { ...broad, ...more },
      everyCall("critical", { name: "trail-stopped", calls: ["cloudtrail:StopLogging"] }),
    ]);
    const decoys = Array.from({ length: 70 }, (_, i) =>
      record({
        eventTime: "2026-11-20T21:24:00Z",
        eventName: `Tag${word(i)}`,
        requestParameters: { userName: word(i) },
      }),
    );
    const real = {
      eventSource: "cloudtrail.amazonaws.com",
      eventName: "StopLogging",
      requestParameters: { name: "main" },
    };
    await desk.deliver([record()]);
    await desk.deliver([...decoys, record(real)], logKey("two"));
    await wait(desk, 2);
    expect(desk.alerts.map(({ subject }) => subject)).toContainEqual(
      expect.stringMatching(/^\[CRITICAL\] Follow-up: Trail stopped by alice .*: main/),
    );
  },
);

const OTHER = "444455556666";
const organizationKey = (name: string, account = ACCOUNT) =>
  logKey(name).replace("AWSLogs/", "AWSLogs/o-exampleorgid/").replaceAll(ACCOUNT, account);

/** What somebody may write below his own account's path of an organization. */
const forged = (fields: CloudTrailRecord) =>
  record({ ...fields, resources: [{ accountId: OTHER, ARN: `arn:aws:iam::${OTHER}:role/any` }] });

test.each([
  ["the caller", {}],
  ["the address", { group: { by: ["sourceIPAddress"] } }],
  ["the address over all accounts", { group: { by: ["sourceIPAddress"], acrossAccounts: true } }],
])("no number of calls forged below another account's path takes a real one of %s from a mail", async (_, more) => {
  const desk = testDesk([everyCall("critical", more)]);
  const deliver = (name: string, from: number) =>
    desk.deliver(
      Array.from({ length: 600 }, (_, i) => forged({ requestParameters: { userName: word(from + i) } })),
      organizationKey(name, OTHER),
    );
  await desk.deliver([forged({})], organizationKey("first", OTHER));
  await deliver("before", 0);
  await desk.deliver([record({ requestParameters: { userName: "the-real-one" } })], organizationKey("real"));
  await deliver("behind", 600);
  await wait(desk, 1);
  expect(desk.alerts.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/the-real-one$/));
});

test("no number of callers forged below another account's path leaves a real one to the incident of too many", async () => {
  const desk = testDesk([everyCall("critical")]);
  const user = (name: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${name}`, userName: name });
  const deliver = (name: string, from: number) =>
    desk.deliver(
      Array.from({ length: 60 }, (_, i) => forged({ userIdentity: user(word(from + i)) })),
      organizationKey(name, OTHER),
    );
  await deliver("one", 0);
  await wait(desk, 3);
  await deliver("two", 60);
  await desk.deliver([record({ requestParameters: { userName: "the-real-one" } })], organizationKey("real"));
  expect(desk.alerts.at(-1)?.subject).toMatch(/^\[CRITICAL\] Every call by alice in prod .*the-real-one$/);
});

const FAILED = { responseElements: { ConsoleLogin: ["Failure"] } };

test.each<readonly [string, Partial<Rule>]>([
  ["a rule", {}],
  ["what comes before it", { outcome: "success", after: { pattern: FAILED, count: 3, within: 60 * MINUTE } }],
])("a sign-in that is written down as failed, before its log file comes, is no duplicate of %s", async (_, more) => {
  const desk = testDesk([
    everyCall("critical", { calls: ["signin:ConsoleLogin"], group: { by: ["sourceIPAddress"] }, ...more }),
  ]);
  const signIn = (response: string, fields: CloudTrailRecord = {}) =>
    record({
      ...fields,
      eventType: "AwsConsoleSignIn",
      eventSource: "signin.amazonaws.com",
      eventName: "ConsoleLogin",
      requestParameters: null,
      responseElements: { ConsoleLogin: response },
    });
  const real = signIn("Success");
  await desk.deliver([1, 2, 3].map(() => signIn("Failure")));
  await desk.deliver([{ ...real, responseElements: { ConsoleLogin: "Failure" } }], logKey("forged"));
  await wait(desk, 5);
  await desk.deliver([real], logKey("real"));
  await wait(desk, 2);
  expect(desk.alerts.at(-1)?.subject).toMatch(/^\[CRITICAL\] (?:Follow-up: )?Every call by alice/);
});

test("what milder mails told of a call is news where it is critical, and comes with a text message", async () => {
  const desk = testDesk([
    everyCall("high"),
    everyCall("critical", { name: "odd-tool", pattern: { userAgent: [{ prefix: "odd" }] } }),
  ]);
  const real = { requestParameters: { userName: "the-real-one" } };
  await desk.deliver([record(real)]);
  await wait(desk, 20);
  await desk.deliver([record({ userAgent: "odd" })], logKey("decoy"));
  await wait(desk, 5);
  await desk.deliver([record({ ...real, userAgent: "odd" })], logKey("real"));
  await wait(desk, 2);
  expect(desk.alerts.at(-1)?.subject).toMatch(/Odd tool .*the-real-one/);
  expect(desk.texts).toHaveLength(2);
  // From then on it was told.
  await desk.deliver([record({ ...real, userAgent: "odd" })], logKey("again"));
  await wait(desk, 10);
  expect(desk.texts).toHaveLength(2);
});

test("what milder mails told of a call is news where it is high", async () => {
  const desk = testDesk([
    everyCall("medium"),
    everyCall("high", { name: "odd-tool", pattern: { userAgent: [{ prefix: "odd" }] } }),
  ]);
  const real = { requestParameters: { userName: "the-real-one" } };
  await desk.deliver([record(real)]);
  await wait(desk, 20);
  await desk.deliver([record({ userAgent: "odd" })], logKey("decoy"));
  await wait(desk, 6);
  await desk.deliver([record({ ...real, userAgent: "odd" })], logKey("real"));
  await wait(desk, 5);
  expect(desk.alerts.at(-1)?.subject).toMatch(/Odd tool .*the-real-one/);
});

const callsOf = (names: readonly string[]) =>
  names.map((userName) =>
    record({ userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`, userName } }),
  );

/** Mutes the incident of too many callers by its id. */
async function muteShared(desk: TestDesk) {
  const heads = await desk.store.read(desk.keys("incident#"), desk.desk.now());
  const key = [...heads].find(([, { body }]) => JSON.stringify(body).includes('"isShared":true'))?.[0] ?? "";
  await mute(desk, { incident: key.slice("incident#".length).slice(0, 8) });
}

test("a mute of the incident of too many callers, by its id, swallows nothing of those who join it later", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver(callsOf(Array.from({ length: 55 }, (_, i) => word(i))));
  await wait(desk, 20);
  await muteShared(desk);
  expect(await desk.deliver(callsOf([word(54)]), logKey("told"))).toMatchObject({ muted: 1 });
  expect(await desk.deliver(callsOf(["mallory"]), logKey("real"))).toMatchObject({ muted: 0 });
  await wait(desk, 5);
  expect(desk.alerts.at(-1)?.email).toContain("mallory");
});

test("a round-up of many callers who met one critical rule names the one who met another in its subject", async () => {
  const desk = testDesk([
    everyCall("critical"),
    everyCall("critical", { name: "key-lost", calls: ["kms:ScheduleKeyDeletion"] }),
  ]);
  const caller = (userName: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`, userName });
  const decoys = Array.from({ length: 40 }, (_, i) => record({ userIdentity: caller(word(i)) }));
  const real = {
    eventSource: "kms.amazonaws.com",
    eventName: "ScheduleKeyDeletion",
    requestParameters: { keyId: "k-1" },
  };
  await desk.deliver([
    ...decoys.slice(0, 20),
    record({ ...real, eventTime: "2026-11-20T21:28:00Z" }),
    ...decoys.slice(20),
  ]);
  await wait(desk, 2);
  expect(desk.alerts.map(({ subject }) => subject)).toContainEqual(
    expect.stringMatching(/Round-up: .*: Key lost by alice/),
  );
});

test.each<Partial<Rule>>([{}, { threshold: { count: 1, within: 60 * MINUTE } }])(
  "no number of calls in one account takes a call in another from the mail of a rule over all accounts",
  async (more) => {
    const desk = testDesk([
      everyCall("critical", { name: "seen", group: { by: ["sourceIPAddress"], acrossAccounts: true }, ...more }),
    ]);
    const deliver = (name: string, from: number, count: number) =>
      desk.deliver(
        Array.from({ length: count }, (_, i) =>
          record({ recipientAccountId: OTHER, requestParameters: { userName: word(from + i) } }),
        ),
        organizationKey(name, OTHER),
      );
    await deliver("first", 0, 1);
    await deliver("before", 1, 600);
    await desk.deliver([record({ requestParameters: { userName: "payroll" } })], organizationKey("real"));
    await deliver("behind", 700, 600);
    await wait(desk, 2);
    expect(desk.alerts.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/ in prod .*payroll/));
    // Its lines would say the same otherwise.
    expect(mails(desk)).toMatch(/^21:25:09 {2}iam:CreateAccessKey ok on .* in 444455556666, 1200 times/m);
  },
);

test("what waits of an incident is told in time, although the table takes no more than a few changes at once", async () => {
  const memory = createMemoryStore();
  let refused = 0;
  const tight: MemoryStore = {
    ...memory,
    async commit(changes) {
      if (changes.length <= 8) return memory.commit(changes);
      refused++;
      throw Object.assign(new Error("more than the table takes"), { isRefused: true });
    },
  };
  const desk = testDesk([everyCall("critical")], {}, NOW, tight);
  await desk.deliver([record()], logKey("first"));
  for (let i = 0; i < 9; i++) {
    const userName = i === 4 ? "the-real-one" : word(i);
    await desk.deliver([record({ requestParameters: { userName } })], logKey(`file-${i}`));
  }
  await wait(desk, 2);
  expect(refused).toBeGreaterThan(0);
  expect(desk.alerts).toHaveLength(2);
  expect(desk.alerts[1]?.matches).toBe(9);
  expect(desk.alerts[1]?.email).toContain("the-real-one");
});

test.each<readonly [string, (names: readonly string[]) => object]>([
  ["DeleteAlarms", (alarmNames) => ({ alarmNames })],
  ["DeleteTags", (userName) => ({ userName })],
  ["TerminateInstances", (names) => ({ instancesSet: { items: names.map((instanceId) => ({ instanceId })) } })],
  ["DeleteObjects", (names) => ({ bucketName: "b", delete: { object: names.map((key) => ({ key })) } })],
])(
  "of the things that one call (%s) names together, those are named that are least alike",
  async (eventName, requestParameters) => {
    const desk = testDesk([everyCall("high")]);
    const names = Array.from({ length: 60 }, (_, i) => (i === 40 ? "trail-is-silent" : `test-number-${i}`));
    await desk.deliver([record({ eventName, requestParameters: requestParameters(names) })]);
    await wait(desk, 1);
    // S3 deletes the objects of one bucket, which the subject names.
    expect(desk.alerts[0]?.subject).toContain(eventName === "DeleteObjects" ? "DeleteObjects b" : "trail-is-silent");
    expect(mails(desk)).toContain("trail-is-silent");
  },
);

test("a mute of a milder rule puts no calls of two accounts into one line of a rule over all accounts", async () => {
  const desk = testDesk([
    everyCall("high", { name: "seen", group: { by: ["sourceIPAddress"], acrossAccounts: true } }),
    everyCall("low", { name: "noted" }),
  ]);
  await mute(desk, { rule: "noted" });
  await desk.deliver([record({ recipientAccountId: OTHER })], organizationKey("first", OTHER));
  await desk.deliver(
    Array.from({ length: 600 }, (_, i) =>
      record({ recipientAccountId: OTHER, requestParameters: { userName: word(i) } }),
    ),
    organizationKey("many", OTHER),
  );
  await desk.deliver([record({ requestParameters: { userName: "payroll" } })], organizationKey("real"));
  await wait(desk, 6);
  expect(desk.alerts.map(({ subject }) => subject)).toContainEqual(expect.stringMatching(/ in prod .*payroll/));
});

test("a mute of the incident of too many callers holds for all whom its mail named", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver(callsOf(Array.from({ length: 200 }, (_, i) => word(i))));
  await wait(desk, 20);
  await muteShared(desk);
  const told: number[] = [];
  for (const i of [60, 100, 150, 199]) {
    told.push((await desk.deliver(callsOf([word(i)]), logKey(`again-${i}`))).muted ?? 0);
  }
  expect(told).toEqual([1, 1, 1, 1]);
});

test("hundreds of critical things that were told are no news when they come again", async () => {
  const desk = testDesk([everyCall("critical")]);
  const deliver = (part: number, name: string) =>
    desk.deliver(
      Array.from({ length: 110 }, (_, i) => record({ requestParameters: { userName: word(110 * part + i) } })),
      logKey(name),
    );
  for (const part of [0, 1, 2, 3]) {
    await deliver(part, `part-${part}`);
    await wait(desk, 3);
  }
  const before = desk.alerts.length;
  await deliver(0, "again");
  await wait(desk, 3);
  expect(desk.alerts).toHaveLength(before);
});

test("what a mail tells of a file below another account's path leaves nothing out of the daily round-up", async () => {
  const threshold = { count: 1, within: 60 * MINUTE };
  const odd = { name: "odd-tool", pattern: { userAgent: ["odd"] }, threshold };
  const desk = testDesk([everyCall("low"), everyCall("medium", odd)]);
  const real = forged({ requestParameters: { userName: "the-real-one" } });
  await desk.deliver([{ ...real, userAgent: "odd" }], organizationKey("forged", OTHER));
  await desk.deliver([real], organizationKey("real"));
  await desk.desk.runToEnd();
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/^\[MEDIUM\]/),
    expect.stringMatching(/^\[LOW\] Daily round-up.*/),
  ]);
});

test("no number of milder incidents, begun from as many addresses, takes the lock-out from the mail of a critical call", async () => {
  const byAddress = { group: { by: ["sourceIPAddress"], acrossAccounts: true } };
  const desk = testDesk([
    everyCall("medium", { name: "sign-in-failed", calls: ["signin:*"], ...byAddress }),
    everyCall("high", { name: "portal-failed", calls: ["sso:*"], ...byAddress }),
    everyCall("critical", { outcome: "attempt", calls: ["iam:*"] }),
  ]);
  const tries = ["signin", "sso"].flatMap((service) =>
    Array.from({ length: 50 }, (_, i) =>
      record({ eventSource: `${service}.amazonaws.com`, sourceIPAddress: `198.51.${service.length}.${i}` }),
    ),
  );
  // Refused calls of the rule itself are milder too.
  const refused = Array.from({ length: 50 }, (_, i) => {
    const userIdentity = { type: "AWSAccount", principalId: `AROAEXAMPLE${i}:eve`, accountId: "444455556666" };
    return record({ userIdentity, errorCode: "AccessDenied" });
  });
  await desk.deliver(tries, logKey("tries"));
  await wait(desk, 5);
  const before = desk.alerts.length;
  await desk.deliver([...refused, record({ requestParameters: { userName: "the-real-one" } })], logKey("real"));
  await wait(desk, 2);
  const mail = desk.alerts.slice(before).find(({ severity }) => severity === "critical");
  expect(mail?.subject).toMatch(/ by alice in prod .*the-real-one/);
  expect(mail?.email).toMatch(/^Who {6}IAM user alice, /m);
  expect(mail?.email).toMatch(/^Lock out now, before you ask: user alice /m);
});

test("where the last call came from is told, and that there may be more, however many addresses others came from", async () => {
  const desk = testDesk([everyCall("critical")]);
  const decoys = Array.from({ length: 30 }, (_, i) => record({ sourceIPAddress: `198.51.100.${i}` }));
  await desk.deliver([...decoys, record({ sourceIPAddress: "203.0.113.66", requestParameters: { userName: "carl" } })]);
  await wait(desk, 1);
  const row = /^Sources +(.*)$/m.exec(mails(desk))?.[1];
  expect(row).toBe(
    `${[0, 1, 2, 3, 4, 26, 27, 28, 29].map((i) => `198.51.100.${i}`).join(", ")}, 203.0.113.66; there may be more: of one call, 10 are kept`,
  );
});

test("a round-up names the odd one of many callers, and of what they called about, whichever of their calls it was", async () => {
  const desk = testDesk([everyCall("critical")]);
  const user = (userName: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`, userName });
  const call = (i: number, caller: string, name: string) => {
    const eventName = `Put${String.fromCharCode(65 + (i % 26))}${i}`;
    return record({ eventName, userIdentity: user(caller), requestParameters: { name } });
  };
  // Of the calls in the middle there are neither few nor many.
  const decoys = Array.from({ length: 30 }, (_, i) =>
    Array.from({ length: i + 1 }, (_, at) => call(i, `decoy${(17 * i + at) % 110}`, `decoy-${(13 * i + at) % 90}`)),
  ).flat();
  await desk.deliver([...decoys, call(15, "mallory", "the-real-one")]);
  await wait(desk, 2);
  const section = mails(desk)
    .split("\n")
    .find((line) => / and \d\d other calls; /.test(line));
  expect(section).toMatch(/; by user\/mallory, .*; on the-real-one, /);
});

test("where a call was made is told, in however many regions the same was done before", async () => {
  const desk = testDesk([everyCall("critical")]);
  await desk.deliver(REGIONS.map((awsRegion) => record({ awsRegion })));
  await wait(desk, 1);
  expect(JSON.parse(desk.alerts[0]?.json ?? "").regions).toEqual([...REGIONS].sort());
  expect(mails(desk)).toContain(`, and ${REGIONS.length - 5} more regions`);
});
