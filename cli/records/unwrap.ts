import { gunzipSync } from "node:zlib";
import { type CloudTrailRecord, isObject } from "../../lambda/core/record/record.ts";
import { answerIn, cellsOf } from "./answers.ts";
import { isFlat, ofColumns, recordOfRow } from "./columns.ts";
import { isOtherDocument, isWholeRecord, keptIn } from "./kept.ts";

/** A record as JSON, or what is wrong with a part of a piece, and where in the piece it stands: `Records[2]`. */
export type Unwrapped = { readonly json: string } | { readonly what: string; readonly place: string };

/** Lists that a whole answer on one line has. */
const LISTS = ["Records", "Events", "logEvents", "events"];
const NO_ORIGINAL =
  "a document of ECS or OCSF that has lost its record: its fields are no longer CloudTrail's; have the original kept (event.original, raw_data)";
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
  try {
    yield* recordsIn(value, text, place);
  } catch (error) {
    // Making JSON of a value anew takes stack for each level.
    if (!(error instanceof RangeError)) throw error;
    yield { what: "nested deeper than any record", place };
  }
}

function* recordsIn(value: unknown, text: string | undefined, place: string): Generator<Unwrapped, void, undefined> {
  if (Array.isArray(value)) {
    const row = cellsOf(value);
    const record = row === undefined ? undefined : recordOfRow(row);
    if (record !== undefined) return yield { json: record.json };
    return yield* elementsIn(value, "", place);
  }
  if (typeof value === "string" && /^\s*\{/.test(value)) return yield* inner(value, "a text in it", place);
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
  const answer = isWholeRecord(value) ? undefined : answerIn(value);
  if (answer !== undefined) return yield* elementsIn(answer.elements, answer.list, place);
  const kept = keptIn(value);
  if (kept.length > 0) for (const { json } of kept) yield { json };
  else if (isOtherDocument(value)) yield { what: NO_ORIGINAL, place };
  else {
    const isRow = !("eventName" in value) || isFlat(value);
    yield { json: (isRow ? ofColumns(Object.entries(value)) : undefined) ?? text ?? JSON.stringify(value) };
  }
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
