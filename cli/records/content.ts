import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import type { LogObject } from "../../lambda/core/envelope/log-object.ts";
import { asBuffer, chunksOf, isWhole, peeked, type Content as Stored } from "../../lambda/core/log-file/content.ts";
import { inflated } from "../../lambda/core/log-file/decompress.ts";
import { isGzip } from "../../lambda/core/log-file/gunzip.ts";
import { type DeskFile, STDIN } from "./desk-file.ts";
import { RecordsError } from "./fault.ts";
import { fileContent } from "./file-content.ts";

/** What is in a file: as stored, and as text. One of the two can be read, once. */
export interface Content {
  /** As stored: gzipped or not. */
  readonly stored: Stored;
  /** The beginning of the text, in UTF-8. */
  readonly head: Buffer;
  /** True if there is no more text than the head. */
  readonly isWhole: boolean;
  /** True if the text is stored as UTF-16, which no log file is. */
  readonly isUtf16: boolean;
  /** The text in UTF-8, without a byte order mark. */
  decoded(): AsyncIterable<Uint8Array>;
}

/** How much of the text is looked at to tell what it is. */
const HEAD = 64 * 1024;
/** How much of a gzipped file is inflated for a first look, and for a second one if that was too little. */
const LOOKS = [600, 16 * 1024];

/** Packings that need another program, by their first bytes (Wikipedia, "List of file signatures"). */
const PACKED: readonly (readonly [hex: string, what: string])[] = [
  ["504b0304", "a zip archive: unpack it (unzip FILE -d FOLDER), and name the folder"],
  ["504b0506", "an empty zip archive"],
  ["425a68", "packed with bzip2: unpack it first (bunzip2)"],
  ["fd377a585a00", "packed with xz: unpack it first (unxz)"],
  ["28b52ffd", "packed with zstd: unpack it first (unzstd)"],
  ["377abcaf271c", "a 7z archive: unpack it, and name the folder"],
  ["50415231", "a Parquet file: export it as JSON, one record a line"],
];
const TAR = { at: 257, text: "ustar" };

/**
 * Opens a file.
 * @throws RecordsError for what another program must unpack first, and the system's errors
 */
export async function openContent(file: DeskFile): Promise<Content> {
  const { first, stored } = await begun(file);
  refusePacked(first);
  const isPacked = isGzip(first);
  const start = isPacked ? inflatedHead(first) : first;
  refusePacked(start);
  const encoding = encodingOf(start);
  const head = withoutMark(encoding === "utf-8" ? start : decodedAt(start, encoding)).subarray(0, HEAD);
  return {
    stored,
    head,
    isWhole: !isPacked && isWhole(stored) && stored.length <= HEAD,
    isUtf16: encoding !== "utf-8",
    decoded: () => decoded(file.logObject, stored, encoding),
  };
}

/** The first bytes of a file, and all of it, the first bytes included. */
async function begun({ content }: DeskFile): Promise<{ first: Buffer; stored: Stored }> {
  if (typeof content !== "string") return { first: asBuffer(content), stored: content };
  if (content !== STDIN && statSync(content).isFile()) {
    const stored = fileContent(content);
    return { first: isWhole(stored) ? asBuffer(stored) : beginningOf(content), stored };
  }
  // A pipe cannot be read twice, so the first chunk is kept.
  const stream = content === STDIN ? process.stdin : createReadStream(content);
  const { head, all } = await peeked(stream as AsyncIterable<Buffer>, 1);
  return { first: head, stored: all };
}

function beginningOf(path: string): Buffer {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(HEAD);
    return bytes.subarray(0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

function refusePacked(bytes: Buffer): void {
  const begin = bytes.toString("hex", 0, 8);
  const [, what] = PACKED.find(([hex]) => begin.startsWith(hex)) ?? [];
  if (what !== undefined) throw new RecordsError(`it is ${what}`);
  if (bytes.toString("latin1", TAR.at, TAR.at + TAR.text.length) === TAR.text) {
    throw new RecordsError("it is a tar archive: unpack it (tar -xf FILE -C FOLDER), and name the folder");
  }
}

/** As much of a gzipped text's beginning as tells what it is; nothing if the stream is broken. */
function inflatedHead(stored: Buffer, within = 0): Buffer {
  let head = Buffer.alloc(0);
  for (const look of LOOKS) {
    try {
      head = gunzipSync(stored.subarray(0, look), { finishFlush: constants.Z_SYNC_FLUSH });
    } catch {
      return head;
    }
    if (isPlainLogFile(head)) return head;
  }
  return isGzip(head) && within === 0 ? inflatedHead(head, 1) : head;
}

/** The beginning of what CloudTrail writes. */
export function isPlainLogFile(head: Buffer): boolean {
  return /^\s*\{\s*"Records"\s*:/.test(head.toString("latin1", 0, 200));
}

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return "utf-8";
}

function decodedAt(head: Buffer, encoding: Encoding): Buffer {
  return Buffer.from(new TextDecoder(encoding).decode(head.subarray(0, head.length & ~1)));
}

async function* decoded(
  logObject: LogObject,
  stored: Stored,
  encoding: Encoding,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = chunksOf(inflated(logObject, stored, Number.POSITIVE_INFINITY));
  if (encoding === "utf-8") {
    yield* unmarked(chunks);
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* unmarked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true;
  for await (const chunk of chunks) {
    yield isFirst ? withoutMark(asBuffer(chunk)) : chunk;
    isFirst = false;
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
