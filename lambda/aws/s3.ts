import type { S3Client } from "@aws-sdk/client-s3";
import type { LogObject } from "../core/envelope/log-object.ts";
import type { FetchedObject } from "../core/log-file/fetched.ts";
import { MAX_WHOLE } from "../core/log-file/limits.ts";
import { FetchError } from "./fetch-error.ts";
import { type FetchTimes, Patience } from "./patience.ts";
import { ReplacedError, S3Object, TRIES } from "./s3-object.ts";

const TIMES: FetchTimes = { deadline: 40_000, idle: 5_000 };

/**
 * Reads log objects with a client: small ones whole, large ones while their content is read. A small one that is replaced
 * meanwhile is read anew; a large one fails then, for some of the old content has been read.
 * @throws FetchError, and so does the content
 */
export function fetchObjectWith(
  s3: S3Client,
  times: FetchTimes = TIMES,
): (logObject: LogObject, until?: number) => Promise<FetchedObject> {
  return async (logObject, until = Number.POSITIVE_INFINITY) => {
    const fetch = (key: string) => fetchObject(s3, logObject, key, new Patience(times, until));
    try {
      return await fetch(logObject.key);
    } catch (error) {
      const { otherKey } = logObject;
      if (otherKey === undefined || !(error instanceof FetchError && error.isGone)) throw error;
      return await fetch(otherKey);
    }
  };
}

async function fetchObject(
  s3: S3Client,
  logObject: LogObject,
  key: string,
  patience: Patience,
): Promise<FetchedObject> {
  let replaced: string | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      const object = await S3Object.open(s3, { ...logObject, key }, patience);
      const etags = {
        ...(object.etag !== undefined && { etag: unquoted(object.etag) }),
        ...(replaced !== undefined && { replaced: unquoted(replaced) }),
        metadata: object.metadata,
      };
      if (object.length === undefined || object.length > MAX_WHOLE)
        return { content: contentOf(object, logObject), ...etags };
      replaced = object.etag;
      const chunks: Uint8Array[] = [];
      for await (const chunk of object.chunks()) chunks.push(chunk);
      return { content: Buffer.concat(chunks), ...etags };
    } catch (cause) {
      if (!(cause instanceof ReplacedError) || attempt >= TRIES) throw new FetchError(logObject, cause);
    }
  }
}

/** The chunks of an object, whose errors name it. */
function contentOf(object: S3Object, logObject: LogObject): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* object.chunks();
      } catch (cause) {
        throw new FetchError(logObject, cause);
      }
    },
  };
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', "");
}
