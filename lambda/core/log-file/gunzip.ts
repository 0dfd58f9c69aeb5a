import { createGunzip, gunzipSync } from "node:zlib";
import { inPieces } from "./content.ts";
import { MAX_WHOLE } from "./limits.ts";

/** A gzip stream that zlib does not read to its end. */
export class GunzipError extends Error {
  override readonly name = "GunzipError";
  /** What is wrong, in words. */
  readonly what: string;

  constructor(cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    super(message, { cause });
    this.what =
      code === "Z_BUF_ERROR"
        ? "the gzip stream is cut off"
        : /incorrect (?:data|length) check/.test(message)
          ? `the gzip checksum is wrong (${message})`
          : `the gzip stream is broken (${message})`;
  }
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** What a small file may inflate to without a stream. */
const MAX_AT_ONCE = 2 ** 24;

/** Inflates what is small; undefined for what is not, or is broken. */
export function gunzipAtOnce(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 18 || bytes.length > MAX_WHOLE) return undefined;
  // The end of a gzip says how much is in it (RFC 1952, ISIZE). One byte more, and zlib sees that there is room.
  const size = bytes.readUInt32LE(bytes.length - 4) + 1;
  if (size > MAX_AT_ONCE) return undefined;
  try {
    const inflated = gunzipSync(bytes, { maxOutputLength: MAX_AT_ONCE, chunkSize: Math.max(size, 1024) });
    if (size >= LEAST && inflated.buffer.byteLength === size) OWN.add(inflated);
    return inflated;
  } catch {
    return undefined; // whoever reads it as a stream finds out what is wrong
  }
}

/** Chunks that have memory of their own, which zlib is done with. */
const OWN = new WeakSet<Buffer>();

/** Smaller buffers are cut from memory that they share. */
const LEAST = 64 * 1024;

/**
 * Gives back the memory of a chunk that was inflated here: it is empty then. Left to the garbage collector, which looks through
 * all that a function keeps after some hundred chunks, they make a large file cost twice as much.
 */
export function giveBack(chunk: Buffer): void {
  // Node 20 has no such method.
  const memory = chunk.buffer as { transfer?(size: number): unknown };
  if (OWN.delete(chunk)) memory.transfer?.(0);
}

/** How much is inflated in one go. Node's 16 KB make large files slow. */
const CHUNK = 256 * 1024;
const PIECE = 32 * 1024;

/** The checksum and the size at the end of a gzip stream. */
const TRAILER = 8;

/**
 * Inflates gzip, one member or several. Zlib keeps back what it made of a piece that turns out to be broken, so such a
 * piece is read again, byte by byte, from a second beginning of the chunks; and the trailer is a piece of its own.
 * @throws GunzipError after all that can be inflated
 */
export function gunzipped(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const pieces = inPieces(chunks, PIECE, TRAILER);
  return {
    async *[Symbol.asyncIterator]() {
      const came = { pieces: 0, last: 0 };
      let size = 0;
      try {
        for await (const chunk of inflate(counted(pieces, came))) {
          size += chunk.length;
          yield chunk;
        }
      } catch (fault) {
        if (!(fault instanceof GunzipError)) throw fault;
        if (came.last > TRAILER) yield* behind(inflate(fine(pieces, came.pieces)), size);
        throw fault;
      }
    },
  };
}

async function* counted(pieces: AsyncIterable<Buffer>, came: { pieces: number; last: number }) {
  for await (const piece of pieces) {
    came.pieces++;
    came.last = piece.length;
    yield piece;
  }
  came.last = 0;
}

/** Pieces, but from number `from` on (the first is 1) in single bytes. */
async function* fine(pieces: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer, void, undefined> {
  let number = 0;
  for await (const piece of pieces) {
    if (++number < from) yield piece;
    else for (let at = 0; at < piece.length; at++) yield piece.subarray(at, at + 1);
  }
}

/** What comes behind the first `size` bytes, until it breaks off, for whatever reason: that is known already. */
async function* behind(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer, void, undefined> {
  let missing = size;
  try {
    for await (const chunk of chunks) {
      if (chunk.length > missing) yield chunk.subarray(missing);
      missing = Math.max(0, missing - chunk.length);
    }
  } catch {}
}

/**
 * Hands zlib one piece after the other, each when all that came of the one before is taken: a fault loses what zlib has
 * ready, and nothing is inflated ahead of whoever reads it.
 */
async function* inflate(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK });
  let fault: unknown;
  let isTaken = true;
  let isOver = false;
  let wake = () => {};
  const over = (error?: unknown) => {
    fault ??= error;
    isOver = true;
    wake();
  };
  gunzip.on("readable", () => wake());
  gunzip.on("error", over);
  gunzip.on("end", () => over());
  async function* output(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk: Buffer | null = gunzip.read();
      // What ends where zlib's room ends fills it, and zlib goes on in new memory.
      const { byteLength = 0 } = chunk?.buffer ?? {};
      if (chunk !== null && byteLength === CHUNK && chunk.byteOffset + chunk.length === CHUNK) OWN.add(chunk);
      if (chunk !== null) yield chunk;
      else if (isTaken || isOver) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    if (fault !== undefined) throw new GunzipError(fault);
  }
  try {
    for await (const piece of pieces) {
      isTaken = false;
      gunzip.write(piece, (error) => {
        if (error) return over(error);
        isTaken = true;
        wake();
      });
      yield* output();
      // Zeros may follow a gzip stream, and zlib takes nothing that comes behind them.
      if (isOver) return;
    }
    // Only now, so that of a stream that is cut off everything is inflated before the end is missed.
    isTaken = false;
    gunzip.end();
    yield* output();
  } finally {
    gunzip.destroy();
  }
}
