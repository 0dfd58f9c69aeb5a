import { Brackets } from "./brackets.ts";
import { giveBack } from "./gunzip.ts";

/** JSON that ends or goes wrong at a byte. */
export class BrokenJson extends Error {
  override readonly name = "BrokenJson";
}

/** A value that was passed. */
export interface Passed {
  /** The byte of the file at which it begins. */
  readonly place: number;
  /** How deep its objects and lists nest. */
  readonly depth: number;
  /** Its bytes, until more are taken in; undefined if they are more than was wanted. */
  readonly bytes: Buffer | undefined;
}

const NOTHING = Buffer.alloc(0);

/**
 * Steps of reading. Each yield asks for more bytes, and gets whether some came; only whoever drives it waits for them, for a
 * promise at each step would cost a small file more than to scan it.
 */
export type Steps<T> = Generator<undefined, T, boolean>;

/** What of a log file's text was taken in and not read yet: what the newest chunk left over, and what came behind it. */
export class Unread {
  bytes: Buffer = NOTHING;
  /** Where in `bytes` reading goes on. */
  at = 0;
  /** The byte of the file that is the first of `bytes`. */
  #place = 0;
  /** Chunks that do not stand alone are put together here. */
  #own: Buffer = NOTHING;
  /** The chunk that stands alone. */
  #shown: Buffer = NOTHING;
  readonly #chunks: AsyncIterator<Buffer> | undefined;
  #fault: { readonly error: unknown } | undefined;

  /** The text comes in chunks, or it is there already. */
  constructor(text: Buffer | AsyncIterable<Buffer>) {
    if (Buffer.isBuffer(text)) this.#show(text, text);
    else this.#chunks = text[Symbol.asyncIterator]();
  }

  /** The byte of the file at which `bytes[index]` stands. */
  placeOf(index: number): number {
    return this.#place + index;
  }

  get length(): number {
    return this.bytes.length - this.at;
  }

  /**
   * Takes in more: as much again as there is, so that what is looked at once more is never more than what is new.
   * @returns false at the end of the file
   * @throws what the chunks throw, once all that came before is taken in
   */
  async grow(): Promise<boolean> {
    if (this.#chunks === undefined) return false;
    if (this.#fault !== undefined) throw this.#fault.error;
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      while (size === 0 || size < this.length) {
        const { done, value } = await this.#chunks.next();
        if (done) break;
        chunks.push(value);
        size += value.length;
      }
    } catch (error) {
      if (size === 0) throw error;
      this.#fault = { error };
    }
    if (size > 0) this.#take(chunks, size);
    return size > 0;
  }

  #take(chunks: readonly Buffer[], size: number): void {
    const { at, bytes, length } = this;
    this.#place += at;
    this.at = 0;
    const [only] = chunks;
    if (length === 0 && chunks.length === 1 && only !== undefined) {
      this.#show(only, only);
      return;
    }
    const own = this.#own.length < length + size ? Buffer.allocUnsafe(2 * (length + size)) : this.#own;
    bytes.copy(own, 0, at);
    let end = length;
    for (const chunk of chunks) {
      end += chunk.copy(own, end);
      giveBack(chunk);
    }
    this.#own = own;
    this.#show(own.subarray(0, end));
  }

  #show(bytes: Buffer, chunk: Buffer = NOTHING): void {
    this.bytes = bytes;
    giveBack(this.#shown);
    this.#shown = chunk;
  }

  /** The next byte that is no space, which `at` then points at; -1 at the end of the file. */
  *next(): Steps<number> {
    do {
      this.at = skipSpace(this.bytes, this.at);
      const byte = this.bytes[this.at];
      if (byte !== undefined) return byte;
    } while (yield);
    return -1;
  }

  /** Passes these bytes if they come next, and are all there already. */
  passText(text: Uint8Array): boolean {
    for (let i = 0; i < text.length; i++) if (this.bytes[this.at + i] !== text[i]) return false;
    this.at += text.length;
    return true;
  }

  /**
   * Passes the value that begins at `at`, however large it is; no more than `limit` bytes of it are kept.
   * @throws BrokenJson if no value begins there, or if it does not end
   */
  *pass(limit: number): Steps<Passed> {
    const place = this.#place + this.at;
    const brackets = new Brackets();
    let isKept = true;
    for (let from = this.at; ; ) {
      const end = brackets.endIn(this.bytes, from);
      if (end === undefined) throw new BrokenJson();
      if (end !== -1) {
        const bytes = isKept && end - this.at <= limit ? this.bytes.subarray(this.at, end) : undefined;
        this.at = end;
        return { place, depth: brackets.deepest, bytes };
      }
      if (this.length > limit) isKept = false;
      if (!isKept) this.at = this.bytes.length;
      from = this.length;
      if (!(yield)) throw new BrokenJson();
    }
  }

  /** Reads what is left, and keeps none of it. */
  *skipAll(): Steps<void> {
    do this.at = this.bytes.length;
    while (yield);
  }

  /** Lets go of the bytes, and of the chunks that did not come yet. */
  close(): Promise<unknown> | undefined {
    this.#show(NOTHING);
    this.at = 0;
    return this.#chunks?.return?.();
  }
}

function skipSpace(bytes: Uint8Array, from: number): number {
  const end = bytes.length;
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
  }
  return end;
}
