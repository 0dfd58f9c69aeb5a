import { areRecordColumns, recordOfRow } from "./columns.ts";
import { RecordsError } from "./fault.ts";

/** Columns of the table that the console downloads from Event history, and the fields of a record that they hold. */
const COLUMNS: { readonly [column: string]: readonly string[] } = {
  "event id": ["eventID"],
  "event time": ["eventTime"],
  "event name": ["eventName"],
  "event source": ["eventSource"],
  "event type": ["eventType"],
  "event category": ["eventCategory"],
  "user name": ["userIdentity", "userName"],
  "aws access key": ["userIdentity", "accessKeyId"],
  "access key": ["userIdentity", "accessKeyId"],
  "user arn": ["userIdentity", "arn"],
  "aws region": ["awsRegion"],
  "source ip address": ["sourceIPAddress"],
  "user agent": ["userAgent"],
  "error code": ["errorCode"],
  "error message": ["errorMessage"],
  "request id": ["requestID"],
  "account id": ["recipientAccountId"],
  "recipient account id": ["recipientAccountId"],
};
const READ_ONLY = ["read-only", "read only", "readonly"];
const REQUIRED = ["event name", "event time"];
/** Columns in which exports keep the whole record as JSON. */
const WHOLE = /^(?:event record|cloudtrail ?event|event ?json|_raw|@?message|(?:_source\.)?event\.original)$/;
const IS_CSV = /\.csv$/i;

/** True for the beginning of a table of records, or of anything that is called one. */
export function isTable(name: string, text: string): boolean {
  const columns = namesIn(firstLine(text));
  return IS_CSV.test(name) || isEventHistory(columns) || areRecordColumns(columns) || columns.some(isWhole);
}

function isEventHistory(columns: readonly string[]): boolean {
  return REQUIRED.every((column) => columns.includes(column));
}

function isWhole(column: string): boolean {
  return WHOLE.test(column);
}

/** One row as a record: its JSON, and where it stands. `isPartial` says that it holds only what Event history's table shows. */
export interface Row {
  readonly json: string;
  readonly place: string;
  readonly isPartial: boolean;
}

/**
 * The records of a table: those that a column holds as JSON, those of Athena and CloudTrail Lake, column by column, and
 * Event history's. The last has neither parameters nor answers, nor the kind of the caller, so that most rules cannot
 * judge its records fully.
 * @throws RecordsError for any other table
 */
export async function* rowsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row, void, undefined> {
  let columns: readonly string[] | undefined;
  let number = 0;
  for await (const cells of cellsOf(chunks)) {
    number++;
    if (columns === undefined) {
      columns = cells.map(nameOf);
      continue;
    }
    if (cells.length === 1 && cells[0]?.trim() === "") continue;
    const place = String(number);
    const record = recordOfRow(columns.map((column, i) => [column, cells[i] ?? ""]));
    if (record !== undefined) yield { json: record.json, place, isPartial: false };
    else if (isEventHistory(columns)) yield { json: recordJson(columns, cells), place, isPartial: true };
    else if (columns.some(isWhole)) yield { json: cells[columns.findIndex(isWhole)] ?? "", place, isPartial: false };
    else throw new RecordsError(otherTable(columns));
  }
}

function otherTable(columns: readonly string[]): string {
  const names = columns.slice(0, 8).map((column) => JSON.stringify(column.slice(0, 40)));
  return `a table of something else, with the columns ${names.join(", ")}; read are Event history's, those with eventname and eventsource (Athena, CloudTrail Lake), and those with records as JSON in a column`;
}

function recordJson(columns: readonly string[], cells: readonly string[]): string {
  const record: { [field: string]: unknown } = {};
  const identity: { [field: string]: string } = {};
  for (const [i, column] of columns.entries()) {
    const value = (cells[i] ?? "").trim();
    const [field, inner] = COLUMNS[column] ?? [];
    if (READ_ONLY.includes(column) && value !== "") record.readOnly = /^(?:true|yes)$/i.test(value);
    if (field === undefined || value === "" || value === "-") continue;
    if (inner !== undefined) identity[inner] = value;
    else record[field] = field === "eventTime" ? timeText(value) : value;
  }
  if (identity.userName === "root") record.userIdentity = { type: "Root", ...identity };
  else if (Object.keys(identity).length > 0) record.userIdentity = identity;
  return JSON.stringify(record);
}

/** A time as records have it; the console writes `November 20, 2026, 21:25:09 (UTC+00:00)` or ISO 8601. */
function timeText(text: string): string {
  const [, date = text, zone = ""] = /^(.*?)\s*\(UTC([+-]\d\d:\d\d)?\)$/.exec(text) ?? [];
  const isIso = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d$/.test(date);
  const time = Date.parse(
    isIso ? `${date.replace(" ", "T")}${zone || "Z"}` : `${date.replace(/,([^,]*)$/, "$1")} ${zone || "UTC"}`,
  );
  if (Number.isNaN(time)) return text;
  return new Date(time).toISOString().replace(".000Z", "Z");
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf("\n") === -1 ? undefined : text.indexOf("\n"));
}

function namesIn(line: string): readonly string[] {
  return line.split(",").map(nameOf);
}

function nameOf(cell: string): string {
  return cell.trim().replace(/^"|"$/g, "").trim().toLowerCase();
}

const MAX_ROW = 2 ** 20;

/** The cells of each row (RFC 4180); a quoted one may hold commas, quotes and line breaks. */
async function* cellsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[], void, undefined> {
  const decoder = new TextDecoder();
  let cells: string[] = [];
  let cell = "";
  let size = 0;
  let isQuoted = false;
  let wasQuote = false;
  for await (const chunk of chunks) {
    for (const char of decoder.decode(chunk, { stream: true })) {
      if (++size > MAX_ROW) throw new RecordsError("a row of the table is larger than any record: a quote is open");
      if (isQuoted && !wasQuote) {
        if (char === '"') wasQuote = true;
        else cell += char;
        continue;
      }
      if (wasQuote) {
        wasQuote = false;
        if (char === '"') {
          cell += char;
          continue;
        }
        isQuoted = false;
      }
      if (char === '"' && cell === "") isQuoted = true;
      else if (char === ",") {
        cells.push(cell);
        cell = "";
      } else if (char === "\n") {
        yield [...cells, cell];
        cells = [];
        cell = "";
        size = 0;
      } else if (char !== "\r") cell += char;
    }
  }
  if (cells.length > 0 || cell !== "") yield [...cells, cell];
}
