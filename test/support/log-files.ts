import { gzipSync } from "node:zlib";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";

export const ACCOUNT = "111122223333";

/** A log file as S3 holds it. */
export function logFile(...records: readonly unknown[]): Buffer {
  return gzipSync(JSON.stringify({ Records: records }));
}

/** A gzip of so many MiB of spaces, in members of 16 MiB. */
export function bombOf(mebibytes: number): Buffer {
  const member = gzipSync(Buffer.alloc(16 * 2 ** 20, " "), { level: 9 });
  return Buffer.concat(Array.from({ length: Math.ceil(mebibytes / 16) }, () => member));
}

/** The key of a log file; `name` makes it unique. */
export function logKey(name: string, kind = "CloudTrail"): string {
  const file = `${ACCOUNT}_${kind}_us-east-1_20261120T2130Z_${name.padEnd(16, "x").slice(0, 16)}.json.gz`;
  return `AWSLogs/${ACCOUNT}/${kind}/us-east-1/2026/11/20/${file}`;
}

/** The S3 event for objects that were created, with keys encoded as S3 does it. */
export function s3Event(bucket: string, ...keys: readonly string[]) {
  return {
    Records: keys.map((key) => ({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      eventTime: "2026-11-20T21:30:14.512Z",
      s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key.toWellFormed()).replaceAll("%20", "+") } },
    })),
  };
}

let count = 0;

/** A record of a call that rings by the shipped rules, with the fields given. */
export function record(fields: CloudTrailRecord = {}): CloudTrailRecord {
  count++;
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "IAMUser",
      principalId: "AIDACKCEVSQ6C2EXAMPLE",
      arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
      accountId: ACCOUNT,
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      userName: "alice",
    },
    eventTime: "2026-11-20T21:25:09Z",
    eventSource: "iam.amazonaws.com",
    eventName: "CreateAccessKey",
    awsRegion: "us-east-1",
    sourceIPAddress: "192.0.2.44",
    userAgent: "aws-cli/2.13.5",
    requestParameters: { userName: "bob" },
    responseElements: null,
    eventID: `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`,
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: "Management",
    ...fields,
  };
}
