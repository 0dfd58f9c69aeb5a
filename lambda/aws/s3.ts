import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { LogObject } from "../core/envelope/log-object.ts";
import { placeOf } from "../core/envelope/log-object.ts";

/** An object that S3 did not hand over, with S3's name for the reason. */
export class FetchError extends Error {
  override readonly name = "FetchError";

  constructor(logObject: LogObject, cause: unknown) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    super(`${placeOf(logObject)}: ${name}: ${message}`, { cause });
  }
}

/**
 * Opens log objects with a client.
 * @throws FetchError, also while the chunks are read: GetObject resolves at the headers, so a body may still break
 */
export function fetchObjectWith(s3: S3Client): (logObject: LogObject) => Promise<AsyncIterable<Uint8Array>> {
  return async (logObject) => {
    try {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: logObject.bucket, Key: logObject.key }));
      // In node the body is a stream of buffers; the SDK's type covers browsers as well.
      return chunksOf(logObject, (Body ?? []) as unknown as AsyncIterable<Uint8Array>);
    } catch (cause) {
      throw new FetchError(logObject, cause);
    }
  };
}

async function* chunksOf(logObject: LogObject, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new FetchError(logObject, cause);
  }
}
