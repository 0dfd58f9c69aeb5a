import { type CloudTrailRecord, isObject } from "./record.ts";

/** Fields that hold an object or a list, of which tables (Athena, CloudTrail Lake) and pipelines make a text of JSON. */
const SPELLED = [
  "userIdentity",
  "requestParameters",
  "responseElements",
  "additionalEventData",
  "serviceEventDetails",
  "insightDetails",
  "addendum",
  "resources",
];

/** The record with these fields as what their texts say; texts that are no such JSON, or nest deeper than `depth`, stay. */
export function spelledOut(record: CloudTrailRecord, depth: number): CloudTrailRecord {
  let whole = record;
  for (const field of SPELLED) {
    const text = record[field];
    if (typeof text !== "string" || !/^\s*[{[]/.test(text)) continue;
    const value = parsed(text);
    const isOfKind = field === "resources" ? Array.isArray(value) : isObject(value);
    // What reads records goes down into them call by call.
    if (isOfKind && !isDeeper(value, depth)) whole = { ...whole, [field]: value };
  }
  return whole;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Level by level, so that no depth is too much for it. */
function isDeeper(value: unknown, depth: number): boolean {
  let level = [value];
  for (let at = 0; level.length > 0; at++) {
    if (at > depth) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}
