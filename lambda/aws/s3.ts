import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type LogObject, placeOf } from "../core/envelope/log-object.ts";

/** An object that S3 did not hand over, with S3's name for the reason. */
export class FetchError extends Error {
  override readonly name = "FetchError";

  constructor(logObject: LogObject, cause: unknown) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    super(`${placeOf(logObject)}: ${name}: ${message}`, { cause });
  }
}

/** Long enough for the largest file, and short enough that the others of the event still get their turn. */
const DEADLINE_MILLISECONDS = 40_000;

/**
 * Opens log objects with a client.
 * @throws FetchError, also while the chunks are read: GetObject resolves at the headers, so a body may still break off or
 * stall, and the SDK watches neither
 */
export function fetchObjectWith(
  s3: S3Client,
  deadline = DEADLINE_MILLISECONDS,
): (logObject: LogObject) => Promise<AsyncIterable<Uint8Array>> {
  return async (logObject) => {
    const expired = AbortSignal.timeout(deadline);
    try {
      const get = new GetObjectCommand({ Bucket: logObject.bucket, Key: logObject.key });
      const { Body } = await s3.send(get, { abortSignal: expired });
      // In node the body is a stream of buffers; the SDK's type covers browsers as well.
      return chunksOf(logObject, (Body ?? []) as unknown as AsyncIterable<Uint8Array>, expired, deadline);
    } catch (cause) {
      throw new FetchError(logObject, cause);
    }
  };
}

async function* chunksOf(
  logObject: LogObject,
  body: AsyncIterable<Uint8Array>,
  expired: AbortSignal,
  deadline: number,
): AsyncGenerator<Uint8Array> {
  const late = new Promise<never>((_, reject) => {
    expired.addEventListener("abort", () => reject(new Error(`the body was not there after ${deadline} ms`)));
  });
  late.catch(() => undefined); // nobody waits for it once the body has ended
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await Promise.race([chunks.next(), late]);
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new FetchError(logObject, cause);
  } finally {
    // Also when the reader has seen enough, and gives up on a file that is too large.
    if (body instanceof Readable) body.destroy();
  }
}
