import { createHash } from "node:crypto";
import { foundIn } from "../../../lambda/core/incident/assign.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../lambda/core/rules/rule-set.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { everyCall, NOW, type TestDesk, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { first, runs, sampled, thorough, thoroughTest } from "../../support/runs.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const user = (name: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/${name}`, userName: name });
const rule = (severity: Rule["severity"], more: Partial<Rule> = {}): Rule => ({ ...everyCall(severity), ...more });
const subjects = ({ alerts }: TestDesk) => alerts.map(({ subject }) => subject);
const at = (minutes: number) => ({ eventTime: new Date(NOW + minutes * MINUTE).toISOString() });

/** Lets minutes pass, with their ticks. */
const wait = ({ desk }: TestDesk, minutes: number) => desk.advanceTo(desk.now() + minutes * MINUTE);

test("news within the interval is told in one follow-up at its end, which names targets, addresses and regions", async () => {
  const desk = testDesk([rule("high")]);
  await desk.deliver([record()]);
  for (const [i, userName] of ["carl", "dora", "erik"].entries()) {
    await wait(desk, 1);
    const place = { sourceIPAddress: `192.0.${i}.7`, awsRegion: `eu-west-${i}`, requestParameters: { userName } };
    expect(await desk.deliver([record(place)])).toMatchObject({ alerts: 0, held: 1 });
  }
  expect(desk.alerts).toHaveLength(1);
  await wait(desk, 5);
  expect(desk.alerts).toHaveLength(2);
  const [first, followUp] = desk.alerts;
  expect(followUp?.subject).toBe(
    "[HIGH] Follow-up: Every call by alice in prod (111122223333): CreateAccessKey carl, dora, erik",
  );
  expect(followUp?.email).toMatch(
    new RegExp(
      `^Follow-up to alert ${first?.id} of 2026-11-20 21:29:30 UTC \\(iam:CreateAccessKey on bob\\): 3 more calls\\.\n`,
    ),
  );
  expect(followUp?.email).toContain("iam:CreateAccessKey ok on carl, dora, erik, 3 times");
  expect(followUp?.email).toContain("Sources  192.0.0.7, 192.0.1.7, 192.0.2.7\n");
  expect(followUp?.email).toContain("eu-west-0, eu-west-1, eu-west-2");
  expect(JSON.parse(followUp?.json ?? "")).toMatchObject({ kind: "follow-up", follows: first?.id, matches: 3 });
});

test.each(
  first(2, [
    ["critical", [15, 60, 60, 60]],
    ["high", [15, 60, 360, 360]],
    ["medium", [15, 60, 360, 1440]],
  ] as const),
)("what is no news of a %s is heard ever less often, and nothing of it is lost", async (severity, expected) => {
  const desk = testDesk([rule(severity)]);
  const heard: number[] = [];
  let sent = 0;
  for (let minute = 0; heard.length <= expected.length; minute += 5) {
    const before = desk.alerts.length;
    await desk.deliver([record(at(minute))]);
    sent++;
    await wait(desk, 5);
    if (desk.alerts.length > before) heard.push(minute);
  }
  const gaps = heard.slice(1).map((minute, i) => minute - (heard[i] ?? 0));
  expect(gaps.map((gap) => Math.round(gap / 5) * 5)).toEqual(expected);
  await desk.desk.runToEnd();
  expect(desk.alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(sent);
  expect(desk.texts).toHaveLength(severity === "critical" ? 1 : 0);
});

test("an incident that was silent for a day begins anew; before that it is followed up", async () => {
  const desk = testDesk([rule("medium")]);
  await desk.deliver([record()]);
  await wait(desk, 23 * 60);
  await desk.deliver([record({ requestParameters: { userName: "carl" } })]);
  await wait(desk, 25 * 60);
  await desk.deliver([record()]);
  expect(subjects(desk).map((subject) => subject.includes("Follow-up"))).toEqual([false, true, false]);
});

/** A caller whose incident is in the middle of its longest back-off. */
async function backedOff(severity: Rule["severity"], more: Partial<Rule> = {}) {
  const desk = testDesk([rule(severity, more)]);
  for (let i = 0; i < 5; i++) {
    await desk.deliver([record(at((desk.desk.now() - NOW) / MINUTE))]);
    await wait(desk, 7 * 60);
  }
  await desk.deliver([record(at((desk.desk.now() - NOW) / MINUTE))]);
  await wait(desk, 10);
  desk.alerts.length = 0;
  desk.texts.length = 0;
  return desk;
}

/** Minutes until a text stands in the subject or in the first screen of a mail; -1 when it never does. */
async function minutesUntilTold(desk: TestDesk, text: string): Promise<number> {
  for (let minute = 0; minute <= 60; minute++) {
    const isTold = desk.alerts.some(({ kind, subject, email }) => {
      // In a round-up each critical has a line of its own.
      const screen = kind === "round-up" ? email : email.slice(0, 2_500);
      return `${subject}\n${screen}`.includes(text);
    });
    if (isTold) return minute;
    await wait(desk, 1);
  }
  return -1;
}

const many = (count: number, fields: (i: number) => Parameters<typeof record>[0]) =>
  Array.from({ length: count }, (_, i) => record(fields(i)));
const root = { type: "Root", accountId: ACCOUNT };
const critical = rule("critical", { name: "root-used", pattern: { userIdentity: { type: ["Root"] } } });

const realOne = () =>
  record({ userIdentity: root, eventName: "CreateUser", requestParameters: { userName: "the-real-one" } });

/** A file each second, with the ticks of the minutes. */
async function flood(desk: TestDesk, seconds: number, records: (second: number) => readonly unknown[]): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await desk.deliver(records(second), logKey(`flood${desk.desk.now()}`));
    await wait(desk, 1 / 60);
  }
}

const HIDDEN: { readonly [what: string]: () => Promise<readonly [TestDesk, string]> } = {
  "a new address inside a critical's back-off": async () => {
    const desk = await backedOff("critical");
    await desk.deliver([record({ ...at((desk.desk.now() - NOW) / MINUTE), sourceIPAddress: "203.0.113.99" })]);
    return [desk, "203.0.113.99"];
  },
  "the second target of a critical": async () => {
    const desk = testDesk([rule("critical")]);
    await desk.deliver([record()]);
    await desk.deliver([record({ requestParameters: { userName: "second-target" } })]);
    return [desk, "second-target"];
  },
  "the last of 60 decoys": async () => {
    const desk = testDesk([rule("critical")]);
    const decoys = many(60, (i) => ({ requestParameters: { userName: `decoy-${i}` } }));
    await desk.deliver([...decoys, record({ requestParameters: { userName: "the-real-one" } })]);
    return [desk, "the-real-one"];
  },
  "one in the middle of 90 decoys": async () => {
    const desk = testDesk([rule("critical")]);
    const all = many(90, (i) => ({ requestParameters: { userName: i === 45 ? "the-real-one" : `decoy-${i}` } }));
    await desk.deliver(all);
    return [desk, "the-real-one"];
  },
  "one in the middle of a thousand decoys and more, over files": async () => {
    const desk = testDesk([rule("critical")]);
    for (let file = 0; file < runs(10, 4); file++) {
      const all = many(300, (i) => ({
        requestParameters: { userName: file === 2 && i === 150 ? "the-real-one" : `decoy-${file * 300 + i}` },
      }));
      await desk.deliver(all, logKey(`decoys-${file}`));
    }
    return [desk, "the-real-one"];
  },
  "the 51st caller": async () => {
    const desk = testDesk([rule("critical")]);
    for (let i = 0; i <= 50; i++)
      await desk.deliver([record({ userIdentity: user(i === 50 ? "fifty-first" : `u${i}`) })]);
    return [desk, "fifty-first"];
  },
  "a critical among thousands of forged ones": async () => {
    const desk = testDesk([critical]);
    const forged = (i: number) => ({
      recipientAccountId: "999999999999",
      userIdentity: { ...root, accountId: `${i}` },
    });
    for (let file = 0; file < 10; file++)
      await desk.deliver(
        many(runs(500), (i) => forged(file * 500 + i)),
        logKey(`f${file}`),
      );
    await desk.deliver([realOne()]);
    return [desk, "the-real-one"];
  },
  "a critical in a flood of forged files": async () => {
    const desk = testDesk([critical, rule("high")]);
    await flood(desk, Math.max(60, runs(5 * 60)), (second) => [
      record({ recipientAccountId: "999999999999", userIdentity: { ...root, accountId: `${second}` } }),
    ]);
    await desk.deliver([realOne()]);
    await flood(desk, 60, (second) => [
      record({ recipientAccountId: "999999999999", userIdentity: { ...root, accountId: `later-${second}` } }),
    ]);
    return [desk, "the-real-one"];
  },
  "a critical in a flood of true highs": async () => {
    const desk = testDesk([critical, rule("high")]);
    const other = (prefix: string) => (second: number) => [record({ userIdentity: user(`${prefix}${second}`) })];
    await flood(desk, Math.max(60, runs(5 * 60)), other("u"));
    await desk.deliver([realOne()]);
    await flood(desk, 60, other("later-"));
    return [desk, "the-real-one"];
  },
  "what is given to the same user the second time": async () => {
    const desk = testDesk([rule("critical", { name: "policy-attached" })]);
    const attach = (policyArn: string) =>
      record({ eventName: "AttachUserPolicy", requestParameters: { userName: "bob", policyArn } });
    await desk.deliver([attach("arn:aws:iam::aws:policy/ReadOnlyAccess")]);
    await desk.deliver([attach("arn:aws:iam::aws:policy/AdministratorAccess")]);
    return [desk, "AdministratorAccess"];
  },
  "a call that was refused before and now succeeds, when others were told meanwhile": async () => {
    const desk = testDesk([rule("critical", { name: "policy-attached", outcome: "any" })]);
    const attach = (userName: string, more = {}) =>
      record({ eventName: "AttachUserPolicy", requestParameters: { userName }, ...more });
    await desk.deliver([attach("the-real-one", { errorCode: "AccessDenied" })]);
    await desk.deliver([attach("carl")]);
    await wait(desk, 20);
    await desk.deliver([attach("carl")]);
    await wait(desk, 20);
    desk.alerts.length = 0;
    await desk.deliver([attach("the-real-one")]);
    return [desk, "the-real-one"];
  },
  "the same call in a region where something else was told": async () => {
    const desk = testDesk([rule("critical")]);
    const call = (awsRegion: string, eventName: string) =>
      record({ eventName, awsRegion, requestParameters: { name: "default" } });
    await desk.deliver([call("eu-west-9", "Harmless")]);
    await desk.deliver([call("us-east-1", "StopConfigurationRecorder")]);
    await wait(desk, 20);
    await desk.deliver([call("us-east-1", "StopConfigurationRecorder")]);
    await wait(desk, 20);
    desk.alerts.length = 0;
    await desk.deliver([call("eu-west-9", "StopConfigurationRecorder")]);
    return [desk, "eu-west-9"];
  },
  "a call without parameters in a region where something else was told": async () => {
    const desk = testDesk([rule("critical")]);
    const call = (awsRegion: string, eventName: string) => record({ eventName, awsRegion, requestParameters: null });
    await desk.deliver([call("us-east-1", "DisableSecurityHub")]);
    await desk.deliver([call("eu-west-9", "Harmless")]);
    await wait(desk, 20);
    await desk.deliver([call("us-east-1", "DisableSecurityHub")]);
    await wait(desk, 20);
    desk.alerts.length = 0;
    await desk.deliver([call("eu-west-9", "DisableSecurityHub")]);
    return [desk, "eu-west-9"];
  },
  "one policy among 31 for the same user": async () => {
    const desk = testDesk([rule("critical", { name: "policy-attached" })]);
    const attach = many(31, (i) => {
      const policyArn = `arn:aws:iam::aws:policy/${i === 15 ? "AdministratorAccess" : `Read${i}`}`;
      return { eventName: "AttachUserPolicy", requestParameters: { userName: "bob", policyArn } };
    });
    await desk.deliver(attach);
    return [desk, "AdministratorAccess"];
  },
  "what is given to the same user beside something else": async () => {
    const desk = testDesk([rule("critical", { name: "policy-attached" })]);
    const attach = (policyArn: string) =>
      record({ eventName: "AttachUserPolicy", requestParameters: { userName: "bob", policyArn } });
    const policies = ["ReadOnlyAccess", "AdministratorAccess"].map((name) => attach(`arn:aws:iam::aws:policy/${name}`));
    await desk.deliver(policies);
    return [desk, "AdministratorAccess"];
  },
  "a critical's target beside many mediums with long names": async () => {
    const attached = rule("critical", { name: "policy-attached", calls: ["iam:AttachUserPolicy"] });
    const desk = testDesk([attached, rule("medium")]);
    const attach = many(9, (i) => {
      const userName = i === 4 ? "the-real-one" : `decoy-${i}`;
      return { eventName: "AttachUserPolicy", requestParameters: { userName } };
    });
    const noise = many(480, (i) => {
      const name = `${i % 12}`.padEnd(80, "x");
      return { eventName: `Call${Math.floor(i / 12)}`, requestParameters: { name } };
    });
    await desk.deliver([...noise, ...attach]);
    return [desk, "the-real-one"];
  },
  "an update whose parameters speak of tokens": async () => {
    const desk = testDesk([rule("critical")]);
    const update = (issuer: string) => {
      const requestParameters = { name: "sso", trustedTokenIssuerConfiguration: { issuer } };
      return record({ eventName: "UpdateTrustedTokenIssuer", requestParameters });
    };
    await desk.deliver([update("https://ours.example")]);
    await wait(desk, 20);
    await desk.deliver([update("https://ours.example")]);
    await wait(desk, 20);
    desk.alerts.length = 0;
    await desk.deliver([update("https://the-real-one.example")]);
    return [desk, "the-real-one"];
  },
  "a person of Identity Center among others who share an incident": async () => {
    const desk = testDesk([rule("critical")]);
    const arn = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef`;
    const person = (name: string) => ({
      type: "AssumedRole",
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/${name}`,
      sessionContext: { sessionIssuer: { type: "Role", arn } },
    });
    await desk.deliver(many(60, (i) => ({ userIdentity: user(`u${i}`) })));
    await desk.deliver([record({ userIdentity: person("anna") })]);
    await wait(desk, 20);
    await desk.deliver([record({ userIdentity: person("anna") })]);
    await wait(desk, 20);
    desk.alerts.length = 0;
    await desk.deliver([record({ userIdentity: person("the-real-one") })]);
    return [desk, "the-real-one"];
  },
  "a critical among thousands of true mediums": async () => {
    const desk = testDesk([critical, rule("medium")]);
    for (let file = 0; file < 10; file++) {
      await desk.deliver(
        many(runs(500), (i) => ({ userIdentity: user(`f${file}u${i % 100}`) })),
        logKey(`m${file}`),
      );
    }
    await desk.deliver([realOne()]);
    return [desk, "the-real-one"];
  },
  "a critical beside callers who fill their windows": async () => {
    const distinct = { count: 10, within: 15 * MINUTE, distinct: "eventName" };
    const desk = testDesk([critical, rule("medium", { name: "enumerates", threshold: distinct })]);
    for (const name of ["x1", "x2", "x3"]) {
      const calls = many(runs(2_500, 1_700), (i) => ({
        userIdentity: user(name),
        eventName: `Describe${"Something".repeat(3)}${i}`,
      }));
      await desk.deliver(calls, logKey(name));
    }
    await desk.deliver([record({ userIdentity: root, eventName: "First" })]);
    desk.alerts.length = 0;
    await desk.deliver([realOne()]);
    return [desk, "the-real-one"];
  },
};

test.each(sampled(Object.entries(HIDDEN)))("%s is told within two minutes, and texted", async (what, hide) => {
  const [desk, text] = await hide();
  const before = desk.texts.length;
  const minutes = await minutesUntilTold(desk, text);
  process.stdout.write(`time until told: ${minutes} min, ${what}\n`);
  expect(minutes).toBeGreaterThanOrEqual(0);
  expect(minutes).toBeLessThanOrEqual(2);
  expect(desk.texts.length).toBeGreaterThan(before === 0 ? 0 : before - 1);
});

test("one of 400 targets whose names have nothing in common stands in the mail", async () => {
  const desk = testDesk([rule("critical")]);
  const letter = (digit: string) => String.fromCharCode(103 + Number.parseInt(digit, 16));
  const word = (i: number) =>
    Array.from(createHash("sha256").update(`${i}`).digest("hex").slice(0, 7), letter).join("");
  await desk.deliver(many(400, (i) => ({ requestParameters: { userName: i === 200 ? "the-real-one" : word(i) } })));
  expect(desk.alerts[0]?.email).toContain(" the-real-one,");
  // Of more than have room, the first and the last stay.
  const more = testDesk([rule("critical")]);
  await more.deliver(many(1_200, (i) => ({ requestParameters: { userName: i === 1_199 ? "the-real-one" : word(i) } })));
  expect(more.alerts[0]?.email).toContain(" the-real-one,");
});

test("a record that meets several rules is told once, with all of them, low ones included", async () => {
  const desk = testDesk([rule("high"), rule("medium", { name: "other" }), rule("low", { name: "low" })]);
  expect(await desk.deliver([record()])).toMatchObject({ matches: 3, listed: 3, alerts: 1, held: 0 });
  await wait(desk, 48 * 60);
  expect(desk.alerts).toHaveLength(1);
  expect(desk.alerts[0]?.parts[0]?.rules).toEqual({ "every-call": 1, other: 1, low: 1 });
});

test("what one caller does is one story over all rules, writes first and reads folded", async () => {
  const desk = testDesk([rule("medium")]);
  const reads = many(12, (i) => ({
    eventName: i % 2 ? "ListUsers" : "GetUser",
    readOnly: true,
    eventTime: "2026-11-20T21:20:00Z",
  }));
  await desk.deliver([...reads, record({ eventName: "CreateUser" })]);
  expect(subjects(desk)).toEqual(["[MEDIUM] Every call by alice in prod (111122223333): CreateUser bob, 12 reads"]);
  expect(desk.alerts[0]?.email).toContain("What     userName: bob\n\nAlso 12 reads (List, Get) of bob\n");
});

test("a read that failed because there is nothing to read is no news after one that did not", async () => {
  const desk = testDesk([rule("critical")]);
  const read = { eventName: "GetBucketPolicy", eventSource: "s3.amazonaws.com", readOnly: true };
  await desk.deliver([record(read)]);
  expect(await desk.deliver([record({ ...read, errorCode: "NoSuchBucketPolicy" })])).toMatchObject({ held: 1 });
  await wait(desk, 3);
  expect(desk.alerts).toHaveLength(1);
});

test("what passes a threshold is left out of the round-up, where a lower rule met the same records", async () => {
  const threshold = { count: 3, within: 10 * MINUTE };
  const desk = testDesk([rule("medium", { threshold }), rule("low", { name: "low" })]);
  for (let i = 0; i < 3; i++) await desk.deliver([record()]);
  await wait(desk, 48 * 60);
  expect(desk.alerts.map(({ severity, matches }) => [severity, matches])).toEqual([["medium", 3]]);
});

test("low and info wait for the daily round-up, at the hour and in the zone of the settings", async () => {
  const desk = testDesk([rule("low"), { ...rule("info"), name: "every-call-too" }], { roundUpHour: 7 });
  expect(await desk.deliver([record(), record({ eventName: "CreateUser" })])).toMatchObject({ alerts: 0, held: 4 });
  await wait(desk, 8 * 60);
  expect(desk.alerts).toEqual([]);
  await wait(desk, 2 * 60);
  expect(subjects(desk)).toEqual([
    "[LOW] Daily round-up: Every call by alice in prod (111122223333): CreateAccessKey bob, CreateUser..",
  ]);
  expect(new Date(desk.desk.now()).toISOString().slice(0, 10)).toBe("2026-11-21");
  const [roundUp] = desk.alerts;
  // 07:00 in Berlin is 06:00 UTC in winter.
  expect(roundUp?.email).toContain(
    "[LOW] Every call by alice in prod (111122223333): CreateAccessKey bob, CreateUser bob\n  iam:CreateAccessKey ok, iam:CreateUser ok; 2026-11-20 21:25:09 UTC, 22:25:09 Berlin; ",
  );
  expect(JSON.parse(roundUp?.json ?? "").alerts).toHaveLength(1);
  await wait(desk, 48 * 60);
  expect(desk.alerts).toHaveLength(1);
});

test("beyond the budget alerts share a round-up; criticals go first and keep a line of their own", async () => {
  const desk = testDesk([
    rule("medium"),
    { ...rule("critical"), name: "root", pattern: { userIdentity: { type: ["Root"] } } },
  ]);
  const medium = Array.from({ length: 40 }, (_, i) => record({ userIdentity: user(`u${i}`) }));
  const critical = Array.from({ length: 6 }, (_, i) =>
    record({ eventName: `Call${i}`, userIdentity: { type: "Root", accountId: `11112222333${i}` } }),
  );
  expect(await desk.deliver([...medium, ...critical])).toMatchObject({ matches: 52, alerts: 46 });
  // Seven messages at once: three critical alerts and their text messages.
  expect(subjects(desk).map((subject) => subject.slice(0, 15))).toEqual(Array(3).fill("[CRITICAL] Root"));
  expect(desk.texts).toHaveLength(3);
  await wait(desk, 10);
  expect(desk.alerts.length).toBeLessThan(12);
  const parts = desk.alerts.flatMap((alert) => alert.parts);
  expect(parts).toHaveLength(46);
  expect(new Set(parts.map(({ fullId }) => fullId)).size).toBe(46);
  expect(parts.reduce((sum, { matches }) => sum + matches, 0)).toBe(52);
  const folding = desk.alerts.filter(({ kind }) => kind === "round-up");
  expect(folding[0]?.subject).toMatch(/^\[CRITICAL\] Round-up: \d+ alerts of 2 rules, \d+ matches: Root in /);
  for (const { parts: lines, email } of folding)
    for (const { subject } of lines) expect(email).toContain(`${subject}\n`);
});

test("an alert that may have been sent keeps its id: it is not folded into a round-up", async () => {
  const desk = testDesk([rule("high")]);
  desk.failPublishes = true;
  const groups = (from: number) => Array.from({ length: 5 }, (_, i) => record({ userIdentity: user(`u${from + i}`) }));
  await desk.deliver(groups(0));
  desk.failPublishes = false;
  desk.ticks = false;
  await wait(desk, 1.5);
  await desk.deliver(Array.from({ length: 8 }, (_, i) => groups(5 * i + 5)).flat());
  desk.ticks = true;
  await wait(desk, 10);
  const single = desk.alerts.filter(({ kind }) => kind === "alert").flatMap(({ parts }) => parts);
  for (const { fullId } of desk.tried) expect(single.map((part) => part.fullId)).toContain(fullId);
  expect(desk.alerts.some(({ kind }) => kind === "round-up")).toBe(true);
});

thoroughTest("a critical that waits goes before hundreds of others that wait longer", async () => {
  const desk = testDesk([critical, rule("medium")]);
  desk.failPublishes = true;
  desk.ticks = false;
  for (let account = 0; account < runs(6, 5); account++) {
    const recipientAccountId = `1111222233${String(account).padStart(2, "0")}`;
    const key = logKey("one").replaceAll(ACCOUNT, recipientAccountId);
    await desk.deliver(
      many(45, (i) => ({ recipientAccountId, userIdentity: user(`u${i}`) })),
      key,
    );
  }
  await desk.deliver([record({ userIdentity: root })]);
  desk.failPublishes = false;
  await wait(desk, 2);
  desk.ticks = true;
  await wait(desk, 1);
  expect(subjects(desk)[0]).toMatch(/^\[CRITICAL\] Root used/);
});

test("never more than 25 messages in a minute, whatever comes", async () => {
  const desk = testDesk([rule("critical")]);
  const times: number[] = [];
  for (let minute = 0; minute < runs(10, 4); minute++) {
    const before = desk.alerts.length + desk.texts.length;
    await desk.deliver(Array.from({ length: 60 }, (_, i) => record({ userIdentity: user(`m${minute}u${i}`) })));
    await wait(desk, 1);
    times.push(desk.alerts.length + desk.texts.length - before);
  }
  expect(Math.max(...times)).toBeLessThanOrEqual(25);
});

test("ten text messages an hour, some of them for incidents and rules that had none; the mail says where none came", async () => {
  const another = rule("critical", { name: "another", calls: ["kms:*"] });
  const desk = testDesk([rule("critical", { calls: ["iam:*"] }), another]);
  for (let i = 0; i < 12; i++) {
    await desk.deliver([record({ eventName: `Call${i}` })]);
    await wait(desk, 2);
  }
  expect(desk.texts).toHaveLength(8);
  expect(desk.alerts).toHaveLength(12);
  expect(desk.alerts[8]?.email).toMatch(/^No text message came with this alert: the limit .* until 22:29 UTC\.\n/);
  for (let i = 0; i < 3; i++) {
    await desk.deliver([record({ userIdentity: user(`u${i}`) })]);
    await wait(desk, 2);
  }
  expect(desk.texts).toHaveLength(9);
  await desk.deliver([record({ eventSource: "kms.amazonaws.com", eventName: "ScheduleKeyDeletion" })]);
  await wait(desk, 2);
  expect(desk.texts).toHaveLength(10);
  expect(desk.texts[9]).toMatch(/^CRIT another ok: .* NO SMS TILL 22:29Z #[0-9a-f]{8}$/);
  expect(desk.texts[9]?.length).toBeLessThanOrEqual(160);
  await wait(desk, 60);
  await desk.deliver([record({ eventName: "Later" })]);
  expect(desk.texts).toHaveLength(11);
});

test("after texts of ten critical rules, the mail of an eleventh says that none came, and the tenth text said so before", async () => {
  const rules = Array.from({ length: 11 }, (_, i) => rule("critical", { name: `rule-${i}`, calls: [`service${i}:*`] }));
  const desk = testDesk(rules);
  for (let i = 0; i < 11; i++) {
    await desk.deliver([record({ eventSource: `service${i}.amazonaws.com`, userIdentity: user(`u${i}`) })]);
    await wait(desk, 2);
  }
  expect(desk.texts.map((text) => text.includes(" NO SMS TILL 22:29Z "))).toEqual([...Array(9).fill(false), true]);
  expect(desk.alerts.at(-1)?.subject).toMatch(/^\[CRITICAL\] Rule 10 by u10/);
  expect(desk.alerts.at(-1)?.email).toMatch(
    /^No text message came with this alert: the limit of text messages is reached until 22:29 UTC\.\n/,
  );
});

test("a text message that is not taken costs none of the limit, and is sent once SNS takes it", async () => {
  const desk = testDesk([rule("critical")]);
  desk.failPublishes = true;
  await desk.deliver([record()]);
  await wait(desk, 15);
  desk.failPublishes = false;
  await wait(desk, 2);
  expect(desk.texts).toHaveLength(1);
  for (let i = 0; i < 7; i++) {
    await desk.deliver([record({ eventName: `Call${i}` })]);
    await wait(desk, 2);
  }
  expect(desk.texts).toHaveLength(8);
});

test("the same record in two files, and a file that comes twice, ring once for 35 days", async () => {
  const desk = testDesk([rule("high")]);
  const one = record();
  await desk.deliver([one]);
  await wait(desk, 34 * 24 * 60);
  expect(await desk.deliver([one, record({ ...at(34 * 24 * 60) })])).toMatchObject({ duplicates: 1, alerts: 1 });
  await wait(desk, 36 * 24 * 60);
  expect(await desk.deliver([one])).toMatchObject({ duplicates: 0, alerts: 1 });
});

test("a record without eventID is known by its content", async () => {
  const desk = testDesk([rule("high")]);
  const bare = { ...record(), eventID: undefined };
  expect(await desk.deliver([bare, bare, { ...bare, userAgent: "other" }])).toMatchObject({ duplicates: 1, listed: 2 });
  expect(await desk.deliver([bare])).toMatchObject({ duplicates: 1 });
});

test("the same eventID with other content rings, and is counted as a conflict", async () => {
  const desk = testDesk([rule("high")]);
  const one = record();
  await desk.deliver([one]);
  const other = { ...one, userIdentity: user("mallory"), eventName: "DeleteUser" };
  expect(await desk.deliver([other])).toMatchObject({ duplicates: 0, alerts: 1 });
  expect(await desk.deliver([{ ...one, eventTime: "2026-11-20T21:25:10Z" }])).toMatchObject({ conflicts: 1, held: 1 });
});

test.each([
  ["target", { requestParameters: { userName: "the-real-one" } }],
  ["outcome", { errorCode: undefined, errorMessage: undefined }],
])("the same eventID, time and call with another %s rings too, in the same file and after hours", async (_, change) => {
  const first = record({ errorCode: "AccessDenied", errorMessage: "no", requestParameters: { userName: "a-decoy" } });
  const second = { ...first, ...change };
  const desk = testDesk([rule("high", { outcome: "any" })]);
  expect(await desk.deliver([first, second, second])).toMatchObject({ duplicates: 1, conflicts: 1, listed: 2 });
  const later = testDesk([rule("high", { outcome: "any" })]);
  await later.deliver([first]);
  await wait(later, 90);
  expect(await later.deliver([second, first])).toMatchObject({ duplicates: 1, conflicts: 1, alerts: 1 });
});

/** What CloudTrail writes to correct a record. */
const correcting = (one: ReturnType<typeof record>, updated: object) => ({
  ...one,
  ...updated,
  eventID: "id-of-the-correction",
  addendum: {
    reason: "UPDATED_DATA",
    updatedFields: Object.keys(updated).join(),
    originalEventID: one.eventID,
  },
});

test("a correction of a record is that record, unless it says of another thing, or that the call did not work", async () => {
  const one = record();
  const desk = testDesk([rule("high", { outcome: "any" })]);
  const counts = await desk.deliver([
    one,
    correcting(one, { responseElements: { accessKey: { userName: "bob" } } }),
    correcting(one, { requestParameters: { userName: "corrected" } }),
    correcting(one, { errorCode: "AccessDenied" }),
  ]);
  expect(counts).toMatchObject({ duplicates: 1, conflicts: 2, listed: 3 });
  expect(desk.alerts[0]?.subject).toMatch(/ bob, corrected, 1 more$/);
});

test.each([0, 10])(
  "a correction that comes before its record, by %i minutes, is that record if it says the same of the call, and else takes nothing from it",
  async (minutes) => {
    const one = record();
    const same = correcting(one, { userAgent: "corrected" });
    const other = correcting(one, { requestParameters: { userName: "harmless" } });
    const desk = testDesk([rule("high")]);
    expect(await desk.deliver([same])).toMatchObject({ alerts: 1 });
    await wait(desk, minutes);
    expect(await desk.deliver([one, same])).toMatchObject({ duplicates: 2, conflicts: 0 });
    const forged = testDesk([rule("high")]);
    expect(await forged.deliver([other])).toMatchObject({ alerts: 1 });
    await wait(forged, minutes);
    expect(await forged.deliver([one, other])).toMatchObject({ duplicates: 1, conflicts: 1 });
    await wait(forged, 5);
    expect(subjects(forged).join()).toContain("bob");
  },
);

test("the records that one call leaves in two accounts ring once for each of the two", async () => {
  const desk = testDesk([rule("medium")]);
  const organization = logKey("one").replace("AWSLogs/", "AWSLogs/o-exampleorgid/");
  const shared = { sharedEventID: "twin-1", eventName: "AssumeRole" };
  const callers = record({ ...shared, recipientAccountId: "111122223333" });
  const owners = record({
    ...shared,
    recipientAccountId: "444455556666",
    userIdentity: { type: "AWSAccount", principalId: "AIDA:x", accountId: "111122223333" },
  });
  expect(await desk.deliver([callers, owners], organization)).toMatchObject({ matches: 2, alerts: 2, duplicates: 0 });
  expect(desk.alerts[1]?.email).toContain("Where    444455556666, us-east-1, also account prod (111122223333)\n");
  expect(await desk.deliver([owners, callers], organization)).toMatchObject({ duplicates: 2, alerts: 0 });
});

test("a forged record below another account's path does not silence the real one that shares its sharedEventID", async () => {
  const desk = testDesk([rule("critical")]);
  const shared = { sharedEventID: "twin-1", eventName: "AssumeRole" };
  const forged = record({ ...shared, recipientAccountId: "999999999999", requestParameters: { roleArn: "harmless" } });
  await desk.deliver([forged], logKey("forged"));
  expect(desk.texts).toEqual([]);
  await desk.deliver([record({ ...shared, requestParameters: { roleArn: "the-real-one" } })], logKey("real"));
  expect(desk.texts).toHaveLength(1);
  expect(desk.texts[0]).toContain("the-real-one");
});

test("a forged twin that says something else does not silence the real one", async () => {
  const desk = testDesk([rule("critical", { outcome: "any" })]);
  const twin = { sharedEventID: "5ba7c9e2-0000-4000-8000-000000000001", eventName: "PutBucketPolicy" };
  const userIdentity = { type: "AWSAccount", accountId: "999999999999", principalId: "AIDA" };
  const forged = record({
    ...twin,
    recipientAccountId: "999999999999",
    userIdentity,
    errorCode: "NoSuchBucket",
    requestParameters: { bucketName: "harmless" },
  });
  await desk.deliver([forged], logKey("forged").replaceAll(ACCOUNT, "999999999999"));
  await desk.deliver([record({ ...twin, requestParameters: { bucketName: "crown-jewels" } })]);
  await wait(desk, 3);
  expect(desk.alerts.map(({ json }) => json).join()).toContain("crown-jewels");
});

const ORGANIZATION_KEY = logKey("org").replace("AWSLogs/", "AWSLogs/o-exampleorgid/");
const MALLORY = "999999999999";

const atOnce = rule("high", { name: "at-once", threshold: { count: 1, within: HOUR } });
const all = { group: { by: ["eventName"], acrossAccounts: true } };

test.each([
  ["an account's trail", logKey("real"), 300, {}],
  ["an organization's trail", ORGANIZATION_KEY, 300, {}],
  ["an incident of all accounts", logKey("real"), 300, all],
  ["an incident of all accounts, alone", logKey("real"), 0, all],
])("a twin that says the same below another account's own path silences none of %s", async (_, key, decoys, group) => {
  const desk = testDesk([rule("critical", group), { ...atOnce, ...group }]);
  const said = { sharedEventID: "twin-1", requestParameters: { userName: "the-real-one" } };
  const forged = record({ ...said, recipientAccountId: MALLORY });
  const others = many(decoys, (i) => ({ recipientAccountId: MALLORY, requestParameters: { userName: `decoy-${i}` } }));
  await desk.deliver([...others, forged], logKey("forged").replaceAll(ACCOUNT, MALLORY));
  desk.alerts.length = 0;
  expect(await desk.deliver([record(said)], key)).toMatchObject({ matches: 2, duplicates: 0 });
  await wait(desk, 5);
  expect(subjects(desk).join()).toContain("the-real-one");
});

test.each([
  `AWSLogs/${MALLORY}/CloudTrail/${ORGANIZATION_KEY}`,
  `AWSLogs/${MALLORY}/CloudTrail/${logKey("nested")}`,
  `AWSLogs/${MALLORY}/${ORGANIZATION_KEY}`,
])("who writes below an own path is no other account, whatever path follows: %s", async (key) => {
  const desk = testDesk([rule("critical")]);
  const one = record({ sharedEventID: "twin-1" });
  await desk.deliver([one], key);
  for (const subject of subjects(desk)) expect(subject).toContain("UNVERIFIED");
  expect(await desk.deliver([one], ORGANIZATION_KEY)).toMatchObject({ duplicates: 0, alerts: 1 });
});

test.each([
  ["the organization's", [ORGANIZATION_KEY, logKey("member")]],
  ["the account's", [logKey("member"), ORGANIZATION_KEY]],
] as const)("a record of two accounts that two trails deliver is told once, %s first", async (_, keys) => {
  const desk = testDesk([rule("high"), atOnce]);
  const one = record({ sharedEventID: "twin-1" });
  for (const key of keys) await desk.deliver([one, record({ userIdentity: root })], key);
  await desk.desk.runToEnd();
  expect(desk.alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(2 + 4);
});

test("what is LATE makes nothing late that is folded with it", async () => {
  const desk = testDesk([rule("critical")]);
  await desk.deliver([
    ...many(60, (i) => ({ ...at(-48 * 60), eventName: `Old${i}` })),
    ...many(3, () => ({ eventName: "DeleteTrail" })),
  ]);
  expect(desk.alerts[0]?.subject).not.toContain("LATE");
  expect(desk.texts).toHaveLength(1);
});

test("records that are older than a day are marked LATE and send no text message", async () => {
  const desk = testDesk([rule("critical")]);
  await desk.deliver([record({ eventTime: "2026-11-18T10:00:00Z" })]);
  expect(subjects(desk)).toEqual(["[CRITICAL] LATE Every call by alice in prod (111122223333): CreateAccessKey bob"]);
  expect(desk.alerts[0]?.email).toMatch(
    /^LATE: these records reached the log bucket more than a day after they happened/,
  );
  expect(desk.texts).toEqual([]);
});

test("about fifty incidents of a rule and account are open; further callers share one", async () => {
  const desk = testDesk([rule("low")]);
  for (let file = 0; file < 4; file++) {
    await desk.deliver(Array.from({ length: 30 }, (_, i) => record({ userIdentity: user(`f${file}u${i}`) })));
  }
  await wait(desk, 24 * 60);
  const parts = desk.alerts.flatMap((alert) => alert.parts);
  // Eight are settled side by side.
  expect(parts.length).toBeGreaterThanOrEqual(51);
  expect(parts.length).toBeLessThanOrEqual(58);
  expect(parts.reduce((sum, { matches }) => sum + matches, 0)).toBe(120);
  expect(parts.find(({ actor }) => actor === "many actors")?.matches).toBe(121 - parts.length);
});

test("invocations at the same time open no more incidents than one after the other", async () => {
  const rules = compileRules([rule("high")]);
  const desk = testDesk(rules.rules);
  await desk.desk.advanceTo(NOW);
  const invoke = async (name: number) => {
    const intake = desk.desk.ledger.intake();
    const logObject = { bucket: "trail", key: logKey(`${name}`) };
    const records = Array.from({ length: 30 }, (_, i) => record({ userIdentity: user(`f${name}u${i}`) }));
    await intake.add(records.flatMap((one) => foundIn(one, logObject, rules.match(one, NOW)) ?? []));
    await intake.finish();
  };
  await Promise.all([0, 1, 2, 3, 4].map(invoke));
  await desk.desk.runToEnd();
  const parts = desk.alerts.flatMap((alert) => alert.parts);
  expect(new Set(parts.map(({ incident }) => incident)).size).toBe(51);
  expect(parts.reduce((sum, { matches }) => sum + matches, 0)).toBe(150);
});

describe("in an incident that callers share", () => {
  const does = (name: string, userName: string) =>
    record({ userIdentity: user(name), eventName: "CreateUser", requestParameters: { userName } });
  /** Fifty have incidents of their own; u50 and u51 share one. */
  const shared = async () => {
    const desk = testDesk([rule("high")]);
    await desk.deliver(Array.from({ length: 52 }, (_, i) => does(`u${i}`, `of-u${i}`)));
    await wait(desk, 10);
    desk.alerts.length = 0;
    return desk;
  };

  test("what one has done is no news when he does it again, however he came to share it", async () => {
    const desk = await shared();
    await desk.deliver([does("u51", "of-u51")]);
    await wait(desk, 4);
    expect(subjects(desk)).toEqual([]);
  });

  test("what one has done is news when another does it", async () => {
    const desk = await shared();
    for (const name of ["u50", "u51"]) {
      await desk.deliver([does(name, "the-same")]);
      await wait(desk, 6);
    }
    expect(desk.alerts.map(({ email }) => /u5\d/.exec(email)?.[0])).toEqual(["u50", "u51"]);
  });
});

describe("thresholds", () => {
  const past = (minutes: number) => at(minutes - 120);
  const five = { threshold: { count: 5, within: 10 * MINUTE }, group: { by: ["actor"] } };

  test("ring with all that counted, and below them nothing rings", async () => {
    const desk = testDesk([rule("high", five)]);
    expect(await desk.deliver([0, 1, 2, 3].map((m) => record(past(m))))).toMatchObject({
      belowThreshold: 4,
      alerts: 0,
    });
    expect(await desk.deliver([record(past(20))])).toMatchObject({ belowThreshold: 1 });
    expect(await desk.deliver([record(past(4))])).toMatchObject({ belowThreshold: 0, alerts: 1 });
    expect(desk.alerts[0]?.matches).toBe(5);
  });

  test("slide over eventTime, whatever the order and however the records are spread over files", async () => {
    const desk = testDesk([rule("high", five)]);
    for (const m of [9, 3, 15, 6, 18]) await desk.deliver([record(past(m))]);
    expect(desk.alerts).toEqual([]);
    await desk.deliver([record(past(12))]);
    await desk.deliver([record(past(13))]);
    await desk.desk.runToEnd();
    expect(desk.alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(7);
  });

  test("with distinct count values, with over demand several of another field", async () => {
    const threshold = { count: 3, within: 10 * MINUTE, distinct: "eventName", over: { eventSource: 2 } };
    const desk = testDesk([rule("high", { threshold, group: { by: ["actor"] } })]);
    const call = (eventSource: string, eventName: string) =>
      record({ eventSource: `${eventSource}.amazonaws.com`, eventName });
    await desk.deliver([call("iam", "A"), call("iam", "A"), call("iam", "B"), call("iam", "B"), call("iam", "C")]);
    expect(desk.alerts).toEqual([]);
    await desk.deliver([call("s3", "C")]);
    expect(desk.alerts[0]?.matches).toBe(6);
  });

  test("a window that is full folds what is alike, and loses nothing", async () => {
    const threshold = { count: 2, within: 10 * MINUTE, distinct: "eventName" };
    const desk = testDesk([rule("high", { threshold, group: { by: ["actor"] } })]);
    const count = runs(3_000, 2_200);
    const alike = many(count, () => ({}));
    expect(await desk.deliver(alike)).toMatchObject({ belowThreshold: count });
    await desk.deliver([record({ eventName: "Other" })]);
    expect(desk.alerts[0]?.matches).toBe(count + 1);
  });

  const named = (name: string) => ({ requestParameters: { userName: `${name}-${"x".repeat(85)}` } });
  /** Of the alerts' lines: the targets that they name, and how many more there are. */
  const told = (desk: TestDesk) => {
    const lines: { targets: string[]; moreTargets: number }[] = desk.alerts.flatMap(
      ({ json }) => JSON.parse(json).lines,
    );
    return {
      targets: new Set(lines.flatMap(({ targets }) => targets)).size,
      moreTargets: lines.reduce((sum, { moreTargets }) => sum + moreTargets, 0),
    };
  };
  const counting = (count: number) => rule("high", { threshold: { count, within: 10 * MINUTE } });

  test("what one file has for a window names all of its targets, however many", async () => {
    const desk = testDesk([counting(100)]);
    await desk.deliver(many(190, (i) => named(`target-${i}`)));
    expect(told(desk)).toEqual({ targets: 190, moreTargets: 0 });
  });

  test("targets that a window had no room for are counted", async () => {
    const desk = testDesk([counting(600)]);
    for (let file = 0; file < 4; file++) await desk.deliver(many(150, (i) => named(`target-${file}-${i}`)));
    const { targets, moreTargets } = told(desk);
    expect(targets + moreTargets).toBe(600);
  });

  test("targets that a full window folds are counted", async () => {
    const threshold = { count: 2, within: 10 * MINUTE, distinct: "eventName" };
    const desk = testDesk([rule("high", { threshold })]);
    await desk.deliver(many(1_000, (i) => named(`target-${i}`)));
    await desk.deliver([record({ eventName: "Other", ...named("target-0") })]);
    const { targets, moreTargets } = told(desk);
    expect(targets + moreTargets).toBeGreaterThanOrEqual(1_000);
  });

  test("facts that a window had no room for are news", async () => {
    const desk = testDesk([counting(400)]);
    const reads = (minutes: number, userName: string) =>
      many(200, (i) => ({
        ...past(minutes),
        eventCategory: "Data",
        requestParameters: { userName, groupName: `${i}-${"x".repeat(85)}` },
      }));
    for (const _ of [1, 2]) await desk.deliver(reads(0, "known"));
    // What there is room for is told already.
    await desk.deliver([...reads(60, "known"), ...reads(60, "new").slice(0, 20)]);
    await desk.deliver(reads(60, "known"));
    await wait(desk, 6);
    expect(desk.alerts).toHaveLength(2);
    expect(told(desk).moreTargets).toBeGreaterThanOrEqual(20);
  });

  test("what a window has told leaves room for what it has not", async () => {
    const desk = testDesk([counting(180)]);
    await desk.deliver(many(180, (i) => ({ ...past(0), ...named(`old-${i}`) })));
    desk.alerts.length = 0;
    await desk.deliver(many(60, (i) => ({ ...past(15), ...named(`waiting-${i}`) })));
    expect(desk.alerts).toEqual([]);
    await desk.deliver(many(120, (i) => ({ ...past(16), ...named(`last-${i}`) })));
    await wait(desk, 10);
    expect(told(desk)).toEqual({ targets: 180, moreTargets: 0 });
  });

  test("after: a match rings only when enough came before it, in the same group", async () => {
    const after = { pattern: { responseElements: { ConsoleLogin: ["Failure"] } }, count: 3, within: HOUR };
    const signIn = { name: "sign-in", place: "x:1", severity: "critical", calls: ["signin:ConsoleLogin"] } as const;
    const desk = testDesk([{ ...signIn, outcome: "success", after, group: { by: ["sourceIPAddress"] } }]);
    const login = (result: string, ip: string, m: number) =>
      record({
        ...past(m),
        eventSource: "signin.amazonaws.com",
        eventName: "ConsoleLogin",
        sourceIPAddress: ip,
        responseElements: { ConsoleLogin: result },
      });
    const failures = [1, 2, 3].map((m) => login("Failure", "192.0.2.7", m));
    expect(await desk.deliver([...failures, login("Success", "192.0.2.8", 4)])).toMatchObject({
      matches: 1,
      alerts: 0,
    });
    expect(await desk.deliver([login("Success", "192.0.2.7", 70)])).toMatchObject({ matches: 1, belowThreshold: 1 });
    expect(await desk.deliver([login("Success", "192.0.2.7", 40)])).toMatchObject({ matches: 1, alerts: 1 });
    expect(desk.alerts[0]).toMatchObject({ matches: 1, severity: "critical" });
    expect(desk.alerts[0]?.email).toContain("signin:ConsoleLogin succeeded");
  });
});

test("after: without a group of its own a rule groups by caller, so that another call may come before", async () => {
  const after = { pattern: { eventName: ["ListUsers"] }, count: 1, within: HOUR };
  const desk = testDesk([{ name: "a", place: "x:1", severity: "high", calls: ["iam:CreateUser"], after }]);
  await desk.deliver([record({ ...at(-9), eventName: "ListUsers" })]);
  expect(await desk.deliver([record({ ...at(-5), eventName: "CreateUser" })])).toMatchObject({ alerts: 1 });
});

test("an attempt that was denied is one severity lower, and says so", async () => {
  const desk = testDesk([rule("critical", { outcome: "attempt" })]);
  await desk.deliver([record({ errorCode: "AccessDenied" }), record({ errorCode: "ValidationError" })]);
  expect(subjects(desk)).toEqual([
    "[HIGH] Attempt DENIED: Every call by alice in prod (111122223333): CreateAccessKey bob",
  ]);
  // A severity that was not reached rings at once.
  await desk.deliver([record()]);
  expect(subjects(desk)[1]).toBe(
    "[CRITICAL] Follow-up: Every call by alice in prod (111122223333): CreateAccessKey bob",
  );
  expect(desk.texts).toHaveLength(1);
});

describe("when the ledger is down", () => {
  test("critical and high go out at once, marked, and the rest fails the invocation", async () => {
    const desk = testDesk([
      { ...rule("high"), name: "high", calls: ["iam:CreateAccessKey"] },
      { ...rule("low"), name: "low", calls: ["iam:CreateUser"] },
    ]);
    desk.ledgerDown = true;
    const records = [record(), record({ eventName: "CreateUser" })];
    await expect(desk.deliver(records)).rejects.toThrow(/1 matches of low were not recorded: the ledger is down/);
    expect(subjects(desk)).toEqual(["[HIGH] High by alice in prod (111122223333): bob"]);
    expect(desk.alerts[0]?.email).toMatch(/^May repeat: the ledger could not be reached/);
    expect(JSON.parse(desk.alerts[0]?.json ?? "").mayRepeat).toBe(true);
    desk.ledgerDown = false;
    // Lambda's retry.
    expect(await desk.deliver(records)).toMatchObject({ alerts: 1, held: 1, unrecorded: 0 });
  });

  test("it is no flood: an invocation sends one message, the worst in full and a line for each other", async () => {
    const desk = testDesk([rule("high"), critical]);
    desk.ledgerDown = true;
    const others = Array.from({ length: 29 }, (_, i) => record({ userIdentity: user(`u${i}`) }));
    const summary = await desk.deliver([...others, record({ userIdentity: root })]);
    expect(summary).toMatchObject({ matches: 31, unrecorded: 0, alerts: 1 });
    expect(desk.alerts).toHaveLength(1);
    expect(desk.texts).toHaveLength(1);
    expect(desk.alerts[0]?.subject).toMatch(/^\[CRITICAL\] Root used in prod .* \+29 alerts$/);
    for (let i = 0; i < 29; i++) expect(desk.alerts[0]?.email).toContain(`\n[HIGH] Every call by u${i} in prod`);
  });

  test("what the message has no room for fails the invocation", async () => {
    const desk = testDesk([
      rule("high", { name: "by-address", group: { by: ["sourceIPAddress"] } }),
      rule("high", { name: "by-agent", group: { by: ["userAgent"] } }),
    ]);
    desk.ledgerDown = true;
    const records = many(50, (i) => ({
      userIdentity: user(`u${i}`),
      sourceIPAddress: `192.0.2.${i}`,
      userAgent: `a${i}`,
    }));
    await expect(desk.deliver(records)).rejects.toThrow(/40 matches of by-address, by-agent were not recorded/);
    const [{ listed, counted, unrecorded } = { listed: 0, counted: 0, unrecorded: 0 }] = desk.lines;
    expect([listed + counted, unrecorded]).toEqual([60, 40]);
    expect(desk.alerts[0]?.email.match(/^\[HIGH\] By a.* by u\d+ /gm)).toHaveLength(59);
  });
});

/** Writes over an item of the ledger, as somebody with access to the table could. */
async function spoil(desk: TestDesk, key: string, change: (body: object) => unknown, dueAt?: number) {
  const item = (await desk.store.read([key], NOW)).get(key);
  const next = { body: change((item?.body ?? {}) as object), ...(dueAt !== undefined && { dueAt }) };
  await desk.store.commit([{ key, expected: item?.version ?? 0, next }]);
}

test.each<[string, (body: object) => unknown]>([
  ["ends in ten years", (body) => ({ ...body, lastMail: { id: "x", at: NOW + 3650 * 24 * HOUR } })],
  ["is a text", () => "gone"],
  ["has lost its incident", () => ({ told: {}, reached: {}, step: 0 })],
  ["holds a story without lines", (body) => ({ ...body, held: { total: 1 } })],
])("a head that %s silences nobody: it is kept, counted for the alarm, and stepped past", async (_, change) => {
  const desk = testDesk([rule("high")]);
  await desk.deliver([record()]);
  const [key = ""] = desk.keys("incident#");
  await spoil(desk, key, change, NOW);
  const before = (await desk.store.read([key], NOW)).get(key)?.body;
  expect(await desk.deliver([record()])).toMatchObject({ alerts: 1, unreadableItems: 1 });
  await wait(desk, 5);
  expect((await desk.store.read([key], NOW)).get(key)?.body).toEqual(before);
  expect(await desk.store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
});

test("alerts that wait are sent by the next invocation where the tick is switched off", async () => {
  const desk = testDesk([rule("high")]);
  desk.ticks = false;
  await desk.deliver(Array.from({ length: 7 }, (_, i) => record({ userIdentity: user(`u${i}`) })));
  expect(desk.alerts).toHaveLength(5);
  await wait(desk, 3);
  await desk.deliver([record({ eventName: "ListUsers", userIdentity: user("other") })]);
  expect(desk.alerts.flatMap(({ parts }) => parts)).toHaveLength(8);
});

test("records of one eventID in one group, and what comes again after 36 days, are alerts of their own", async () => {
  const desk = testDesk([rule("medium", { group: { by: ["eventID"] } })]);
  const one = record();
  await desk.deliver([one]);
  await wait(desk, 5 * 60);
  expect(await desk.deliver([{ ...one, awsRegion: "eu-west-1" }])).toMatchObject({ alerts: 1, conflicts: 1 });
  await wait(desk, 36 * 24 * 60);
  expect(await desk.deliver([one])).toMatchObject({ alerts: 1, unrecorded: 0 });
  await desk.desk.runToEnd();
  expect(desk.alerts).toHaveLength(3);
});

test("the end of an unusual rate follows up its start, though both share their sharedEventID", async () => {
  const insight = (state: string, minute: number) => ({
    eventType: "AwsCloudTrailInsight",
    eventID: `insight-${state}`,
    sharedEventID: "one-insight",
    recipientAccountId: ACCOUNT,
    awsRegion: "us-east-1",
    ...at(minute),
    insightDetails: { state, eventSource: "iam.amazonaws.com", eventName: "CreateUser" },
  });
  const pattern = { eventType: ["AwsCloudTrailInsight"] };
  const desk = testDesk([
    { name: "rate", place: "x:1", severity: "medium", pattern, group: { by: ["sharedEventID"] } },
  ]);
  await desk.deliver([insight("Start", 0)]);
  expect(await desk.deliver([insight("End", 10)])).toMatchObject({ matches: 1, duplicates: 0, held: 1 });
  await desk.desk.runToEnd();
  expect(desk.alerts.map(({ kind }) => kind)).toEqual(["alert", "follow-up"]);
});

test("hundreds of waiting alerts are told within minutes, and a critical that comes later at once", async () => {
  const rules = [rule("medium"), { ...rule("critical"), name: "root", pattern: { userIdentity: { type: ["Root"] } } }];
  const desk = testDesk(rules);
  const accounts = runs(10, 5);
  for (let account = 0; account < accounts; account++) {
    const recipientAccountId = `1111222233${String(account).padStart(2, "0")}`;
    await desk.deliver(
      Array.from({ length: 45 }, (_, i) => record({ recipientAccountId, userIdentity: user(`u${i}`) })),
      logKey("one").replaceAll(ACCOUNT, recipientAccountId),
    );
  }
  await wait(desk, 1);
  await desk.deliver([record({ eventName: "X", userIdentity: { type: "Root", accountId: ACCOUNT } })]);
  await wait(desk, 1);
  expect(subjects(desk).some((subject) => subject.startsWith("[CRITICAL] Root"))).toBe(true);
  await wait(desk, 10);
  expect(desk.alerts.flatMap(({ parts }) => parts).length).toBeGreaterThanOrEqual(45 * accounts + 1);
  expect(desk.alerts.length).toBeLessThan(50);
});

test("a group of several accounts rings for each of them", async () => {
  const desk = testDesk([rule("high", { group: { by: ["sourceIPAddress"], acrossAccounts: true } })]);
  const otherKey = logKey("other").replaceAll(ACCOUNT, "444455556666");
  await desk.deliver([record()]);
  await wait(desk, 10);
  expect(await desk.deliver([record({ recipientAccountId: "444455556666" })], otherKey)).toMatchObject({
    alerts: 1,
    unrecorded: 0,
  });
  expect(desk.alerts[1]?.kind).toBe("follow-up");
  const accounts = desk.alerts.map(({ json }) =>
    JSON.parse(json).lines.map(({ accountId }: { accountId: string }) => accountId),
  );
  expect(accounts[0]).toEqual([ACCOUNT]);
  expect(accounts[1]).toContain("444455556666");
});

test("a record from the future does not switch a threshold off", async () => {
  const desk = testDesk([rule("high", { threshold: { count: 3, within: 10 * MINUTE }, group: { by: ["actor"] } })]);
  await desk.deliver([record({ eventTime: "2099-01-01T00:00:00Z" })]);
  for (let i = 0; i < 3; i++) await desk.deliver([record(at(0))]);
  expect(desk.alerts).toHaveLength(1);
});

test("what is folded in a full window counts with its own neighbours only", async () => {
  const desk = testDesk([rule("high", { threshold: { count: 100, within: MINUTE }, group: { by: ["actor"] } })]);
  for (let minute = 0; minute < 20; minute++) {
    await desk.deliver(Array.from({ length: 80 }, (_, i) => record(at(minute + i / 80))));
    await wait(desk, 1);
  }
  expect(desk.alerts).toEqual([]);
});

thorough(test).each([
  ["six bytes in JSON", "\u0001"],
  ["three bytes", "\u4e2d"],
])("items stay below DynamoDB's 400 KB, also of characters that take %s", async (_, character) => {
  const wide = character.repeat(190);
  const rules = [
    rule("high", {
      threshold: { count: 500, within: MINUTE, distinct: "requestParameters.name", over: { awsRegion: 2 } },
    }),
    { ...rule("low"), name: "low", group: { by: ["requestParameters.policy"] } },
    { ...rule("high"), name: "held" },
  ];
  const desk = testDesk(rules);
  for (let minute = 0; minute < Math.max(3, runs(8)); minute++) {
    const records = Array.from({ length: 30 }, (_, i) =>
      record({
        ...at(minute),
        userAgent: wide,
        sourceIPAddress: `${i}${wide}`,
        requestParameters: { name: `${minute}-${i}${wide}`, policy: `${i}${wide.repeat(500)}` },
      }),
    );
    await desk.deliver(records);
    await wait(desk, 1);
  }
  await desk.desk.runToEnd();
  expect(desk.largest).toBeLessThan(390_000);
  expect(desk.lines.every(({ unrecorded }) => unrecorded === 0)).toBe(true);
});

test("a commit stays below DynamoDB's hundred changes, however many hours and rules a caller's records are of", async () => {
  const desk = testDesk([
    rule("high"),
    rule("medium", { name: "other" }),
    rule("medium", { name: "third", threshold: { count: 2, within: HOUR } }),
  ]);
  const summaries = [];
  for (let file = 0; file < 3; file++) {
    summaries.push(
      await desk.deliver(
        many(150, (i) => at(-60 * i - file)),
        logKey(`hours-${file}`),
      ),
    );
  }
  expect(summaries.every(({ unrecorded }) => unrecorded === 0)).toBe(true);
  await desk.desk.runToEnd();
  expect(desk.mostChanges).toBeLessThanOrEqual(100);
  const told = desk.alerts.reduce((sum, { matches }) => sum + matches, 0);
  expect(told).toBe(3 * 450);
});

test("alerts of 0.1.0 that wait, and times that no date holds, stop nothing", async () => {
  const desk = testDesk([rule("critical")]);
  const put = (key: string, body: unknown) =>
    desk.store.commit([{ key, expected: 0, next: { body, dueAt: NOW, urgency: "critical" } }]);
  const old = (i: number, madeAt: number) => {
    const id = `${i}`.padStart(16, "0");
    const part = { id, fullId: id, severity: "high", rule: "old", subject: `[HIGH] old-${i}`, detail: "", matches: 1 };
    const alert = { ...part, kind: "alert", email: "told by 0.1.0", json: "{}", parts: [part] };
    return { alert, madeAt, claims: 0, todo: ["alert"] };
  };
  for (let i = 0; i < 12; i++) await put(`alert#${`${i}`.padStart(16, "0")}`, old(i, NOW));
  await put("alert#junk", old(99, -1e300));
  for (let i = 0; i < 250; i++) await put(`seen2#${i}`, { parts: 1, generation: 1 });
  await desk.deliver([record()]);
  await wait(desk, 5);
  expect(desk.texts).toHaveLength(1);
  expect(desk.alerts.flatMap(({ parts }) => parts).filter(({ rule: name }) => name === "old")).toHaveLength(12);
  expect(await desk.store.due(desk.desk.now(), 10)).toEqual([]);
});

test.each([
  ["a record that is a text", { kept: { record: "x", logObject: { bucket: "trail", key: "x" } } }],
  ["a record that is a list", { kept: { record: [], logObject: { bucket: "trail", key: "x" } } }],
  ["a mark that is a text", { precedes: "x" }],
])("a window with %s is left as it is, and those that come next are told", async (_, junk) => {
  const desk = testDesk([rule("high", { threshold: { count: 3, within: 10 * MINUTE } })]);
  await desk.deliver([record(at(0)), record(at(1))]);
  const [key = ""] = desk.keys("window#");
  const item = (await desk.store.read([key], NOW)).get(key);
  const body = item?.body as { readonly entries: readonly object[] };
  const broken = { ...body, entries: body.entries.map((entry) => ({ ...entry, ...junk })) };
  await desk.store.commit([{ key, expected: item?.version ?? 0, next: { body: broken } }]);
  await desk.deliver([record(at(2)), record(at(3)), record(at(4))]);
  await wait(desk, 5);
  expect(desk.alerts.map(({ matches }) => matches)).toEqual([3]);
  expect((await desk.store.read([key], NOW)).get(key)?.body).toEqual(broken);
});

test("what counts towards a threshold still counts after its rule was gone for a while", async () => {
  const memory = createMemoryStore();
  const counted = rule("high", { threshold: { count: 3, within: 10 * MINUTE } });
  const before = testDesk([counted], {}, NOW, memory);
  const { commit } = memory;
  // It ends once the matches are written down.
  memory.commit = async (changes) => {
    const isDone = await commit(changes);
    before.ledgerDown = changes.some(({ key }) => key.startsWith("in#window#"));
    return isDone;
  };
  await before.deliver([record(at(-2)), record(at(-1))]);
  memory.commit = commit;
  const without = testDesk([], {}, NOW, memory);
  await wait(without, 2);
  expect(await memory.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  const after = testDesk([counted], {}, NOW + 2 * MINUTE, memory);
  await after.deliver([record(at(0))]);
  await wait(after, 5);
  expect(after.alerts.map(({ matches }) => matches)).toEqual([3]);
});

test("what is due and owes nothing does not stand before what does", async () => {
  const desk = testDesk([rule("critical")]);
  const due = (key: string, body: unknown) =>
    desk.store.commit([{ key, expected: 0, next: { body, dueAt: NOW - HOUR, urgency: "critical" } }]);
  for (let i = 0; i < 100; i++) await due(`in#incident#${i}#x`, "done");
  for (let i = 0; i < 100; i++) await due(`alert#idle-${i}`, { madeAt: NOW, claims: 1, todo: [] });
  const incident = { key: "k", kind: "mail", accountId: ACCOUNT, actor: "nobody" };
  const head = { incident, told: {}, reached: {}, step: 0 };
  for (let i = 0; i < 100; i++) await due(`incident#idle-${i}`, head);
  for (let i = 0; i < 100; i++) await due(`daily#idle-${i}`, head);
  for (let i = 0; i < 100; i++) await due(`in#${i}`, "done");
  desk.failPublishes = true;
  await desk.deliver([record()]);
  desk.failPublishes = false;
  await wait(desk, 5);
  expect(desk.texts).toHaveLength(1);
  expect(await desk.store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  expect((await desk.store.read(["alert#idle-7"], NOW)).get("alert#idle-7")?.body).toMatchObject({ todo: [] });
});

test("beyond fifty, unverified log objects share an incident, and all of them are told", async () => {
  const desk = testDesk([rule("high")]);
  const forged = (i: number) => record({ userIdentity: user(`forged-${i}`), recipientAccountId: "999999999999" });
  for (let i = 0; i < 80; i++) await desk.deliver([forged(i)], logKey(`forged-${i}`));
  await desk.desk.runToEnd();
  const incidents = new Set(desk.alerts.flatMap(({ parts }) => parts.map(({ actor }) => actor)));
  expect(incidents.size).toBe(51);
  expect(desk.alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(80);
  for (const { subject } of desk.alerts) expect(subject).toMatch(/^\[HIGH\] (?:UNVERIFIED|Round-up)/);
});

test("however many calls a caller makes, the mail names each of them and what it was about", async () => {
  const desk = testDesk([rule("critical")]);
  await desk.deliver(many(120, (i) => ({ eventName: `Call${i}`, requestParameters: { userName: `target-${i}` } })));
  for (let i = 0; i < 120; i++) {
    // The head's call is told by the rows above the others.
    const inHead = `iam:Call${i} succeeded[^]*\\nWhat {5}userName: target-${i}\\n`;
    expect(desk.alerts[0]?.email).toMatch(new RegExp(`iam:Call${i}(?: ok on)? target-${i}\\b|${inHead}`));
  }
});

test("a record that comes again in a line of other calls is told once", async () => {
  const desk = testDesk([rule("high")]);
  const records = many(70, (i) => ({ eventName: `Call${i}` }));
  await desk.deliver(records);
  // Another invocation has looked before the fingerprints were written.
  const { read } = desk.store;
  desk.store.read = async () => {
    desk.store.read = read;
    return new Map();
  };
  expect(await desk.deliver([...records, record()])).toMatchObject({ matches: 71, held: 71 });
  await desk.desk.runToEnd();
  expect(desk.alerts.reduce((sum, { matches }) => sum + matches, 0)).toBe(71);
});

test("with a group of its own, what passes a threshold is in a mail and in no round-up", async () => {
  const threshold = { count: 3, within: 10 * MINUTE };
  const desk = testDesk([
    rule("high", { threshold, group: { by: ["sourceIPAddress"] } }),
    rule("low", { name: "each" }),
  ]);
  const callers = ["u1", "u2", "u3", "u4"].map((name) => record({ userIdentity: user(name) }));
  await desk.deliver(callers);
  await wait(desk, 24 * 60);
  expect(desk.alerts).toHaveLength(1);
  expect(desk.lines.at(-1)).toMatchObject({ held: 4 });
});

test("a text message that SNS took too late for the limits comes once they allow it", async () => {
  const desk = testDesk([rule("critical")]);
  let isTaken = false;
  const { texts } = desk;
  texts.push = (text) => {
    if (text.includes("waits") && !isTaken) throw new Error("SNS takes no such text message");
    return Array.prototype.push.call(texts, text);
  };
  await desk.deliver([record({ userIdentity: user("waits") })]);
  for (let i = 0; i < 10; i++) {
    await desk.deliver([record({ userIdentity: user(`u${i}`) })]);
    await wait(desk, 1);
  }
  expect(texts).toHaveLength(9);
  isTaken = true;
  await wait(desk, 5);
  expect(texts).toHaveLength(9);
  await wait(desk, 65);
  expect(texts).toHaveLength(10);
});

test("subjects fit SNS whatever is put in front of them", async () => {
  const alias = "an alias of forty characters, which fills.".slice(0, 40);
  const desk = testDesk([rule("critical", { outcome: "any" })], { accounts: { [ACCOUNT]: alias } });
  const denied = () =>
    record({ errorCode: "AccessDenied", userIdentity: user("u".repeat(64)), recipientAccountId: ACCOUNT });
  await desk.deliver([denied()]);
  await desk.deliver([denied(), denied()]);
  await desk.desk.runToEnd();
  for (const subject of subjects(desk)) expect(subject.length).toBeLessThan(100);
  expect(subjects(desk)[1]).toMatch(/^\[CRITICAL\] Follow-up: Attempt DENIED: .* in 111122223333.* x2$/);
});

test("a budget that somebody spoilt in the table, and junk that is due, hold nothing up", async () => {
  const desk = testDesk([rule("low"), rule("high", { name: "high", calls: ["iam:CreateUser"] })]);
  await desk.deliver([record(), record({ eventName: "CreateUser" })]);
  await spoil(desk, "budget", () => ({ tokens: -1_000_000, at: NOW, texts: [] }));
  for (let i = 0; i < 300; i++) await spoil(desk, `junk#${i}`, () => ({ any: "thing" }), NOW - HOUR);
  await spoil(desk, "alert#0123456789abcdef", () => ({ todo: "all of it" }), NOW - HOUR);
  await spoil(desk, "in#incident#0000#1", () => null, NOW - HOUR);
  await desk.deliver([record({ eventName: "CreateUser", userIdentity: user("carl") })]);
  expect(subjects(desk)).toContain("[HIGH] High by carl in prod (111122223333): bob");
  await wait(desk, 24 * 60);
  expect(subjects(desk).some((subject) => subject.startsWith("[LOW] Daily round-up"))).toBe(true);
  expect(await desk.store.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
});

const STORM = runs(10_000, 2_500);

test(`a storm of ${STORM} matches in one file is one mail and one text message, of which every record is counted`, async () => {
  const desk = testDesk([rule("critical")]);
  desk.calls = 0;
  const summary = await desk.deliver(Array.from({ length: STORM }, () => record()));
  expect(summary).toMatchObject({ matches: STORM, listed: 20, counted: STORM - 20, alerts: 1 });
  expect(desk.alerts.length + desk.texts.length).toBeLessThanOrEqual(3);
  expect(desk.calls).toBeLessThanOrEqual(20 + STORM / 100);
});

test("what an invocation makes of its matches is one metric each, in CloudWatch's embedded format", async () => {
  const { withMetrics } = await import("../../../lambda/metrics.ts");
  const line = { records: 2, deliveryLagSeconds: 3, remarks: ["x"] };
  expect(withMetrics(line, "Trailbell/test", NOW)).toEqual({
    _aws: {
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: "Trailbell/test",
          Dimensions: [[]],
          Metrics: [
            { Name: "records", Unit: "Count" },
            { Name: "deliveryLagSeconds", Unit: "Seconds" },
          ],
        },
      ],
    },
    ...line,
  });
});

test("in a shared incident a caller's call is no news once it was told, whichever invocation handed it on", async () => {
  const desk = testDesk([rule("high", { group: { by: ["sourceIPAddress"] } })]);
  const from = (i: number, userName = "bob") =>
    record({ userIdentity: user(`u${i}`), sourceIPAddress: `2001:db8:1::${i}`, requestParameters: { userName } });
  await desk.deliver(Array.from({ length: 60 }, (_, i) => from(i)));
  await wait(desk, 20);
  desk.alerts.length = 0;
  await desk.deliver([from(57, "carl")]);
  await wait(desk, 7);
  expect(subjects(desk)).toEqual([expect.stringContaining("by u57 in prod")]);
  desk.alerts.length = 0;
  // Told with the sixty.
  expect(await desk.deliver([from(55)])).toMatchObject({ held: 1 });
  await wait(desk, 4);
  expect(subjects(desk)).toEqual([]);
  await wait(desk, 10);
  expect(subjects(desk)).toEqual([expect.stringContaining("by u55 in prod")]);
});

test("what waits for the round-up is named there with today's severity, if its rule became more severe", async () => {
  const memory = createMemoryStore();
  const before = testDesk([rule("low")], {}, NOW, memory);
  expect(await before.deliver([record()])).toMatchObject({ held: 1 });
  const { alerts, desk } = testDesk([rule("critical")], {}, NOW + MINUTE, memory);
  await desk.advanceTo(NOW + 30 * MINUTE);
  expect(alerts).toEqual([]);
  await desk.runToEnd();
  expect(alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[CRITICAL\] Daily round-up/)]);
});
