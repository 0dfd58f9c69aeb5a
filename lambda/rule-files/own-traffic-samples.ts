import { type CloudTrailRecord, valueAt } from "../core/record/record.ts";
import { DESK_DEPLOYMENT as DESK } from "../core/rules/self.ts";

const OBJECT = `AWSLogs/${DESK.accountId}/CloudTrail/us-east-1/2026/11/20/${DESK.accountId}_CloudTrail_us-east-1_20261120T2130Z_mB7sKe2UaFf9Jp4D.json.gz`;

const common = { eventVersion: "1.11", awsRegion: DESK.region, recipientAccountId: DESK.accountId };

/** A session of the functions' role. */
const role = {
  type: "AssumedRole",
  principalId: "AROACKCEVSQ6C2EXAMPLE:Trailbell-Alerter",
  arn: `arn:aws:sts::${DESK.accountId}:assumed-role/${DESK.roleName}/Trailbell-Alerter`,
  accountId: DESK.accountId,
  sessionContext: {
    sessionIssuer: { type: "Role", arn: DESK.roleArn, accountId: DESK.accountId, userName: DESK.roleName },
  },
};
const service = (invokedBy: string) => ({ type: "AWSService", invokedBy });

const call = (
  eventSource: string,
  eventName: string,
  userIdentity: object,
  requestParameters: object,
  resources: readonly string[] = [],
): CloudTrailRecord => ({
  ...common,
  eventType: "AwsApiCall",
  ...categoryOf(eventSource, eventName),
  sourceIPAddress: valueAt(userIdentity, "invokedBy") ?? "192.0.2.10",
  eventSource: `${eventSource}.amazonaws.com`,
  eventName,
  userIdentity,
  requestParameters,
  ...(resources.length > 0 && { resources: resources.map((ARN) => ({ ARN, accountId: DESK.accountId })) }),
});

/** Reads and writes of objects, items and messages are data events; all else is management. */
function categoryOf(eventSource: string, eventName: string) {
  const isManagement =
    ["kms", "sts", "logs", "cloudtrail", "events"].includes(eventSource) ||
    /^(?:ListSubscriptions|GetSubscription|GetBucketNotification|GetFunctionConcurrency)/.test(eventName);
  const readOnly = /^(?:Get|List|Describe|BatchGet|Query|Decrypt|GenerateDataKey|AssumeRole)/.test(eventName);
  return { eventCategory: isManagement ? "Management" : "Data", managementEvent: isManagement, readOnly };
}

const onItem = { tableName: DESK.ledgerTableName, key: { key: "incident#5f1d0c3a9b7e2468" } };

const onObject = { "aws:s3:arn": `arn:aws:s3:::${DESK.logBucket}/${OBJECT}` };

/** A session that Lambda opened for the tick. */
const tick = JSON.parse(
  JSON.stringify(role).replaceAll(`${DESK.functionName}"`, `${DESK.tickFunctionName}"`),
) as object;

/** The records that the alerter's own work leaves in the trails, one of each kind. */
export const OWN_TRAFFIC_SAMPLES: { readonly [what: string]: CloudTrailRecord } = {
  "the function reads a log file": call("s3", "GetObject", role, { bucketName: DESK.logBucket, key: OBJECT }),
  "the function lists digests": call("s3", "ListObjects", role, { bucketName: DESK.logBucket, prefix: "AWSLogs/" }),
  "the function asks for CloudTrail's public keys": call("cloudtrail", "ListPublicKeys", role, {}),
  "the tick asks the function for digests": call("lambda", "Invoke", tick, { functionName: DESK.functionArn }),
  "the log file is decrypted": call("kms", "Decrypt", role, { encryptionContext: onObject }),
  "an alert is published": call("sns", "Publish", role, { topicArn: DESK.alertTopicArn }),
  "the ledger is read": call("dynamodb", "BatchGetItem", role, {}, [DESK.ledgerTableArn]),
  "the ledger is written": call("dynamodb", "TransactWriteItems", role, {}, [DESK.ledgerTableArn]),
  "an item of the ledger is put": call("dynamodb", "PutItem", role, onItem, [DESK.ledgerTableArn]),
  "an item of the ledger is updated": call("dynamodb", "UpdateItem", role, onItem, [DESK.ledgerTableArn]),
  "what is due is asked for": call("dynamodb", "Query", role, { tableName: DESK.ledgerTableName }),
  "the function opens a stream of its log": call("logs", "CreateLogStream", role, {
    logGroupName: DESK.functionLogGroup,
  }),
  "what is wrong with the alerter is published": call("sns", "Publish", tick, { topicArn: DESK.healthTopicArn }),
  "the tick looks who is subscribed": call("sns", "ListSubscriptionsByTopic", tick, { topicArn: DESK.alertTopicArn }),
  "the tick looks at a subscription": call("sns", "GetSubscriptionAttributes", tick, {
    subscriptionArn: `${DESK.alertTopicArn}:5f1d0c3a-9b7e-4468-8f00-1a2b3c4d5e6f`,
  }),
  "the tick looks at the bucket's notification": call("s3", "GetBucketNotification", tick, {
    bucketName: DESK.logBucket,
    notification: "",
  }),
  "the tick looks at the trail": call("cloudtrail", "GetTrailStatus", tick, { name: DESK.trailArn }),
  "the tick looks at the trail's setup": call("cloudtrail", "GetTrail", tick, { name: DESK.trailArn }),
  "the tick looks at what the trail records": call("cloudtrail", "GetEventSelectors", tick, {
    trailName: DESK.trailArn,
  }),
  "the tick looks at a rule of the self-watch": call("events", "DescribeRule", tick, {
    name: `${DESK.stackName}-self-watch-guard`,
  }),
  "the tick looks at whom it tells": call("events", "ListTargetsByRule", tick, {
    rule: `${DESK.stackName}-self-watch-guard`,
  }),
  "the tick looks at the function": call("lambda", "GetFunctionConcurrency20190930", tick, {
    functionName: DESK.functionArn,
  }),
  "CloudTrail writes a log file": call("s3", "PutObject", service("cloudtrail.amazonaws.com"), {
    bucketName: DESK.logBucket,
    key: OBJECT,
  }),
  "CloudTrail encrypts a log file": call("kms", "GenerateDataKey", service("cloudtrail.amazonaws.com"), {
    encryptionContext: { ...onObject, "aws:cloudtrail:arn": DESK.trailArn },
  }),
  "S3 invokes the function": call("lambda", "Invoke", service("s3.amazonaws.com"), { functionName: DESK.functionArn }),
  "EventBridge invokes the tick": call("lambda", "Invoke", service("events.amazonaws.com"), {
    functionName: DESK.tickFunctionArn,
  }),
  "Lambda assumes the function's role": call("sts", "AssumeRole", service("lambda.amazonaws.com"), {
    roleArn: DESK.roleArn,
    roleSessionName: DESK.functionName,
  }),
  "Lambda decrypts the function's environment": call("kms", "Decrypt", role, {
    encryptionContext: { "aws:lambda:FunctionArn": DESK.functionArn },
  }),
  "Lambda hands over what it gave up": call("sqs", "SendMessage", role, { queueUrl: DESK.deadLetterQueueUrl }),
  "SNS invokes the function": call("lambda", "Invoke", service("sns.amazonaws.com"), {
    functionName: DESK.functionArn,
  }),
  "S3 logs the access to the log bucket": call("s3", "PutObject", service("logging.s3.amazonaws.com"), {
    bucketName: DESK.accessLogBucket,
  }),
};
