import { type CloudTrailRecord, flagOf, isObject } from "../../lambda/core/record/record.ts";
import { NESTED_FIELDS, RECORD_FIELDS } from "../../lambda/core/record/record-fields.ts";
import { type Kept, keptIn } from "./kept.ts";
import { readRowText } from "./row-text.ts";

/** One cell of a row, by its column's name. */
export type Cell = readonly [column: string, value: unknown];

/** Fields by their names in lower case, as Athena writes them. */
const FIELDS = new Map([...RECORD_FIELDS].map((field) => [field.toLowerCase(), field]));
const INNER_FIELDS = new Map(
  [...NESTED_FIELDS.values()].flatMap((fields) => [...fields].map((field) => [field.toLowerCase(), field] as const)),
);
/** These hold what a caller or a service wrote: its names stay as they are. */
const FREE = new Set(["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"]);

/**
 * Columns in which Microsoft Sentinel keeps fields under other names.
 * Source: Azure Monitor documentation, "AWSCloudTrail".
 */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ["awseventid", "eventID"],
  ["awsrequestid", "requestID"],
  ["eventtypename", "eventType"],
  ["timegenerated", "eventTime"],
  ...under("userIdentity", "userIdentity", "type principalId arn accountId accessKeyId userName invokedBy"),
  ...under("session", "userIdentity.sessionContext.attributes", "mfaAuthenticated creationDate"),
  ...under("sessionIssuer", "userIdentity.sessionContext.sessionIssuer", "type principalId arn accountId userName"),
]);

function under(prefix: string, path: string, fields: string): readonly (readonly [string, string])[] {
  return fields.split(" ").map((field) => [`${prefix}${field}`.toLowerCase(), `${path}.${field}`]);
}

/** True for the columns of a table of records: Athena's, CloudTrail Lake's. */
export function areRecordColumns(columns: readonly string[]): boolean {
  return ["eventname", "eventsource"].every((field) => columns.some((column) => column.trim().toLowerCase() === field));
}

/** True for a record whose inner fields stand beside the others: `userIdentity.type`. CloudTrail's fields have no dots. */
export function isFlat(record: CloudTrailRecord): boolean {
  return Object.keys(record).some((column) => column.includes(".") && RECORD_FIELDS.has(column.split(".", 1)[0] ?? ""));
}

/** The record that a row holds: as JSON in one of its cells, else column by column; undefined if its columns are others. */
export function recordOfRow(cells: readonly Cell[]): Kept | undefined {
  const [kept] = keptIn({ cells: cells.map(([, value]) => value) });
  const json = kept?.json ?? ofColumns(cells);
  return json === undefined ? undefined : { json };
}

/** The record that a row holds column by column. */
export function ofColumns(cells: readonly Cell[]): string | undefined {
  if (!areRecordColumns(cells.map(([column]) => column))) return undefined;
  const record: Fields = {};
  for (const [column, value] of cells) {
    const [name = "", ...inner] = (RENAMED.get(column.trim().toLowerCase()) ?? column.trim()).split(".");
    const field = FIELDS.get(name.toLowerCase());
    if (field === undefined || value === null || value === "") continue;
    const read = FREE.has(field) ? ofText(value) : named(ofText(value));
    put(record, [field, ...inner], field === "readOnly" ? flagOf(read) : read);
  }
  return JSON.stringify(record);
}

type Fields = { [field: string]: unknown };

function put(fields: Fields, [name = "", ...inner]: readonly string[], value: unknown): void {
  // Splunk marks lists so; which of their values belong together is lost.
  if (name.endsWith("{}") || name === "__proto__") return;
  if (inner.length === 0) fields[name] ??= value;
  else {
    const below: Fields = isObject(fields[name]) ? { ...fields[name] } : {};
    put(below, inner, value);
    fields[name] = below;
  }
}

/** Texts of JSON are read where all records are ("restored"); what Athena prints only here. */
function ofText(value: unknown): unknown {
  return typeof value === "string" && /^\s*[[{]\s*(?:\{|[A-Za-z_])/.test(value) ? (readRowText(value) ?? value) : value;
}

/** Fields that are the same in all records stand no deeper. */
const MAX_DEPTH = 8;

/** Field names as CloudTrail writes them. */
function named(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((inner) => named(inner, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      INNER_FIELDS.get(name.toLowerCase()) ?? name,
      named(inner, depth + 1),
    ]),
  );
}
