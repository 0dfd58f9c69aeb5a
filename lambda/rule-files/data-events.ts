import type { Rule } from "../core/rules/rule.ts";

/**
 * Calls that leave data events, which a trail records only if told to; of services that shipped rules look at (CloudTrail
 * User Guide, "Logging data events"; S3 User Guide, "Amazon S3 CloudTrail events").
 */
const DATA_EVENTS: { readonly [service: string]: { readonly of: string; readonly calls: ReadonlySet<string> } } = {
  s3: {
    of: "data events of S3 objects",
    calls: new Set(
      `AbortMultipartUpload CompleteMultipartUpload CopyObject CreateMultipartUpload DeleteObject DeleteObjects
      DeleteObjectTagging GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging
      GetObjectTorrent HeadObject ListMultipartUploads ListObjects ListObjectVersions ListParts PutObject PutObjectAcl
      PutObjectLegalHold PutObjectRetention PutObjectTagging RestoreObject SelectObjectContent UpdateObjectEncryption
      UploadPart UploadPartCopy`.split(/\s+/),
    ),
  },
  ebs: {
    of: "data events of EBS snapshots",
    calls: new Set(["GetSnapshotBlock", "ListChangedBlocks", "ListSnapshotBlocks", "PutSnapshotBlock"]),
  },
  lambda: { of: "data events of Lambda functions", calls: new Set(["Invoke"]) },
  dynamodb: {
    of: "data events of DynamoDB tables",
    calls: new Set(
      `BatchExecuteStatement BatchGetItem BatchWriteItem DeleteItem ExecuteStatement ExecuteTransaction GetItem PutItem
      Query Scan TransactGetItems TransactWriteItems UpdateItem`.split(/\s+/),
    ),
  },
  sns: { of: "data events of SNS topics", calls: new Set(["Publish", "PublishBatch"]) },
};

/** Kinds of events besides management events that a pattern may ask for by eventType. */
const KINDS: { readonly [eventType: string]: string } = {
  AwsCloudTrailInsight: "Insights events",
  AwsVpceEvent: "network activity events",
};

/** What a trail must record, besides management events, for a rule to match. */
export interface Need {
  readonly of: string;
  /** The calls that only such events show, if the rule has others besides; undefined if it matches nothing without. */
  readonly calls?: readonly string[];
}

/** What a rule needs; none for rules that live on management events, which are most. */
export function needOf({ calls = [], pattern, steps }: Rule): Need | undefined {
  const types = pattern?.eventType;
  const kind = Array.isArray(types) && types.length === 1 ? KINDS[String(types[0])] : undefined;
  if (kind !== undefined) return { of: kind };
  const all = [...calls, ...(steps?.of ?? []).flatMap((step) => step.calls ?? [])];
  const data = all.filter((call) => dataEventOf(call) !== undefined);
  const of = [...new Set(data.flatMap((call) => dataEventOf(call) ?? []))].join(", ");
  if (data.length === 0) return undefined;
  return data.length === all.length ? { of } : { of, calls: data };
}

function dataEventOf(call: string): string | undefined {
  const [service = "", name = ""] = call.split(":");
  const known = DATA_EVENTS[service];
  return known?.calls.has(name) ? known.of : undefined;
}
