import type { Rule, Steps } from "../../../lambda/core/rules/rule.ts";
import { readRuleFile } from "../../../lambda/rule-files/rule-file.ts";
import { cpuTimeUntil } from "../../support/cpu-time.ts";
import { testDesk } from "../../support/desk-pipeline.ts";
import { loadedRules } from "../../support/loaded-rules.ts";
import { logKey, record } from "../../support/log-files.ts";

const MINUTE = 60_000;
const START = Date.parse("2026-11-20T21:00:00Z");

const STEPS: Steps = {
  of: [
    { key: "made", calls: ["iam:CreateUser"], outcome: "success" },
    {
      key: "attached",
      calls: ["iam:AttachUserPolicy"],
      pattern: { requestParameters: { policyArn: [{ suffix: "/AdministratorAccess" }] } },
    },
    { key: "key", calls: ["iam:CreateAccessKey"] },
  ],
  within: 15 * MINUTE,
};

function ruleWith(steps: Partial<Steps> = {}): Rule {
  return { name: "admin-made", place: "rules/test.yaml:1", severity: "critical", steps: { ...STEPS, ...steps } };
}

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

/** A call, so many minutes after the first. */
function call(eventName: string, minutes: number, more: object = {}) {
  return record({
    eventName,
    eventTime: new Date(START + minutes * MINUTE).toISOString(),
    requestParameters: { userName: "mallory", ...(eventName === "AttachUserPolicy" && { policyArn: ADMIN }) },
    responseElements: null,
    ...more,
  });
}

const CREATE = call("CreateUser", 0);
const ATTACH = call("AttachUserPolicy", 4);
const KEY = call("CreateAccessKey", 15);
const ALICE = { userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/alice", userName: "alice" } };
const BOB = { userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/bob", userName: "bob" } };

async function ringing(steps: Partial<Steps>, ...files: readonly (readonly unknown[])[]) {
  const desk = testDesk([ruleWith(steps)], {}, START + 30 * MINUTE);
  for (const file of files) await desk.deliver(file);
  await desk.desk.runToEnd();
  return desk;
}

test.each<readonly [string, Partial<Steps>, readonly (readonly unknown[])[], number]>([
  ["all steps in one file", {}, [[CREATE, ATTACH, KEY]], 3],
  ["one step in each file", {}, [[CREATE], [ATTACH], [KEY]], 3],
  ["the last step's file first", {}, [[KEY], [ATTACH], [CREATE]], 3],
  [
    "steps in another order than the rule's",
    {},
    [[call("CreateAccessKey", 0), call("AttachUserPolicy", 1), call("CreateUser", 2)]],
    3,
  ],
  ["one of them twice", {}, [[CREATE, call("CreateUser", 1), ATTACH, KEY]], 4],
  [
    "a step twice, whose first time is too early",
    {},
    [[call("CreateUser", -10), call("CreateUser", 3), ATTACH, KEY]],
    3,
  ],
  ["one step missing", {}, [[CREATE, KEY, call("CreateAccessKey", 3)]], 0],
  [
    "one step that does not meet its pattern",
    {},
    [
      [
        CREATE,
        KEY,
        call("AttachUserPolicy", 4, { requestParameters: { policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" } }),
      ],
    ],
    0,
  ],
  ["one step refused", {}, [[call("CreateUser", 0, { errorCode: "AccessDenied" }), ATTACH, KEY]], 0],
  ["a second more than 15 minutes", {}, [[CREATE, ATTACH, call("CreateAccessKey", 15 + 1 / 60)]], 0],
  [
    "steps of two callers",
    {},
    [[call("CreateUser", 0, ALICE), call("AttachUserPolicy", 4, BOB), call("CreateAccessKey", 5, ALICE)]],
    0,
  ],
  [
    "steps of one caller on two targets",
    { same: "target" },
    [[CREATE, ATTACH, call("CreateAccessKey", 5, { requestParameters: { userName: "bob" } })]],
    0,
  ],
  ["steps of one caller on one target", { same: "target" }, [[CREATE], [ATTACH, KEY]], 3],
  ["the given order", { order: "given" }, [[KEY], [CREATE, ATTACH]], 3],
  [
    "the given order within one second",
    { order: "given" },
    [[call("CreateAccessKey", 0), call("AttachUserPolicy", 0), call("CreateUser", 0)]],
    3,
  ],
  [
    "another order than the given one",
    { order: "given" },
    [[call("CreateAccessKey", 0), call("AttachUserPolicy", 1), call("CreateUser", 2)]],
    0,
  ],
  ["the given order after another", { order: "given" }, [[call("CreateAccessKey", 0), CREATE, ATTACH, KEY]], 3],
])("%s", async (_, steps, files, matches) => {
  const { alerts } = await ringing(steps, ...files);
  expect(alerts.map(({ matches }) => matches)).toEqual(matches === 0 ? [] : [matches]);
});

test("an alert shows every step, and what is incomplete counts as below a threshold", async () => {
  const { alerts, lines } = await ringing({}, [CREATE, ATTACH], [KEY]);
  expect(lines.map(({ belowThreshold }) => belowThreshold)).toEqual([2, 0]);
  for (const eventName of ["CreateUser", "AttachUserPolicy", "CreateAccessKey"]) {
    expect(alerts[0]?.email).toContain(eventName);
  }
});

test("files that come twice change nothing", async () => {
  const { alerts } = await ringing({}, [CREATE, ATTACH], [CREATE, ATTACH], [KEY], [CREATE, ATTACH, KEY]);
  expect(alerts.map(({ matches }) => matches)).toEqual([3]);
});

test("a step that is repeated after the sequence was told is told as well", async () => {
  const real = call("CreateAccessKey", 8, { requestParameters: { userName: "real" } });
  const { alerts } = await ringing({}, [CREATE, ATTACH, call("CreateAccessKey", 5)], [real]);
  expect(alerts.map(({ matches }) => matches)).toEqual([3, 1]);
  expect(alerts[1]?.email).toContain("real");
});

test("300 decoys of one step hide neither another step's target nor its record", async () => {
  const decoys = Array.from({ length: 300 }, (_, i) =>
    call("CreateAccessKey", (i % 14) + 0.5, { requestParameters: { userName: `decoy-${i}-${"x".repeat(90)}` } }),
  );
  const evil = call("CreateUser", 1, { requestParameters: { userName: "evil-twin" } });
  const { alerts } = await ringing({}, decoys.slice(0, 150), decoys.slice(150), [evil], [ATTACH]);
  expect(alerts[0]?.email).toContain("evil-twin");
  expect(alerts[0]?.json).toContain('"userName":"evil-twin"');
});

test("callers share a sequence where the rule groups by target, in an incident of the rule's own", async () => {
  const steps = [call("CreateUser", 0, ALICE), call("AttachUserPolicy", 4, BOB), call("CreateAccessKey", 5, ALICE)];
  const desk = testDesk([{ ...ruleWith(), group: { by: ["target"] } }], {}, START + 30 * MINUTE);
  await desk.deliver(steps);
  await desk.desk.runToEnd();
  expect(desk.alerts.map(({ matches }) => matches)).toEqual([3]);
  for (const caller of ["alice", "bob"]) expect(desk.alerts[0]?.email).toContain(caller);
});

test("decoys in the same minute do not move the first step behind the last", async () => {
  const decoys = Array.from({ length: 800 }, (_, i) =>
    call("CreateUser", 0.2 + i / 2000, { requestParameters: { userName: `decoy-${i}` } }),
  );
  const { alerts } = await ringing(
    { order: "given" },
    [CREATE, ...decoys],
    [call("AttachUserPolicy", 0.1), call("CreateAccessKey", 0.15)],
  );
  expect(alerts.length).toBeGreaterThan(0);
});

test("a record that meets several steps is one of them", async () => {
  const overlapping = {
    of: [
      { key: "any", calls: ["iam:Create*"] },
      { key: "user", calls: ["iam:CreateUser"] },
    ],
  };
  expect((await ringing(overlapping, [CREATE])).alerts).toEqual([]);
  expect((await ringing(overlapping, [CREATE, call("CreateUser", 1)])).alerts).toHaveLength(1);
});

test.each([
  ["steps: { within: 15m, of: [{ calls: [iam:CreateUser] }, { calls: [iam:CreateUser] }] }", "two steps are the same"],
  ["steps: { within: 15m, of: [{ calls: [iam:CreateUser] }] }", "of needs at least 2 entries"],
  ["steps: { of: [{ calls: [iam:CreateUser] }, { calls: [iam:CreateAccessKey] }] }", "within"],
  ["steps: { within: 15m, of: [{ calls: [iam:CreateUser] }, { outcome: success }] }", "the step is empty"],
  ["steps: { within: 15m, of: [{ calls: [iam:CreateUser] }, { pattern: { eventName: x } }] }", "eventName"],
  ["steps: { within: 15m, of: [{ calls: [iam:CreateUser] }, { cals: [iam:CreateAccessKey] }] }", "calls"],
  [
    "threshold: { count: 3, within: 1h }\n    steps: { within: 15m, of: [{ calls: [iam:CreateUser] }, { calls: [iam:CreateAccessKey] }] }",
    "steps stand alone",
  ],
])("a faulty rule file says what is wrong: %s", (text, message) => {
  const { faults } = readRuleFile("x.yaml", `rules:\n  - name: x\n    ${text}\n`);
  expect(faults.map((fault) => fault.message).join("\n")).toContain(message);
});

const does = (service: string, eventName: string, minutes: number, requestParameters: object) =>
  call(eventName, minutes, { eventSource: `${service}.amazonaws.com`, requestParameters });

test.each<readonly [string, string, readonly unknown[], RegExp]>([
  [
    "the step that asks for more than a call's name, though it is not the last",
    "instance-taken-over-by-user-data",
    [
      does("ec2", "StopInstances", 0, { instancesSet: { items: [{ instanceId: "i-1" }] } }),
      does("ec2", "ModifyInstanceAttribute", 1, { instanceId: "i-1", userData: "<sensitiveDataRemoved>" }),
      does("ec2", "StartInstances", 2, { instancesSet: { items: [{ instanceId: "i-1" }] } }),
    ],
    /^ec2:ModifyInstanceAttribute succeeded/m,
  ],
  [
    "the last step, where all are mere calls",
    "console-opened-through-federation",
    [
      does("sts", "GetFederationToken", 0, { name: "x" }),
      does("signin", "GetSigninToken", 1, {}),
      does("signin", "ConsoleLogin", 2, {}),
    ],
    /^signin:ConsoleLogin succeeded/m,
  ],
])("a mail is led by %s (%s)", async (_, name, records, led) => {
  const rules = loadedRules("rules").flatMap(({ rule }) => (rule.name === name ? [rule] : []));
  const desk = testDesk(rules, {}, START + 30 * MINUTE);
  await desk.deliver(records);
  expect(desk.alerts.map(({ email }) => email)).toEqual([expect.stringMatching(led)]);
});

test("a key on a serial console leads the mail that also tells that the console was switched on", async () => {
  const rules = loadedRules("rules").flatMap(({ rule }) => (rule.name.startsWith("serial-console-") ? [rule] : []));
  const desk = testDesk(rules, {}, START + 30 * MINUTE);
  await desk.deliver([
    does("ec2", "EnableSerialConsoleAccess", 0, {}),
    does("ec2-instance-connect", "SendSerialConsoleSSHPublicKey", 1, { instanceId: "i-1" }),
  ]);
  expect(desk.alerts.map(({ email }) => email)).toEqual([
    expect.stringMatching(/^ec2-instance-connect:SendSerialConsoleSSHPublicKey succeeded/m),
  ]);
});

test("a given order of eight steps, of which calls meet several in every combination, takes no longer than any order", async () => {
  const names = Array.from({ length: 8 }, (_, i) => `u${i}`);
  const of = names.map((name) => ({ key: name, pattern: { requestParameters: { names: [name] } } }));
  const played = async (order: Pick<Steps, "order">) => {
    const { desk, deliver, alerts } = testDesk([ruleWith({ of, within: 24 * 60 * MINUTE, ...order })], {}, START);
    await desk.advanceTo(START + 30 * MINUTE);
    const file = (at: number) =>
      Array.from({ length: 700 }, (_, i) => {
        // All but the last: the sequence stays open.
        const some = names.filter((_, bit) => bit < 7 && ((i + at) >> bit) % 2 === 1);
        return call("TagUser", ((i * 7) % 1500) / 60, { requestParameters: { names: some } });
      });
    const time = await cpuTimeUntil(async () => {
      for (const at of [0, 1, 2]) await deliver(file(at), logKey(`file-${at}`));
    });
    await deliver([call("TagUser", 26, { requestParameters: { names: ["u7"] } })], logKey("last"));
    expect(alerts.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^\[CRITICAL\] Admin made/)]);
    return time;
  };
  const any = await played({});
  expect(await played({ order: "given" })).toBeLessThan(6 * any);
});
