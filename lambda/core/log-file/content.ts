/**
 * A log object's bytes as they are stored: whole, or in chunks as they come. Chunks that can be iterated again begin from
 * the start; of those that come only once, some records in front of a fault in their gzip may be lost.
 */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

export function isWhole(content: Content): content is Uint8Array {
  return ArrayBuffer.isView(content);
}

/** Content as chunks; what is whole is one. */
export function chunksOf(content: Content): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      if (isWhole(content)) yield asBuffer(content);
      else for await (const chunk of content) yield asBuffer(chunk);
    },
  };
}

/** The same bytes, with a buffer's methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * The same bytes in pieces of one size, whatever chunks they come in, so that iterated again they are the same pieces;
 * the last bytes, `tail` of them, are a piece of their own. What came before a fault is delivered before it is thrown.
 */
export function inPieces(chunks: AsyncIterable<Buffer>, size: number, tail = 0): AsyncIterable<Buffer> {
  return {
    async *[Symbol.asyncIterator]() {
      let parts: Buffer[] = [];
      let length = 0;
      const faults: unknown[] = [];
      for await (const chunk of untilFault(chunks, faults)) {
        parts.push(chunk);
        length += chunk.length;
        if (length < size + tail) continue;
        const bytes = joined(parts);
        let at = 0;
        for (; length - at >= size + tail; at += size) yield bytes.subarray(at, at + size);
        parts = [bytes.subarray(at)];
        length -= at;
      }
      const rest = joined(parts);
      const end = Math.max(0, length - tail);
      if (end > 0) yield rest.subarray(0, end);
      if (end < length) yield rest.subarray(end);
      if (faults.length > 0) throw faults[0];
    },
  };
}

/** Chunks until they break off, and why they do. */
async function* untilFault(chunks: AsyncIterable<Buffer>, faults: unknown[]): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    faults.push(error);
  }
}

/** The first bytes of chunks, at least `size` if there are so many, and the same chunks from the start. */
export async function peeked(
  chunks: AsyncIterable<Buffer>,
  size: number,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let length = 0;
  while (length < size) {
    const { done, value } = await iterator.next();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  const head = joined(parts);
  let isBegun = false;
  const all = {
    async *[Symbol.asyncIterator]() {
      if (isBegun) return yield* chunks;
      isBegun = true;
      try {
        yield head;
        yield* { [Symbol.asyncIterator]: () => iterator };
      } finally {
        await iterator.return?.();
      }
    },
  };
  return { head, all };
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
