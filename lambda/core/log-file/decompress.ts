import type { LogObject } from "../envelope/log-object.ts";
import { asBuffer, type Content, chunksOf, inPieces, isWhole, peeked } from "./content.ts";
import { LogFileError } from "./error.ts";
import { GunzipError, gunzipAtOnce, gunzipped, isGzip } from "./gunzip.ts";

/** Somebody may have gzipped a copy once more. */
const MAX_GZIPS = 2;

const PIECE = 64 * 1024;

/** Sees what a log file's gzip holds, chunk by chunk; what is in no gzip, or in a second one within it, it does not see. */
export type Observe = (chunk: Buffer) => void;

/**
 * A log file's bytes as they were before they were gzipped, if they were: what is small at once, else in chunks, each of
 * them made when the one before is read. The chunks throw LogFileError for what cannot be inflated or is larger than
 * `limit` bytes, after all that comes before.
 */
export function inflated(
  logObject: LogObject,
  content: Content,
  limit: number,
  observe?: Observe,
): Buffer | AsyncIterable<Buffer> {
  if (!isWhole(content)) return unwrapped(logObject, chunksOf(content), limit, 0, observe);
  let bytes = asBuffer(content);
  let gzips = 0;
  for (; gzips < MAX_GZIPS && isGzip(bytes); gzips++) {
    const inner = gunzipAtOnce(bytes);
    if (inner === undefined) break;
    bytes = inner;
    if (gzips === 0) observe?.(bytes);
  }
  if (!isGzip(bytes) && bytes.length <= limit) return bytes;
  return unwrapped(logObject, chunksOf(bytes), limit, gzips, observe);
}

async function* unwrapped(
  logObject: LogObject,
  chunks: AsyncIterable<Buffer>,
  limit: number,
  gzips: number,
  observe: Observe | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const what = `${gzips === 0 ? "larger than" : "inflates to more than"} the limit of ${limit} bytes`;
  const { head, all } = await peeked(cutOff(logObject, chunks, limit, what), 2);
  if (!isGzip(head)) return yield* gzips === 0 ? inPieces(all, PIECE) : all;
  if (gzips < MAX_GZIPS) {
    const inner = named(logObject, gunzipped(all));
    const seen = gzips === 0 && observe !== undefined ? observed(inner, observe) : inner;
    return yield* unwrapped(logObject, seen, limit, gzips + 1, observe);
  }
  for await (const _ of all) break; // so that the chunks are closed
  throw new LogFileError(logObject, "gzip within gzip within gzip");
}

/** The first `limit` bytes, and an error where there are more. */
function cutOff(
  logObject: LogObject,
  chunks: AsyncIterable<Buffer>,
  limit: number,
  what: string,
): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      let left = limit;
      for await (const chunk of chunks) {
        const shown = chunk.length > left ? chunk.subarray(0, left) : chunk;
        // Before it is yielded, for whoever reads it may give its memory back.
        left -= chunk.length;
        yield shown;
        if (left < 0) throw new LogFileError(logObject, what);
      }
    },
  };
}

function observed(chunks: AsyncIterable<Buffer>, observe: Observe): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const chunk of chunks) {
        observe(chunk);
        yield chunk;
      }
    },
  };
}

/** The same chunks, with the log object named in what is wrong with their gzip. */
function named(logObject: LogObject, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* chunks;
      } catch (cause) {
        throw cause instanceof GunzipError ? new LogFileError(logObject, cause.what, { cause }) : cause;
      }
    },
  };
}
