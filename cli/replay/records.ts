import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type CloudTrailRecord, isObject } from "../../lambda/core/record/record.ts";

/** The records of a file, and its parts that could not be read: `file: why`. */
export interface FileRecords {
  readonly records: readonly CloudTrailRecord[];
  readonly faults: readonly string[];
}

/**
 * Reads the records of a file in any shape that tools write: a log file `{"Records": [...]}`, an array, one record,
 * LookupEvents' answer, or one of these per line; gzipped or not. Never throws.
 */
export function recordsOfFile(file: string): FileRecords {
  let text: string;
  try {
    const bytes = readFileSync(file);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    text = new TextDecoder().decode(isGzip ? gunzipSync(bytes) : bytes);
  } catch (cause) {
    return { records: [], faults: [`${file}: ${cause instanceof Error ? cause.message : String(cause)}`] };
  }
  const whole = parsed(text);
  if (whole !== undefined) return recordsIn(whole.value, file);
  const isLines =
    /\.jsonl(?:\.gz)?$|\.ndjson(?:\.gz)?$/.test(file) || parsed(text.slice(0, text.indexOf("\n"))) !== undefined;
  return isLines ? recordsOfLines(text, file) : { records: [], faults: [`${file}: neither JSON nor lines of JSON`] };
}

function recordsOfLines(text: string, file: string): FileRecords {
  const lines = text.split("\n").map((line, i): FileRecords => {
    if (line.trim() === "") return { records: [], faults: [] };
    const json = parsed(line);
    const place = `${file}:${i + 1}`;
    return json === undefined ? { records: [], faults: [`${place}: not JSON`] } : recordsIn(json.value, place);
  });
  return { records: lines.flatMap(({ records }) => records), faults: lines.flatMap(({ faults }) => faults) };
}

function recordsIn(value: unknown, place: string): FileRecords {
  if (Array.isArray(value)) return elementsIn(value, place, "");
  if (!isObject(value)) return { records: [], faults: [`${place}: neither a record nor a list of them`] };
  for (const list of ["Records", "Events"]) {
    if (!Object.hasOwn(value, list)) continue;
    const elements = value[list];
    if (!Array.isArray(elements)) return { records: [], faults: [`${place}: ${list} is not a list`] };
    return elementsIn(elements, place, list);
  }
  const record = recordIn(value);
  return record === undefined
    ? { records: [], faults: [`${place}: its CloudTrailEvent is not a record`] }
    : { records: [record], faults: [] };
}

function elementsIn(elements: readonly unknown[], place: string, list: string): FileRecords {
  const records: CloudTrailRecord[] = [];
  const faults: string[] = [];
  for (const [i, element] of elements.entries()) {
    const record = recordIn(element);
    if (record === undefined) faults.push(`${place}: ${list}[${i}] is not a record`);
    else records.push(record);
  }
  return { records, faults };
}

/** An element is a record, or LookupEvents' wrapper with the record as text (CloudTrail API Reference, "LookupEvents"). */
function recordIn(element: unknown): CloudTrailRecord | undefined {
  if (!isObject(element)) return undefined;
  if (typeof element.CloudTrailEvent !== "string") return element;
  const record = parsed(element.CloudTrailEvent)?.value;
  return isObject(record) ? record : undefined;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
