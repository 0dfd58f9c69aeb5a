import type { Deployment } from "../rules/self.ts";
import { withoutApiVersion } from "./call.ts";
import { outcomeOf } from "./outcome.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "./record.ts";

/** What a record is to the alerter: its own work or AWS's handling of it, the refusal of such a call, or anything else. */
export type Traffic = "own" | "own, denied" | "other";

/**
 * Tells the alerter's own traffic: each read of a log file and each publish writes records into the trails that are read,
 * and a broad rule would ring on them for ever. Only calls that the deployed functions make, and only on this stack's
 * resources; whatever else is done with their role is other people's.
 */
export function trafficOf(record: CloudTrailRecord, deployment: Deployment): Traffic {
  const isOwn = OWN_CALLS.some(({ source, names, by, on }) => {
    if (textAt(record, "eventSource") !== source) return false;
    return (
      names.includes(withoutApiVersion(textAt(record, "eventName") ?? "")) &&
      by(record, deployment) &&
      on(record, deployment)
    );
  });
  if (!isOwn) return "other";
  return outcomeOf(record) === "denied" ? "own, denied" : "own";
}

type Test = (record: CloudTrailRecord, deployment: Deployment) => boolean;

interface OwnCall {
  readonly source: string;
  readonly names: readonly string[];
  readonly by: Test;
  readonly on: Test;
}

const byRole: Test = (record, { roleArn }) =>
  textAt(record, "userIdentity", "type") === "AssumedRole" &&
  textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") === roleArn;

/** Calls of AWS itself: an AWSService identity can be had by no customer. */
const byService =
  (service: string): Test =>
  (record) =>
    textAt(record, "userIdentity", "type") === "AWSService" && textAt(record, "userIdentity", "invokedBy") === service;

const parameter = (record: CloudTrailRecord, name: string) => textAt(record, "requestParameters", name);

const onLogBucket: Test = (record, { logBucket }) => parameter(record, "bucketName") === logBucket;

const onTopics: Test = (record, { alertTopicArn, smsTopicArn }) =>
  [alertTopicArn, smsTopicArn].includes(parameter(record, "topicArn") ?? "");

/** DynamoDB names a table in parameters of single calls, and in the resources of transactions. */
const onLedger: Test = (record, { ledgerTableName, ledgerTableArn }) => {
  const resources = valueAt(record, "resources");
  const named = Array.isArray(resources) ? resources.map((one) => textAt(one, "ARN") ?? "") : [];
  if (named.length === 0) return parameter(record, "tableName") === ledgerTableName;
  return named.every((arn) => arn === ledgerTableArn || arn.startsWith(`${ledgerTableArn}/`));
};

const onFunctions: Test = (record, { functionName, functionArn, tickFunctionName, tickFunctionArn }) => {
  const called = parameter(record, "functionName") ?? "";
  return [functionName, functionArn, tickFunctionName, tickFunctionArn].some(
    (own) => own !== "" && (called === own || called.startsWith(`${own}:`)),
  );
};

/** The key of a log file: its encryption context names the object, or the bucket where S3 Bucket Keys are on. */
const onLogsKey: Test = (record, { logBucket }) => {
  const context = valueAt(record, "requestParameters", "encryptionContext");
  const arn = isObject(context) ? textAt(context, "aws:s3:arn") : undefined;
  const [, , , , , resource = ""] = arn?.split(":") ?? [];
  return resource === logBucket || resource.startsWith(`${logBucket}/`);
};

const onRole: Test = (record, { roleArn }) => parameter(record, "roleArn") === roleArn;

const onLogGroups: Test = (record, { functionLogGroup, tickLogGroup }) =>
  [functionLogGroup, tickLogGroup].includes(parameter(record, "logGroupName") ?? "");

const S3 = "s3.amazonaws.com";
const KMS = "kms.amazonaws.com";
const LAMBDA = "lambda.amazonaws.com";
const DYNAMODB = "dynamodb.amazonaws.com";
const CLOUDTRAIL = byService("cloudtrail.amazonaws.com");

const OWN_CALLS: readonly OwnCall[] = [
  { source: S3, names: ["GetObject", "ListObjects", "ListObjectsV2"], by: byRole, on: onLogBucket },
  { source: KMS, names: ["Decrypt"], by: byRole, on: onLogsKey },
  { source: "sns.amazonaws.com", names: ["Publish"], by: byRole, on: onTopics },
  {
    source: DYNAMODB,
    names: ["BatchGetItem", "TransactWriteItems", "PutItem", "ConditionCheckItem", "Query"],
    by: byRole,
    on: onLedger,
  },
  { source: "logs.amazonaws.com", names: ["CreateLogStream"], by: byRole, on: onLogGroups },
  { source: S3, names: ["PutObject", "GetBucketAcl"], by: CLOUDTRAIL, on: onLogBucket },
  { source: KMS, names: ["GenerateDataKey"], by: CLOUDTRAIL, on: onLogsKey },
  { source: LAMBDA, names: ["Invoke"], by: byService("s3.amazonaws.com"), on: onFunctions },
  { source: LAMBDA, names: ["Invoke"], by: byService("events.amazonaws.com"), on: onFunctions },
  { source: "sts.amazonaws.com", names: ["AssumeRole"], by: byService(LAMBDA), on: onRole },
];
