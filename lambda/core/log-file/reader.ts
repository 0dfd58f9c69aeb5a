import { gunzipSync } from "node:zlib";
import type { LogObject } from "../envelope/log-object.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";
import { type Pin, PinIndex } from "../rules/pins.ts";
import { LogFileError } from "./error.ts";

/** How much of one log file the function takes into memory, in bytes. */
export interface ReadLimits {
  /** As stored in S3. */
  readonly stored: number;
  /** After decompression. */
  readonly inflated: number;
}

/**
 * CloudTrail writes at most 50 MB before compression (CloudTrail User Guide, "CloudTrail log file examples"); the whole
 * file is parsed at once, which takes about four times its size.
 */
export const DEFAULT_LIMITS: ReadLimits = { stored: 64 * 2 ** 20, inflated: 64 * 2 ** 20 };

/** A part of a log file: how many elements of `Records` it covers, and those that some rule could match. */
export interface Slice {
  /** Elements of `Records`, of whatever type. */
  readonly seen: number;
  /** Elements that are no JSON object; they are in `seen` too. */
  readonly malformed: number;
  readonly candidates: readonly CloudTrailRecord[];
}

const SLICE = 1000;

/**
 * Reads a log file, `{"Records": [...]}` in JSON, gzipped or not. `pins` are what any rule demands of a record (undefined:
 * nothing, so every record is a candidate); candidates may be more than what matches, never fewer.
 * @throws LogFileError for what cannot be read, after yielding what was found before the fault
 */
export async function* readLogFile(
  logObject: LogObject,
  chunks: AsyncIterable<Uint8Array>,
  pins: readonly Pin[] | undefined,
  limits: ReadLimits = DEFAULT_LIMITS,
): AsyncGenerator<Slice, void, undefined> {
  const stored = await collect(logObject, chunks, limits.stored);
  const records = parse(logObject, inflate(logObject, stored, limits.inflated));
  const isCandidate = candidateTest(pins);
  for (let from = 0; from < records.length; from += SLICE) {
    const slice = records.slice(from, from + SLICE);
    const objects = slice.filter(isObject);
    yield { seen: slice.length, malformed: slice.length - objects.length, candidates: objects.filter(isCandidate) };
  }
}

async function collect(logObject: LogObject, chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new LogFileError(logObject, `larger than the limit of ${limit} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function inflate(logObject: LogObject, stored: Buffer, limit: number): Buffer {
  if (stored.length === 0) throw new LogFileError(logObject, "the file is empty");
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return stored;
  try {
    // The default chunk of 16 KB makes large files slow.
    return gunzipSync(stored, { maxOutputLength: limit, chunkSize: 256 * 1024 });
  } catch (cause) {
    throw new LogFileError(logObject, inflateFault(cause, limit), { cause });
  }
}

function inflateFault(cause: unknown, limit: number): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case "ERR_BUFFER_TOO_LARGE":
      return `inflates to more than the limit of ${limit} bytes`;
    case "Z_BUF_ERROR":
      return "the gzip stream is cut off";
    default:
      return /incorrect (?:data|length) check/.test(message)
        ? `the gzip checksum is wrong (${message})`
        : `the gzip stream is broken (${message})`;
  }
}

function parse(logObject: LogObject, bytes: Buffer): readonly unknown[] {
  if (bytes.length === 0) throw new LogFileError(logObject, "the file is empty");
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder().decode(bytes)); // drops a byte order mark, keeps going on invalid UTF-8
  } catch {
    // JSON.parse quotes the text in its message: contents of records do not belong in logs.
    throw new LogFileError(logObject, looksLikeJson(bytes) ? "the JSON is broken" : "neither gzip nor JSON");
  }
  if (!isObject(content) || !Object.hasOwn(content, "Records")) {
    throw new LogFileError(logObject, "the JSON has no Records; this is no log file");
  }
  const records = valueAt(content, "Records");
  if (!Array.isArray(records)) throw new LogFileError(logObject, "Records is no list");
  const [first] = records;
  // S3, SQS and Kinesis events have Records too; CloudTrail's event sources are host names.
  const source = textAt(first, "eventSource") ?? "";
  if (source.startsWith("aws:"))
    throw new LogFileError(logObject, `Records are an event of ${source}, not log records`);
  return records;
}

function looksLikeJson(bytes: Buffer): boolean {
  return /^\s*[[{]/.test(bytes.toString("latin1", 0, 100));
}

function candidateTest(pins: readonly Pin[] | undefined): (record: CloudTrailRecord) => boolean {
  const index = new PinIndex<true>();
  for (const pin of pins ?? []) index.add([pin], true);
  if (pins === undefined) index.add(undefined, true);
  return (record) => {
    let found = false;
    index.find(record, () => {
      found = true;
    });
    return found;
  };
}
