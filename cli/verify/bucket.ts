import type { DigestMetadata } from "../../lambda/core/digest/signature.ts";

/** An object that is being read. */
export interface OpenedObject {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Undefined where a copy does not have it. */
  readonly metadata: DigestMetadata | undefined;
}

/** An object that is not there. */
export class GoneError extends Error {
  override readonly name = "GoneError";
}

/** A bucket with log files and digests, or a copy of one. Keys are those of the bucket. */
export interface LogBucket {
  readonly name: string;
  /** What lies directly below a prefix that ends in a slash, each with its slash at the end. */
  folders(prefix: string): Promise<readonly string[]>;
  /** The keys that begin so, in order, from behind `after` on. */
  keys(prefix: string, after?: string): AsyncIterable<string>;
  /**
   * Rejects with GoneError for an object that is not there.
   */
  open(key: string): Promise<OpenedObject>;
}

/** The whole of a small object, at most `limit` bytes and a chunk. */
export async function wholeOf({ chunks }: OpenedObject, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > limit) break;
  }
  return Buffer.concat(parts);
}
