import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { BodyError, type Patience } from "./patience.ts";

/** Which object is read. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** The object was overwritten while its first content was being read. */
export class ReplacedError extends Error {
  override readonly name = "ReplacedError";
}

/** Tries in a row that bring little. */
export const TRIES = 3;
const MUCH = 2 ** 20;

/** An object of which S3 has begun to send the content. */
export class S3Object {
  readonly etag: string | undefined;
  /** Bytes of the whole content; undefined if S3 does not say. */
  readonly length: number | undefined;
  /** What S3 keeps beside the content. */
  readonly metadata: { readonly [name: string]: string };
  readonly #open: Open;
  readonly #patience: Patience;
  /** What came with the first answer. */
  #opened: Opened | undefined;

  private constructor(opened: Opened, open: Open, patience: Patience) {
    this.etag = opened.etag;
    this.length = opened.length;
    this.metadata = opened.metadata;
    this.#opened = opened;
    this.#open = open;
    this.#patience = patience;
  }

  static async open(s3: S3Client, name: ObjectName, patience: Patience): Promise<S3Object> {
    const open: Open = (from, etag) => openFrom(s3, name, patience, from, etag);
    return new S3Object(await open(0), open, patience);
  }

  /**
   * The content from its start. A body that breaks off or stalls is gone on with where it broke off, as long as the object is
   * still the same.
   * @throws ReplacedError, BodyError, or what S3 says
   */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    let opened = this.#opened;
    this.#opened = undefined;
    let at = 0;
    let begun = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        // The client has already retried what S3 itself reports, but not what breaks within a body.
        opened ??= await this.#open(at, this.etag);
        let place = opened.from;
        for await (const chunk of inTime(opened.body, this.#patience)) {
          // A store that does not know ranges begins from the start.
          const fresh = chunk.subarray(Math.max(0, at - place));
          place += chunk.length;
          at += fresh.length;
          if (fresh.length > 0) yield fresh;
        }
        if (this.length === undefined || at >= this.length) return;
        throw new BodyError(`the body broke off after ${at} of ${this.length} bytes`);
      } catch (cause) {
        if (at - begun > MUCH) attempt = 0;
        begun = at;
        if (attempt >= TRIES || this.#patience.left === 0 || !(cause instanceof BodyError)) throw cause;
      } finally {
        opened?.body.destroy();
        opened = undefined;
      }
    }
  }
}

/** Has an object sent from a byte on, if it is still the one with this ETag. */
type Open = (from: number, etag?: string) => Promise<Opened>;

interface Opened {
  readonly body: Readable;
  /** The byte of the content that the body begins with. */
  readonly from: number;
  readonly etag: string | undefined;
  readonly length: number | undefined;
  readonly metadata: { readonly [name: string]: string };
}

async function openFrom(
  s3: S3Client,
  { bucket, key, versionId }: ObjectName,
  patience: Patience,
  from: number,
  etag: string | undefined,
): Promise<Opened> {
  const get = new GetObjectCommand({
    Bucket: bucket,
    Key: key,
    ...(versionId !== undefined && { VersionId: versionId }),
    ...(etag !== undefined && { IfMatch: etag }),
    ...(from > 0 && { Range: `bytes=${from}-` }),
  });
  try {
    const {
      Body,
      ETag,
      ContentLength,
      ContentRange,
      Metadata = {},
    } = await patience.answer((abortSignal) => s3.send(get, { abortSignal }));
    // In node the body is a stream of buffers; the SDK's type covers browsers as well.
    const body = (Body as unknown as Readable | undefined) ?? Readable.from([]);
    body.on("error", () => undefined); // it may break before anybody reads it
    return { body, from: ContentRange === undefined ? 0 : from, etag: ETag, length: ContentLength, metadata: Metadata };
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== "PreconditionFailed") throw cause;
    throw new ReplacedError("the object was replaced while it was being read", { cause });
  }
}

async function* inTime(body: Readable, patience: Patience): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await patience.chunk(chunks.next());
    } catch (cause) {
      if (cause instanceof BodyError) throw cause;
      const what = cause instanceof Error ? cause.message : String(cause);
      throw new BodyError(`the body broke off: ${what}`, { cause });
    }
    if (next.done) return;
    yield next.value;
  }
}
