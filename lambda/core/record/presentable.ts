import { type CloudTrailRecord, isObject } from "./record.ts";
import { redact } from "./redaction.ts";

const MAX_RECORD_BYTES = 64_000;
const MAX_TEXT_CHARACTERS = 8_000;

/** Bucket policies hold up to 20 KB (S3 User Guide, "Bucket policies"); if cut, nobody could read them. */
const MAX_JSON_CHARACTERS = 21_000;

const presented = new WeakMap<CloudTrailRecord, CloudTrailRecord>();

/** The record without credentials, and cut to a size that fits an alert; made once, however many rules match it. */
export function presentable(record: CloudTrailRecord): CloudTrailRecord {
  let made = presented.get(record);
  if (made === undefined) {
    made = bounded(shortened(redact(record)) as CloudTrailRecord, MAX_RECORD_BYTES);
    presented.set(record, made);
  }
  return made;
}

const MAX_BRIEF_BYTES = 2_000;
/** Longer than any word of a command that a mail may give. */
const MAX_WORD = 200;
/** What no command, link or name is made of. */
const NEEDLESS = new Set(["additionalEventData", "requestID", "resources", "serviceEventDetails", "tlsDetails"]);

/** A presentable record without what no command, link or name is made of; if need be, without its largest parts. */
export function inBrief(record: CloudTrailRecord): CloudTrailRecord {
  const fields = Object.entries(record).filter(([field]) => !NEEDLESS.has(field));
  return bounded(
    Object.fromEntries(fields.map(([field, value]) => [field, field === "userIdentity" ? value : withoutTexts(value)])),
    MAX_BRIEF_BYTES,
  );
}

function withoutTexts(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner) =>
    typeof inner === "string" && inner.length > MAX_WORD ? `[left out: ${inner.length} characters]` : inner,
  );
}

/** Of these the largest fields go first, so that a name beside them stays. A policy is whole, or not there. */
const PARTED = new Set(["requestParameters", "responseElements"]);
const MIN_ROOM = 100;

/** The object without its largest fields. */
function bounded(clean: CloudTrailRecord, limit: number): CloudTrailRecord {
  let size = bytesOf(clean);
  if (size <= limit) return clean;
  const kept: { [field: string]: unknown } = { ...clean };
  const bySize = Object.keys(kept).map((field) => ({ field, size: bytesOf(kept[field]) }));
  for (const { field, size: own } of bySize.sort((a, b) => b.size - a.size)) {
    if (size <= limit) break;
    const value = kept[field];
    const room = limit - (size - own);
    kept[field] =
      PARTED.has(field) && isObject(value) && room >= MIN_ROOM ? bounded(value, room) : `[left out: ${own} bytes]`;
    size -= own - bytesOf(kept[field]);
  }
  return kept;
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? "");
}

function shortened(value: unknown): unknown {
  if (typeof value === "string" && value.length > MAX_TEXT_CHARACTERS) {
    const compact = compactJson(value);
    if (compact.length <= MAX_JSON_CHARACTERS) return compact;
    return `${compact.slice(0, MAX_TEXT_CHARACTERS)}… [${value.length} characters]`;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.slice(0, 500), shortened(inner)]));
}

/** JSON text without the space between its parts, which may be all that makes it long; other text as it is. */
function compactJson(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
