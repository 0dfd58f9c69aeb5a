import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { compileEventPattern } from "../../lambda/core/rules/event-pattern/event-pattern.ts";
import { doubtsOfWildcards } from "../../lambda/rule-files/wildcard-complexity.ts";
import { type DeployedResource, deployed, ofType } from "../support/deployed-template.ts";
import { ACCOUNT, record } from "../support/log-files.ts";
import { verdictOf } from "../support/policy.ts";
import { sampled, thoroughTest } from "../support/runs.ts";
import { SETTINGS } from "../support/settings.ts";
import { synth, synthIamWatch } from "../support/synth.ts";
import { eventOf, rulesMeeting, toldOf, toldOfAlarm, topicPolicy } from "../support/told.ts";

const PLACE = { account: ACCOUNT, region: "ap-southeast-1", stack: "Trailbell" };
const KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const KEY = `arn:aws:kms:ap-southeast-1:${ACCOUNT}:key/${KEY_ID}`;

const own = deployed(synth(SETTINGS).toJSON(), PLACE);
const adopted = deployed(
  synth({ source: "my-log-bucket", emails: "you@example.com", phones: "+14155550100", logKey: KEY }).toJSON(),
  PLACE,
);
const PHONE = "+14155550100";
const phoned = (settings: { readonly [name: string]: string }) =>
  deployed(synth({ ...SETTINGS, phones: PHONE, ...settings }).toJSON(), PLACE);
const texted = phoned({ healthSmsFrom: "info" });
const alone = deployed(synth({ source: "new-trail", phones: PHONE }).toJSON(), PLACE);
const forwarding = deployed(synthIamWatch(PLACE.region).toJSON(), {
  ...PLACE,
  region: "us-east-1",
  stack: "TrailbellIam",
});

function ref(type: string, id: RegExp): string {
  const found = ofType(own, type).filter((resource) => id.test(resource.id));
  expect(found).toHaveLength(1);
  return found[0]?.ref ?? "";
}

const ALERTER = ref("AWS::Lambda::Function", /^Alerter/);
const TICK = ref("AWS::Lambda::Function", /^Tick/);
const ALERTER_ARN = `arn:aws:lambda:ap-southeast-1:${ACCOUNT}:function:${ALERTER}`;
const ROLE = ref("AWS::IAM::Role", /^AlerterRole/);
const WATCH_ROLE = ref("AWS::IAM::Role", /^SelfWatchRole/);
const GUARD_ROLE = ref("AWS::IAM::Role", /^SelfWatchGuard/);
const ALERT_TOPIC = ref("AWS::SNS::Topic", /^AlertingAlert/);
const SMS_TOPIC = ref("AWS::SNS::Topic", /^AlertingSms/);
const HEALTH_TOPIC = ref("AWS::SNS::Topic", /^HealthTopic/);
const HEALTH_SMS_TOPIC = ref("AWS::SNS::Topic", /^HealthSms/);
const SUBSCRIPTION = "2bcfbf39-05c3-41de-beaa-fcfcc21c8f55";
const SCHEDULE = ref("AWS::Events::Rule", /^TickSchedule/);
const TABLE = ref("AWS::DynamoDB::Table", /^Ledger/);
const TABLE_ARN = `arn:aws:dynamodb:ap-southeast-1:${ACCOUNT}:table/${TABLE}`;
const QUEUE = ref("AWS::SQS::Queue", /^DeadLetters/);
const BUCKET = ref("AWS::S3::Bucket", /^SourceLogBucket/);
const LOG = ref("AWS::Logs::LogGroup", /^AlerterLog/);
const TICK_LOG = ref("AWS::Logs::LogGroup", /^TickLog/);
const LOG_ARN = `arn:aws:logs:ap-southeast-1:${ACCOUNT}:log-group:${LOG}`;
const ALARM = ref("AWS::CloudWatch::Alarm", /^AlarmsDeadLetters/);
const TRAIL_ARN = `arn:aws:cloudtrail:ap-southeast-1:${ACCOUNT}:trail/Trailbell-trail`;
const STACK_ARN = `arn:aws:cloudformation:ap-southeast-1:${ACCOUNT}:stack/Trailbell/51af3dc0-da77-11e4-872e-1234567db123`;

type Act = readonly [what: string, service: string, eventName: string, requestParameters: object];

/** What silences the alerter, or prepares it, as CloudTrail records it. */
const ACTS: readonly Act[] = [
  ["other code, by name", "lambda", "UpdateFunctionCode20150331v2", { functionName: ALERTER, dryRun: false }],
  ["other code, by ARN", "lambda", "UpdateFunctionCode20150331v2", { functionName: ALERTER_ARN, dryRun: false }],
  [
    "other code, by a part of the ARN",
    "lambda",
    "UpdateFunctionCode20150331v2",
    { functionName: `${ACCOUNT}:function:${ALERTER}` },
  ],
  [
    "another variable for the tick",
    "lambda",
    "UpdateFunctionConfiguration20150331v2",
    { functionName: TICK, environment: {} },
  ],
  [
    "a layer",
    "lambda",
    "UpdateFunctionConfiguration20150331v2",
    { functionName: ALERTER, layers: ["arn:aws:lambda:us-east-1:999999999999:layer:x:1"] },
  ],
  [
    "no concurrency",
    "lambda",
    "PutFunctionConcurrency20171031",
    { functionName: ALERTER, reservedConcurrentExecutions: 0 },
  ],
  [
    "S3 may no longer invoke",
    "lambda",
    "RemovePermission20150331v2",
    { functionName: ALERTER_ARN, statementId: "AllowBucket" },
  ],
  [
    "somebody else may invoke a version",
    "lambda",
    "AddPermission20150331v2",
    { functionName: `${ALERTER}:1`, principal: "*" },
  ],
  ["a version's ARN", "lambda", "DeleteFunction20150331", { functionName: `${ALERTER_ARN}:$LATEST` }],
  ["failures go nowhere", "lambda", "PutFunctionEventInvokeConfig", { functionName: ALERTER, maximumRetryAttempts: 0 }],
  ["a function URL", "lambda", "CreateFunctionUrlConfig", { functionName: ALERTER, authType: "NONE" }],
  ["the tick is deleted", "lambda", "DeleteFunction20150331", { functionName: TICK }],
  ["another code signing", "lambda", "PutFunctionCodeSigningConfig20200630", { functionName: ALERTER }],
  ["the function's policy is replaced", "lambda", "PutResourcePolicy", { resourceArn: ALERTER_ARN }],
  ["the role's policy is replaced", "iam", "PutRolePolicy", { roleName: ROLE, policyName: "x", policyDocument: "{}" }],
  ["the role's policy is deleted", "iam", "DeleteRolePolicy", { roleName: ROLE.toUpperCase(), policyName: "x" }],
  ["a boundary for the role", "iam", "PutRolePermissionsBoundary", { roleName: ROLE }],
  ["who may assume the role", "iam", "UpdateAssumeRolePolicy", { roleName: ROLE, policyDocument: "{}" }],
  ["the watch's role loses its policy", "iam", "DeleteRolePolicy", { roleName: WATCH_ROLE, policyName: "x" }],
  ["the guard's role loses its policy", "iam", "DeleteRolePolicy", { roleName: GUARD_ROLE, policyName: "x" }],
  ["the guard is switched off", "events", "DisableRule", { name: "Trailbell-self-watch-guard" }],
  ["the rule that watches rules is switched off", "events", "DisableRule", { name: "Trailbell-self-watch-schedule" }],
  ["the health topic is deleted", "sns", "DeleteTopic", { topicArn: HEALTH_TOPIC }],
  ["the alert topic is deleted", "sns", "DeleteTopic", { topicArn: ALERT_TOPIC }],
  ["the SMS topic's policy", "sns", "SetTopicAttributes", { topicArn: SMS_TOPIC, attributeName: "Policy" }],
  ["the health topic's policy", "sns", "AddPermission", { topicArn: HEALTH_TOPIC, label: "x" }],
  ["the last recipient is removed", "sns", "Unsubscribe", { subscriptionArn: `${ALERT_TOPIC}:${SUBSCRIPTION}` }],
  [
    "the last recipient of health is removed",
    "sns",
    "Unsubscribe",
    { subscriptionArn: `${HEALTH_TOPIC}:${SUBSCRIPTION}` },
  ],
  [
    "the last phone that hears of health is removed",
    "sns",
    "Unsubscribe",
    { subscriptionArn: `${HEALTH_SMS_TOPIC}:${SUBSCRIPTION}` },
  ],
  [
    "a recipient gets a filter",
    "sns",
    "SetSubscriptionAttributes",
    { subscriptionArn: `${SMS_TOPIC}:${SUBSCRIPTION}`, attributeName: "FilterPolicy" },
  ],
  ["messages are masked", "sns", "PutDataProtectionPolicy", { resourceArn: ALERT_TOPIC }],
  ["the schedule is switched off", "events", "DisableRule", { name: SCHEDULE }],
  ["the schedule is put again, disabled", "events", "PutRule", { name: SCHEDULE, state: "DISABLED" }],
  ["the schedule loses its target", "events", "RemoveTargets", { rule: SCHEDULE, ids: ["Target0"] }],
  ["a rule of the watch is switched off", "events", "DisableRule", { name: "Trailbell-self-watch-functions" }],
  ["a rule of the watch gets another target", "events", "PutTargets", { rule: "Trailbell-self-watch-topics" }],
  ["an alarm may no longer tell", "monitoring", "DisableAlarmActions", { alarmNames: ["cpu", ALARM] }],
  ["an alarm is deleted", "monitoring", "DeleteAlarms", { alarmNames: [ALARM] }],
  ["an alarm is put again", "monitoring", "PutMetricAlarm", { alarmName: ALARM, threshold: 1e9 }],
  ["an alarm is set to OK", "monitoring", "SetAlarmState", { alarmName: ALARM, stateValue: "OK" }],
  ["alarms are muted", "monitoring", "PutAlarmMuteRule", { name: "x", muteTargets: { alarmNames: [ALARM] } }],
  ["the table is deleted", "dynamodb", "DeleteTable", { tableName: TABLE }],
  [
    "the table loses its protection, by ARN",
    "dynamodb",
    "UpdateTable",
    { tableName: TABLE_ARN, deletionProtectionEnabled: false },
  ],
  ["the table's policy is replaced", "dynamodb", "PutResourcePolicy", { resourceArn: TABLE_ARN, policy: "{}" }],
  ["entries no longer run out", "dynamodb", "UpdateTimeToLive", { tableName: TABLE }],
  ["the table's backups are switched off", "dynamodb", "UpdateContinuousBackups", { tableName: TABLE }],
  [
    "a backup of the table is deleted",
    "dynamodb",
    "DeleteBackup",
    { backupArn: `${TABLE_ARN}/backup/01489173575360-b308cd7d` },
  ],
  ["the dead letters are purged", "sqs", "PurgeQueue", { queueUrl: QUEUE }],
  [
    "the dead letters' queue gets a policy",
    "sqs",
    "SetQueueAttributes",
    { queueUrl: QUEUE.replace("sqs.ap-southeast-1", "ap-southeast-1.queue") },
  ],
  [
    "the dead letters are moved away",
    "sqs",
    "StartMessageMoveTask",
    { sourceArn: `arn:aws:sqs:ap-southeast-1:${ACCOUNT}:${QUEUE.split("/").pop()}` },
  ],
  [
    "the notification is emptied",
    "s3",
    "PutBucketNotification",
    { bucketName: BUCKET, notification: "", NotificationConfiguration: {} },
  ],
  ["the bucket's policy is replaced", "s3", "PutBucketPolicy", { bucketName: BUCKET }],
  ["log files are kept for a day", "s3", "PutBucketLifecycle", { bucketName: BUCKET }],
  ["log files are encrypted with another key", "s3", "PutBucketEncryption", { bucketName: BUCKET }],
  ["versions are switched off", "s3", "PutBucketVersioning", { bucketName: BUCKET }],
  ["log files are copied elsewhere", "s3", "PutBucketReplication", { bucketName: BUCKET }],
  ["the bucket is opened", "s3", "DeleteBucketPublicAccessBlock", { bucketName: BUCKET }],
  ["the bucket is deleted", "s3", "DeleteBucket", { bucketName: BUCKET }],
  ["the trail is stopped, by name", "cloudtrail", "StopLogging", { name: "Trailbell-trail" }],
  ["the trail is stopped, by ARN", "cloudtrail", "StopLogging", { name: TRAIL_ARN }],
  ["the trail is deleted", "cloudtrail", "DeleteTrail", { name: TRAIL_ARN }],
  [
    "the trail keeps to one region",
    "cloudtrail",
    "UpdateTrail",
    { name: "Trailbell-trail", isMultiRegionTrail: false },
  ],
  ["the trail leaves out writes", "cloudtrail", "PutEventSelectors", { trailName: "Trailbell-trail" }],
  ["the trail has no insights", "cloudtrail", "PutInsightSelectors", { trailName: TRAIL_ARN }],
  ["the log is deleted", "logs", "DeleteLogGroup", { logGroupName: LOG }],
  ["the tick's log is kept for a day", "logs", "PutRetentionPolicy", { logGroupName: TICK_LOG, retentionInDays: 1 }],
  ["the log goes elsewhere, by ARN", "logs", "PutSubscriptionFilter", { logGroupIdentifier: `${LOG_ARN}:*` }],
  ["the log is encrypted with another key", "logs", "AssociateKmsKey", { resourceIdentifier: LOG_ARN }],
  ["the stack is deleted, by name", "cloudformation", "DeleteStack", { stackName: "Trailbell" }],
  ["the stack is deleted, by ARN", "cloudformation", "DeleteStack", { stackName: STACK_ARN }],
  ["the stack is updated", "cloudformation", "UpdateStack", { stackName: STACK_ARN }],
  ["a change set for the stack", "cloudformation", "CreateChangeSet", { stackName: "Trailbell", changeSetName: "x" }],
  ["the change set is executed", "cloudformation", "ExecuteChangeSet", { stackName: "Trailbell", changeSetName: "x" }],
  [
    "the stack is no longer protected",
    "cloudformation",
    "UpdateTerminationProtection",
    { stackName: "Trailbell", enableTerminationProtection: false },
  ],
  ["the stack gets a policy", "cloudformation", "SetStackPolicy", { stackName: "Trailbell" }],
  [
    "the stack's resources are moved",
    "cloudformation",
    "CreateStackRefactor",
    { stackDefinitions: [{ stackName: "Trailbell" }] },
  ],
];

/** What is the account's, and can silence the watch as well. */
const ACTS_ON_ACCOUNT: readonly Act[] = [
  [
    "the rules are encrypted with a key of the caller's",
    "events",
    "UpdateEventBus",
    { name: "default", kmsKeyIdentifier: "x" },
  ],
  [
    "the same, by the bus's ARN",
    "events",
    "UpdateEventBus",
    { name: `arn:aws:events:${PLACE.region}:${ACCOUNT}:event-bus/default` },
  ],
  [
    "whoever may deploy",
    "iam",
    "UpdateAssumeRolePolicy",
    { roleName: `cdk-hnb659fds-deploy-role-${ACCOUNT}-${PLACE.region}` },
  ],
  [
    "what CloudFormation may",
    "iam",
    "AttachRolePolicy",
    { roleName: `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${PLACE.region}` },
  ],
  ["the stack with these roles", "cloudformation", "UpdateStack", { stackName: "CDKToolkit" }],
];

/** The same of a bucket that was there before. */
const ACTS_ON_ADOPTED: readonly Act[] = [
  ["the notification is emptied", "s3", "PutBucketNotification", { bucketName: "my-log-bucket" }],
  ["the key is disabled", "kms", "DisableKey", { keyId: KEY_ID }],
  ["the key is to be deleted, by ARN", "kms", "ScheduleKeyDeletion", { keyId: KEY }],
  ["the key's policy is replaced", "kms", "PutKeyPolicy", { keyId: KEY_ID, policyName: "default" }],
  ["a grant of the key is revoked", "kms", "RevokeGrant", { keyId: KEY, grantId: "x" }],
  ["an alias gets the key", "kms", "UpdateAlias", { aliasName: "alias/x", targetKeyId: KEY_ID }],
  ["some trail is stopped", "cloudtrail", "StopLogging", { name: "main" }],
];

function recordOf([, service, eventName, requestParameters]: Act, fields: CloudTrailRecord = {}): CloudTrailRecord {
  const awsRegion = service === "iam" ? "us-east-1" : PLACE.region;
  return record({ eventSource: `${service}.amazonaws.com`, eventName, awsRegion, requestParameters, ...fields });
}

const tellers = (stack: readonly DeployedResource[], one: CloudTrailRecord) => toldOf(stack, PLACE, eventOf(one));

/** Who hears of an act over what the act did not take away: the event comes when the act is done. */
function tellersAfter(stack: readonly DeployedResource[], act: Act) {
  const touched = JSON.stringify(act[3]).toLowerCase();
  return tellers(stack, recordOf(act)).filter(
    ({ by, over }) => ![by, ...over].some((way) => touched.includes(way.toLowerCase())),
  );
}

test.each([...ACTS, ...ACTS_ON_ACCOUNT])("%s: somebody hears of it past the functions", (...act) => {
  const told = tellersAfter(own, act);
  expect(told.map(({ endpoint }) => endpoint)).toEqual(["you@example.com"]);
  expect(told[0]?.text).toContain(act[2]);
  expect(told[0]?.text).toContain(`arn:aws:iam::${ACCOUNT}:user/alice`);
});

test.each([...ACTS, ...ACTS_ON_ACCOUNT])("%s: a phone hears of it as well, and a phone that is alone", (...act) => {
  expect(
    tellersAfter(texted, act)
      .map(({ endpoint }) => endpoint)
      .sort(),
  ).toEqual([PHONE, "you@example.com"]);
  expect(tellersAfter(alone, act).map(({ endpoint }) => endpoint)).toEqual([PHONE]);
});

test.each(ACTS_ON_ADOPTED)("%s, of an adopted bucket: somebody hears of it past the functions", (...act) => {
  expect(tellers(adopted, recordOf(act)).map(({ endpoint }) => endpoint)).toEqual(["you@example.com"]);
});

test("a key that is named by its alias is known by the record's resources", () => {
  const one = recordOf(["", "kms", "DisableKey", { keyId: "alias/logs" }], {
    resources: [{ ARN: KEY, accountId: ACCOUNT }],
  });
  expect(tellers(adopted, one)).toHaveLength(1);
});

/** The same acts on what bears other names. */
const ELSEWHERE = [...ACTS, ...ACTS_ON_ADOPTED.slice(0, -1)].map(([what, service, eventName, parameters]): Act => {
  const other = JSON.stringify(parameters)
    .replace(/Trailbell/gi, "elsewhere")
    .replaceAll("my-log-bucket", "photos");
  return [what, service, eventName, JSON.parse(other.replaceAll(KEY_ID, "0987dcba-09fe-87dc-65ba-ab0987654321"))];
});

test.each(sampled(ELSEWHERE))("%s, on something else: nobody hears of it", (...act) => {
  const stack = act[1] === "kms" ? adopted : own;
  expect(tellers(stack, recordOf(act)).map(({ by }) => by)).toEqual([]);
});

const session = (roleName: string, invokedBy?: string) => ({
  type: "AssumedRole",
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${roleName}/AWSCloudFormation`,
  accountId: ACCOUNT,
  sessionContext: {
    sessionIssuer: { type: "Role", arn: `arn:aws:iam::${ACCOUNT}:role/${roleName}`, userName: roleName },
  },
  ...(invokedBy !== undefined && { invokedBy }),
});
const EXECUTION = `cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-ap-southeast-1`;
const DEPLOY = `cdk-hnb659fds-deploy-role-${ACCOUNT}-ap-southeast-1`;
const CLOUDFORMATION = "cloudformation.amazonaws.com";
const isOnStack = ([, service]: Act) => service === "cloudformation";

test.each(sampled(ACTS.filter((act) => !isOnStack(act))))(
  "%s, by the stack's own deployment: nobody hears of it",
  (...act) => {
    const deployment = recordOf(act, { userIdentity: session(EXECUTION, CLOUDFORMATION) });
    expect(tellers(own, deployment)).toEqual([]);
  },
);

test.each([
  ["CloudFormation with another role", session("Admin", CLOUDFORMATION)],
  ["CloudFormation for a user", { ...(record().userIdentity as object), invokedBy: CLOUDFORMATION }],
  ["the deployment's role in other hands", session(EXECUTION)],
  ["a role that is only called like it", session(`${EXECUTION}-2`, CLOUDFORMATION)],
  ["root", { type: "Root", arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT }],
  ["a service", { type: "AWSService", invokedBy: "config.amazonaws.com" }],
])("%s is no deployment of the stack: each act is told", (_, userIdentity) => {
  const silent = ACTS.filter((act) => tellers(own, recordOf(act, { userIdentity })).length === 0);
  expect(silent.map(([what]) => what)).toEqual([]);
});

test("cdk deploy may change its stack without a word, but neither delete it nor take away what guards it", () => {
  const told = ACTS.filter(isOnStack).filter(
    (act) => tellers(own, recordOf(act, { userIdentity: session(DEPLOY) })).length > 0,
  );
  expect(told.map(([, , eventName]) => eventName)).toEqual([
    "DeleteStack",
    "DeleteStack",
    "UpdateTerminationProtection",
    "SetStackPolicy",
    "CreateStackRefactor",
  ]);
});

test("to protect the stack, to read it, and the functions' everyday work are not told", () => {
  const everyday: readonly Act[] = [
    [
      "",
      "cloudformation",
      "UpdateTerminationProtection",
      { stackName: "Trailbell", enableTerminationProtection: true },
    ],
    ["", "cloudformation", "DescribeStacks", { stackName: "Trailbell" }],
    ["", "lambda", "GetFunction20150331v2", { functionName: ALERTER }],
    ["", "lambda", "Invoke", { functionName: ALERTER }],
    ["", "dynamodb", "PutItem", { tableName: TABLE }],
    ["", "dynamodb", "UpdateItem", { tableName: TABLE }],
    ["", "sns", "Publish", { topicArn: ALERT_TOPIC }],
    ["", "sqs", "SendMessage", { queueUrl: QUEUE }],
    ["", "s3", "PutObject", { bucketName: BUCKET, key: "AWSLogs/x.json.gz" }],
    ["", "logs", "CreateLogStream", { logGroupName: LOG }],
    ["", "monitoring", "DescribeAlarms", { alarmNames: [ALARM] }],
  ];
  expect(everyday.flatMap((act) => tellers(own, recordOf(act))).map(({ by }) => by)).toEqual([]);
});

test("what is done to the topics of health is told by mail on the alert topic, and to phones on the SMS topic", () => {
  for (const topicArn of [HEALTH_TOPIC, HEALTH_SMS_TOPIC]) {
    const told = tellers(texted, recordOf(["", "sns", "DeleteTopic", { topicArn }]));
    expect(told).toMatchObject([
      { endpoint: "you@example.com", over: [ALERT_TOPIC, GUARD_ROLE] },
      { endpoint: PHONE, over: [SMS_TOPIC, GUARD_ROLE] },
    ]);
  }
});

test("where phones get nothing on health, the guard still tells them if nobody has mail", () => {
  const deaf = deployed(synth({ source: "new-trail", phones: PHONE, healthSmsFrom: "none" }).toJSON(), PLACE);
  const [told] = tellers(deaf, recordOf(["", "sns", "DeleteTopic", { topicArn: HEALTH_TOPIC }]));
  expect(told).toMatchObject({ endpoint: PHONE, over: [SMS_TOPIC, GUARD_ROLE] });
});

/** The acts that a phone hears of. */
const actsTold = (stack: readonly DeployedResource[]) =>
  ACTS.filter((act) => tellers(stack, recordOf(act)).some(({ endpoint }) => endpoint === PHONE)).map(([what]) => what);

thoroughTest("phones hear of acts from the severity on that the settings name", () => {
  const critical = actsTold(phoned({ healthSmsFrom: "critical" }));
  expect(critical).toEqual(expect.arrayContaining(["no concurrency", "the trail is stopped, by name"]));
  expect(critical).not.toContain("the log is deleted");
  expect(critical.length).toBeGreaterThan(40);
  const high = actsTold(phoned({ healthSmsFrom: "high" }));
  expect(high).toHaveLength(ACTS.length);
  expect(actsTold(phoned({}))).toEqual([]);
});

/** How many places a text takes in GSM 03.38's alphabet (3GPP TS 23.038): some characters take two. */
function septets(text: string): number {
  expect(text).toMatch(/^[ -_a-~]*$/);
  return text.length + (text.match(/[[\]\\^{|}~]/g) ?? []).length;
}

/** Two parts of a long text message. */
const TWO_PARTS = 2 * 153;

/** Callers with the longest names that IAM knows. */
const LONGEST = {
  type: "AssumedRole",
  principalId: `AROA${"X".repeat(17)}:${"s".repeat(64)}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${"r".repeat(64)}/${"s".repeat(64)}`,
  accountId: ACCOUNT,
  sessionContext: { sessionIssuer: { type: "Role", userName: "r".repeat(64) } },
};
const IN_PATH = {
  type: "IAMUser",
  principalId: `AIDA${"X".repeat(17)}`,
  arn: `arn:aws:iam::${ACCOUNT}:user/${"p".repeat(512)}/${"u".repeat(64)}`,
  accountId: ACCOUNT,
  userName: "u".repeat(64),
};

test.each([...ACTS, ...ACTS_ON_ACCOUNT])("%s: the text is two parts at most, whoever calls", (...act) => {
  for (const userIdentity of [LONGEST, IN_PATH]) {
    const one = recordOf(act, { userIdentity, errorCode: "ResourceNotFoundException" });
    const texts = tellers(texted, one).filter(({ endpoint }) => endpoint === PHONE);
    expect(texts.length).toBeGreaterThan(0);
    for (const { text } of texts) {
      expect({ text, fits: septets(text) <= TWO_PARTS }).toEqual({ text, fits: true });
      expect(text).toContain(act[2]);
    }
  }
});

test("the text says which stack, what changed, by which call, by whom and whether it was refused", () => {
  const textOf = (fields: CloudTrailRecord) => {
    const told = tellers(texted, recordOf(ACTS[1] as Act, fields));
    return told.find(({ endpoint }) => endpoint === PHONE)?.text;
  };
  const start = "HEALTH Trailbell ap-southeast-1: a function was changed: UpdateFunctionCode20150331v2 by";
  expect(textOf({})).toBe(`"${start} IAMUser alice AIDACKCEVSQ6C2EXAMPLE []"`);
  const role = { ...session("Admin"), principalId: "AROAEXAMPLE:bob@example.com" };
  expect(textOf({ userIdentity: role, errorCode: "AccessDenied" })).toBe(
    `"${start} AssumedRole Admin AROAEXAMPLE:bob@example.com [AccessDenied]"`,
  );
});

test("the account's limit for text messages counts as ours", () => {
  expect(
    tellers(own, recordOf(["", "sns", "SetSMSAttributes", { attributes: { MonthlySpendLimit: "0" } }])),
  ).toHaveLength(1);
});

test("events that somebody makes up are not believed: only AWS sends from sources of its own name", () => {
  const made = { ...eventOf(recordOf(ACTS[0] as Act)), source: "custom.lambda" };
  expect(rulesMeeting(own, made)).toEqual([]);
});

test("the mail says what was called, on what, by whom, from where and when, and nothing that a caller can write", () => {
  const written = { userAgent: "CALL 0900-12345", errorMessage: "http://evil.example/", errorCode: "AccessDenied" };
  const [told] = tellers(own, recordOf(ACTS[1] as Act, written));
  expect(told?.text.split("\n")).toEqual([
    '"[CRITICAL] Trailbell: a function was changed."',
    '"Call   lambda.amazonaws.com UpdateFunctionCode20150331v2"',
    `"On     ${ALERTER_ARN} "`,
    `"Who    IAMUser arn:aws:iam::${ACCOUNT}:user/alice of ${ACCOUNT} "`,
    '"From   192.0.2.44"',
    `"Where  account ${ACCOUNT}, ap-southeast-1"`,
    '"When   2026-11-20T21:25:09Z"',
    '"Error  [AccessDenied], or [] if the call was carried out"',
    expect.stringMatching(/^"Event {2}00000000-0000-4000-8000-\d{12}"$/),
    '"Do     docs/runbook.md, A function was changed. If it was nobody of yours: npx cdk deploy --revert-drift"',
  ]);
});

test("a list is told by its first entry", () => {
  const [told] = tellers(own, recordOf(["", "monitoring", "DeleteAlarms", { alarmNames: [ALARM, "cpu"] }]));
  expect(told?.text).toContain(`"On      ${ALARM} "`);
});

const patternsOf = (stack: readonly DeployedResource[]) =>
  ofType(stack, "AWS::Events::Rule").flatMap(({ properties: { EventPattern: pattern }, ref: rule }) =>
    pattern === undefined ? [] : [{ rule, pattern }],
  );

test("each pattern keeps to EventBridge's quota of 2,048 characters, its operators, and its measure of wildcards", () => {
  const patterns = [own, adopted, texted, forwarding].flatMap(patternsOf);
  expect(patterns.length).toBeGreaterThan(20);
  for (const { rule, pattern } of patterns) {
    expect({ rule, isSmall: JSON.stringify(pattern).length <= 2048 }).toEqual({ rule, isSmall: true });
    expect(doubtsOfWildcards(compileEventPattern(pattern))).toEqual([]);
    expect(JSON.stringify(pattern)).not.toMatch(
      /"(?:names-resource|account|internet|size|equals-field|cidr-wider-than)":/,
    );
  }
});

describe.each([
  ["the health topic", HEALTH_TOPIC],
  ["the phones' topic of health", HEALTH_SMS_TOPIC],
])("on %s", (_, topic) => {
  const asked = (principal: readonly ["AWS" | "Service", string], context: { readonly [key: string]: string }) =>
    verdictOf(topicPolicy(own, topic), {
      action: "sns:Publish",
      resource: topic,
      principal,
      context: { "aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "false", ...context },
    });
  const service = { "aws:PrincipalIsAWSService": "true" };
  const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

  test.each([
    [
      "CloudWatch for this account",
      ["Service", "cloudwatch.amazonaws.com"],
      { ...service, "aws:SourceAccount": ACCOUNT },
      "Allow",
    ],
    [
      "CloudWatch for another account",
      ["Service", "cloudwatch.amazonaws.com"],
      { ...service, "aws:SourceAccount": "999999999999" },
      undefined,
    ],
    ["EventBridge without the role", ["Service", "events.amazonaws.com"], service, undefined],
    [
      "the functions' role, by its own policy",
      ["AWS", roleArn(ROLE)],
      { "aws:PrincipalArn": roleArn(ROLE) },
      undefined,
    ],
    ["an administrator", ["AWS", roleArn("Admin")], { "aws:PrincipalArn": roleArn("Admin") }, "Deny"],
    [
      "the functions' role without TLS",
      ["AWS", roleArn(ROLE)],
      { "aws:PrincipalArn": roleArn(ROLE), "aws:SecureTransport": "false" },
      "Deny",
    ],
  ] as const)("%s", (_, principal, context, verdict) => {
    expect(asked(principal, context)).toBe(verdict);
  });

  test("the watch's role is for rules of the watch only", () => {
    const role = own.find(({ ref: name }) => name === WATCH_ROLE);
    const may = (rule: string) =>
      verdictOf(role?.properties.AssumeRolePolicyDocument, {
        action: "sts:AssumeRole",
        resource: "",
        principal: ["Service", "events.amazonaws.com"],
        context: {
          "aws:SourceAccount": ACCOUNT,
          "aws:SourceArn": `arn:aws:events:ap-southeast-1:${ACCOUNT}:rule/${rule}`,
        },
      });
    expect([may("Trailbell-self-watch-topics"), may("nightly-report")]).toEqual(["Allow", undefined]);
  });

  test("each alarm is heard", () => {
    const alarms = ofType(adopted, "AWS::CloudWatch::Alarm");
    expect(alarms.length).toBeGreaterThan(15);
    for (const alarm of alarms) {
      expect({ alarm: alarm.id, told: toldOfAlarm(adopted, PLACE, alarm).map(({ endpoint }) => endpoint) }).toEqual({
        alarm: alarm.id,
        told: ["you@example.com"],
      });
    }
  });
});

describe("IAM's calls surface in us-east-1 only", () => {
  const iam = ACTS.filter(([, service]) => service === "iam");

  test.each(sampled(iam))("%s: the second stack sends it to the main region, where it is told", (...act) => {
    const event = eventOf(recordOf(act));
    const [rule] = rulesMeeting(forwarding, event);
    expect(rule?.properties.Targets).toEqual([
      expect.objectContaining({ Arn: `arn:aws:events:ap-southeast-1:${ACCOUNT}:event-bus/default` }),
    ]);
    expect(toldOf(own, PLACE, event)).toHaveLength(1);
  });

  test.each([
    ["its rule is switched off", "events", "DisableRule", { name: "Trailbell-self-watch-iam" }],
    ["its role loses its policy", "iam", "DeleteRolePolicy", { roleName: "TrailbellIam-Role1ABCC5F0-aB3dEf6hIj9k" }],
    ["it is deleted", "cloudformation", "DeleteStack", { stackName: "TrailbellIam" }],
  ] satisfies readonly Act[])("and guards itself: %s", (...act) => {
    const event = eventOf(recordOf(act, { awsRegion: "us-east-1" }));
    expect(rulesMeeting(forwarding, event)).toHaveLength(1);
    expect(toldOf(own, PLACE, event)).toHaveLength(1);
  });

  test("and of a stack whose name is too long to be whole in the names of its roles", () => {
    const mainStack = "SecurityAlertingOfProductionInEurope";
    const place = { ...PLACE, region: "us-east-1", stack: `${mainStack}Iam` };
    const forwarded = deployed(synthIamWatch(PLACE.region, mainStack).toJSON(), place);
    const main = deployed(synth({ ...SETTINGS, stackName: mainStack }).toJSON(), { ...PLACE, stack: mainStack });
    const changeOf = (roleName: string) => eventOf(recordOf(["", "iam", "DeleteRolePolicy", { roleName }]));
    // As CloudFormation makes names that would have more than 64 characters.
    const shortened = `${mainStack.slice(0, 25)}-AlerterRoleEE7048D9-aB3dEf6hIj9k`;
    expect(rulesMeeting(forwarded, changeOf(shortened))).toHaveLength(1);
    expect(rulesMeeting(main, changeOf(`${mainStack.slice(0, 25)}-Role1ABCC5F0-aB3dEf6hIj9k`))).toHaveLength(1);
    expect(rulesMeeting(forwarded, changeOf("web"))).toEqual([]);
  });

  test("roles of others are left alone", () => {
    expect(rulesMeeting(forwarding, eventOf(recordOf(["", "iam", "DeleteRole", { roleName: "web" }])))).toEqual([]);
  });
});
