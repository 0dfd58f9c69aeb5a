import { Readable } from "node:stream";
import { constants, createGunzip, gunzipSync, type ZlibOptions } from "node:zlib";
import type { LogObject } from "../envelope/log-object.ts";
import { type CloudTrailRecord, isObject, textAt } from "../record/record.ts";
import { PinIndex } from "../rules/pin-index.ts";
import type { Pin } from "../rules/pins.ts";
import { LogFileError } from "./error.ts";
import { BrokenJson, type Element, elementsOf, NoRecords } from "./records.ts";

/** How much of a log file is taken into memory. */
export interface ReadLimits {
  /** Bytes as stored in S3. */
  readonly stored: number;
  /** Bytes after decompression. */
  readonly inflated: number;
  /** Bytes of one record. */
  readonly record: number;
  /** How deep the objects and lists of one record may nest. */
  readonly depth: number;
}

/**
 * CloudTrail writes at most 50 MB before compression (CloudTrail User Guide, "CloudTrail log file examples"), and records
 * of 256 KB; the limits leave room. A parsed record may take fifty times its size, the rest of the file just its own.
 */
export const DEFAULT_LIMITS: ReadLimits = {
  stored: 64 * 2 ** 20,
  inflated: 64 * 2 ** 20,
  record: 2 ** 20,
  depth: 500,
};

/** A part of a log file: how many elements of `Records` it covers, and which of them some rule could match. */
export interface Slice {
  /** Elements of `Records`, of any type. */
  readonly seen: number;
  /** Elements that are no JSON object; they are in `seen` too. */
  readonly malformed: number;
  readonly candidates: readonly CloudTrailRecord[];
}

const SLICE = 100;

/**
 * Reads a log file, `{"Records": [...]}` in JSON, gzipped or not. `pins` are what any rule demands (undefined:
 * nothing, so every record is a candidate); there may be more candidates than matches, never fewer.
 * @throws LogFileError for what cannot be read, after yielding what was found before the fault
 */
export async function* readLogFile(
  logObject: LogObject,
  stored: Uint8Array,
  pins: readonly Pin[] | undefined,
  limits: ReadLimits = DEFAULT_LIMITS,
): AsyncGenerator<Slice, void, undefined> {
  if (stored.length > limits.stored)
    throw new LogFileError(logObject, `larger than the limit of ${limits.stored} bytes`);
  const { bytes, fault } = await inflate(
    logObject,
    Buffer.from(stored.buffer, stored.byteOffset, stored.length),
    limits.inflated,
  );
  if (bytes.length === 0) throw fault ?? new LogFileError(logObject, "the file is empty");
  const isCandidate = candidateTest(pins);
  let seen = 0;
  let malformed = 0;
  let candidates: CloudTrailRecord[] = [];
  let broken: LogFileError | undefined;
  try {
    for (const element of elementsOf(bytes)) {
      let record: unknown;
      try {
        record = parse(logObject, bytes, element, limits);
      } catch (error) {
        // One unreadable record must not hide those behind it; the file still fails in the end.
        broken ??= asLogFileError(logObject, error, bytes);
      }
      refuseOtherEvents(logObject, record);
      seen++;
      if (!isObject(record)) malformed++;
      else if (isCandidate(record)) candidates.push(record);
      if (seen === SLICE) {
        yield { seen, malformed, candidates };
        seen = 0;
        malformed = 0;
        candidates = [];
      }
    }
  } catch (error) {
    broken ??= fault ?? asLogFileError(logObject, error, bytes);
  }
  if (seen > 0) yield { seen, malformed, candidates };
  if (broken !== undefined || fault !== undefined) throw broken ?? fault;
}

interface Inflated {
  readonly bytes: Buffer;
  /** What is wrong with the gzip stream, to be reported after what came before the fault is read. */
  readonly fault?: LogFileError;
}

/**
 * The file's bytes; if a gzip stream is broken or too large, those before the fault. Copies that somebody gzipped
 * once more are read too.
 */
async function inflate(logObject: LogObject, stored: Buffer, limit: number, within = 0): Promise<Inflated> {
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return { bytes: withoutMark(stored) };
  if (within > 1) throw new LogFileError(logObject, "gzip within gzip within gzip");
  // The default chunk of 16 KB makes large files slow.
  const options: ZlibOptions = { maxOutputLength: limit, chunkSize: 256 * 1024 };
  try {
    return await inflate(logObject, gunzipSync(stored, options), limit, within + 1);
  } catch (cause) {
    if (cause instanceof LogFileError) throw cause;
    const bytes = withoutMark(await inflatedBefore(stored, limit));
    return { bytes, fault: new LogFileError(logObject, whatIsWrong(cause, limit), { cause }) };
  }
}

function whatIsWrong(cause: unknown, limit: number): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ERR_BUFFER_TOO_LARGE") return `inflates to more than the limit of ${limit} bytes`;
  if (code === "Z_BUF_ERROR") return "the gzip stream is cut off";
  return /incorrect (?:data|length) check/.test(message)
    ? `the gzip checksum is wrong (${message})`
    : `the gzip stream is broken (${message})`;
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096);
}

/** What a stream inflates to before it breaks, at most `limit` bytes; the synchronous call would keep none of it. */
async function inflatedBefore(stored: Buffer, limit: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  const gunzip = createGunzip({ chunkSize: 64 * 1024, finishFlush: constants.Z_SYNC_FLUSH });
  try {
    // In pieces, so that a broken one spoils no other's output; without the checksum, which is known to be wrong.
    Readable.from(pieces(stored.subarray(0, -8))).pipe(gunzip);
    for await (const part of gunzip as AsyncIterable<Buffer>) {
      parts.push(part.subarray(0, limit - size));
      size += part.length;
      if (size >= limit) break;
    }
  } catch {
    // The caller already has the error.
  }
  return Buffer.concat(parts);
}

/** Some tools begin UTF-8 files with a byte order mark. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function parse(logObject: LogObject, bytes: Buffer, { start, end, depth }: Element, limits: ReadLimits): unknown {
  if (end - start > limits.record) {
    throw new LogFileError(logObject, `the record at byte ${start} is larger than the limit of ${limits.record} bytes`);
  }
  if (depth > limits.depth) {
    throw new LogFileError(logObject, `the record at byte ${start} is nested deeper than ${limits.depth}`);
  }
  return JSON.parse(bytes.toString("utf8", start, end));
}

/** S3, SQS and Kinesis events have Records too; CloudTrail's event sources are host names. */
function refuseOtherEvents(logObject: LogObject, record: unknown): void {
  const [, source] = /^(aws:[a-z0-9-]{1,30})$/.exec(textAt(record, "eventSource") ?? "") ?? [];
  if (source !== undefined) throw new LogFileError(logObject, `Records are an event of ${source}, not log records`);
}

function asLogFileError(logObject: LogObject, error: unknown, bytes: Buffer): LogFileError {
  if (error instanceof LogFileError) return error;
  if (error instanceof NoRecords) return new LogFileError(logObject, noLogFile(error, bytes));
  // JSON.parse quotes the text in its message, which is not passed on: contents of records do not belong in logs.
  if (error instanceof BrokenJson || error instanceof SyntaxError) {
    return new LogFileError(logObject, looksLikeJson(bytes) ? "the JSON is broken" : "neither gzip nor JSON");
  }
  throw error;
}

function noLogFile({ message }: NoRecords, bytes: Buffer): string {
  return looksLikeJson(bytes) ? message : "neither gzip nor JSON";
}

function looksLikeJson(bytes: Buffer): boolean {
  return /^\s*[[{]/.test(bytes.toString("latin1", 0, 100));
}

const candidateTests = new WeakMap<readonly Pin[], (record: CloudTrailRecord) => boolean>();

/** Made once for a rule set's pins: for a small file, making it costs more than reading the file. */
function candidateTest(pins: readonly Pin[] | undefined): (record: CloudTrailRecord) => boolean {
  if (pins === undefined) return () => true;
  const known = candidateTests.get(pins);
  if (known !== undefined) return known;
  const index = new PinIndex<true>();
  for (const pin of pins) index.add([pin], true);
  const isCandidate = (record: CloudTrailRecord) => {
    let found = false;
    index.find(record, () => {
      found = true;
    });
    return found;
  };
  candidateTests.set(pins, isCandidate);
  return isCandidate;
}
