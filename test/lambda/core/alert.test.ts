import { consoleLink } from "../../../lambda/core/alert/console-link.ts";
import { describeCaller, describeOrigin } from "../../../lambda/core/alert/describe.ts";
import { fittingNames } from "../../../lambda/core/alert/fitting-names.ts";
import { renderRoundUp } from "../../../lambda/core/alert/round-up.ts";
import { MANY_ACTORS } from "../../../lambda/core/incident/belonging.ts";
import type { Rule } from "../../../lambda/core/rules/rule.ts";
import { alertsOf, everyCall, NOW, TEST_RULES, testDesk } from "../../support/desk-pipeline.ts";
import { loadedRules } from "../../support/loaded-rules.ts";
import { ACCOUNT, logKey, record } from "../../support/log-files.ts";
import { thoroughTest } from "../../support/runs.ts";

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
  ["a tool", cli, "192.0.2.44, tool aws-cli/2.31.4 (API)"],
  [
    "a private address",
    { ...cli, sourceIPAddress: "172.31.4.7" },
    "172.31.4.7 (through a VPC endpoint), tool aws-cli/2.31.4 (API)",
  ],
  [
    "a VPC endpoint of the account",
    { ...cli, vpcEndpointId: "vpce-0a1b", vpcEndpointAccountId: ACCOUNT, recipientAccountId: ACCOUNT },
    "192.0.2.44 (through VPC endpoint vpce-0a1b), tool aws-cli/2.31.4 (API)",
  ],
  [
    "somebody else's VPC endpoint",
    { ...cli, sourceIPAddress: "10.0.0.7", vpcEndpointId: "vpce-0a1b", vpcEndpointAccountId: "999999999999" },
    "10.0.0.7 (through VPC endpoint vpce-0a1b of account 999999999999), tool aws-cli/2.31.4 (API)",
  ],
  [
    "a tool before version 1.08, which marks no console session",
    { ...cli, eventVersion: "1.05" },
    "192.0.2.44, tool aws-cli/2.31.4",
  ],
  [
    "a marked console session",
    { ...cli, userAgent: "AWS Internal", sessionCredentialFromConsole: "true" },
    "192.0.2.44 (console)",
  ],
  [
    "the S3 console, which is not marked",
    { ...cli, userAgent: "[S3Console/0.4, aws-internal/3]" },
    '192.0.2.44, tool "[S3Console/0.4, aws-internal/3]"',
  ],
  ["a browser", { ...cli, userAgent: "Mozilla/5.0 (X11)" }, "192.0.2.44, a browser"],
  ["a sign-in", { eventType: "AwsConsoleSignIn" }, "192.0.2.44 (console)"],
  ["a service", { sourceIPAddress: "ec2.amazonaws.com", userAgent: "ec2.amazonaws.com" }, "ec2.amazonaws.com"],
])("the origin of %s", (_, fields, line) => {
  expect(describeOrigin({ sourceIPAddress: "192.0.2.44", ...fields })).toBe(line);
});

const KEY_RULES = TEST_RULES.filter(({ name }) => name === "access-key-created");

async function subjectsOf(userIdentity: object, fields: object = {}, rules = KEY_RULES): Promise<readonly string[]> {
  const { alerts } = await alertsOf([record({ userIdentity, ...fields })], { rules });
  return alerts.map(({ subject }) => subject);
}

/** The first mail of a desk that was given these records at once. */
async function mailOf(records: readonly unknown[], rules = TEST_RULES) {
  const { alerts } = await alertsOf(records, { rules });
  const { subject = "", email = "", json = "{}" } = alerts[0] ?? {};
  return { subject, email, machine: JSON.parse(json) };
}

test("only the root user is called root in a subject", async () => {
  expect(await subjectsOf({ type: "Root" })).toEqual(["[HIGH] Access key created by root in prod (111122223333): bob"]);
  expect(await subjectsOf({ type: "IAMUser", userName: "root" })).toEqual([
    "[HIGH] Access key created by IAM user root in prod (111122223333): bob",
  ]);
  expect(await subjectsOf({ type: "FederatedUser", arn: `arn:aws:sts::${ACCOUNT}:federated-user/root` })).toEqual([
    "[HIGH] Access key created by federated user root in prod (111122223333): bob",
  ]);
  expect(await subjectsOf({ type: "IAMUser", userName: "created" })).toEqual([
    "[HIGH] Access key created by created in prod (111122223333): bob",
  ]);
});

test("a name cannot pass for the account, and an account that is none is shown as text", async () => {
  const [subject = ""] = await subjectsOf({ type: "SAMLUser", userName: "bob in prod (444455556666) by eve" });
  expect(subject).toBe('[HIGH] Access key created by "bob in prod (444455556666) by eve" in prod (111122223333): bob');
  const [about = ""] = await subjectsOf(
    { type: "IAMUser", userName: "a" },
    { requestParameters: { userName: "b in dev (444455556666)" } },
  );
  expect(about).toBe('[HIGH] Access key created by a in prod (111122223333): "b in dev (444455556666)"');
  const [odd = ""] = await subjectsOf({ type: "IAMUser", userName: "a" }, { recipientAccountId: "evil.com/login" });
  expect(odd).toContain(" in evil[.]com/login");
});

test("however long the names, account and count stay whole in a subject of under 100 characters", async () => {
  const rule = { ...everyCall(), name: "a-rule-with-a-name-as-long-as-the-reader-lets-it-be-which-is-long" };
  const userIdentity = { type: "IAMUser", userName: "u".repeat(64) };
  for (const alias of ["prod", "an alias of forty characters, which fills.", "Zürich — Straße"]) {
    const settings = { accounts: { [ACCOUNT]: alias.slice(0, 40) } };
    const requestParameters = null;
    const records = [record({ userIdentity, requestParameters }), record({ userIdentity, requestParameters })];
    const { alerts } = await alertsOf(records, { rules: [rule], settings });
    expect(alerts[0]?.subject).toMatch(/^\[CRITICAL\] A ru.* by u+.* in .* \(111122223333\).* x2$/);
    expect(alerts[0]?.subject.length).toBeLessThan(100);
  }
});

test("a subject ends with what the worst calls were about, and how many more there are", async () => {
  const of = (eventName: string, userName: string) => record({ eventName, requestParameters: { userName } });
  const rules = [{ ...everyCall(), name: "anything" }];
  const two = [of("CreateUser", "carl"), of("AttachUserPolicy", "bob")];
  expect((await mailOf(two, rules)).subject).toMatch(
    /^\[CRITICAL\] Anything by alice in prod \(111122223333\): (?:CreateUser carl|AttachUserPolicy bob), /,
  );
  const many = Array.from({ length: 9 }, (_, i) => of("CreateUser", `user-${i}`));
  expect((await mailOf(many, rules)).subject).toBe(
    "[CRITICAL] Anything by alice in prod (111122223333): CreateUser user-0, user-1, user-2, 6 more",
  );
  const nameless = { requestParameters: null };
  expect((await mailOf([record(nameless), record(nameless), record(nameless)], KEY_RULES)).subject).toBe(
    "[HIGH] Access key created by alice in prod (111122223333): alice x3",
  );
});

test("the subject of a sequence names whom it made", async () => {
  const rules = loadedRules("rules").flatMap(({ rule }) => (rule.name === "admin-with-credentials-made" ? [rule] : []));
  const made = { requestParameters: { userName: "backdoor" } };
  const records = [
    record({ eventName: "CreateUser", ...made }),
    record({
      eventName: "AttachUserPolicy",
      requestParameters: { userName: "backdoor", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    }),
    record({ eventName: "CreateAccessKey", ...made }),
  ];
  const subjects = await Promise.all(
    ["prod", "shop-production"].map(async (name) => {
      const { alerts } = await alertsOf(records, { rules, settings: { accounts: { [ACCOUNT]: name } } });
      return alerts[0]?.subject;
    }),
  );
  expect(subjects).toEqual([
    "[CRITICAL] Administrator with credentials made by alice in prod (111122223333): backdoor, 2 more",
    "[CRITICAL] Administrator with creden.. by alice in shop-production (111122223333): backdoor, 2 more",
  ]);
});

test("a subject names an object, if only with the shorter of two counts, as long as there is room", async () => {
  const rule = { ...everyCall(), name: "sessions-opened-on-several-instances-of-the-account" };
  for (let length = 5; length < 40; length++) {
    const records = [1, 2, 3].map((i) =>
      record({
        eventSource: "ssm.amazonaws.com",
        eventName: "StartSession",
        requestParameters: { target: `i-0${i}c98b0000000c21` },
      }),
    );
    const settings = { accounts: { [ACCOUNT]: "a".repeat(length) } };
    const { alerts } = await alertsOf(records, { rules: [rule], settings });
    const { subject = "" } = alerts[0] ?? {};
    if (!subject.includes(": ")) expect(subject.length).toBeGreaterThan(88);
  }
});

test("a count in a subject and in a text message is of the same call, or says that it is not", async () => {
  const of = (eventName: string) => record({ eventName, requestParameters: null });
  const rules = [everyCall()];
  const same = await alertsOf([of("CreateUser"), of("CreateUser"), of("CreateUser")], { rules });
  expect(same.alerts[0]?.subject).toMatch(/: CreateUser x3$/);
  expect(same.texts[0]).toContain(" x3 #");
  const userIdentity = { type: "IAMUser", userName: "u".repeat(40) };
  const names = ["CreateUser", "DeleteUser", "DeleteRole", "CreateRole", "TagRole", "TagUser", "TagPolicy"];
  const several = await alertsOf(
    names.map((name) => ({ ...of(name), userIdentity })),
    { rules: [{ ...everyCall(), name: "a-rule-with-a-name-that-leaves-no-room-for-targets" }] },
  );
  expect(several.alerts[0]?.subject).toMatch(/ (?:and 6 other calls|and 6 more|6 more)$/);
  expect(several.texts[0]).toContain(" and 6 more #");
});

test("what counts under several rules says in the daily round-up how many calls and rules there are", async () => {
  const desk = testDesk([
    everyCall("low", { name: "user-made", calls: ["iam:CreateUser"] }),
    everyCall("low", { name: "role-made", calls: ["iam:CreateRole"] }),
    everyCall("low", { name: "group-made", calls: ["iam:CreateGroup"] }),
  ]);
  const of = (eventName: string, name: string) => record({ eventName, requestParameters: { userName: name } });
  await desk.deliver([of("CreateUser", "a"), of("CreateUser", "b"), of("CreateRole", "c"), of("CreateGroup", "d")]);
  await desk.desk.runToEnd();
  expect(desk.alerts.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(
      /^\[LOW\] Daily round-up: 4 calls by alice in prod \(111122223333\): \w+ made and 2 other rules$/,
    ),
  ]);
});

test("a rate is told in words, by the hour where it is rare, and nobody is named as its caller", async () => {
  const insight = (state: string, insightType: string, baseline: number, average: number) => ({
    ...record({ eventType: "AwsCloudTrailInsight", eventName: undefined, userIdentity: undefined }),
    insightDetails: {
      state,
      eventSource: "ec2.amazonaws.com",
      eventName: "RunInstances",
      insightType,
      insightContext: { statistics: { baseline: { average: baseline }, insight: { average } } },
    },
  });
  const pattern = { eventType: ["AwsCloudTrailInsight"] };
  const rule = { name: "rate", place: "rules/test.yaml:1", severity: "high", pattern } as const;
  const often = await mailOf([insight("Start", "ApiCallRateInsight", 0.2, 45)], [rule]);
  expect(often.email).toContain("\nec2:RunInstances was called unusually often, ");
  expect(often.email).toContain("\nRate     45 a minute, 225 times the usual 0.2 (just begun)\n");
  const rare = await mailOf([insight("End", "ApiErrorRateInsight", 0.01, 0.5)], [rule]);
  expect(rare.email).toContain("\nec2:RunInstances fails as often as usual again, ");
  expect(rare.email).toContain("\nRate     30 an hour, 50 times the usual 0.6 (over)\n");
  const desk = testDesk([{ ...rule, severity: "low" }]);
  await desk.deliver([insight("End", "ApiCallRateInsight", 0.01, 0.5)]);
  await desk.desk.runToEnd();
  expect(desk.alerts[0]?.email).toContain("\n  ec2:RunInstances is called as often as usual again; ");
  expect(desk.alerts[0]?.email).not.toContain("insight ");
  expect(desk.alerts[0]?.email).not.toContain("unknown caller");
});

test("long parameters are cut above what to do, and stand whole below it", async () => {
  const requestParameters = Object.fromEntries(["a", "b", "c", "d", "e"].map((key) => [key, key.repeat(110)]));
  const { email } = await mailOf([record({ requestParameters })], [everyCall("high", { do: "Ask the caller." })]);
  const [above = "", below = ""] = email.split("\nDo       Ask alice.\n");
  const [, what = ""] = above.split("\nWhat     ");
  expect(what.trimEnd().split("\n")).toHaveLength(3);
  for (const line of above.slice(above.indexOf("\nWhat")).split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  const [, whole = ""] = below.split("\n\nMore of the call:\n");
  for (const value of Object.values(requestParameters)) expect(whole).toContain(value);
});

test("of the parameters those come first that say most, and of an object that is cut the ends stay", async () => {
  const functionName = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:nightly-export-of-all-invoices-to-partners`;
  const requestParameters = { architectures: ["arm64"], description: "", functionName, role: "exporter" };
  const made = { eventSource: "lambda.amazonaws.com", eventName: "CreateFunction", requestParameters };
  const { email, subject } = await mailOf([record(made)], [everyCall("high", { title: "Function or trigger made" })]);
  expect(email).toMatch(/\nWhat {5}functionName: .*\n {9}role: exporter\n/);
  expect(subject).toContain(": CreateFunction nightly..o-partners");
  expect(subject).not.toContain("function:");
});

test("one alert of a round-up is not counted", async () => {
  const desk = testDesk([everyCall("low")]);
  await desk.deliver([record()]);
  await desk.desk.runToEnd();
  expect(desk.alerts[0]?.email).toMatch(/^Daily round-up: 1 alert\n/);
});

test("a daily round-up says once what is worth a look: for each rule, but not for what was refused", async () => {
  const desk = testDesk([
    everyCall("low", { name: "user-made", calls: ["iam:CreateUser"], do: "Look for users that nobody knows." }),
    everyCall("low", { name: "role-made", calls: ["iam:CreateRole"], do: "Look for roles that nobody knows." }),
    everyCall("low", { name: "group-made", calls: ["iam:CreateGroup"], do: "Look for groups." }),
  ]);
  const by = (userName: string, eventName: string, fields = {}) =>
    record({
      eventName,
      userIdentity: { type: "IAMUser", userName, arn: `arn:aws:iam::${ACCOUNT}:user/${userName}` },
      ...fields,
    });
  await desk.deliver([
    ...["alice", "bob"].flatMap((who) => [by(who, "CreateUser"), by(who, "CreateRole")]),
    by("carl", "CreateGroup", { errorCode: "AccessDenied" }),
  ]);
  await desk.desk.runToEnd();
  const advice = Array.from(desk.alerts[0]?.email.matchAll(/^ {2}Do +(.*)$/gm) ?? [], ([, text]) => text);
  expect(desk.alerts[0]?.email).toMatch(/^Daily round-up: 3 alerts of 3 rules/);
  expect(advice).toEqual([expect.stringMatching(/^Look for \w+ that/), expect.stringMatching(/^\w+ made: Look for/)]);
});

test("a mail names the minute of the next in the local time too, and how many names many calls had", async () => {
  const users = Array.from({ length: 12 }, (_, i) => record({ requestParameters: { userName: `u${i % 5}` } }));
  const { email } = await mailOf(users, [everyCall("high")]);
  expect(email).toMatch(/; next mail at 21:\d\d UTC \(22:\d\d Berlin\) if there is news, sooner if it gets worse\n/);
  expect(email).toContain("; 12 times on 5 names at 21:25:09 UTC\n");
});

test("the name of a file or of a runtime is told as it is, unless it is a domain too", async () => {
  const requestParameters = {
    file: "orders.json",
    runtime: "nodejs18.x",
    code: "lambda.zip",
    handler: "index.handler",
    site: "evil.json.com",
  };
  const { email } = await mailOf([record({ requestParameters })], [everyCall("high")]);
  for (const text of ["orders.json", "nodejs18.x", "index.handler", "lambda[.]zip", "evil[.]json[.]com"])
    expect(email).toContain(text);
});

test("where the rule does not say what was called, the subject does", async () => {
  const { subject } = await mailOf([record({ userIdentity: { type: "Root" } })]);
  expect(subject).toBe("[CRITICAL] Root used in prod (111122223333): CreateAccessKey bob");
});

const about = (eventSource: string, eventName: string, requestParameters: object, fields = {}) =>
  record({ eventSource: `${eventSource}.amazonaws.com`, eventName, requestParameters, ...fields });
const SNAPSHOT = "snap-0123456789abcdef0";
const SHARED = {
  createVolumePermission: { add: { items: [{ userId: "999999999999" }] } },
  attributeType: "CREATE_VOLUME_PERMISSION",
};
const long = { userIdentity: { type: "IAMUser", userName: "jeannette-merckle-of-the-platform-team" } };

test.each([
  ["access-key-created", record({}), "Access key created by alice in prod (111122223333): bob"],
  [
    "access-key-created",
    record({ requestParameters: null }),
    "Access key created by alice in prod (111122223333): alice",
  ],
  [
    "access-key-created",
    record({ responseElements: { accessKey: { userName: "bob", accessKeyId: "AKIAI44QH8DHBEXAMPLE" } } }),
    "Access key created by alice in prod (111122223333): bob, key AKIAI44QH8DHBEXAMPLE",
  ],
  [
    "snapshot-shared",
    about("ec2", "ModifySnapshotAttribute", { ...SHARED, snapshotId: SNAPSHOT }),
    `Snapshot shared by alice in prod (111122223333): ${SNAPSHOT} with 999999999999`,
  ],
  [
    "snapshot-shared",
    about("ec2", "ModifySnapshotAttribute", { ...SHARED, snapshotId: SNAPSHOT }, long),
    `Snapshot shared by jeannette-merckle-of-the.. in prod (111122223333): ${SNAPSHOT}`,
  ],
  [
    "policy-attached",
    about("iam", "AttachUserPolicy", { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess", userName: "bob" }),
    "Policy attached by alice in prod (111122223333): bob, policy AdministratorAccess",
  ],
  [
    "group-joined",
    about("iam", "AddUserToGroup", { groupName: "admins", userName: "bob" }),
    "Group joined by alice in prod (111122223333): bob into group admins",
  ],
  [
    "port-opened",
    about("ec2", "AuthorizeSecurityGroupIngress", {
      groupId: "sg-1",
      ipProtocol: "tcp",
      fromPort: 22,
      toPort: 22,
      cidrIp: "0.0.0.0/0",
    }),
    'Port opened by alice in prod (111122223333): sg-1, "tcp 22 from 0.0.0.0/0"',
  ],
  [
    "key-rotated",
    about("kms", "RotateKey", {}, { eventType: "AwsServiceEvent", serviceEventDetails: { keyId: "1234abcd" } }),
    "Key rotated by alice in prod (111122223333): 1234abcd",
  ],
])("the subject of %s says for whom, with whom or of what: %#", async (name, one, subject) => {
  const { eventSource, eventName } = one as { eventSource: string; eventName: string };
  const rule = { ...everyCall("high"), name, calls: [`${eventSource.replace(".amazonaws.com", "")}:${eventName}`] };
  expect((await mailOf([one], [rule])).subject).toBe(`[HIGH] ${subject}`);
});

test("a detail can forge nothing in a subject, and more than one call has no detail there", async () => {
  const rule = { ...everyCall("high"), name: "policy-attached", calls: ["iam:AttachUserPolicy"] };
  const attached = (policyArn: string) => about("iam", "AttachUserPolicy", { policyArn, userName: "bob" });
  const forged = await mailOf([attached("x) in dev (444455556666): evil.com")], [rule]);
  expect(forged.subject).toBe("[HIGH] Policy attached by alice in prod (111122223333): bob");
  expect((await mailOf([attached("evil.com/login")], [rule])).subject).toContain(": bob, policy evil[.]com/login");
  expect((await mailOf([attached("a"), attached("b")], [rule])).subject).toBe(
    "[HIGH] Policy attached by alice in prod (111122223333): bob x2",
  );
});

test("a denied call says so first, unless the rule watches for nothing else", async () => {
  const denied = record({ eventName: "CreateUser", errorCode: "AccessDenied" });
  const { alerts } = await alertsOf([denied], { rules: [{ ...everyCall("high"), name: "user-created" }] });
  expect(alerts[0]?.subject).toBe(
    "[HIGH] Attempt DENIED: User created by alice in prod (111122223333): CreateUser bob",
  );
  expect(alerts[0]?.email).toMatch(/^Attempt DENIED: User created\niam:CreateUser was denied, /);
});

test.each([
  [["AccessDenied"], false],
  [[{ exists: true }], false],
  [[{ exists: false }, "AccessDenied"], true],
  [[null, "AccessDenied"], true],
])("a rule that watches for errorCode %j marks an attempt: %j", async (errorCode, isMarked) => {
  const rule: Rule = { ...everyCall("high"), name: "user-created", calls: ["iam:CreateUser"], pattern: { errorCode } };
  const { alerts } = await alertsOf([record({ eventName: "CreateUser", errorCode: "AccessDenied" })], {
    rules: [rule],
  });
  expect(alerts[0]?.subject.includes("Attempt DENIED")).toBe(isMarked);
});

thoroughTest("the shared incident of many callers keeps outcomes apart, and says that there are many", async () => {
  const callers = Array.from({ length: 52 }, (_, i) =>
    record({ userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/u${i}`, userName: `u${i}` } }),
  );
  const denied = record({
    userIdentity: { type: "IAMUser", arn: "x", userName: "mallory" },
    errorCode: "AccessDenied",
  });
  const desk = testDesk([everyCall("medium")]);
  await desk.deliver(callers);
  await desk.desk.advanceTo(NOW + 20 * 60_000);
  const isShared = ({ actor }: { actor: string }) => actor === MANY_ACTORS;
  const first = desk.alerts.flatMap((alert) => alert.parts).filter(isShared);
  expect(first.map(({ outcome }) => outcome)).not.toContain("denied");
  expect(first.reduce((sum, { matches }) => sum + matches, 0)).toBe(2);
  expect(first[0]?.subject).toBe("[MEDIUM] Every call by many callers in prod (111122223333): CreateAccessKey bob x2");
  await desk.deliver([denied]);
  await desk.desk.runToEnd();
  const { parts = [], subject, email } = desk.alerts.at(-1) ?? {};
  expect(parts.filter(isShared).map(({ matches, outcome }) => [matches, outcome])).toEqual([[1, "denied"]]);
  expect(subject).toBe(
    "[MEDIUM] Follow-up: Attempt DENIED: Every call by mallory in prod (111122223333): CreateAcce..y bob",
  );
  expect(email).toContain("Who      many callers: x; the first is IAM user mallory\n");
});

const at = (second: number, fields = {}) => record({ eventTime: `2026-11-20T21:25:${second}Z`, ...fields });

test("records of one call stand in one line, with all that they were about and where else they came from", async () => {
  const { email } = await mailOf([
    at(10),
    at(20),
    at(30, { requestParameters: { userName: "carl" }, awsRegion: "eu-west-1", sourceIPAddress: "198.51.100.7" }),
  ]);
  expect(email).toContain(
    "\n\n21:25:10  iam:CreateAccessKey ok on bob, carl, 3 times until 21:25:30, from 198.51.100.7\n\n",
  );
  expect(email).toContain("Where    prod (111122223333), eu-west-1, us-east-1\n");
  expect(email).toContain("Sources  192.0.2.44, 198.51.100.7\n");
});

test("what one record tells stands above the story, so a single record has none", async () => {
  expect((await mailOf([at(10)])).email).not.toContain("21:25:10  ");
});

const READ = { readOnly: true, requestParameters: null };
const GET = { ...READ, eventName: "GetUser" };
const LIST = { ...READ, eventName: "ListUsers" };

test("a mail tells the worst first, names the rules of each call, and folds reads", async () => {
  const { email, subject } = await mailOf(
    [at(10, GET), at(11, LIST), at(12, LIST), at(20, { eventName: "CreateUser" }), at(30)],
    [everyCall("medium"), ...KEY_RULES],
  );
  expect(subject).toMatch(/^\[HIGH\] Access key created by alice in prod \(111122223333\): bob, CreateUser bob, /);
  expect(email).toContain(
    [
      "",
      "Worst first, times in UTC:",
      "21:25:30  iam:CreateAccessKey ok on bob (access-key-created, every-call)",
      "21:25:20  iam:CreateUser ok on bob (every-call)",
      "          and 3 reads (Get, List)",
      "",
    ].join("\n"),
  );
});

test("a read that is all there is of its rule is no mere read", async () => {
  const listed = { ...everyCall("medium"), name: "users-listed", calls: ["iam:ListUsers"] };
  const { email } = await mailOf([at(10, LIST), at(30)], [listed, ...KEY_RULES]);
  expect(email).toContain("\n21:25:10  iam:ListUsers ok (users-listed)\n");
});

test("refused calls are told beside those that succeeded", async () => {
  const denied = { errorCode: "AccessDenied", requestParameters: { userName: "carl" } };
  const { email, machine } = await mailOf([at(10, denied), at(20)], [everyCall()]);
  expect(email).toContain("\n21:25:10  iam:CreateAccessKey DENIED on carl\n");
  expect(email).toContain("\n21:25:20  iam:CreateAccessKey ok on bob\n");
  expect(machine.lines.map(({ outcome, targets }: Record<string, unknown>) => [outcome, targets])).toEqual([
    ["success", ["bob"]],
    ["denied", ["carl"]],
  ]);
});

test("a follow-up tells what is new, then what was told before", async () => {
  const desk = testDesk([everyCall("high")]);
  await desk.deliver([at(10), at(11)], logKey("one"));
  await desk.deliver([at(12), at(40, { eventName: "CreateUser" })], logKey("two"));
  await desk.desk.runToEnd();
  const [first, second] = desk.alerts;
  expect(second?.kind).toBe("follow-up");
  expect(second?.email).toMatch(
    new RegExp(
      `^Follow-up to alert ${first?.id} of 2026-11-20 21:29:30 UTC \\(iam:CreateAccessKey on bob\\): 2 more calls\\.\n\nEvery call\niam:CreateUser `,
    ),
  );
  expect(second?.email).toContain("\nMore     told before: 21:25:12  iam:CreateAccessKey ok on bob\n\n");
  expect(second?.email).not.toContain("  iam:CreateUser ok on bob");
  const { follows, news, lines } = JSON.parse(second?.json ?? "{}");
  expect({ follows, news }).toEqual({ follows: first?.id, news: true });
  expect(lines.map((line: { news: boolean }) => line.news)).toEqual([true, false]);
});

test("a record that meets several rules is one entry, and each rule says why and what to do once", async () => {
  const watched = { ...everyCall("medium"), name: "iam:CreateAccessKey" };
  const { email, machine } = await mailOf([at(10), at(20)], [...KEY_RULES, watched]);
  expect(email.match(/^Why /gm)).toHaveLength(1);
  expect(machine.rules.map(({ name, matches }: Record<string, unknown>) => [name, matches])).toEqual([
    ["access-key-created", 2],
    ["iam:CreateAccessKey", 2],
  ]);
  expect(machine).toMatchObject({ matches: 4, lines: [{ records: 2 }] });
  expect(machine.records.map(({ rules }: Record<string, unknown>) => rules)).toEqual([
    ["access-key-created", "iam:CreateAccessKey"],
    ["access-key-created", "iam:CreateAccessKey"],
  ]);
});

test("an entry of the watch list is told by itself, and beside what is worse it is only named", async () => {
  const watched = { ...everyCall("medium"), name: "iam:CreateAccessKey" };
  const beside = await mailOf([record()], [...KEY_RULES, watched]);
  expect(beside.email).toMatch(/^Rule .*\n {9}iam:CreateAccessKey, /m);
  expect(beside.email).not.toContain("watch list");
  const alone = await mailOf([record()], [watched]);
  expect(alone.email).toContain("\nWhy      iam:CreateAccessKey is on your watch list (");
});

test("each mail of an incident has an id of its own, in whatever order its matches come", async () => {
  const [a, b, c] = [record(), record(), record()];
  const idOf = async (...records: unknown[]) => (await alertsOf(records)).alerts[0]?.id;
  expect(await idOf(a, b, c)).toBe(await idOf(c, a, b));
  expect(new Set([await idOf(a), await idOf(a, b), await idOf(a, b, c)]).size).toBe(3);
  const desk = testDesk();
  for (const [i, userName] of ["bob", "carl", "dora"].entries()) {
    await desk.deliver([record({ requestParameters: { userName } })], logKey(`file${i}`));
    await desk.desk.advanceTo(NOW + (i + 1) * 3_600_000);
  }
  await desk.deliver([record({ userIdentity: { type: "IAMUser", userName: "eve", arn: "eve" } })], logKey("other"));
  await desk.desk.runToEnd();
  expect(desk.alerts).toHaveLength(4);
  expect(new Set(desk.alerts.map(({ id }) => id)).size).toBe(4);
  expect(desk.alerts.map(({ id, fullId }) => fullId.startsWith(id))).toEqual([true, true, true, true]);
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
  expect(alerts[0]?.subject).toBe("[HIGH] AWS Key Created by alice in prod (111122223333): CreateAccessKey bob");
  for (const line of [
    "Why      Detects keys.",
    "May be   Administrators",
    "By       somebody",
    "See      https://example.com/keys",
  ]) {
    expect(alerts[0]?.email).toContain(`${line}\n`);
  }
  expect(JSON.parse(alerts[0]?.json ?? "").rules).toMatchObject([{ author: "somebody", title: "AWS Key Created" }]);
});

test("a rule may say what its matches have in common, instead of caller and call", async () => {
  const rule: Rule = { ...everyCall(), group: { by: ["sourceIPAddress"] } };
  const from = (sourceIPAddress: string, eventName: string) => record({ sourceIPAddress, eventName });
  const records = [from("192.0.2.1", "CreateUser"), from("192.0.2.1", "DeleteUser"), from("192.0.2.2", "CreateUser")];
  const { alerts } = await alertsOf(records, { rules: [rule] });
  expect(alerts.map(({ matches }) => matches).sort()).toEqual([1, 2]);
  expect(alerts.find(({ matches }) => matches === 2)?.email).toContain("iam:DeleteUser");
});

/** Calls that change something, each of another name, with as many targets as given. */
const changes = (calls: number, targets = 1) =>
  Array.from({ length: calls * targets }, (_, i) =>
    record({ eventName: `Create${"ABCDEFGHIJ"[Math.floor(i / targets)]}`, requestParameters: { userName: `u${i}` } }),
  );

/** Lines of a screen of 100 columns down to the end of a text, from the mail's subject on. */
function linesTo(end: string, { subject, email }: { readonly subject: string; readonly email: string }): number {
  const text = `Subject: ${subject}\n\n${email}`;
  expect(text).toContain(end);
  const lines = text.slice(0, text.indexOf(end) + end.length).split("\n");
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 100)), 0);
}

const LAST_WORDS = "$(date -u +%FT%TZ)'\"}}}}' && echo role denied";
const DEPLOY = {
  ...{ type: "AssumedRole", accountId: ACCOUNT, accessKeyId: "ASIAIOSFODNN7EXAMPLE" },
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/one`,
  sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:role/deploy`, userName: "deploy" } },
};

test.each([2, 3, 4, 6, 10])(
  "of %d calls, as many as leave room for the command that locks out stand above it; what was cut stands below, nothing twice",
  async (count) => {
    const records = changes(count).map((one) => ({ ...one, userIdentity: DEPLOY }));
    const { alerts } = await alertsOf(records, { rules: [everyCall("high", { do: "Ask the caller." })] });
    const [alert = { subject: "", email: "" }] = alerts;
    const { email } = alert;
    expect(linesTo(LAST_WORDS, alert)).toBeLessThanOrEqual(25);
    const [above = "", below = ""] = email.split("\nDo       Ask the owner of role deploy.\n");
    const [, headCall = ""] = /^iam:(Create\w) succeeded/m.exec(above) ?? [];
    const callsIn = (text: string) => Array.from(text.matchAll(/ {2}iam:(Create\w) ok on u\d$/gm), ([, call]) => call);
    expect(callsIn(above)).toHaveLength(Math.min(3, Math.max(callsIn(above).length, count - 1)));
    const told = [...callsIn(above), ...callsIn(below)];
    expect(told).toHaveLength(new Set(told).size);
    expect([...new Set([headCall, ...told])].toSorted()).toEqual(
      [..."ABCDEFGHIJ"].slice(0, count).map((letter) => `Create${letter}`),
    );
    expect(below.includes("\n\nWhat was cut above, times in UTC:\n")).toBe(count > 4);
    expect(above.includes(`\n         and ${count - 4} more line`)).toBe(count > 4);
  },
);

test("of lines that stand below, what is gone and what was shared is named first, and no name is more than a name", async () => {
  const named = [
    ...changes(9),
    ...["DeleteVolume", "DeleteVolume", "ModifySnapshotAttribute", "ModifySnapshotAttribute"].map((eventName, i) =>
      record({ eventName, requestParameters: { volumeId: `v${i}` } }),
    ),
  ];
  const hostile = record({ eventName: "Create evil.com now", requestParameters: { userName: "x" } });
  const [high, medium] = [
    everyCall("high", { calls: ["iam:CreateA", "iam:CreateB", "iam:CreateC"] }),
    everyCall("medium"),
  ];
  const { alerts } = await alertsOf([...named, hostile], { rules: [high, { ...medium, name: "rest" }] });
  const email = alerts[0]?.email ?? "";
  const [, below = ""] = /and \d+ more lines below: (.*)$/m.exec(email) ?? [];
  expect(below).toMatch(/^2 iam:DeleteVolume \(v0, v1\), 2 ModifySnapshotAttribute \(v2, v3\) /);
  expect(below.length).toBeLessThan(172);
  expect(below).not.toContain("evil.com");
});

test.each([
  [["v0", "v1", "v2"], "3 ec2:DeleteVolume (v0, v1, v2)"],
  [["v0", "v1", "v2", "v3", "v4"], "5 ec2:DeleteVolume (v0, v1, v2 +2)"],
  [["x-evil.com", `v${"1".repeat(50)}`], `2 ec2:DeleteVolume (x-evil[.]com, v${"1".repeat(28)}…)`],
  [Array.from({ length: 20 }, (_, i) => `${i}-`.padEnd(60, "x")), `20 ec2:DeleteVolume (0-${"x".repeat(27)}… +19)`],
])(
  "of what was deleted in a line that stands below, %j, as many things are named as there is room for",
  async (ids, text) => {
    const deleted = ids.map((volumeId) =>
      record({ eventSource: "ec2.amazonaws.com", eventName: "DeleteVolume", requestParameters: { volumeId } }),
    );
    const [high, medium] = [
      everyCall("high", { calls: ["iam:*"], do: "Ask the caller." }),
      everyCall("medium", { name: "rest", calls: ["ec2:*"] }),
    ];
    const { email } = await mailOf([...changes(4), ...deleted], [high, medium]);
    expect(/and \d more lines? below: (.*)$/m.exec(email)?.[1]).toBe(text);
  },
);

test("a parameter that is empty is left out", async () => {
  const fields = { requestParameters: { userName: "bob", path: "", EnableRequest: null } };
  const { email } = await mailOf([record(fields)], [everyCall("high")]);
  expect(email).toMatch(/\nWhat {5}userName: bob\n(?! {9})/);
});

test("where nobody can be locked out, the worst lines stand by themselves", async () => {
  const fields = { userIdentity: { type: "AWSAccount", accountId: "444455556666", principalId: "AIDAEXAMPLE" } };
  const { alerts } = await alertsOf(
    changes(10).map((one) => ({ ...one, ...fields })),
    { rules: [everyCall("high", { do: "Ask the caller." })] },
  );
  const [above = "", below = ""] = (alerts[0]?.email ?? "").split("\nDo       Ask the caller.\n");
  expect(above).toMatch(
    /\n\nWorst first, times in UTC:\n(?:\d\d:\d\d:\d\d {2}iam:Create\w ok on u\d\n){3} +and 7 more lines below: iam:(?:Create\w, ){6}Create\w\n$/,
  );
  expect(below.match(/ {2}iam:Create\w ok on u\d$/gm)).toHaveLength(7);
});

test("what one call was about stands in one row, and all of it below, the common beginning once", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `/team/billing/db-${i}`);
  const records = names.map((userName) => record({ requestParameters: { userName } }));
  const { alerts } = await alertsOf(records, { rules: [everyCall("high", { do: "Ask the caller." })] });
  const [above = "", below = ""] = (alerts[0]?.email ?? "").split("\nDo       Ask alice.\n");
  const numbers = Array.from({ length: 17 }, (_, i) => i + 1).join(", ");
  expect(above).toContain(
    `\nWhat     userName: /team/billing/db-0\nAnd on   /team/billing/db-{${numbers}}, and 2 more\n`,
  );
  expect(above).not.toMatch(/^\d\d:\d\d:\d\d /m);
  const all = Array.from({ length: 20 }, (_, i) => i).join(", ");
  expect(below).toContain(`iam:CreateAccessKey ok on /team/billing/db-{${all}}, 20 times`);
  const lines: { readonly targets: readonly string[] }[] = JSON.parse(alerts[0]?.json ?? "{}").lines;
  expect(lines.flatMap(({ targets }) => targets)).toEqual(names);
});

test("long names are cut above what to do, and stand whole below", async () => {
  const names = ["first", "second", "third"].map((word) => `${word}-${"x".repeat(80)}`);
  const records = names.map((userName) => record({ requestParameters: { userName } }));
  const { alerts } = await alertsOf(records, { rules: [everyCall("high", { do: "Ask the caller." })] });
  const [above = "", below = ""] = (alerts[0]?.email ?? "").split("\nDo       Ask alice.\n");
  expect(above).toContain(`\nAnd on   second-${"x".repeat(52)}…, and 1 more\n`);
  expect(below).toContain(`iam:CreateAccessKey ok on ${names.join(", ")}, 3 times`);
});

test("the names of secrets stand whole below, without what their ARNs have in common", async () => {
  const arn = (name: string) => `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:${name}`;
  const names = Array.from({ length: 20 }, (_, i) => `production/billing/database-${i}-${"x".repeat(20)}-AbCdEf`);
  const records = names.map((own) =>
    record({
      eventSource: "secretsmanager.amazonaws.com",
      eventName: "GetSecretValue",
      requestParameters: { secretId: arn(own) },
    }),
  );
  const { alerts } = await alertsOf(records, { rules: [everyCall("high", { do: "Ask the caller." })] });
  const [, below = ""] = (alerts[0]?.email ?? "").split("\nDo       Ask alice.\n");
  const ends = names.map((own) => own.replace("production/billing/database-", "")).join(", ");
  expect(below).toContain(`secretsmanager:GetSecretValue ok on secret:production/billing/database-{${ends}}, 20 times`);
});

test("a row with all names whole is enough", async () => {
  const { alerts } = await alertsOf(changes(1, 3), { rules: [everyCall("high")] });
  expect(alerts[0]?.email).toContain("\nWhat     userName: u0\nAnd on   u1, u2\n");
  expect(alerts[0]?.email).not.toContain("What was cut above");
});

test.each([
  [["web-1", "web-2"], 0, "web-1, web-2"],
  [["/prod/web-1", "/prod/web-2"], 0, "/prod/web-{1, 2}"],
  [["/prod/web-1", "/prod/web-2"], 7, "/prod/web-{1, 2}, and 7 more"],
  [["/prod/web-", "/prod/web-2"], 0, "/prod/web-, /prod/web-2"],
  [["/prod/web-1,2", "/prod/web-3"], 0, '"/prod/web-1,2", /prod/web-3'],
  [["/prod/web-{1", "/prod/web-3"], 0, '"/prod/web-{1", /prod/web-3'],
  [["/prod/x-evil.com", "/prod/x-good.com"], 0, "/prod/x-evil[.]com, /prod/x-good[.]com"],
  [["a".repeat(80), "b"], 0, `${"a".repeat(59)}…, and 1 more`],
  [["one-and-only"], 0, "one-and-only"],
])("the names %j in one row, and %d more: %s", (names, more, text) => {
  expect(fittingNames(names, more, 60).text).toBe(text);
});

test("a single call with one object is told in the head alone, however often it came", async () => {
  const again = Array.from({ length: 5 }, () => record({ eventName: "DeleteUser" }));
  const { alerts } = await alertsOf(again, { rules: [everyCall("high")] });
  expect(alerts[0]?.email).toContain("(4 min before this mail); 5 times at 21:25:09 UTC\n");
  expect(alerts[0]?.email).not.toMatch(/^\d\d:\d\d:\d\d /m);
});

test("whoever does not know where npm commands belong is told once", async () => {
  const { alerts } = await alertsOf([record()], { rules: [everyCall("high", { do: "Run npx cdk deploy." })] });
  expect(alerts[0]?.email.match(/in the Trailbell checkout/g)).toHaveLength(1);
  const { alerts: critical } = await alertsOf([record()], { rules: [everyCall("critical")] });
  expect(critical[0]?.email).not.toContain("in the Trailbell checkout)");
  // What is critical always rings, and a page says what to do about that.
  expect(
    critical[0]?.email.match(/\(docs\/tuning\.md lies in the Trailbell checkout, and in node_modules\/trailbell\)$/gm),
  ).toHaveLength(1);
});

test("a round-up says of each part who, from where, when, what to do first and where the record is", async () => {
  const records = Array.from({ length: 20 }, (_, i) =>
    record({
      ...managed,
      eventID: ID.replace(/..$/, String(i + 10)),
      eventName: "AddUserToGroup",
      requestParameters: { userName: "bob", groupName: "administrators" },
      userIdentity: { type: "IAMUser", userName: `alice${i}`, arn: `arn:aws:iam::${ACCOUNT}:user/alice${i}` },
    }),
  );
  const { alerts } = await alertsOf(records, { rules: [everyCall("high", { do: "Ask the caller." })] });
  const [{ email, parts } = { email: "", parts: [] }] = alerts.filter(({ kind }) => kind === "round-up");
  expect(parts.length).toBeGreaterThan(5);
  for (const [what, text] of [
    ["who", /; by IAM user alice\d+; on bob;/g],
    ["where from, when", / UTC, [\d:]+ Berlin; us-east-1; from 192\.0\.2\.44, tool aws-cli\/2\.13\.5 \(API\);/g],
    ["do", /^ {2}Do {7}Ask alice\d+\.$/gm],
    [
      "undo",
      /^ {2}Undo {5}if \[ "\$\(aws sts .*\)" = 111122223333 \]; then aws iam remove-user-from-group --user-name bob --group-name administrators; else echo "not 111122223333: nothing done"; fi$/gm,
    ],
    ["event", /^ {2}Event {4}https:\/\/us-east-1\.console\.aws\.amazon\.com\/\S+$/gm],
  ] as const) {
    expect([what, email.match(text)?.length]).toEqual([what, parts.length]);
  }
});

test("a round-up has the whole name of what a call was about, and what a call grants", async () => {
  const trust = (Principal: object) =>
    JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal }] });
  const made = (roleName: string, Principal: object) =>
    record({
      eventName: "CreateRole",
      eventSource: "iam.amazonaws.com",
      requestParameters: { roleName, assumeRolePolicyDocument: trust(Principal) },
    });
  const lambda = { Service: "lambda.amazonaws.com" };
  const name = `a-function-with-a-long-name-${"x".repeat(30)}-last`;
  const changed = record({
    eventSource: "lambda.amazonaws.com",
    eventName: "UpdateFunctionConfiguration",
    requestParameters: { functionName: `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:${name}` },
  });
  const roundUp = async (records: readonly object[], calls = ["iam:*"]) => {
    const desk = testDesk([everyCall("low", { calls })]);
    await desk.deliver([...records]);
    await desk.desk.runToEnd();
    return desk.alerts[0];
  };
  const one = await roundUp([made("report-writer", lambda)]);
  expect(one?.email).toContain("; on report-writer; lets the service lambda.amazonaws.com assume it, no condition; ");
  const two = await roundUp([made("a", lambda), made("b", { AWS: "arn:aws:iam::999999999999:root" })]);
  expect(two?.email).toMatch(
    /; a lets the service lambda\.amazonaws\.com .*; b lets account 999999999999 \(foreign\) /,
  );
  const refused = await roundUp([{ ...made("a", lambda), errorCode: "AccessDenied" }]);
  expect(refused?.email).not.toContain("lets the service");
  const longName = await roundUp([changed], ["lambda:UpdateFunctionConfiguration"]);
  expect(longName?.email).toContain(`; on ${name}; `);
  expect(longName?.subject).toMatch(/\.\.x*-last$/);
  expect(longName?.subject.length).toBeLessThan(100);
});

const sizeOf = ({ json, email }: { readonly json: string; readonly email: string }) =>
  Buffer.byteLength(JSON.stringify({ default: json, email }));

test("commands with many long names leave the message within SNS's limit, and none is cut", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `n${i}`.padEnd(190, "x"));
  const commands = ["a", "b", "c", "d"].map((word) => `aws x ${word} {requestParameters.names*}`);
  const rules = Array.from({ length: 40 }, (_, i) =>
    everyCall("high", { name: `rule-${i}`, commands: commands.map((text) => `${text} --of ${i}`) }),
  );
  const { alerts } = await alertsOf([record({ requestParameters: { names } })], { rules });
  for (const alert of alerts) {
    expect(sizeOf(alert)).toBeLessThan(262_144);
    const typed: readonly string[] = JSON.parse(alert.json).rules.flatMap((rule: Rule) => rule.commands ?? []);
    expect(typed.length).toBeGreaterThan(2);
    for (const text of [...typed, ...alert.email.split("\n").filter((line) => line.includes("aws x "))]) {
      expect(text).toMatch(/ n19x+ --of \d+$/);
    }
  }
});

test("a round-up of a flood of long names fits, and still names each alert", async () => {
  const { alerts } = await alertsOf([record()], { rules: [everyCall("high", { do: "Ask." })] });
  const [part] = alerts.flatMap(({ parts }) => parts);
  if (part === undefined) throw new Error("no part");
  const parts = Array.from({ length: 50 }, (_, i) => ({
    ...part,
    fullId: `${i}`,
    subject: `${part.subject} ${i}!`,
    detail: "\u00e9".repeat(1_200),
    next: [`Do       ${"x".repeat(390)}`, `Undo     ${"x".repeat(390)}`, `Look     ${"x".repeat(1_500)}`],
  }));
  const roundUp = renderRoundUp(parts, "budget");
  expect(sizeOf(roundUp)).toBeLessThan(262_144);
  for (const { subject } of parts) expect(roundUp.email).toContain(`${subject}\n`);
  expect(roundUp.email).not.toContain("\n  Do ");
  expect(renderRoundUp(parts.slice(0, 5), "budget").email.match(/\n {2}Do /g)).toHaveLength(5);
});
