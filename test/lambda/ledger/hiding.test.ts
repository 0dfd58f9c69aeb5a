import { createHash } from "node:crypto";
import { foundIn } from "../../../lambda/core/incident/assign.ts";
import { createLedger } from "../../../lambda/core/ledger/ledger.ts";
import { MUTES } from "../../../lambda/core/mute/mute.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { hashOf } from "../../../lambda/core/store/seen.ts";
import { everyCall, NOW, SETTINGS, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;

const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);
const mails = ({ alerts }: TestDesk) => alerts.map(({ email }) => email).join("\n");

test("a critical read that worked is told at once, although all else of it was told when it was refused", async () => {
  const desk = testDesk([
    everyCall("critical", { name: "read-secret", outcome: "attempt", calls: ["secretsmanager:GetSecretValue"] }),
    everyCall("medium", { name: "noise", calls: ["iam:*"] }),
  ]);
  const reading = {
    eventSource: "secretsmanager.amazonaws.com",
    eventName: "GetSecretValue",
    readOnly: true,
    requestParameters: { secretId: "payroll" },
  };
  await desk.deliver([record({ ...reading, errorCode: "AccessDenied" }), record()]);
  await wait(desk, 3);
  await desk.deliver([record(reading)]);
  await wait(desk, 1);
  expect(desk.alerts.map(({ severity }) => severity)).toEqual(["high", "critical"]);
  expect(desk.texts).toHaveLength(1);
});

/** Words of letters, of which no two are alike but for their digits. */
const word = (i: number) =>
  createHash("sha256")
    .update(`${i}`)
    .digest("hex")
    .slice(0, 14)
    .replace(/\d/g, (digit) => "ghijklmnop"[Number(digit)] ?? "");

test("no names of one line take the room of another line's", async () => {
  const desk = testDesk([everyCall("high")]);
  const decoys = Array.from({ length: 400 }, (_, i) =>
    record({ eventName: "DeleteUser", requestParameters: { userName: `${word(i)}${"x".repeat(80)}` } }),
  );
  const real = Array.from({ length: 401 }, (_, i) =>
    record({ eventName: "CreateAccessKey", requestParameters: { userName: i === 200 ? "prodadmin" : word(i) } }),
  );
  await desk.deliver([...decoys, ...real]);
  await wait(desk, 1);
  expect(mails(desk)).toContain("prodadmin");
});

test("long names are shortened before a name of one line is left out", async () => {
  const desk = testDesk([everyCall("critical")]);
  const long = (i: number) => Array.from({ length: 11 }, (_, at) => word(100 * i + at)).join("");
  const calls = Array.from({ length: 301 }, (_, i) =>
    record({ eventName: "DeleteSecret", requestParameters: { secretId: i === 150 ? "payroll" : long(i) } }),
  );
  await desk.deliver(calls);
  await wait(desk, 1);
  expect(mails(desk)).toContain("payroll");
});

test("texts of what is less severe leave some for what is critical", async () => {
  const desk = testDesk(
    [everyCall("medium", { name: "noise", calls: ["iam:*"] }), everyCall("critical", { calls: ["kms:*"] })],
    { smsFrom: "medium" },
  );
  for (let i = 0; i < 15; i++) {
    const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/noise-${i}`, userName: `noise-${i}` };
    await desk.deliver([record({ userIdentity })], logKey(`noise-${i}`));
    await wait(desk, 1);
  }
  const before = desk.texts.length;
  await desk.deliver([record({ eventSource: "kms.amazonaws.com", eventName: "ScheduleKeyDeletion" })]);
  await wait(desk, 1);
  expect(desk.texts.slice(before)).toHaveLength(1);
});

test("large copies that nobody takes do not keep later mails from going", async () => {
  const rules = compileRules([everyCall("high")]);
  const store = createMemoryStore();
  let now = NOW;
  const mails: string[] = [];
  const copied = new Set<string>();
  let isRefusing = true;
  const ledger = createLedger({
    store,
    rules: rules.rules,
    settings: { ...SETTINGS, isOnBus: true },
    publish: {
      alert: async ({ id }) => void mails.push(id),
      sms: async () => undefined,
      health: async () => undefined,
      "health-sms": async () => undefined,
      async bus({ id }) {
        if (isRefusing) throw new Error("there is no such bus");
        copied.add(id);
      },
      chat: undefined,
      routes: {},
    },
    now: () => now,
    async sleep(time) {
      now += time;
    },
  });
  const deliver = async (caller: string, userName: string) => {
    const intake = ledger.intake();
    for (let i = 0; i < 4; i++) {
      const one = record({
        userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${caller}`, userName: caller },
        eventName: `Create${i}`,
        requestParameters: { userName, note: Array.from({ length: 9 }, (_, at) => `${at}`.repeat(7_000)) },
      });
      const found = foundIn(one, { bucket: "trail", key: logKey("one") }, rules.match(one, now));
      await intake.add(found === undefined ? [] : [found]);
    }
    await intake.finish();
  };
  for (let i = 0; i < 64; i++) {
    await deliver(`caller-${i}`, "bob");
    now += 2 * MINUTE;
    await ledger.tick();
  }
  expect(mails).toHaveLength(64);
  // The tick pauses for some hours: then all of them are due at once.
  now += 6 * 60 * MINUTE;
  await deliver("caller-63", "carl");
  await deliver("caller-63", "prodadmin");
  expect(mails).toHaveLength(65);
  for (let i = 0; i < 6; i++) {
    now += MINUTE;
    await ledger.tick();
  }
  expect(mails).toHaveLength(66);
  isRefusing = false;
  for (let i = 0; i < 70; i++) {
    now += MINUTE;
    await ledger.tick();
  }
  expect(copied.size).toBe(66);
});

test.each([
  ["first", "in one file"],
  ["first", "in files of their own"],
  ["last", "in one file"],
  ["last", "in files of their own"],
])("what passes a medium threshold is told at once, although the %s try was refused, %s", async (refused, how) => {
  const desk = testDesk([
    everyCall("medium", {
      name: "sessions-on-several",
      calls: ["ssm:StartSession"],
      outcome: "attempt",
      threshold: { count: 3, within: 15 * MINUTE, distinct: "requestParameters.target" },
    }),
  ]);
  const started = ["i-1", "i-2", "i-3"].map((target, i) =>
    record({
      eventSource: "ssm.amazonaws.com",
      eventName: "StartSession",
      requestParameters: { target },
      ...(i === (refused === "first" ? 0 : 2) && { errorCode: "AccessDenied" }),
    }),
  );
  const files = how === "in one file" ? [started] : started.map((one) => [one]);
  for (const [i, file] of files.entries()) await desk.deliver(file, logKey(`file-${i}`));
  await wait(desk, 20);
  expect(desk.alerts.map(({ severity, subject }) => [severity, subject.includes("Daily")])).toContainEqual([
    "medium",
    false,
  ]);
});

test("refused tries alone, which are low, wait for the daily round-up, whatever worked before", async () => {
  const desk = testDesk([
    everyCall("medium", {
      name: "sessions-on-several",
      calls: ["ssm:StartSession"],
      outcome: "attempt",
      threshold: { count: 3, within: 15 * MINUTE },
    }),
  ]);
  const start = { eventSource: "ssm.amazonaws.com", eventName: "StartSession" };
  const denied = { ...start, errorCode: "AccessDenied" };
  await desk.deliver([record({ ...start, eventTime: "2026-11-20T20:25:09Z" })]);
  await desk.deliver([record(denied), record(denied), record(denied)], logKey("two"));
  await wait(desk, 20);
  expect(desk.alerts).toEqual([]);
  await desk.desk.runToEnd();
  expect(desk.alerts.map(({ severity, kind }) => [severity, kind])).toEqual([["low", "round-up"]]);
});

test("subject and text name who made the worst call, although all places for callers were taken by others", async () => {
  const desk = testDesk([everyCall("critical", { outcome: "attempt" })]);
  const user = (userName: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`, userName });
  const refused = (userName: string) => record({ userIdentity: user(userName), errorCode: "AccessDenied" });
  await desk.deliver(Array.from({ length: 52 }, (_, i) => refused(`decoy${i}`)));
  await desk.deliver(Array.from({ length: 50 }, (_, i) => record({ userIdentity: user(`busy${i}`) })));
  await wait(desk, 20);
  const before = desk.alerts.length;
  await desk.deliver([record({ userIdentity: user("mallory") }), refused("decoy99")], logKey("two"));
  await wait(desk, 2);
  expect(desk.alerts.slice(before).map(({ subject }) => subject)).toEqual([
    expect.stringContaining("by mallory and others"),
  ]);
  expect(desk.texts.at(-1)).toContain("mallory and others");
});

test("a story that is too large for an item loses records before it loses names", async () => {
  const desk = testDesk(["a", "b", "c", "d"].map((one) => everyCall("high", { name: one.repeat(60) })));
  const user = (name: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${name}`, userName: name });
  const long = (i: number, length: number) =>
    `${word(i)}${word(i + 1)}${word(i + 2)}${word(i + 3)}${word(i + 4)}`.slice(0, length);
  await desk.deliver(Array.from({ length: 50 }, (_, i) => record({ userIdentity: user(`first-${i}`) })));
  await wait(desk, 30);
  const many = Array.from({ length: 450 }, (_, i) =>
    record({
      eventName: `Put${long(Math.floor(i / 9), 70)}${Math.floor(i / 9)}`,
      sourceIPAddress: `2001:db8:${i + 4000}:${i + 4000}:1111:2222:3333:4444`,
      awsRegion: `region-${long(i, 40)}`,
      userIdentity: user(long(i, 60)),
      requestParameters: {
        userName: i === 185 ? "prodadmin" : long(i, 55),
        policyName: long(i + 7, 55),
        note: "n".repeat(7_900),
      },
    }),
  );
  await desk.deliver(many, logKey("two"));
  await wait(desk, 30);
  expect(desk.alerts.map(({ json }) => json).join("")).toContain("prodadmin");
});

test("a mute of one account does not swallow what the same call is in another account", async () => {
  const desk = testDesk([everyCall("high")]);
  const organization = logKey("org").replace("AWSLogs/", "AWSLogs/o-exampleorgid/");
  await desk.desk.advanceTo(NOW);
  const mute = { id: "0a1b2c3d", of: { rule: "every-call", account: "444455556666" }, reason: "a trial", by: "carol" };
  const body = { mutes: [{ ...mute, at: NOW, until: NOW + 60 * MINUTE, isAnnounced: true }] };
  await desk.store.commit([{ key: MUTES, expected: 0, next: { body } }]);
  const shared = {
    sharedEventID: "twin-1",
    eventName: "PutBucketPolicy",
    requestParameters: { bucketName: "payroll" },
  };
  const callers = record({ ...shared, recipientAccountId: "444455556666" });
  expect(await desk.deliver([callers], organization.replaceAll(ACCOUNT, "444455556666"))).toMatchObject({ muted: 1 });
  const own = record(shared);
  expect(await desk.deliver([own], organization)).toMatchObject({ alerts: 1 });
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringContaining("payroll")]);
  // The same again rings no more.
  expect(await desk.deliver([own], logKey("org2"))).toMatchObject({ duplicates: 1 });
});

test("a route whose topic refuses everything does not use up what others may send", async () => {
  const rules = compileRules([everyCall("critical")]);
  let now = NOW;
  const mails: { readonly id: string; readonly at: number }[] = [];
  const ledger = createLedger({
    store: createMemoryStore(),
    rules: rules.rules,
    settings: { ...SETTINGS, smsFrom: "critical", routes: [{ name: "payments", accounts: ["444455556666"] }] },
    publish: {
      alert: async ({ id }) => void mails.push({ id, at: now }),
      sms: async () => undefined,
      health: async () => undefined,
      "health-sms": async () => undefined,
      bus: undefined,
      chat: undefined,
      routes: {
        async payments() {
          throw new Error("the topic is gone");
        },
      },
    },
    now: () => now,
    async sleep(time) {
      now += time;
    },
  });
  const deliver = async (account: string, caller: string) => {
    const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${account}:user/${caller}`, userName: caller };
    const one = record({ recipientAccountId: account, userIdentity });
    const key = logKey(caller).replaceAll(ACCOUNT, account);
    const found = foundIn(one, { bucket: "trail", key }, rules.match(one, now));
    const intake = ledger.intake();
    await intake.add(found === undefined ? [] : [found]);
    await intake.finish();
  };
  for (let i = 0; i < 45; i++) {
    await deliver("444455556666", `decoy-${i}`);
    now += 4_000;
    if (i % 15 === 14) await ledger.tick();
  }
  const begun = now;
  await deliver(ACCOUNT, "mallory");
  for (let i = 0; i < 4; i++) {
    now = Math.max(now, begun + i * MINUTE);
    await ledger.tick();
  }
  expect(mails.filter(({ at }) => at < begun + 2 * MINUTE)).toHaveLength(1);
});

test("what stands for incidents, windows and facts is too long for anybody to find two that stand for one another", async () => {
  const desk = testDesk([everyCall("high"), everyCall("high", { threshold: { count: 2, within: MINUTE } })]);
  await desk.deliver([record({ requestParameters: { userName: "u".repeat(200) } })]);
  const [key = ""] = desk.keys("incident#");
  for (const one of [key, ...desk.keys("window#")]) expect(one).toMatch(/^(?:incident|window)#[0-9a-f]{32}$/);
  expect(desk.alerts[0]?.json).toMatch(/u…u+ #[\w-]{20}"/);
  const head = (await desk.store.read([key], desk.desk.now())).get(key)?.body as { readonly told: object };
  expect(Object.keys(head.told).length).toBeGreaterThan(5);
  for (const fact of Object.keys(head.told)) expect(fact).toMatch(/^[\w-]{20}$/);
});

test("a mute by the eight digits of an incident does not hold for another one that begins with the same", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.desk.advanceTo(NOW);
  // What somebody finds who tries names for some minutes: nobody was told of this incident.
  const id = hashOf(["actor", ACCOUNT, `arn:aws:iam::${ACCOUNT}:user/alice`, "mail"]).slice(0, 8);
  const mute = { id: "0a1b2c3d", of: { incident: id }, reason: "a trial", by: "carol", isAnnounced: true };
  const body = { mutes: [{ ...mute, at: NOW, until: NOW + 60 * MINUTE }] };
  await desk.store.commit([{ key: MUTES, expected: 0, next: { body } }]);
  expect(await desk.deliver([record()])).toMatchObject({ alerts: 1, muted: 0 });
  expect(desk.alerts[0]?.email).toContain(`of incident ${id}`);
  // From then on it is the one that is meant.
  expect(await desk.deliver([record()], logKey("two"))).toMatchObject({ alerts: 0, muted: 1 });
});

const OTHER = "444455556666";
const organizationKey = (name: string, account = ACCOUNT) =>
  logKey(name).replace("AWSLogs/", "AWSLogs/o-exampleorgid/").replaceAll(ACCOUNT, account);

test.each([true, false])(
  "what another account's log has of the same calls takes nothing from a threshold, forged: %s",
  async (isForged) => {
    const desk = testDesk([everyCall("critical", { threshold: { count: 4, within: 10 * MINUTE } })]);
    const calls = Array.from({ length: 4 }, (_, i) => ({
      sharedEventID: `twin-${i}`,
      eventName: "PutBucketPolicy",
      requestParameters: { bucketName: `payroll-${i}` },
    }));
    const user = (name: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${OTHER}:user/${name}`, userName: name });
    for (const [i, call] of calls.entries()) {
      const userIdentity = user(isForged ? `x${i}` : "mallory");
      const callers = () =>
        desk.deliver(
          [record({ ...call, userIdentity, recipientAccountId: OTHER })],
          organizationKey(`other-${i}`, OTHER),
        );
      const own = () => desk.deliver([record({ ...call, userIdentity: user("mallory") })], organizationKey(`own-${i}`));
      // Log files of two accounts come in any order.
      for (const deliver of isForged || i % 2 === 0 ? [callers, own] : [own, callers]) await deliver();
    }
    await wait(desk, 1);
    expect(desk.alerts.map(({ severity }) => severity)).toContain("critical");
  },
);

test.each([
  ["the same list", 690, 6],
  ["lists that differ", 1_500, 6],
])("no number of calls with %s takes what a threshold has counted of other lists", async (_, count, size) => {
  const desk = testDesk([
    everyCall("critical", {
      calls: ["ssm:GetParameters"],
      threshold: { count: 14, within: 15 * MINUTE, distinct: "requestParameters.names" },
    }),
  ]);
  const reading = (names: readonly string[], second: number) =>
    record({
      eventTime: new Date(NOW - 10 * MINUTE + second * 1000).toISOString().replace(".000", ""),
      eventSource: "ssm.amazonaws.com",
      eventName: "GetParameters",
      requestParameters: { names },
    });
  const decoys = Array.from({ length: 8 }, (_, i) => `decoy-${i}`);
  const some = (i: number) => decoys.filter((_, at) => (count < 700 ? at < size : (i >> at) % 2 === 1 || at === i % 8));
  await desk.deliver([reading(["prod-a", "prod-b", "prod-c"], 0)], logKey("first"));
  const calls = Array.from({ length: count }, (_, i) => reading(some(i), 30 + Math.floor(i / 4)));
  for (let i = 0; i < count; i += 345) await desk.deliver(calls.slice(i, i + 345), logKey(`decoys-${i}`));
  const left = 14 - 3 - (count < 700 ? size : 8);
  const last = Array.from({ length: left }, (_, i) => `prod-${i}`);
  await desk.deliver([reading(last, 500)], logKey("last"));
  await wait(desk, 1);
  expect(mails(desk)).toContain("prod-a");
});

test("what another account of the organization has of the same call takes nothing from a critical one", async () => {
  const desk = testDesk([everyCall("critical")], { routes: [{ name: "sandbox", accounts: [OTHER] }] });
  const said = { sharedEventID: "twin-1", requestParameters: { userName: "the-real-one" } };
  const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${OTHER}:user/mallory`, userName: "mallory" };
  const callers = { userIdentity, recipientAccountId: OTHER };
  // A caller's own account may hide its record among others, and tell its mails to others.
  const decoys = Array.from({ length: 1_000 }, (_, i) =>
    record({ ...callers, requestParameters: { userName: `the-real-${word(i)}` } }),
  );
  await desk.deliver([...decoys, record({ ...said, ...callers }), ...decoys], organizationKey("others", OTHER));
  const [before, texts] = [desk.alerts.length, desk.texts.length];
  await desk.deliver([record({ ...said, userIdentity })], organizationKey("own"));
  await wait(desk, 1);
  expect(desk.alerts.slice(before).map(({ subject, route }) => [subject, route])).toEqual([
    [expect.stringContaining("the-real-one"), undefined],
  ]);
  expect(desk.texts).toHaveLength(texts + 1);
});

test.each([
  ["the same record", {}],
  ["a correction of the record", { addendum: { reason: "UPDATED_DATA", updatedFields: "requestParameters" } }],
])("%s, below the path of another account of the organization, takes nothing from it", async (_, more) => {
  const desk = testDesk([everyCall("critical")]);
  const real = record({ requestParameters: { userName: "the-real-one" } });
  // The caller reads the record's id from EventBridge, minutes before its log file is written.
  const forged = {
    ...real,
    ...("addendum" in more && { addendum: { ...more.addendum, originalEventID: real.eventID }, eventID: "another" }),
    ...("addendum" in more && { requestParameters: { userName: "harmless" } }),
    resources: [{ accountId: OTHER, ARN: `arn:aws:iam::${OTHER}:role/any` }],
  };
  await desk.deliver([forged], organizationKey("forged", OTHER));
  expect(await desk.deliver([real], organizationKey("real"))).toMatchObject({ duplicates: 0 });
  await wait(desk, 20);
  expect(mails(desk)).toContain("the-real-one");
});

test("no two callers with long names, of those who share an incident, stand for one another", async () => {
  const desk = testDesk([everyCall("critical", { outcome: "attempt" })]);
  // Somebody looked for these two for two minutes: the first 48 bits of their hashes are equal.
  const [one, other] = [103109644, 129237370].map((number) => ({
    type: "AssumedRole",
    sessionContext: {
      sessionIssuer: {
        arn: `arn:aws:iam::${ACCOUNT}:role/deployments/teams/payments/${number}/nightly-payments-settlement-runner`,
      },
    },
  }));
  const user = (userName: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${userName}`, userName });
  const refused = Array.from({ length: 52 }, (_, i) =>
    record({ userIdentity: user(`decoy${i}`), errorCode: "AccessDenied" }),
  );
  await desk.deliver(refused);
  await wait(desk, 20);
  await desk.deliver([record({ userIdentity: one })], logKey("one-role"));
  await wait(desk, 5);
  const [before, texts] = [desk.alerts.length, desk.texts.length];
  await desk.deliver([record({ userIdentity: other })], logKey("other-role"));
  await wait(desk, 2);
  expect(desk.alerts.length).toBe(before + 1);
  expect(desk.texts.length).toBe(texts + 1);
});

test.each(["role", "user"])(
  "two of a %s that only the end of a long name tells apart have incidents of their own",
  async (kind) => {
    const desk = testDesk([everyCall("critical")]);
    const caller = (name: string) => {
      const arn = `arn:aws:iam::${ACCOUNT}:${kind}/${"p".repeat(510)}/${name}`;
      return kind === "user"
        ? { type: "IAMUser", arn }
        : { type: "AssumedRole", sessionContext: { sessionIssuer: { arn } } };
    };
    await desk.deliver([record({ userIdentity: caller("one") })]);
    await desk.deliver([record({ userIdentity: caller("other") })], logKey("two"));
    expect(desk.alerts.map(({ kind: is }) => is)).toEqual(["alert", "alert"]);
    expect(desk.texts).toHaveLength(2);
  },
);

test("no number of callers who meet one critical rule takes all texts of a day from another", async () => {
  const desk = testDesk([
    everyCall("critical", { name: "noise", calls: ["iam:*"] }),
    everyCall("critical", { calls: ["kms:*"] }),
  ]);
  for (let i = 0; i < 35; i++) {
    const userIdentity = { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/noise-${i}`, userName: `noise-${i}` };
    await desk.deliver([record({ userIdentity })], logKey(`noise-${i}`));
    await wait(desk, i % 10 === 9 ? 60 : 1);
  }
  const before = desk.texts.length;
  await desk.deliver([record({ eventSource: "kms.amazonaws.com", eventName: "ScheduleKeyDeletion" })]);
  await wait(desk, 1);
  expect(desk.texts.length).toBe(before + 1);
});

test("a record that meets more rules than a transaction holds items for them is told, and is one call", async () => {
  const desk = testDesk(Array.from({ length: 120 }, (_, i) => everyCall("critical", { name: `rule-${i}` })));
  const counts = await desk.deliver([record({ requestParameters: { userName: "prodadmin" } })]);
  expect(counts).toMatchObject({ matches: 120, listed: 120 });
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/ prodadmin$/)]);
});

test("a second federated user is news, as a second role that is assumed is", async () => {
  const desk = testDesk([everyCall("critical")]);
  const made = { eventSource: "sts.amazonaws.com", eventName: "GetFederationToken", readOnly: true };
  await desk.deliver([record({ ...made, requestParameters: { name: "backup" } })]);
  await wait(desk, 5);
  await desk.deliver([record({ ...made, requestParameters: { name: "the-real-one" } })], logKey("two"));
  await wait(desk, 2);
  expect(mails(desk)).toContain("the-real-one");
});

test.each(["HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>"])(
  "a change of which a record hides what was asked (%s) is news again after six hours, and not every few minutes",
  async (hidden) => {
    const desk = testDesk([everyCall("critical")], {}, Date.parse("2026-11-20T12:00:00Z"));
    const requestParameters = { instanceIds: ["i-1"], documentName: "AWS-RunShellScript", parameters: hidden };
    const command = { eventSource: "ssm.amazonaws.com", eventName: "SendCommand", requestParameters };
    const texts: number[] = [];
    for (const time of ["12:01", "12:20", "14:00", "17:50", "18:01"]) {
      const eventTime = `2026-11-20T${time}:00Z`;
      await desk.desk.advanceTo(Date.parse(eventTime));
      await desk.deliver([record({ ...command, eventTime })], logKey(time.replace(":", "x")));
      await wait(desk, 3);
      texts.push(desk.texts.length);
    }
    expect(texts).toEqual([1, 1, 1, 1, 2]);
  },
);

test("a change whose parameters CloudTrail left out is news, however large those of an earlier one were", async () => {
  const desk = testDesk([everyCall("critical")]);
  const requestParameters = { omitted: true, originalSize: 131072, reason: "requestParameters too large" };
  await desk.deliver([record({ eventName: "PutRolePolicy", requestParameters })]);
  await wait(desk, 5);
  await desk.deliver([record({ eventName: "PutRolePolicy", requestParameters })], logKey("two"));
  await wait(desk, 2);
  expect(desk.alerts).toHaveLength(2);
  expect(desk.texts).toHaveLength(2);
});
