import { readDesk } from "../../cli/desk.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { NOW, testDesk } from "../support/desk-pipeline.ts";
import { logKey, record } from "../support/log-files.ts";
import { first, sampled } from "../support/runs.ts";

const DESK = readDesk(["trailbell/rules"]);
const SHIPPED = DESK.rules.map(({ rule }) => rule);
const RULES = compileRules(SHIPPED, DESK.known);

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What records lead to, each in a log file of its own and `apart`, until the next day's round-up is out. */
async function toldOf(records: readonly CloudTrailRecord[], apart = 0, rules: readonly Rule[] = SHIPPED) {
  const { desk, deliver, alerts } = testDesk(rules, { known: DESK.known });
  for (const [i, one] of records.entries()) {
    await desk.advanceTo(NOW + i * apart);
    await deliver([one], logKey(`told${i}`));
  }
  await desk.runToEnd();
  return alerts;
}

/** The rules that a record meets, or that must see it: the others cannot tell it. */
function rulesOn(one: CloudTrailRecord): readonly Rule[] {
  const { matched, preceding } = RULES.match(one, NOW);
  return [...new Set([...matched, ...preceding])];
}

const rulesOf = ({ parts }: Alert) => Object.keys(Object.assign({}, ...parts.map(({ rules }) => rules)));
const incidentsOf = ({ parts }: Alert) => parts.map(({ incident }) => incident);

/** The ids of the records that alerts show, as often as they do. */
const shownIn = (alerts: readonly Alert[]) =>
  alerts.flatMap(({ json }) =>
    ((JSON.parse(json).records ?? []) as { readonly record: CloudTrailRecord }[]).map((shown) => shown.record.eventID),
  );

const call = (service: string, eventName: string, requestParameters: object, more: CloudTrailRecord = {}) =>
  record({ eventSource: `${service}.amazonaws.com`, eventName, requestParameters, ...more });

const ALL = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const allowAll = { userName: "bob", policyName: "all", policyDocument: ALL };
const anyone = { Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }] };
const ssh = { ipProtocol: "tcp", fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } };
const OTHERS_LAYER = "arn:aws:lambda:us-east-1:999999999999:layer:helper:1";

test.each<[string, CloudTrailRecord, readonly string[]]>([
  [
    "a policy that allows everything",
    call("iam", "PutUserPolicy", allowAll),
    ["admin-policy-written", "escalation-policy-attached", "iam-policy-changed"],
  ],
  [
    "a policy that was refused",
    call("iam", "PutUserPolicy", allowAll, { errorCode: "AccessDenied" }),
    ["admin-policy-written", "escalation-policy-attached", "iam-policy-changed"],
  ],
  [
    "a bucket for everyone",
    call("s3", "PutBucketPolicy", { bucketName: "photos", bucketPolicy: anyone }),
    ["bucket-opened-to-everyone", "s3-bucket-changed"],
  ],
  [
    "a trail that is deleted",
    call("cloudtrail", "DeleteTrail", { name: "main" }),
    ["cloudtrail-stopped", "cloudtrail-configured"],
  ],
  [
    "an account that is taken out",
    call("organizations", "RemoveAccountFromOrganization", { accountId: "444455556666" }),
    ["organization-left", "organization-changed"],
  ],
  [
    "a snapshot that is gone",
    call("rds", "DeleteDBSnapshot", { dBSnapshotIdentifier: "orders-2026-11" }),
    ["valuable-data-deleted", "data-deleted"],
  ],
])("%s is in one mail, whose quieter rules say nothing elsewhere", async (_, one, rules) => {
  const alerts = await toldOf([one]);
  expect(alerts.map(rulesOf)).toEqual([rules]);
});

test.each<[string, CloudTrailRecord, readonly string[]]>([
  [
    "a function for everybody",
    call("lambda", "AddPermission20150331v2", { functionName: "orders", statementId: "x", principal: "*" }),
    ["lambda-opened-to-everybody"],
  ],
  [
    "a function for an account",
    call("lambda", "AddPermission20150331v2", { functionName: "orders", statementId: "x", principal: "999999999999" }),
    ["lambda-opened-to-outsiders"],
  ],
  [
    "twenty machines with GPUs",
    call("ec2", "RunInstances", { instanceType: "p3.2xlarge", instancesSet: { items: [{ maxCount: 20 }] } }),
    ["unusual-instance-launched"],
  ],
  [
    "twenty small machines",
    call("ec2", "RunInstances", { instanceType: "t3.micro", instancesSet: { items: [{ maxCount: 20 }] } }),
    ["many-instances-launched"],
  ],
  [
    "a stranger's layer",
    call("lambda", "UpdateFunctionConfiguration20150331v2", { functionName: "orders", layers: [OTHERS_LAYER] }),
    ["lambda-layer-of-stranger"],
  ],
  [
    "a port for the internet",
    call("ec2", "AuthorizeSecurityGroupIngress", { groupId: "sg-1", ipPermissions: { items: [ssh] } }),
    ["security-group-opened"],
  ],
  [
    "a bucket copied into an account",
    call("s3", "PutBucketReplication", {
      ReplicationConfiguration: { Rule: { Destination: { Bucket: "arn:aws:s3:::x", Account: "999999999999" } } },
    }),
    ["bucket-replicated-to-account"],
  ],
  [
    "a command by a long-term key to three machines",
    call("ssm", "SendCommand", { documentName: "AWS-RunShellScript", instanceIds: ["i-1", "i-2", "i-3"] }),
    ["shell-command-sent-with-key"],
  ],
])("of rules that overlap, one alone rings on %s", (_, one, rules) => {
  const ringing = rulesOn(one).filter(
    ({ severity, threshold }) => severity !== "low" && severity !== "info" && threshold === undefined,
  );
  expect(ringing.map(({ name }) => name)).toEqual(rules);
});

test("each record that a shipped rule must match makes one message, however many rules it meets", async () => {
  const told = new Map<string, readonly string[]>();
  for (const { rule, tests } of sampled(DESK.rules)) {
    for (const { name, record: own } of first(
      1,
      tests.filter(({ matches }) => matches),
    )) {
      const one = record({ eventSource: undefined, eventName: undefined, requestParameters: null, ...own });
      const alerts = await toldOf([one], 0, rulesOn(one));
      told.set(
        `${rule.name}: ${name}`,
        alerts.map(({ subject }) => subject),
      );
    }
  }
  expect(told.size).toBeGreaterThan(0.9 * sampled(SHIPPED).length);
  expect([...told].filter(([, subjects]) => subjects.length > 1)).toEqual([]);
});

const at = (s: number) => ({ eventTime: new Date(NOW - 5 * MINUTE + s * SECOND).toISOString() });

test("what a threshold tells later is left out of the round-up, though a quiet rule had it first", async () => {
  const sessions = [0, 1, 2, 3].map((i) => call("ssm", "StartSession", { target: `i-${i}` }, at(i * 30)));
  const alerts = await toldOf(sessions, 30 * SECOND);
  expect(alerts.map(rulesOf)).toEqual([["sessions-on-several-instances"], ["sessions-on-several-instances"]]);
  expect(shownIn(alerts)).toEqual(sessions.map(({ eventID }) => eventID));
});

test("twelve wrong passwords for root are one incident, not one of root and one of the address", async () => {
  const failures = Array.from({ length: 12 }, (_, i) =>
    record({
      ...at(i * 20),
      eventType: "AwsConsoleSignIn",
      eventSource: "signin.amazonaws.com",
      eventName: "ConsoleLogin",
      errorMessage: "Failed authentication",
      userIdentity: { type: "Root", accountId: "111122223333", arn: "arn:aws:iam::111122223333:root" },
      responseElements: { ConsoleLogin: "Failure" },
    }),
  );
  const alerts = await toldOf(failures, 20 * SECOND);
  expect([...new Set(alerts.flatMap(incidentsOf))]).toHaveLength(1);
  expect([...new Set(alerts.flatMap(rulesOf))]).toEqual(["root-sign-in-failed"]);
});

test("the console's wizard for a trail is one incident; its routine calls stand in the round-up alone", async () => {
  const bucketName = "aws-cloudtrail-logs-111122223333";
  const service = { Service: "cloudtrail.amazonaws.com" };
  const forTrail = { Statement: [{ Effect: "Allow", Principal: service, Action: "s3:PutObject", Resource: "*" }] };
  const selectors = [{ readWriteType: "All", includeManagementEvents: true }];
  const wizard = [
    call("s3", "CreateBucket", { bucketName }),
    call("s3", "PutBucketPolicy", { bucketName, bucketPolicy: forTrail }),
    call("cloudtrail", "CreateTrail", { name: "main", s3BucketName: bucketName, isMultiRegionTrail: true }),
    call("cloudtrail", "PutEventSelectors", { trailName: "main", eventSelectors: selectors }),
    call("cloudtrail", "PutInsightSelectors", { trailName: "main" }),
    call("cloudtrail", "StartLogging", { name: "main" }),
  ];
  const alerts = await toldOf(wizard, SECOND);
  const mails = alerts.filter(({ kind }) => kind !== "round-up");
  expect([...new Set(mails.flatMap(incidentsOf))]).toHaveLength(1);
  expect(alerts.map(rulesOf)).toEqual([
    ["cloudtrail-changed", "cloudtrail-configured"],
    ["cloudtrail-changed", "cloudtrail-configured"],
    ["s3-bucket-changed", "cloudtrail-configured"],
  ]);
  const shown = shownIn(alerts);
  expect(new Set(shown).size).toBe(shown.length);
});

test("root that looks around in the console for two hours wakes people once", async () => {
  const root = { type: "Root", principalId: "111122223333", accountId: "111122223333" };
  const signIn = record({
    ...at(0),
    eventType: "AwsConsoleSignIn",
    eventSource: "signin.amazonaws.com",
    eventName: "ConsoleLogin",
    requestParameters: null,
    userIdentity: { ...root, arn: "arn:aws:iam::111122223333:root" },
    responseElements: { ConsoleLogin: "Success" },
  });
  const looks = Array.from({ length: 40 }, (_, i) =>
    call(
      i % 2 === 0 ? "ec2" : "s3",
      `Get${i % 7}`,
      {},
      {
        ...at(180 * (i + 1)),
        readOnly: true,
        sessionCredentialFromConsole: "true",
        userIdentity: { ...root, accessKeyId: "ASIAIOSFODNN7EXAMPLE" },
        ...(i % 5 === 0 && { errorCode: "NoSuchBucketPolicy" }),
      },
    ),
  );
  const alerts = await toldOf([signIn, ...looks], 180 * SECOND);
  expect(alerts.map(rulesOf)).toEqual([["root-used"], ["root-looked-around"]]);
  expect(alerts.filter(({ sms }) => sms !== undefined)).toHaveLength(1);
});
