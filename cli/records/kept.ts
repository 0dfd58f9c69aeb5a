import { type CloudTrailRecord, isObject, textAt, valueAt } from "../../lambda/core/record/record.ts";

/** Where tools keep the text of a record beside what they make of it: Splunk, CloudTrail Lake, Logs Insights, Elasticsearch, Graylog. */
const ORIGINALS = ["_raw", "eventJson", "eventjson", "@message", "event.original", "full_message"];

/** Fields that make an object a record, if a thin one; what is in them belongs to it. */
const OWN_FIELDS = ["eventName", "requestParameters", "insightDetails"];

/** A record within a document, within an answer, within what was delivered: tools nest no deeper. */
const MAX_DEPTH = 8;

/** A record that stands in another tool's document, as its text or made one. */
export interface Kept {
  readonly json: string;
}

/**
 * The records of CloudTrail that an object holds, as objects or as texts of JSON, wherever they stand; none for one that
 * is a record itself. What a tool has twice, as a source and as fields, is taken once.
 */
export function keptIn(value: CloudTrailRecord): readonly Kept[] {
  const originals = ORIGINALS.filter((name) => textAt(value, name) !== undefined);
  if (originals.length > 0) {
    const kept = recordsBelow(originals.map((name) => value[name]));
    if (kept.length > 0) return kept;
  }
  return OWN_FIELDS.some((field) => field in value) || isWholeRecord(value) ? [] : recordsBelow(Object.values(value));
}

/** True for a document of a schema that was made of a record (ECS, OCSF): its fields are not CloudTrail's any more. */
export function isOtherDocument(value: CloudTrailRecord): boolean {
  const source = isObject(value._source) ? value._source : value;
  const isEcs = isObject(valueAt(source, "aws", "cloudtrail")) || "aws.cloudtrail.event_version" in source;
  return isEcs || ("class_uid" in source && textAt(source, "metadata", "product", "name") === "CloudTrail");
}

/** True for what only a record has; one that a tool has thinned out may be told by its names alone. */
export function isWholeRecord(value: unknown): value is CloudTrailRecord {
  const isCall = textAt(value, "eventSource") !== undefined && textAt(value, "eventName") !== undefined;
  if (isCall && ["eventID", "eventTime", "userIdentity"].some((field) => isObject(value) && field in value))
    return true;
  return (
    textAt(value, "eventVersion") !== undefined &&
    (textAt(value, "eventID") ?? textAt(value, "eventTime")) !== undefined
  );
}

/** Level by level, so that a record hides what is written in its own fields. */
function recordsBelow(values: readonly unknown[]): readonly Kept[] {
  const found = new Map<unknown, Kept>();
  let level = values;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const one of level) {
      const value = typeof one === "string" && /^\s*\{/.test(one) ? parsed(one) : one;
      if (typeof value !== "object" || value === null) continue;
      if (isWholeRecord(value)) {
        const json = typeof one === "string" ? one : JSON.stringify(value);
        const id = textAt(value, "eventID") ?? json;
        if (!found.has(id)) found.set(id, { json });
      } else for (const inner of Object.values(value)) next.push(inner);
    }
    level = next;
  }
  return [...found.values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
