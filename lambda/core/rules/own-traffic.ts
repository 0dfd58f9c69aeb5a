import { withoutApiVersion } from "../record/call.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { type Deployment, watchPrefix } from "./self.ts";

/** What a record is to the alerter: its own work or AWS's handling of it, a refused call of that kind, or other. */
export type Traffic = "own" | "own, denied" | "other";

/**
 * Recognizes the alerter's own traffic: each read of a log file and each publish writes records into the trails
 * it reads, and a broad rule would ring on them for ever. Only calls that the deployed functions make count, on this
 * stack's resources; whatever else is done with their role is somebody else's doing.
 */
export function trafficOf(record: CloudTrailRecord, deployment: Deployment): Traffic {
  const isOwn = ownCallsLike(record).some(({ by, on }) => by(record, deployment) && on(record, deployment));
  if (!isOwn) return "other";
  return viewOf(record).outcome === "denied" ? "own, denied" : "own";
}

/** True for a call of a kind that the alerter makes, or AWS for it, whoever makes this one. */
export function isOfOwnCalls(record: CloudTrailRecord): boolean {
  return ownCallsLike(record).length > 0;
}

function ownCallsLike(record: CloudTrailRecord): readonly OwnCall[] {
  const calls = CALLS_BY_SOURCE.get(textAt(record, "eventSource"));
  if (calls === undefined) return [];
  const name = withoutApiVersion(textAt(record, "eventName") ?? "");
  return calls.filter(({ names }) => names.includes(name));
}

type Test = (record: CloudTrailRecord, deployment: Deployment) => boolean;

interface OwnCall {
  readonly source: string;
  readonly names: readonly string[];
  readonly by: Test;
  readonly on: Test;
}

/** A session of the functions' role that Lambda opened for one of them: it has the function's name. */
const byFunctions: Test = (record, deployment) => {
  const { roleArn, functionName, tickFunctionName, region } = deployment;
  const session = textAt(record, "userIdentity", "arn")?.split("/").pop();
  return (
    isOfRole(record, roleArn) &&
    textAt(record, "awsRegion") === region &&
    (session === functionName || session === tickFunctionName)
  );
};

/** The same in any region: public keys are asked for where digests come from. */
const byFunctionsAnywhere: Test = (record, deployment) => {
  const { region } = deployment;
  return byFunctions({ ...record, awsRegion: region }, deployment);
};
/** A session of the role in another account that the functions read log files with; they give it their name. */
const byReader: Test = (record, { readRoleArn, functionName }) =>
  readRoleArn !== undefined &&
  isOfRole(record, readRoleArn) &&
  textAt(record, "userIdentity", "arn")?.split("/").pop() === functionName;

/**
 * The functions in the log of another account, which says of them only whose they are, and the name of their session
 * (CloudTrail User Guide, "CloudTrail userIdentity element").
 */
const byFunctionsFromAfar: Test = (record, { accountId, functionName }) =>
  textAt(record, "userIdentity", "type") === "AWSAccount" &&
  textAt(record, "userIdentity", "accountId") === accountId &&
  (textAt(record, "userIdentity", "principalId") ?? "").endsWith(`:${functionName}`);

/** True for anything done in a session of the role, whoever opened it. */
export function isOfRole(record: CloudTrailRecord, roleArn: string): boolean {
  return (
    textAt(record, "userIdentity", "type") === "AssumedRole" &&
    textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") === roleArn
  );
}

/** Calls of AWS itself: no customer can have an AWSService identity. */
const byService =
  (service: string): Test =>
  (record) =>
    textAt(record, "userIdentity", "type") === "AWSService" && textAt(record, "userIdentity", "invokedBy") === service;

const parameter = (record: CloudTrailRecord, name: string) => textAt(record, "requestParameters", name);

/** The ARNs of a record's resources; a denied call may have nothing else. */
function resourcesOf(record: CloudTrailRecord): readonly string[] {
  const resources = valueAt(record, "resources");
  return Array.isArray(resources) ? resources.map((one) => textAt(one, "ARN") ?? "") : [];
}

function isOnBucket(record: CloudTrailRecord, bucket: string): boolean {
  const named = parameter(record, "bucketName");
  if (named !== undefined || bucket === "") return named === bucket && bucket !== "";
  const arns = resourcesOf(record).map((arn) => arn.split(":").slice(5).join(":"));
  return arns.length > 0 && arns.every((resource) => resource === bucket || resource.startsWith(`${bucket}/`));
}

const onLogBucket: Test = (record, { logBucket }) => isOnBucket(record, logBucket);

const onAccessLogBucket: Test = (record, { accessLogBucket }) => isOnBucket(record, accessLogBucket);

const onDeadLetters: Test = (record, { deadLetterQueueUrl }) => parameter(record, "queueUrl") === deadLetterQueueUrl;

function topicsOf(deployment: Deployment): readonly string[] {
  const { alertTopicArn, smsTopicArn, healthTopicArn, healthSmsTopicArn } = deployment;
  return [alertTopicArn, smsTopicArn, healthTopicArn, healthSmsTopicArn, ...(deployment.wayTopicArns ?? [])];
}

const onTopics: Test = (record, deployment) => topicsOf(deployment).includes(parameter(record, "topicArn") ?? "");

/** A subscription's ARN begins with its topic's. */
const onSubscriptions: Test = (record, deployment) => {
  const subscription = parameter(record, "subscriptionArn") ?? "";
  return topicsOf(deployment).some((topic) => subscription.startsWith(`${topic}:`));
};

const onTrail: Test = (record, { trailArn }) =>
  trailArn !== "" && [parameter(record, "name"), parameter(record, "trailName")].includes(trailArn);

const onWatchRules: Test = (record, { stackName, arrivalRule = "" }) => {
  const rule = parameter(record, "name") ?? parameter(record, "rule") ?? "";
  return rule.startsWith(watchPrefix(stackName)) || (rule !== "" && rule === arrivalRule);
};

/** DynamoDB names a table in the parameters of single calls, and in the resources of transactions. */
const onLedger: Test = (record, { ledgerTableName, ledgerTableArn }) => {
  const named = resourcesOf(record);
  if (named.length === 0) return parameter(record, "tableName") === ledgerTableName;
  return named.every((arn) => arn === ledgerTableArn || arn.startsWith(`${ledgerTableArn}/`));
};

const onFunctions: Test = (record, { functionName, functionArn, tickFunctionName, tickFunctionArn }) => {
  const called = parameter(record, "functionName") ?? "";
  return [functionName, functionArn, tickFunctionName, tickFunctionArn].some(
    (own) => own !== "" && (called === own || called.startsWith(`${own}:`)),
  );
};

/**
 * The key of a log file: its encryption context names the object, or the bucket if S3 Bucket Keys are on; a denied call
 * may name only the key.
 */
const onLogsKey: Test = (record, { logBucket, logKeyArn }) => {
  const context = valueAt(record, "requestParameters", "encryptionContext");
  if (!isObject(context)) return logKeyArn !== "" && resourcesOf(record).includes(logKeyArn);
  const [, , , , , resource = ""] = textAt(context, "aws:s3:arn")?.split(":") ?? [];
  return resource === logBucket || resource.startsWith(`${logBucket}/`);
};

/** Lambda decrypts a function's environment with the function's role. */
const onOwnEnvironment: Test = (record, { functionArn, tickFunctionArn }) =>
  [functionArn, tickFunctionArn].includes(
    textAt(record, "requestParameters", "encryptionContext", "aws:lambda:FunctionArn") ?? "none",
  );

/** Lambda names the session after the function, or by a number and a time. */
const onRole: Test = (record, { roleArn, functionName, tickFunctionName }) => {
  const session = parameter(record, "roleSessionName") ?? "";
  const isOwn = [functionName, tickFunctionName].includes(session) || /^awslambda_\d+_\d+$/.test(session);
  return parameter(record, "roleArn") === roleArn && isOwn;
};

/** The role that log files are read with, in the name of the function. */
const onReadRole: Test = (record, { readRoleArn, functionName }) =>
  readRoleArn !== undefined &&
  parameter(record, "roleArn") === readRoleArn &&
  parameter(record, "roleSessionName") === functionName;

const onLogGroups: Test = (record, { functionLogGroup, tickLogGroup }) =>
  [functionLogGroup, tickLogGroup].includes(parameter(record, "logGroupName") ?? "");

const S3 = "s3.amazonaws.com";
const KMS = "kms.amazonaws.com";
const SNS = "sns.amazonaws.com";
const LAMBDA = "lambda.amazonaws.com";
const DYNAMODB = "dynamodb.amazonaws.com";
const CLOUDTRAIL = byService("cloudtrail.amazonaws.com");

const OWN_CALLS: readonly OwnCall[] = [
  // S3 records ListObjectsV2 under this name.
  { source: S3, names: ["GetObject", "ListObjects"], by: byFunctions, on: onLogBucket },
  { source: "cloudtrail.amazonaws.com", names: ["ListPublicKeys"], by: byFunctionsAnywhere, on: () => true },
  { source: LAMBDA, names: ["Invoke"], by: byFunctions, on: onFunctions },
  { source: KMS, names: ["Decrypt"], by: byFunctions, on: onLogsKey },
  // Where the bucket is another account's.
  ...[byReader, byFunctionsFromAfar].flatMap((by): readonly OwnCall[] => [
    { source: S3, names: ["GetObject"], by, on: onLogBucket },
    { source: KMS, names: ["Decrypt"], by, on: onLogsKey },
  ]),
  ...[byFunctions, byFunctionsFromAfar].map((by) => ({
    source: "sts.amazonaws.com",
    names: ["AssumeRole"],
    by,
    on: onReadRole,
  })),
  { source: KMS, names: ["Decrypt"], by: (record, { roleArn }) => isOfRole(record, roleArn), on: onOwnEnvironment },
  {
    source: "sqs.amazonaws.com",
    names: ["SendMessage"],
    by: (record, { roleArn }) => isOfRole(record, roleArn),
    on: onDeadLetters,
  },
  { source: SNS, names: ["Publish", "ListSubscriptionsByTopic"], by: byFunctions, on: onTopics },
  // The tick looks at these every hour (core/health/).
  {
    source: SNS,
    names: ["ListSubscriptionsByTopic"],
    by: byFunctions,
    on: (record, { arrivalTopicArn }) =>
      arrivalTopicArn !== undefined && parameter(record, "topicArn") === arrivalTopicArn,
  },
  { source: SNS, names: ["GetSubscriptionAttributes"], by: byFunctions, on: onSubscriptions },
  { source: S3, names: ["GetBucketNotification"], by: byFunctions, on: onLogBucket },
  {
    source: "cloudtrail.amazonaws.com",
    names: ["GetTrailStatus", "GetTrail", "GetEventSelectors"],
    by: byFunctions,
    on: onTrail,
  },
  {
    source: "events.amazonaws.com",
    names: ["DescribeRule", "ListTargetsByRule"],
    by: byFunctions,
    on: onWatchRules,
  },
  { source: LAMBDA, names: ["GetFunctionConcurrency"], by: byFunctions, on: onFunctions },
  {
    source: DYNAMODB,
    names: ["BatchGetItem", "PutItem", "UpdateItem", "TransactWriteItems", "Query"],
    by: byFunctions,
    on: onLedger,
  },
  { source: "logs.amazonaws.com", names: ["CreateLogStream"], by: byFunctions, on: onLogGroups },
  { source: S3, names: ["PutObject", "GetBucketAcl"], by: CLOUDTRAIL, on: onLogBucket },
  { source: KMS, names: ["GenerateDataKey"], by: CLOUDTRAIL, on: onLogsKey },
  { source: LAMBDA, names: ["Invoke"], by: byService("s3.amazonaws.com"), on: onFunctions },
  { source: S3, names: ["PutObject"], by: byService("logging.s3.amazonaws.com"), on: onAccessLogBucket },
  { source: LAMBDA, names: ["Invoke"], by: byService("sns.amazonaws.com"), on: onFunctions },
  { source: LAMBDA, names: ["Invoke"], by: byService("events.amazonaws.com"), on: onFunctions },
  { source: "sts.amazonaws.com", names: ["AssumeRole"], by: byService(LAMBDA), on: onRole },
];

const CALLS_BY_SOURCE = new Map<string | undefined, OwnCall[]>();
for (const call of OWN_CALLS) CALLS_BY_SOURCE.set(call.source, [...(CALLS_BY_SOURCE.get(call.source) ?? []), call]);
