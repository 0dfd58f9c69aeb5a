import { gunzipSync } from "node:zlib";
import { type CloudTrailRecord, isObject, valueAt } from "../../lambda/core/record/record.ts";
import { type Cell, ofColumns, recordOfRow } from "./columns.ts";
import { isEcsDocument, isWholeRecord, keptIn } from "./kept.ts";

/** A record as JSON, or what is wrong with a part of a piece, and where in the piece it stands: `Records[2]`. */
export type Unwrapped = { readonly json: string } | { readonly what: string; readonly place: string };

/** Lists that a whole answer on one line has. */
const LISTS = ["Records", "Events", "logEvents", "events"];
/** Lists of documents and of rows: Elasticsearch's hits, Lake's and Logs Insights' results, Datadog's, Sumo Logic's, a queue's. */
const OTHER_LISTS = [
  "hits.hits",
  "QueryResultRows",
  "ResultSet.Rows",
  "results",
  "data",
  "messages",
  "Messages",
  "rows",
];
const NO_ORIGINAL =
  "an ECS document without event.original: its fields are no longer CloudTrail's; have the original kept (preserve_original_event)";
/** What CloudWatch Logs sends to see whether a subscription listens (CloudWatch Logs User Guide, "Subscription filters"). */
const CONTROL_MESSAGE = "CWL CONTROL MESSAGE";

/**
 * The records in a piece of JSON: itself, or what LookupEvents (`CloudTrailEvent`), EventBridge (`detail`) and CloudWatch
 * Logs (`message`, and the gzipped `awslogs.data` of its subscriptions) wrap around them, documents of other tools that
 * hold the record anywhere, and rows of tables; or lists of these.
 */
export function* unwrapped(text: string, place = ""): Generator<Unwrapped, void, undefined> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    yield { what: "not JSON", place };
    return;
  }
  yield* recordsIn(value, text, place);
}

function* recordsIn(value: unknown, text: string | undefined, place: string): Generator<Unwrapped, void, undefined> {
  if (Array.isArray(value)) {
    const row = cellsOf(value);
    const record = row === undefined ? undefined : recordOfRow(row);
    if (record !== undefined) return yield { json: record.json };
    return yield* elementsIn(value, "", place);
  }
  if (!isObject(value)) return yield { what: "not a record", place };
  for (const list of LISTS) {
    const elements = value[list];
    if (Array.isArray(elements)) return yield* elementsIn(elements, list, place);
    if (elements !== undefined && list === "Records") return yield { what: "Records is no list", place };
  }
  const { CloudTrailEvent, detail, message, awslogs } = value;
  if (CloudTrailEvent !== undefined) return yield* inner(CloudTrailEvent, "its CloudTrailEvent", place);
  if ("detail-type" in value && isObject(detail)) return yield { json: JSON.stringify(detail) };
  if (typeof message === "string" && isLogEvent(value) && (/^\s*\{/.test(message) || keptIn(value).length === 0)) {
    if (message.startsWith(CONTROL_MESSAGE)) return;
    return yield* inner(message, "its message", place);
  }
  if (isObject(awslogs) && typeof awslogs.data === "string")
    return yield* inner(delivered(awslogs.data), "its data", place);
  yield* inDocument(value, text, place);
}

/** The records in what another tool has made: the list or the table of an answer, a document, a row. */
function* inDocument(
  value: CloudTrailRecord,
  text: string | undefined,
  place: string,
): Generator<Unwrapped, void, undefined> {
  if (!isWholeRecord(value)) {
    for (const list of OTHER_LISTS) {
      const elements = valueAt(value, ...list.split("."));
      if (!Array.isArray(elements) || !elements.some(isTold)) continue;
      const rows = list === "ResultSet.Rows" ? rowsOfResultSet(elements) : elements;
      return yield* elementsIn(rows, list, place);
    }
  }
  const kept = keptIn(value);
  if (kept.length > 0) for (const { json } of kept) yield { json };
  else if (isEcsDocument(value)) yield { what: NO_ORIGINAL, place };
  else yield { json: recordOfColumns(value) ?? text ?? JSON.stringify(value) };
}

/** True for what a list of another tool holds if it holds records. */
function isTold(element: unknown): boolean {
  if (Array.isArray(element)) return cellsOf(element) !== undefined;
  return (
    isObject(element) &&
    (isWholeRecord(element) || "Data" in element || isEcsDocument(element) || keptIn(element).length > 0)
  );
}

function recordOfColumns(value: CloudTrailRecord): string | undefined {
  return "eventName" in value ? undefined : ofColumns(Object.entries(value));
}

/** The cells of a row: objects of one field each (CloudTrail Lake), or of `field` and `value` (Logs Insights). */
function cellsOf(row: readonly unknown[]): readonly Cell[] | undefined {
  const cells: Cell[] = [];
  for (const cell of row) {
    if (!isObject(cell)) return undefined;
    const [[column, value] = [], ...more] = Object.entries(cell);
    if (typeof cell.field === "string") cells.push([cell.field, cell.value]);
    else if (column !== undefined && more.length === 0) cells.push([column, value]);
    else return undefined;
  }
  return cells.length > 0 ? cells : undefined;
}

/** Athena's rows, of which the first one names the columns. */
function rowsOfResultSet(rows: readonly unknown[]): readonly unknown[] {
  const [columns = [], ...cells] = rows.map((row) => {
    const data = valueAt(row, "Data");
    return Array.isArray(data) ? data.map((cell) => valueAt(cell, "VarCharValue")) : [];
  });
  return cells.map((row) => Object.fromEntries(row.map((value, i) => [String(columns[i]), value])));
}

/** CloudWatch Logs gives each of its events a time of its own; a record has none of that name. */
function isLogEvent(value: CloudTrailRecord): boolean {
  return "timestamp" in value || "ingestionTime" in value || "logStreamName" in value;
}

function* elementsIn(elements: readonly unknown[], list: string, place: string): Generator<Unwrapped, void, undefined> {
  for (const [i, element] of elements.entries()) {
    yield* recordsIn(element, undefined, `${place === "" ? "" : `${place} `}${list}[${i}]`);
  }
}

/** A record that a wrapper holds as text, or as an object. */
function* inner(wrapped: unknown, what: string, place: string): Generator<Unwrapped, void, undefined> {
  const value = typeof wrapped === "string" ? parsed(wrapped) : wrapped;
  if (isObject(value)) yield* recordsIn(value, typeof wrapped === "string" ? wrapped : undefined, place);
  else yield { what: `${what} is not a record`, place };
}

/** What a subscription delivers: JSON, gzipped, in base64. */
function delivered(data: string): string {
  try {
    return gunzipSync(Buffer.from(data, "base64"), { maxOutputLength: 64 * 2 ** 20 }).toString("utf8");
  } catch {
    return "";
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
