import type { CloudTrailRecord } from "./record.ts";
import { redact } from "./redaction.ts";

const MAX_RECORD_CHARACTERS = 64_000;
const MAX_TEXT_CHARACTERS = 8_000;

const presented = new WeakMap<CloudTrailRecord, CloudTrailRecord>();

/** The record without credentials, and cut to a size that fits an alert; made once, however many rules match it. */
export function presentable(record: CloudTrailRecord): CloudTrailRecord {
  let made = presented.get(record);
  if (made === undefined) {
    made = bounded(shortened(redact(record)) as CloudTrailRecord);
    presented.set(record, made);
  }
  return made;
}

function bounded(clean: CloudTrailRecord): CloudTrailRecord {
  let size = JSON.stringify(clean).length;
  if (size <= MAX_RECORD_CHARACTERS) return clean;
  const kept: { [field: string]: unknown } = { ...clean };
  const bySize = Object.keys(kept).map((field) => ({ field, length: JSON.stringify(kept[field])?.length ?? 0 }));
  for (const { field, length } of bySize.sort((a, b) => b.length - a.length)) {
    if (size <= MAX_RECORD_CHARACTERS) break;
    kept[field] = `[left out: ${length} characters]`;
    size -= length;
  }
  return kept;
}

function shortened(value: unknown): unknown {
  if (typeof value === "string" && value.length > MAX_TEXT_CHARACTERS) {
    return `${value.slice(0, MAX_TEXT_CHARACTERS)}… [${value.length} characters]`;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.slice(0, 500), shortened(inner)]));
}
