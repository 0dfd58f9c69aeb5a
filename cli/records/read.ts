import { quantity } from "../../lambda/core/alert/quantity.ts";
import { LogFileError } from "../../lambda/core/log-file/error.ts";
import { DESK_LIMITS } from "../../lambda/core/log-file/limits.ts";
import { readLogFile } from "../../lambda/core/log-file/reader.ts";
import type { Sieve } from "../../lambda/core/log-file/sieve.ts";
import type { Candidate } from "../../lambda/core/log-file/slice.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { RECORD_FIELDS } from "../../lambda/core/record/record-fields.ts";
import { type Content, openContent } from "./content.ts";
import { rowsOf } from "./csv.ts";
import { type DeskFile, localFile } from "./desk-file.ts";
import { type Piece, piecesOf } from "./document.ts";
import { RecordsError, whyUnread } from "./fault.ts";
import { linesOf } from "./lines.ts";
import { shapeOf } from "./shape.ts";
import { unwrapped } from "./unwrap.ts";

/** A part of a file: how many records were seen, and those that some rule could match. */
export interface RecordSlice<A = unknown> {
  readonly seen: number;
  readonly candidates: readonly Candidate<A>[];
  /** The keys of a file's only object, if none is a field of CloudTrail's records: package.json, perhaps. */
  readonly strange?: readonly string[];
  /** True while no object of a list or of lines had a field of CloudTrail's records. */
  readonly areAllStrange: boolean;
}

/**
 * Reads the records of a file as the function reads a log file, whatever shape the file has; without a sieve,
 * all records are wanted. What cannot be read goes to `fault`, as `file: why` or `file:line: why`;
 * nothing is thrown for it, and the rest is still read.
 */
export async function* readRecords<A>(
  file: DeskFile,
  sieve: Sieve<A> | undefined,
  fault: (text: string) => void,
): AsyncGenerator<RecordSlice<A>, void, undefined> {
  let malformed = 0;
  try {
    if (file.unread !== undefined) throw new RecordsError(file.unread);
    const content = await openContent(file);
    const seen: Seen = { count: 0, areAllStrange: false };
    const stored = logFileOf(file, content, fault, seen);
    for await (const slice of readLogFile(file.logObject, stored, sieve, DESK_LIMITS)) {
      malformed += slice.malformed;
      const { lone, areAllStrange } = seen;
      yield {
        seen: slice.seen,
        candidates: slice.candidates,
        areAllStrange,
        ...(lone !== undefined && { strange: lone }),
      };
    }
  } catch (error) {
    fault(`${file.name}: ${whatIsWrong(error)}`);
  }
  if (malformed > 0)
    fault(
      `${file.name}: ${quantity(malformed, "element")} of Records ${malformed === 1 ? "is no object" : "are no objects"}`,
    );
}

/** All records of a file on this machine, and its parts that cannot be read. */
export async function recordsOfFile(
  path: string,
): Promise<{ readonly records: readonly CloudTrailRecord[]; readonly faults: readonly string[] }> {
  const records: CloudTrailRecord[] = [];
  const faults: string[] = [];
  for await (const slice of readRecords(localFile(path), undefined, (text) => faults.push(text))) {
    records.push(...slice.candidates.map(({ record }) => record));
  }
  return { records, faults };
}

function whatIsWrong(error: unknown): string {
  if (error instanceof LogFileError) {
    const isOtherEvent = error.what.startsWith("Records are an event of");
    return isOtherEvent ? `${error.what}; npm run invoke takes events` : error.what;
  }
  return error instanceof RecordsError ? error.message : whyUnread(error);
}

/** What was seen of a file's pieces so far. */
interface Seen {
  count: number;
  /** The keys of the only one, if it stands by itself and is strange. */
  lone?: readonly string[] | undefined;
  areAllStrange: boolean;
}

/** The file as it is if it is a log file, else its records put into one; `seen` is told of strange objects. */
function logFileOf(file: DeskFile, content: Content, fault: (text: string) => void, seen: Seen): Content["stored"] {
  const { name } = file;
  const broken = (error: unknown) => fault(`${name}: ${whatIsWrong(error)}`);
  const shape = shapeOf(name, content);
  switch (shape) {
    case "log file":
      return content.stored;
    case "lines":
      return asLogFile(
        ofPieces(watched(linesOf(content.decoded()), seen), (place) => `${name}:${place}`, fault),
        broken,
      );
    case "document": {
      const named = (place: string) => (place === "" ? name : `${name}: ${place}`);
      return asLogFile(ofPieces(watched(piecesOf(content.decoded()), seen), named, fault), broken);
    }
    case "table":
      return asLogFile(ofTable(name, content, fault), broken);
    default:
      return shape satisfies never;
  }
}

/** The same fault is told this often, and then counted: of an export, each document may have it. */
const FEW = 3;

async function* ofPieces(
  pieces: AsyncIterable<Piece>,
  named: (place: string) => string,
  fault: (text: string) => void,
): AsyncGenerator<string, void, undefined> {
  const told = new Map<string, number>();
  let last = "";
  try {
    for await (const { text, place } of pieces) {
      for (const found of unwrapped(text)) {
        if ("json" in found) {
          yield found.json;
          continue;
        }
        const count = (told.get(found.what) ?? 0) + 1;
        told.set(found.what, count);
        last = named(place);
        if (count <= FEW) fault(`${last}: ${found.place === "" ? "" : `${found.place}: `}${found.what}`);
      }
    }
  } finally {
    for (const [what, count] of told) {
      if (count > FEW) fault(`${last}: the last of ${quantity(count - FEW, "more part")} of which each is ${what}`);
    }
  }
}

/** Passes pieces on, and notes what is strange: they are looked at until the first that is not. */
async function* watched(pieces: AsyncIterable<Piece>, seen: Seen): AsyncGenerator<Piece, void, undefined> {
  for await (const piece of pieces) {
    seen.count++;
    if (seen.count === 1 || seen.areAllStrange) {
      const keys = strangeKeys(piece.text);
      seen.areAllStrange = keys !== undefined;
      seen.lone = seen.count === 1 && piece.place === "" ? keys : undefined;
    } else seen.lone = undefined;
    yield piece;
  }
}

/** The keys of an object that has no field of CloudTrail's records; undefined for all else. */
function strangeKeys(text: string): readonly string[] | undefined {
  const [found, ...more] = unwrapped(text);
  if (found === undefined || more.length > 0 || !("json" in found)) return undefined;
  const keys = Object.keys(JSON.parse(found.json));
  return keys.some((field) => RECORD_FIELDS.has(field)) ? undefined : keys;
}

async function* ofTable(
  name: string,
  content: Content,
  fault: (text: string) => void,
): AsyncGenerator<string, void, undefined> {
  let partial = 0;
  for await (const { json, place, isPartial } of rowsOf(content.decoded())) {
    if (isPartial) partial++;
    for (const found of unwrapped(json)) {
      if ("json" in found) yield found.json;
      else fault(`${name}:${place}: ${found.what}`);
    }
  }
  if (partial > 0) {
    process.stderr.write(
      `${name}: a table of Event history holds no parameters, answers or kinds of callers, so that many rules cannot match; download it as JSON, or use --event-history\n`,
    );
  }
}

const CHUNK = 256 * 1024;

/** A log file of these records; what breaks their reading is told, and those before it stay. */
async function* asLogFile(
  records: AsyncIterable<string>,
  broken: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: string[] = ['{"Records":['];
  let size = 0;
  let isFirst = true;
  try {
    for await (const json of records) {
      parts.push(isFirst ? json : `,${json}`);
      isFirst = false;
      size += json.length;
      if (size < CHUNK) continue;
      yield Buffer.from(parts.join(""));
      parts = [];
      size = 0;
    }
  } catch (error) {
    broken(error);
  }
  yield Buffer.from(`${parts.join("")}]}`);
}
