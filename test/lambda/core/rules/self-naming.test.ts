import { EventPatternError } from "../../../../lambda/core/rules/event-pattern/error.ts";
import { compileEventPattern } from "../../../../lambda/core/rules/event-pattern/event-pattern.ts";
import { explainRule } from "../../../../lambda/core/rules/explain.ts";
import { compileRules } from "../../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, type Deployment, fillSelf, OWN_RESOURCES } from "../../../../lambda/core/rules/self.ts";
import { readRuleFiles } from "../../../../lambda/rule-files/rule-files.ts";

const SHIPPED = readRuleFiles(["rules/self-protection.yaml"]).rules.map(({ rule }) => rule);
const RULES = compileRules(fillSelf(SHIPPED, DESK_DEPLOYMENT));
const OWN = "111122223333";
const OTHER = "444455556666";
const ID = "51af3dc0-da77-11e4-872e-1234567db123";
const KEY = "00000000-0000-4000-8000-000000000000";
const CDK = `arn:aws:iam::${OWN}:role/cdk-hnb659fds-deploy-role-${OWN}-us-east-1`;

type Parameters = { readonly [name: string]: unknown };

/** A record of our account and region, as CloudTrail writes it; further fields take the place of its own. */
function recordOf(call: string, requestParameters: Parameters | null, fields: Parameters = {}) {
  const [service, eventName] = call.split(":");
  return {
    eventVersion: "1.11",
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: "us-east-1",
    recipientAccountId: OWN,
    userIdentity: { type: "IAMUser", userName: "mallory", accountId: OWN },
    requestParameters,
    ...fields,
  };
}

function rulesFor(call: string, requestParameters: Parameters | null, fields?: Parameters): readonly string[] {
  return RULES.match(recordOf(call, requestParameters, fields), 0).matched.map(({ name }) => name);
}

const LAMBDA = `arn:aws:lambda:us-east-1:${OWN}:function:Trailbell-Alerter`;
const LOG = `arn:aws:logs:us-east-1:${OWN}:log-group:Trailbell-AlerterLog`;
const TABLE = `arn:aws:dynamodb:us-east-1:${OWN}:table/Trailbell-LedgerTable`;
const STACK = `arn:aws:cloudformation:us-east-1:${OWN}:stack/Trailbell/${ID}`;
const CHANGE_SET = `arn:aws:cloudformation:us-east-1:${OWN}:changeSet/x/${ID}`;
const TRAIL = `arn:aws:cloudtrail:us-east-1:${OWN}:trail/Trailbell-trail`;
const BUS = `arn:aws:events:us-east-1:${OWN}:event-bus`;
const TOPIC = `arn:aws:sns:us-east-1:${OWN}:Trailbell-AlertTopic`;
const QUEUE = `${OWN}/Trailbell-DeadLetters`;
const QUEUE_ARN = `arn:aws:sqs:us-east-1:${OWN}:Trailbell-DeadLetters`;
const KEY_ARN = `arn:aws:kms:us-east-1:${OWN}:key/${KEY}`;
const alias = { resources: [{ type: "AWS::KMS::Key", ARN: KEY_ARN }] };
const unknownStack = { changeSetName: CHANGE_SET };

test.each<[call: string, parameters: Parameters, rule: string, fields?: Parameters]>([
  ["lambda:DeleteFunction20150331", { functionName: "Trailbell-Alerter" }, "alerter-stopped"],
  ["lambda:DeleteFunction20150331", { functionName: "Trailbell-Alerter:1" }, "alerter-stopped"],
  ["lambda:DeleteFunction20150331", { functionName: "Trailbell-Tick:$LATEST" }, "alerter-stopped"],
  ["lambda:DeleteFunction20150331", { functionName: LAMBDA }, "alerter-stopped"],
  ["lambda:RemovePermission20150331v2", { functionName: `${LAMBDA}:live` }, "alerter-stopped"],
  ["lambda:PutFunctionConcurrency20171031", { functionName: `${OWN}:function:Trailbell-Alerter` }, "alerter-stopped"],
  ["lambda:PutFunctionConcurrency20171031", { functionName: `${OWN}:function:Trailbell-Tick:2` }, "alerter-stopped"],
  ["lambda:PutFunctionConcurrency20171031", { functionName: `${OWN}:Trailbell-Tick` }, "alerter-stopped"],
  ["lambda:DeleteFunctionEventInvokeConfig", { functionName: "function:Trailbell-Alerter" }, "alerter-stopped"],
  ["lambda:DeleteResourcePolicy", { resourceArn: LAMBDA }, "alerter-stopped"],
  [
    "lambda:UpdateFunctionCode20150331v2",
    { functionName: `us-east-1:${OWN}:function:Trailbell-Alerter` },
    "alerter-changed",
  ],
  ["lambda:UpdateFunctionConfiguration20150331v2", { functionName: "Trailbell-Tick" }, "alerter-changed"],
  ["lambda:UpdateFunctionEventInvokeConfig", { functionName: `${LAMBDA}:$LATEST` }, "alerter-changed"],
  ["lambda:PutFunctionCodeSigningConfig", { functionName: "Trailbell-Alerter" }, "alerter-changed"],
  ["lambda:DeleteFunctionCodeSigningConfig", { functionName: LAMBDA }, "alerter-changed"],
  ["lambda:DeleteFunctionConcurrency20171031", { functionName: "Trailbell-Alerter" }, "alerter-changed"],
  ["lambda:PutRuntimeManagementConfig", { functionName: "Trailbell-Alerter" }, "alerter-changed"],
  ["lambda:PutResourcePolicy", { resourceArn: LAMBDA }, "alerter-changed"],
  ["lambda:CreateFunction20150331", { functionName: "x", role: DESK_DEPLOYMENT.roleArn }, "alerter-role-lent"],
  ["iam:DeleteRole", { roleName: "Trailbell-AlerterRole" }, "alerter-role-changed"],
  ["iam:DetachRolePolicy", { roleName: "TRAILBELL-alerterrole" }, "alerter-role-changed"],
  ["iam:DeleteRolePermissionsBoundary", { roleName: "Trailbell-AlerterRole" }, "alerter-role-changed"],
  ["iam:UpdateAssumeRolePolicy", { roleName: "Trailbell-AlerterRole" }, "alerter-role-changed"],
  ["logs:DeleteLogGroup", { logGroupName: "Trailbell-AlerterLog" }, "alerter-log-removed"],
  ["logs:DeleteLogStream", { logGroupName: "Trailbell-TickLog", logStreamName: "x" }, "alerter-log-removed"],
  ["logs:PutRetentionPolicy", { logGroupName: "Trailbell-TickLog", retentionInDays: 1 }, "alerter-log-removed"],
  ["logs:PutTransformer", { logGroupIdentifier: "Trailbell-AlerterLog" }, "alerter-log-removed"],
  ["logs:PutLogGroupDeletionProtection", { logGroupIdentifier: LOG }, "alerter-log-removed"],
  ["logs:PutDataProtectionPolicy", { logGroupIdentifier: `${LOG}:*` }, "alerter-log-removed"],
  ["logs:AssociateKmsKey", { resourceIdentifier: LOG }, "alerter-log-removed"],
  ["cloudformation:DeleteStack", { stackName: "Trailbell" }, "alerter-stack-deleted"],
  ["cloudformation:DeleteStack", { stackName: STACK }, "alerter-stack-deleted"],
  ["cloudformation:UpdateStack", { stackName: STACK }, "alerter-stack-changed"],
  ["cloudformation:CreateChangeSet", { stackName: "Trailbell", changeSetName: "x" }, "alerter-stack-changed"],
  ["cloudformation:ExecuteChangeSet", { stackName: STACK, changeSetName: CHANGE_SET }, "alerter-stack-changed"],
  ["cloudformation:ExecuteChangeSet", unknownStack, "change-set-of-unnamed-stack-executed"],
  ["cloudformation:CancelUpdateStack", { stackName: STACK }, "alerter-stack-changed"],
  ["cloudformation:SetStackPolicy", { stackName: "Trailbell" }, "alerter-stack-guard-changed"],
  [
    "cloudformation:UpdateTerminationProtection",
    { stackName: STACK, enableTerminationProtection: false },
    "alerter-stack-guard-changed",
  ],
  ["cloudformation:ImportStacksToStackSet", { stackIds: [STACK] }, "alerter-stack-guard-changed"],
  ["cloudformation:RollbackStack", { stackName: STACK }, "alerter-stack-changed"],
  [
    "cloudformation:CreateStackRefactor",
    { stackDefinitions: [{ stackName: "Trailbell" }] },
    "alerter-stack-guard-changed",
  ],
  ["account:DisableRegion", { regionName: "us-east-1" }, "alerter-region-disabled"],
  ["organizations:CloseAccount", { accountId: OWN }, "alerter-account-closed", { recipientAccountId: OTHER }],
  ["cloudtrail:StopLogging", { name: "Trailbell-trail" }, "own-trail-stopped"],
  ["cloudtrail:StopLogging", { name: "Trailbell-trail" }, "own-trail-stopped", { awsRegion: "eu-west-1" }],
  ["cloudtrail:DeleteTrail", { name: TRAIL }, "own-trail-stopped", { awsRegion: "eu-west-1" }],
  ["cloudtrail:PutEventSelectors", { trailName: TRAIL }, "own-trail-changed"],
  ["s3:PutBucketNotification", { bucketName: "trail-bucket" }, "log-bucket-notification-changed"],
  ["s3:PutBucketPolicy", { bucketName: "trail-bucket" }, "log-bucket-opened", { awsRegion: "eu-west-1" }],
  ["s3:CreateAccessPoint", { CreateAccessPointRequest: { Bucket: "trail-bucket" } }, "log-bucket-opened"],
  ["s3:PutBucketLifecycleConfiguration", { bucketName: "trail-bucket" }, "log-bucket-storage-changed"],
  [
    "s3:DeleteObject",
    { bucketName: `arn:aws:s3:us-east-1:${OWN}:accesspoint/x`, key: "x" },
    "log-files-deleted",
    { resources: [{ type: "AWS::S3::Object", ARN: "arn:aws:s3:::trail-bucket/AWSLogs/x.json.gz" }] },
  ],
  ["sqs:PurgeQueue", { queueUrl: `https://sqs.us-east-1.amazonaws.com/${QUEUE}` }, "dead-letters-touched"],
  ["sqs:PurgeQueue", { queueUrl: `https://us-east-1.queue.amazonaws.com/${QUEUE}` }, "dead-letters-touched"],
  ["sqs:DeleteQueue", { queueUrl: `https://queue.amazonaws.com/${QUEUE}` }, "dead-letters-touched"],
  ["sqs:DeleteQueue", { queueUrl: `https://sqs.us-east-1.api.aws/${QUEUE}/` }, "dead-letters-touched"],
  ["sqs:SetQueueAttributes", { queueUrl: `http://sqs-fips.us-east-1.amazonaws.com/${QUEUE}` }, "dead-letters-touched"],
  ["sqs:SetQueueAttributes", { queueUrl: `https://sqs-fips.us-east-1.api.aws/${QUEUE}` }, "dead-letters-touched"],
  [
    "sqs:PurgeQueue",
    { queueUrl: `https://vpce-0a-b.sqs.us-east-1.vpce.amazonaws.com/${QUEUE}` },
    "dead-letters-touched",
  ],
  ["sqs:PurgeQueue", { queueUrl: "Trailbell-DeadLetters" }, "dead-letters-touched"],
  ["sqs:StartMessageMoveTask", { sourceArn: QUEUE_ARN }, "dead-letters-touched"],
  ["dynamodb:DeleteTable", { tableName: "Trailbell-LedgerTable" }, "ledger-deleted"],
  ["dynamodb:DeleteTable", { tableName: TABLE }, "ledger-deleted"],
  ["dynamodb:UpdateTable", { tableName: TABLE }, "ledger-changed"],
  ["dynamodb:UpdateTimeToLive", { tableName: TABLE }, "ledger-changed"],
  ["dynamodb:DeleteResourcePolicy", { resourceArn: TABLE }, "ledger-changed"],
  ["dynamodb:UpdateGlobalTable", { globalTableName: "Trailbell-LedgerTable" }, "ledger-changed"],
  ["dynamodb:PutItem", { tableName: TABLE }, "ledger-written-by-another"],
  ["events:DisableRule", { name: "Trailbell-TickSchedule" }, "tick-stopped"],
  ["events:DeleteRule", { name: "Trailbell-TickSchedule", eventBusName: "default" }, "tick-stopped"],
  ["events:RemoveTargets", { rule: "Trailbell-TickSchedule", eventBusName: `${BUS}/default` }, "tick-stopped"],
  ["events:PutRule", { name: "Trailbell-TickSchedule", state: "DISABLED" }, "tick-changed"],
  ["events:PutTargets", { rule: "Trailbell-TickSchedule", eventBusName: "default" }, "tick-changed"],
  ["monitoring:DeleteAlarms", { alarmNames: ["cpu", "Trailbell-DeadLetters"] }, "own-alarm-silenced"],
  ["monitoring:DisableAlarmActions", { alarmNames: ["Trailbell-TickLate"] }, "own-alarm-silenced"],
  ["monitoring:PutMetricAlarm", { alarmName: "Trailbell-TickLate" }, "own-alarm-silenced"],
  ["monitoring:PutAlarmMuteRule", { muteTargets: { alarmNames: ["Trailbell-TickLate"] } }, "own-alarm-silenced"],
  ["kms:DisableKey", { keyId: KEY }, "log-key-disabled"],
  ["kms:ScheduleKeyDeletion", { keyId: KEY_ARN }, "log-key-disabled"],
  ["kms:ScheduleKeyDeletion", { keyId: "alias/trail" }, "log-key-disabled", alias],
  ["kms:PutKeyPolicy", { keyId: KEY }, "log-key-policy-changed"],
  ["kms:CreateGrant", { keyId: `arn:aws:kms:us-east-1:${OWN}:alias/trail` }, "log-key-policy-changed", alias],
  ["kms:UpdateAlias", { aliasName: "alias/x", targetKeyId: KEY }, "log-key-policy-changed"],
  ["kms:DeleteAlias", { aliasName: "alias/x" }, "log-key-policy-changed", { responseElements: { keyId: KEY_ARN } }],
  ["sns:DeleteTopic", { topicArn: TOPIC }, "alert-topic-deleted"],
  ["sns:SetTopicAttributes", { topicArn: DESK_DEPLOYMENT.healthTopicArn }, "alert-topic-changed"],
  ["sns:PutDataProtectionPolicy", { resourceArn: TOPIC }, "alert-topic-changed"],
  ["sns:Unsubscribe", { subscriptionArn: `${TOPIC}:${ID}` }, "alert-recipient-removed"],
  ["sns:SetSubscriptionAttributes", { subscriptionArn: `${TOPIC}:${ID}` }, "alert-recipient-removed"],
])("%s of %j rings %s", (call, parameters, rule, fields = {}) => {
  expect(rulesFor(call, parameters, fields)).toEqual([rule]);
});

test.each<[call: string, parameters: Parameters, whose: string, fields?: Parameters]>([
  ["lambda:DeleteFunction20150331", { functionName: "Trailbell-Alerter2" }, "a name that goes on"],
  ["lambda:DeleteFunction20150331", { functionName: "My-Trailbell-Alerter" }, "a name that ends like ours"],
  ["lambda:DeleteFunction20150331", { functionName: `${LAMBDA}2` }, "a name that goes on, in an ARN"],
  ["lambda:DeleteFunction20150331", { functionName: `${LAMBDA}2:1` }, "a version of it"],
  ["lambda:DeleteFunction20150331", { functionName: "x:Trailbell-Alerter" }, "an alias that is called like ours"],
  ["lambda:DeleteFunction20150331", { functionName: `${OTHER}:function:Trailbell-Alerter` }, "another account's"],
  ["lambda:DeleteFunction20150331", { functionName: LAMBDA.replace("east", "west") }, "another region's"],
  [
    "lambda:DeleteFunction20150331",
    { functionName: "Trailbell-Alerter" },
    "another account's, by its name",
    { recipientAccountId: OTHER },
  ],
  [
    "lambda:DeleteFunction20150331",
    { functionName: "Trailbell-Alerter" },
    "another region's, by its name",
    { awsRegion: "eu-west-1" },
  ],
  [
    "lambda:CreateFunction20150331",
    { functionName: "x", role: `arn:aws:iam::${OTHER}:role/Trailbell-AlerterRole` },
    "another account's role",
  ],
  ["iam:DeleteRole", { roleName: "Trailbell-AlerterRole2" }, "another role"],
  ["iam:DeleteRole", { roleName: "Trailbell-AlerterRole" }, "another account's role", { recipientAccountId: OTHER }],
  ["logs:DeleteLogGroup", { logGroupName: "Trailbell-AlerterLog/x" }, "a name that goes on"],
  ["logs:DeleteLogGroup", { logGroupName: "Trailbell-AlerterLog" }, "another region's", { awsRegion: "eu-west-1" }],
  ["logs:PutRetentionPolicy", { logGroupName: "Trailbell-TickLog", retentionInDays: 365 }, "ours, for longer"],
  ["cloudformation:DeleteStack", { stackName: "Trailbell-Dev" }, "a name that goes on"],
  ["cloudformation:DeleteStack", { stackName: STACK.replace("/Trailbell/", "/Trailbell2/") }, "another stack's id"],
  ["cloudformation:DeleteStack", { stackName: STACK.replace("us-east-1", "eu-west-1") }, "another region's"],
  ["cloudformation:ExecuteChangeSet", unknownStack, "another region's", { awsRegion: "eu-west-1" }],
  ["cloudformation:ExecuteChangeSet", { stackName: "photos", changeSetName: CHANGE_SET }, "another stack's"],
  ["account:DisableRegion", { regionName: "us-east-1" }, "another account's", { recipientAccountId: OTHER }],
  ["account:DisableRegion", { regionName: "us-east-1", accountId: OTHER }, "another account's, by name"],
  ["cloudtrail:StopLogging", { name: "Trailbell-trail" }, "another account's", { recipientAccountId: OTHER }],
  ["cloudtrail:StopLogging", { name: TRAIL.replace("us-east-1", "eu-west-1") }, "another trail of that name"],
  ["s3:PutBucketNotification", { bucketName: "trail-bucket-access" }, "another bucket"],
  [
    "sqs:PurgeQueue",
    { queueUrl: `https://sqs.us-east-1.amazonaws.com/${OTHER}/Trailbell-DeadLetters` },
    "another account's",
  ],
  ["sqs:PurgeQueue", { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${QUEUE}` }, "another region's"],
  [
    "sqs:PurgeQueue",
    { queueUrl: `https://queue.amazonaws.com/${QUEUE}` },
    "another region's",
    { awsRegion: "eu-west-1" },
  ],
  ["sqs:PurgeQueue", { queueUrl: `https://sqs.us-east-1.amazonaws.com/${QUEUE}2` }, "another queue"],
  ["dynamodb:DeleteTable", { tableName: `${TABLE}2` }, "another table"],
  ["dynamodb:DeleteTable", { tableName: "Trailbell-LedgerTable" }, "another region's", { awsRegion: "eu-west-1" }],
  ["events:DisableRule", { name: "Trailbell-TickSchedule", eventBusName: "orders" }, "another bus's rule"],
  ["events:DisableRule", { name: "Trailbell-TickSchedule", eventBusName: `${BUS}/orders` }, "another bus's rule"],
  ["events:DisableRule", { name: "Trailbell-TickSchedule" }, "another account's", { recipientAccountId: OTHER }],
  [
    "monitoring:DeleteAlarms",
    { alarmNames: ["Trailbell-TickLate"] },
    "another account's",
    { recipientAccountId: OTHER },
  ],
  ["kms:DisableKey", { keyId: `arn:aws:kms:us-east-1:${OWN}:alias/${KEY}` }, "an alias that is called like ours"],
  ["sns:DeleteTopic", { topicArn: `${TOPIC}2` }, "another topic"],
  ["sns:Unsubscribe", { subscriptionArn: `${TOPIC}2:${ID}` }, "another topic's recipient"],
])("%s of %j rings nothing: %s", (call, parameters, _whose, fields = {}) => {
  expect(rulesFor(call, parameters, fields)).toEqual([]);
});

test.each<[call: string, resource: string, rule: string]>([
  ["lambda:DeleteFunction20150331", LAMBDA, "alerter-stopped"],
  ["iam:DeleteRolePolicy", "role Trailbell-AlerterRole", "alerter-role-changed"],
  ["iam:PutRolePolicy", DESK_DEPLOYMENT.roleArn, "alerter-role-changed"],
  ["logs:DeleteLogGroup", `${LOG}:log-stream:`, "alerter-log-removed"],
  ["cloudformation:DeleteStack", STACK, "alerter-stack-deleted"],
  ["s3:PutBucketPolicy", '"arn:aws:s3:::trail-bucket"', "log-bucket-opened"],
  ["monitoring:DeleteAlarms", `arn:aws:cloudwatch:us-east-1:${OWN}:alarm:Trailbell-TickLate`, "own-alarm-silenced"],
  ["cloudtrail:StopLogging", TRAIL, "own-trail-stopped"],
  [
    "sqs:PurgeQueue",
    QUEUE_ARN.toLowerCase().replace("trailbell-deadletters", "Trailbell-DeadLetters"),
    "dead-letters-touched",
  ],
  ["kms:DisableKey", KEY_ARN, "log-key-disabled"],
])("a refused %s is recorded without parameters; %s stands in its message and rings %s", (call, resource, rule) => {
  const user = `User: arn:aws:iam::${OWN}:user/mallory is not authorized to perform: ${call}`;
  const refused = (where: string) => ({
    errorCode: "AccessDenied",
    errorMessage: `${user} on resource: ${where} because no identity-based policy allows the ${call} action`,
  });
  expect(rulesFor(call, null, refused(resource))).toEqual([rule]);
  expect(
    rulesFor(call, null, refused(resource.replace("railbell", "railhead").replace(KEY, ID).replace("trail-b", "b"))),
  ).toEqual([]);
});

test("cdk deploy with its own role is no reason for a mail; the same calls of others are", () => {
  const byCdk = { userIdentity: { type: "AssumedRole", sessionContext: { sessionIssuer: { arn: CDK } } } };
  for (const name of ["CreateChangeSet", "ExecuteChangeSet"]) {
    const call = `cloudformation:${name}`;
    const parameters = { stackName: "Trailbell", changeSetName: "cdk-deploy-change-set" };
    expect(rulesFor(call, parameters, byCdk)).toEqual(["alerter-stack-deployed"]);
    expect(rulesFor(call, parameters)).toEqual(["alerter-stack-changed"]);
  }
  expect(rulesFor("cloudformation:DeleteStack", { stackName: STACK }, byCdk)).toEqual(["alerter-stack-deleted"]);
  expect(SHIPPED.find(({ name }) => name === "alerter-stack-deployed")?.severity).toBe("low");
});

test("our role in our own functions is told by alerter-changed alone", () => {
  const parameters = { functionName: "Trailbell-Alerter", role: DESK_DEPLOYMENT.roleArn };
  expect(rulesFor("lambda:UpdateFunctionConfiguration20150331v2", parameters)).toEqual(["alerter-changed"]);
});

test("a record that does not say its account and region counts as ours", () => {
  const bare = { eventSource: "lambda.amazonaws.com", eventName: "DeleteFunction20150331" };
  const record = { ...bare, requestParameters: { functionName: "Trailbell-Alerter" } };
  expect(RULES.match(record, 0).matched.map(({ name }) => name)).toEqual(["alerter-stopped"]);
});

test.each(OWN_RESOURCES)(
  "{ self: %s } compiles in every partition, and matches nothing where there is none",
  (self) => {
    const china = JSON.parse(JSON.stringify(DESK_DEPLOYMENT).replaceAll("arn:aws:", "arn:aws-cn:")) as Deployment;
    const [filled] = fillSelf([{ name: "r", place: "p:1", severity: "low", pattern: { a: [{ self }] } }], {
      ...china,
      trailArn: "",
      logKeyArn: "",
    });
    const isMissing = self === "trail" || self === "logKey";
    expect(JSON.stringify(filled?.pattern)).toMatch(isMissing ? /none/ : /names-resource":"arn:aws-cn:/);
    if (filled === undefined) throw new Error("no rule");
    for (const a of ["", "x", null, 1]) expect(compileRules([filled]).match({ a }, 0).matched).toEqual([]);
  },
);

test("names-resource takes any ARN of a known kind, and is refused for others", () => {
  const [rule] = fillSelf(
    [{ name: "r", place: "p:1", severity: "low", pattern: { a: [{ "names-resource": `${LAMBDA}s` }] } }],
    DESK_DEPLOYMENT,
  );
  if (rule === undefined) throw new Error("no rule");
  const explanation = explainRule(rule, { a: "Trailbell-Alerters:1" }, 0);
  expect(explanation.holds).toBe(true);
  expect(JSON.stringify(explanation)).toContain(`a names ${LAMBDA}s, in whatever way`);
  for (const arn of [
    "Trailbell",
    "",
    "arn:aws:ec2:us-east-1:1:instance/i",
    `arn:aws:lambda:us-east-1:${OWN}:layer:x`,
    1,
  ]) {
    expect(() => compileEventPattern({ a: [{ "names-resource": arn }] })).toThrow(EventPatternError);
  }
});
