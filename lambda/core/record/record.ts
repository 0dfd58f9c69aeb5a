/**
 * One element of a log file's `Records`, as CloudTrail wrote it: a JSON object of any shape. No field is sure to be
 * there or to have the type that AWS documents, so every read goes through the functions below.
 * Source: CloudTrail User Guide, "CloudTrail record contents".
 */
export type CloudTrailRecord = { readonly [field: string]: unknown };

export function isObject(value: unknown): value is CloudTrailRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path of field names, or undefined where the path leaves the objects. Does not cross arrays. */
export function valueAt(record: unknown, ...path: readonly string[]): unknown {
  return valueOn(record, path);
}

function valueOn(record: unknown, path: readonly string[]): unknown {
  let value = record;
  // Counted by hand, because this runs for each field that is asked of a record.
  for (let i = 0; i < path.length; i++) {
    const field = path[i] as string;
    if (!isObject(value) || !Object.hasOwn(value, field)) return undefined;
    value = value[field];
  }
  return value;
}

/** The non-empty string at a path; undefined when it is absent, empty or of another type. */
export function textAt(record: unknown, ...path: readonly string[]): string | undefined {
  const value = valueOn(record, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** True or false, also where a tool has made a text of it (`"true"`, Python's `"True"`); undefined for anything else. */
export function flagOf(value: unknown): boolean | undefined {
  const text = typeof value === "string" ? value.toLowerCase() : value;
  return text === true || text === "true" ? true : text === false || text === "false" ? false : undefined;
}

/** True when the record's eventVersion is at least the one given; versions compare part by part ("1.11" > "1.9"). */
export function hasEventVersion(record: CloudTrailRecord, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = (textAt(record, "eventVersion") ?? "").split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** `eventTime` in milliseconds since the epoch, or undefined when it is missing or no date. */
export function eventTimeOf(record: CloudTrailRecord): number | undefined {
  return timeOf(textAt(record, "eventTime"));
}

/** The eventSource of records that the alerter makes itself, to tell of something. */
export const NOTICE_SOURCE = "trailbell.amazonaws.com";

/** A time as CloudTrail writes it, in milliseconds since the epoch; undefined for what is no date. */
export function timeOf(text = ""): number | undefined {
  const time = Date.parse(withZone(text.slice(0, 100).trim()));
  return Number.isNaN(time) ? undefined : time;
}

/** ISO 8601 without the marks between its parts. */
const BASIC = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/;

/** CloudTrail's times are UTC, even if a tool has dropped the zone. `20261120T212500Z` is what some fields have. */
function withZone(text: string): string {
  if (text.endsWith("Z") || BASIC.test(text)) return text.replace(BASIC, "$1-$2-$3T$4:$5:$6Z");
  const isWithoutZone = /:\d\d(?:[.:\d]*|.*(?:[ap]m|\d{4}))$/i.test(text) && !/[+-]\d\d:?\d\d$/.test(text);
  if (!isWithoutZone) return text;
  return /^\d{4}-\d\d-\d\dT/.test(text) ? `${text}Z` : `${text} Z`;
}

/** The account whose trail holds the record: recipientAccountId, or the caller's in records older than version 1.02. */
export function accountOf(record: CloudTrailRecord): string | undefined {
  return textAt(record, "recipientAccountId") ?? textAt(record, "userIdentity", "accountId");
}
