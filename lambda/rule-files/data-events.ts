import type { ValueTest } from "../core/rules/operators.ts";
import type { Rule } from "../core/rules/rule.ts";
import { conditionOf } from "../core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../core/rules/self.ts";
import { askedEvents } from "./asked-events.ts";

/**
 * Calls that leave data events, which a trail records only if told to; of services that shipped rules look at (CloudTrail
 * User Guide, "Logging data events"; S3 User Guide, "Amazon S3 CloudTrail events").
 */
const DATA_EVENTS: { readonly [service: string]: Kind & { readonly calls: ReadonlySet<string> } } = {
  s3: {
    of: "data events of S3 objects",
    selected: "AWS::S3::Object",
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
    selected: "AWS::EC2::Snapshot",
    calls: new Set(["GetSnapshotBlock", "ListChangedBlocks", "ListSnapshotBlocks", "PutSnapshotBlock"]),
  },
  lambda: { of: "data events of Lambda functions", selected: "AWS::Lambda::Function", calls: new Set(["Invoke"]) },
  dynamodb: {
    of: "data events of DynamoDB tables",
    selected: "AWS::DynamoDB::Table",
    calls: new Set(
      `BatchExecuteStatement BatchGetItem BatchWriteItem DeleteItem ExecuteStatement ExecuteTransaction GetItem PutItem
      Query Scan TransactGetItems TransactWriteItems UpdateItem`.split(/\s+/),
    ),
  },
  sns: { of: "data events of SNS topics", selected: "AWS::SNS::Topic", calls: new Set(["Publish", "PublishBatch"]) },
};

/** Kinds of events besides management events that a pattern may ask for by eventType. */
const KINDS: { readonly [eventType: string]: Kind } = {
  AwsCloudTrailInsight: { of: "Insights events", selected: "Insights" },
  AwsVpceEvent: { of: "network activity events", selected: "NetworkActivity" },
};

/** Events that a trail records only if told to. */
interface Kind {
  readonly of: string;
  /** What switches them on: a resources.type of data events, `NetworkActivity` or `Insights`. */
  readonly selected: string;
}

/** What a trail must record, besides management events, for a rule to match. */
export interface Need {
  readonly of: string;
  readonly selected: readonly string[];
  /** The calls that only such events show, if the rule has others besides; undefined if it matches nothing without. */
  readonly calls?: readonly string[];
}

/** What a rule needs; none for rules that live on management events, which are most. */
export function needOf(rule: Rule): Need | undefined {
  const types = rule.pattern?.eventType;
  const kind = Array.isArray(types) && types.length === 1 ? KINDS[String(types[0])] : undefined;
  if (kind !== undefined) return { of: kind.of, selected: [kind.selected] };
  const all = callsOf(rule);
  const data = all.filter((call) => dataEventOf(call) !== undefined);
  if (data.length === 0) return undefined;
  const kinds = data.flatMap((call) => dataEventOf(call) ?? []);
  const need = {
    of: [...new Set(kinds.map(({ of }) => of))].join(", "),
    selected: [...new Set(kinds.map(({ selected }) => selected))],
  };
  return data.length === all.length ? need : { ...need, calls: data };
}

/** `data events of S3 objects`, and for which calls if not for all. */
export function needText({ of, calls }: Need, quote = (call: string) => call): string {
  return calls === undefined ? of : `${of} for ${calls.map(quote).join(", ")} only`;
}

/** The calls that a rule names, in `calls` or as its pattern or detection has them. */
function callsOf(rule: Rule): readonly string[] {
  const { calls = [], steps } = rule;
  const named = [...calls, ...(steps?.of ?? []).flatMap((step) => step.calls ?? [])];
  if (named.length > 0 || steps !== undefined) return named;
  const [filled = rule] = fillSelf([rule], DESK_DEPLOYMENT);
  return askedEvents(conditionOf(filled)).flatMap(({ source = [], name = [] }) => {
    const services = source.flatMap(textsOf).map((text) => text.replace(/\.amazonaws\.com$/i, ""));
    const names = name.flatMap(textsOf);
    const isOpen = services.length === 0 || names.length === 0;
    return isOpen ? ["*:*"] : services.flatMap((service) => names.map((one) => `${service}:${one}`));
  });
}

/** The texts that a test demands; a wildcard for one that demands none. */
function textsOf(test: ValueTest): readonly string[] {
  if (test.kind === "in") return test.values.map(String);
  if (test.kind === "equals") return test.texts;
  return test.kind === "call" ? test.names : ["*"];
}

function dataEventOf(call: string): Kind | undefined {
  const [service = "", name = ""] = call.split(":");
  const known = DATA_EVENTS[service];
  return known?.calls.has(name) ? known : undefined;
}
