import { consoleLink } from "../../../lambda/core/alert/console-link.ts";
import { describeCaller, describeOrigin } from "../../../lambda/core/alert/describe.ts";
import { MANY_ACTORS } from "../../../lambda/core/ledger/place.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { alertsOf, everyCall, TEST_RULES, testDesk } from "../../support/desk-pipeline.ts";
import { ACCOUNT, record } from "../../support/log-files.ts";

const ID = "2d528c76-1111-4222-8333-444455556666";
const managed = { eventID: ID, managementEvent: true };

test.each([
  ["us-east-1", `https://us-east-1.console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/${ID}`],
  ["cn-north-1", `https://cn-north-1.console.amazonaws.cn/cloudtrailv2/home?region=cn-north-1#/events/${ID}`],
  [
    "us-gov-west-1",
    `https://us-gov-west-1.console.amazonaws-us-gov.com/cloudtrailv2/home?region=us-gov-west-1#/events/${ID}`,
  ],
  ["us-iso-east-1", undefined],
  ["eusc-de-east-1", undefined],
  ["evil.com/x", undefined],
  ["us-east-1\n", undefined],
  ["", undefined],
])("the console link of region %j", (awsRegion, link) => {
  expect(consoleLink({ ...managed, awsRegion })).toBe(link);
});

test.each([
  ["a data event", { eventID: ID, managementEvent: false, eventCategory: "Data" }],
  ["an Insights event", { eventID: ID, eventCategory: "Insight" }],
  ["a record that does not say", { eventID: ID }],
  ["an eventID that is no UUID", { ...managed, eventID: `${ID}/../../evil` }],
  ["no eventID", { managementEvent: true }],
])("%s has no console link", (_, fields) => {
  expect(consoleLink({ awsRegion: "us-east-1", ...fields })).toBeUndefined();
});

test("without a link the mail shows the eventID, and says why", async () => {
  const { alerts } = await alertsOf([record({ eventID: ID, managementEvent: false, eventCategory: "Data" })]);
  expect(alerts[0]?.email).toContain(`Event    ${ID} (not known to be in Event history, so there is no link)`);
});

test.each([
  ["Yes", "IAM user alice, with MFA"],
  ["No", "IAM user alice, without MFA"],
  [undefined, "IAM user alice"],
])("a sign-in with MFAUsed %s", (MFAUsed, line) => {
  const userIdentity = { type: "IAMUser", userName: "alice" };
  expect(describeCaller({ userIdentity, additionalEventData: { MFAUsed } })).toBe(line);
});

const cli = {
  userAgent: "aws-cli/2.31.4 md/awscrt#0.27.6 lang/python#3.13.7",
  eventType: "AwsApiCall",
  eventVersion: "1.11",
};

test.each([
  ["a tool", cli, "192.0.2.44, aws-cli/2.31.4 (API, not console)"],
  [
    "a tool before version 1.08, which marks no console session",
    { ...cli, eventVersion: "1.05" },
    "192.0.2.44, aws-cli/2.31.4",
  ],
  [
    "a marked console session",
    { ...cli, userAgent: "AWS Internal", sessionCredentialFromConsole: "true" },
    '192.0.2.44, "AWS Internal" (console)',
  ],
  [
    "the S3 console, which is not marked",
    { ...cli, userAgent: "[S3Console/0.4, aws-internal/3]" },
    '192.0.2.44, "[S3Console/0.4, aws-internal/3]"',
  ],
  ["a sign-in", { eventType: "AwsConsoleSignIn" }, "192.0.2.44 (console)"],
  ["a service", { sourceIPAddress: "ec2.amazonaws.com", userAgent: "ec2.amazonaws.com" }, "ec2[.]amazonaws[.]com"],
])("the origin of %s", (_, fields, line) => {
  expect(describeOrigin({ sourceIPAddress: "192.0.2.44", ...fields })).toBe(line);
});

async function subjectsOf(userIdentity: object, fields: object = {}, settings = {}): Promise<readonly string[]> {
  const { alerts } = await alertsOf([record({ userIdentity, ...fields })], { settings });
  return alerts.map(({ subject }) => subject);
}

test("only the root user is called root in a subject", async () => {
  expect(await subjectsOf({ type: "Root" })).toContain("[HIGH] Access key created by root in prod (111122223333)");
  expect(await subjectsOf({ type: "IAMUser", userName: "root" })).toEqual([
    "[HIGH] Access key created by IAM user root in prod (111122223333)",
  ]);
  expect(await subjectsOf({ type: "FederatedUser", arn: `arn:aws:sts::${ACCOUNT}:federated-user/root` })).toEqual([
    "[HIGH] Access key created by federated user root in prod (111122223333)",
  ]);
  expect(await subjectsOf({ type: "IAMUser", userName: "created" })).toEqual([
    "[HIGH] Access key created by created in prod (111122223333)",
  ]);
});

test("a name cannot pass for the account, and an account that is none is shown as text", async () => {
  const [subject = ""] = await subjectsOf({ type: "SAMLUser", userName: "bob in prod (444455556666) by eve" });
  expect(subject).toBe('[HIGH] Access key created by "bob in prod (444455556666) by eve" in prod (111122223333)');
  const [odd = ""] = await subjectsOf({ type: "IAMUser", userName: "a" }, { recipientAccountId: "evil.com/login" });
  expect(odd).toContain(" in evil[.]com/login");
});

test("however long the names, account and count stay whole in a subject of under 100 characters", async () => {
  const rule = { ...everyCall(), name: "a-rule-with-a-name-as-long-as-the-reader-lets-it-be-which-is-long" };
  const userIdentity = { type: "IAMUser", userName: "u".repeat(64) };
  for (const alias of ["prod", "an alias of forty characters, which fills.", "Zürich — Straße"]) {
    const settings = { accounts: { [ACCOUNT]: alias.slice(0, 40) } };
    const { alerts } = await alertsOf([record({ userIdentity }), record({ userIdentity })], {
      rules: [rule],
      settings,
    });
    expect(alerts[0]?.subject).toMatch(/^\[CRITICAL\] A ru.* by u+.* in .* \(111122223333\) x2$/);
    expect(alerts[0]?.subject.length).toBeLessThan(100);
  }
});

test("a denied call says so first, unless the rule watches for nothing else", async () => {
  const denied = record({ eventName: "CreateUser", errorCode: "AccessDenied" });
  const { alerts } = await alertsOf([denied], { rules: [{ ...everyCall("high"), name: "user-created" }] });
  expect(alerts[0]?.subject).toBe("[HIGH] DENIED User created by alice in prod (111122223333)");
  expect(alerts[0]?.email).toMatch(/^DENIED User created\niam:CreateUser was denied, /);
});

test("the shared alert of many callers keeps outcomes apart, and says that there are many", async () => {
  const callers = Array.from({ length: 52 }, (_, i) =>
    record({ userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/u${i}`, userName: `u${i}` } }),
  );
  const denied = record({
    userIdentity: { type: "IAMUser", arn: "x", userName: "mallory" },
    errorCode: "AccessDenied",
  });
  // Of many alerts at once a round-up tells, so those of the shared group are followed up by more of its matches.
  const desk = testDesk([everyCall("medium")]);
  await desk.deliver(callers);
  await desk.deliver([denied]);
  await desk.desk.runToEnd();
  const parts = desk.alerts.flatMap((alert) => alert.parts).filter(({ actor }) => actor === MANY_ACTORS);
  expect(parts.map(({ matches, outcome }) => [matches, outcome])).toEqual([
    [2, "success"],
    [1, "denied"],
  ]);
  expect(parts[0]?.subject).toBe("[MEDIUM] Every call by many callers in prod (111122223333) x2");
  expect(parts[1]?.subject).toContain("DENIED");
});

test("further matches are listed by what differs from the first", async () => {
  const at = (second: number, fields = {}) => record({ eventTime: `2026-11-20T21:25:${second}Z`, ...fields });
  const { alerts } = await alertsOf([
    at(10),
    at(20),
    at(30, { requestParameters: { userName: "carl" }, awsRegion: "eu-west-1" }),
  ]);
  expect(alerts[0]?.email).toContain(
    "Also\n2026-11-20 21:25:20 UTC  the same\n2026-11-20 21:25:30 UTC  eu-west-1  userName: carl\n",
  );
});

test("an alert id stands for exactly its matches, in whatever order they come", async () => {
  const [a, b, c] = [record(), record(), record()];
  const idOf = async (...records: unknown[]) => (await alertsOf(records)).alerts[0]?.id;
  expect(await idOf(a, b, c)).toBe(await idOf(c, a, b));
  const ids = [await idOf(a), await idOf(a, b), await idOf(a, b, c), await idOf(b)];
  expect(new Set(ids).size).toBe(4);
});

test("every shipped rule says why and what to do, unless it is an entry of the watch list", () => {
  for (const rule of TEST_RULES) {
    if (rule.name.includes(":")) continue;
    expect({ name: rule.name, why: rule.why, do: rule.do }).toEqual({
      name: rule.name,
      why: expect.any(String),
      do: expect.any(String),
    });
  }
});

test("an alert of a Sigma rule names its author, its title and what it may be", async () => {
  const rule: Rule = {
    name: "some_rule",
    place: "sigma/some_rule.yml:1",
    severity: "high",
    title: "AWS Key Created",
    author: "somebody",
    description: "Detects keys.",
    references: ["https://example.com/keys"],
    falsePositives: ["Administrators"],
    detection: { selection: { eventName: "createaccesskey" }, condition: "selection" },
  };
  const { alerts } = await alertsOf([record()], { rules: [rule] });
  expect(alerts[0]?.subject).toBe("[HIGH] AWS Key Created by alice in prod (111122223333)");
  for (const line of [
    "Why      Detects keys.",
    "May be   Administrators",
    "By       somebody",
    "See      https://example.com/keys",
  ]) {
    expect(alerts[0]?.email).toContain(`${line}\n`);
  }
  expect(JSON.parse(alerts[0]?.json ?? "").rule).toMatchObject({ author: "somebody", title: "AWS Key Created" });
});

test("a rule may say what its matches have in common, instead of caller and call", async () => {
  const rule: Rule = { ...everyCall(), group: { by: ["sourceIPAddress"] } };
  const from = (sourceIPAddress: string, eventName: string) => record({ sourceIPAddress, eventName });
  const records = [from("192.0.2.1", "CreateUser"), from("192.0.2.1", "DeleteUser"), from("192.0.2.2", "CreateUser")];
  const { alerts } = await alertsOf(records, { rules: [rule] });
  expect(alerts.map(({ matches }) => matches).sort()).toEqual([1, 2]);
  expect(alerts.find(({ matches }) => matches === 2)?.email).toContain("iam:DeleteUser");
});
