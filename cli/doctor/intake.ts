import { name } from "../../lambda/core/alert/text.ts";
import {
  type Answer,
  broken,
  type CheckName,
  doubtful,
  type Finding,
  findingsOn,
  isGone,
  REDEPLOY,
} from "../../lambda/core/health/finding.ts";
import { isObject, valueAt } from "../../lambda/core/record/record.ts";

/** A log object as the bucket lists it. */
export interface ListedObject {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A deployment takes less than this, in milliseconds. */
const DEPLOYMENT = 3_600_000;

/**
 * Whether somebody changed a function after the stack's last deployment: then its answers about itself prove nothing.
 */
export function changeFindings(
  check: CheckName,
  functionName: string,
  changedAt: number | undefined,
  deployedAt: number | undefined,
): readonly Finding[] {
  if (changedAt === undefined || deployedAt === undefined || changedAt - deployedAt < DEPLOYMENT) return [];
  const what = `The function ${functionName} was changed after the last deployment, ${timeText(changedAt)}: its code or its configuration.`;
  return [doubtful(check, what, REDEPLOY, "What it says of itself, the test alert included, proves nothing then.")];
}

/** A KMS key's state (KMS API Reference, "DescribeKey"). */
export type KeyState = string;

const HOUR = 3_600_000;

/** A log file that the function was not called for is not mentioned before this time, in milliseconds. */
const IN_TIME = 15 * 60_000;

/** Whether log files come into the bucket. CloudTrail writes one every few minutes where anything is called. */
export function bucketFindings(
  bucket: string,
  prefix: string,
  newest: Answer<ListedObject | undefined>,
  now: number,
): readonly Finding[] {
  const check = "bucket";
  if (isGone(newest)) {
    return [
      broken(check, `The log bucket ${bucket} is gone.`, "Make it again by its name, or deploy with another source."),
    ];
  }
  const remedy = "Look at the trail, the bucket's policy and the setting prefix.";
  return findingsOn(check, `The log bucket ${bucket}`, newest, (object) => {
    if (object === undefined) {
      return [broken(check, `No log file lies below ${name(prefix, 200)} in ${bucket}.`, remedy)];
    }
    const hours = Math.floor((now - object.at) / HOUR);
    if (hours < 3) return [];
    const what = `The newest log file in ${bucket} is ${hours} hours old.`;
    return [hours < 24 ? doubtful(check, what, remedy) : broken(check, what, remedy)];
  });
}

/** Whether the key of the log files can be used. */
export function keyFindings(keyArn: string, state: Answer<KeyState>): readonly Finding[] {
  const check = "key";
  if (isGone(state))
    return [broken(check, "The key of the log files is gone: none can be read.", "Set logKey, and deploy.")];
  return findingsOn(check, "The key of the log files", state, (one) => {
    if (one === "Enabled") return [];
    const undo = one === "PendingDeletion" ? `aws kms cancel-key-deletion --key-id ${keyArn} && ` : "";
    return [
      broken(
        check,
        `The key of the log files is not enabled, but ${name(one, 40)}: CloudTrail writes none, and none can be read.`,
        `${undo}aws kms enable-key --key-id ${keyArn}`,
      ),
    ];
  });
}

/** Whom the function's policy may let in. */
export interface Permitted {
  readonly functionName: string;
  readonly bucket: string;
  readonly accountId: string;
  readonly partition: string;
}

/** Whether the function's policy lets S3 invoke it for the bucket. */
export function permissionFindings(permitted: Permitted, policy: Answer<string>): readonly Finding[] {
  const check = "permission";
  const { functionName, bucket, accountId, partition } = permitted;
  const bucketArn = `arn:${partition}:s3:::${bucket}`;
  const remedy = `aws lambda add-permission --function-name ${functionName} --statement-id AllowLogBucket --action lambda:InvokeFunction --principal s3.amazonaws.com --source-account ${accountId} --source-arn ${bucketArn}`;
  const missing = broken(
    check,
    `S3 may not invoke the function ${functionName}: log files are announced in vain.`,
    remedy,
  );
  if (isGone(policy)) return [missing];
  return findingsOn(check, "The function's policy", policy, (text) =>
    statementsIn(text).some((statement) => letsIn(statement, bucketArn, accountId)) ? [] : [missing],
  );
}

function statementsIn(policy: string): readonly unknown[] {
  try {
    const statements = valueAt(JSON.parse(policy), "Statement");
    return Array.isArray(statements) ? statements : [statements];
  } catch {
    return [];
  }
}

function letsIn(statement: unknown, bucketArn: string, accountId: string): boolean {
  if (!isObject(statement) || statement.Effect !== "Allow") return false;
  const isS3 = valueAt(statement, "Principal", "Service") === "s3.amazonaws.com" || statement.Principal === "*";
  const isInvoke = /^(?:lambda:(?:InvokeFunction|\*)|\*)$/.test(String(statement.Action));
  const conditions = Object.values(isObject(statement.Condition) ? statement.Condition : {});
  const wanted: { readonly [key: string]: string } = { "aws:sourcearn": bucketArn, "aws:sourceaccount": accountId };
  const isMet = conditions.every((keys) =>
    Object.entries(isObject(keys) ? keys : {}).every(
      ([key, value]) => value === wanted[key.toLowerCase()] || value === "*",
    ),
  );
  return isS3 && isInvoke && isMet;
}

/** When the function last ran, compared with the newest log file: an unread file is the worst finding. */
export function readingFindings(
  newest: ListedObject | undefined,
  lastRun: Answer<number | undefined>,
  now: number,
): readonly Finding[] {
  const check = "reading";
  return findingsOn(check, "When the function last ran", lastRun, (at) => {
    if (newest === undefined || now - newest.at < IN_TIME) return [];
    // The metric counts by five minutes.
    if (at !== undefined && at + 2 * 300_000 >= newest.at) return [];
    const what = "The newest log file was not read: the function has not run since it came.";
    const why = `It came ${timeText(newest.at)}; the function ran ${at === undefined ? "not within a day" : timeText(at)}.`;
    return [
      broken(check, what, "Mend what is broken above; then npm run replay over the log files that were missed.", why),
    ];
  });
}

export function timeText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
