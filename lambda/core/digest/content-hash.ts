import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";

/** Content that cannot be hashed as a log file's, and why. */
export class ContentError extends Error {
  override readonly name = "ContentError";
}

/** Files up to this size are unpacked at once, which is quicker; log files are some kilobytes. */
const SMALL = 128 * 1024;
const MAX_SMALL_CONTENT = 8 * 2 ** 20;

/**
 * SHA-256 of what a gzip stream holds, in lower-case hexadecimal; only one chunk is in memory, whatever the file holds.
 * @throws ContentError for what is no gzip, or not whole, or followed by something else
 */
export async function hashContent(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const held: Uint8Array[] = [];
  let size = 0;
  const rest = chunks[Symbol.asyncIterator]();
  for (let next = await rest.next(); ; next = await rest.next()) {
    if (next.done === true) return hashSmall(Buffer.concat(held));
    held.push(next.value);
    size += next.value.length;
    if (size > SMALL) break;
  }
  return hashLarge(held, rest);
}

async function hashSmall(stored: Buffer): Promise<string> {
  let content: Buffer;
  try {
    content = gunzipSync(stored, { maxOutputLength: MAX_SMALL_CONTENT });
  } catch (cause) {
    // What is small and holds much goes the other way.
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return hashLarge([stored], none());
    throw contentError(cause);
  }
  return createHash("sha256").update(content).digest("hex");
}

async function hashLarge(held: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  let size = 0;
  async function* all() {
    for (const chunk of held) yield counted(chunk);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield counted(next.value);
  }
  const counted = (chunk: Uint8Array) => {
    size += chunk.length;
    return chunk;
  };
  let broken: unknown;
  const source = Readable.from(all(), { objectMode: false });
  source.on("error", (error) => {
    broken = error;
    gunzip.destroy(error);
  });
  try {
    for await (const part of source.pipe(gunzip) as AsyncIterable<Buffer>) hash.update(part);
  } catch (cause) {
    throw broken ?? contentError(cause);
  } finally {
    source.destroy();
  }
  if (gunzip.bytesWritten < size) throw new ContentError("something follows the gzip stream");
  return hash.digest("hex");
}

async function* none(): AsyncGenerator<Uint8Array> {}

function contentError(cause: unknown): ContentError {
  const { message, code } = cause as NodeJS.ErrnoException;
  const what = code === "Z_BUF_ERROR" ? "the gzip stream is cut off" : `the gzip stream is broken (${message})`;
  return new ContentError(what, { cause });
}
