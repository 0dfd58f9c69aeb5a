import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type LogObject, placeOf } from "../core/envelope/log-object.ts";
import type { FetchedObject } from "../core/log-file/fetched.ts";
import { DEFAULT_LIMITS } from "../core/log-file/reader.ts";

/** An object that S3 did not hand over, with S3's name for the reason and, where there is one, the remedy. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  /** True when the object will never be there: a retry is useless. */
  readonly isPermanent: boolean;

  constructor(logObject: LogObject, cause: unknown) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    const remedy = remedyFor(name, message, logObject);
    super(`${placeOf(logObject)}: ${name}: ${message}${remedy === undefined ? "" : `. ${remedy}`}`, { cause });
    this.isPermanent = PERMANENT.has(name);
  }
}

/** S3's names for what does not change by itself (S3 API Reference, "Error responses"). */
const PERMANENT = new Set([
  "NoSuchKey",
  "NoSuchBucket",
  "NoSuchVersion",
  "NotFound",
  "InvalidObjectState",
  // An object that was encrypted with a key of its writer's (SSE-C).
  "InvalidRequest",
  "KeyTooLongError",
  "MethodNotAllowed",
  "NotImplemented",
]);

/** How long S3 may take, in milliseconds. */
export interface FetchTimes {
  /** For all tries together; short enough that the other objects of the event still get their turn. */
  readonly deadline: number;
  /** Between two chunks of a body. */
  readonly idle: number;
}

const TIMES: FetchTimes = { deadline: 40_000, idle: 5_000 };

/** Tries to read a body to its end. */
const TRIES = 3;

/**
 * Reads log objects with a client, whole and no further than the reader's limit. A body that breaks off or stalls is read
 * again from its start, as long as the object is still the same.
 * @throws FetchError
 */
export function fetchObjectWith(
  s3: S3Client,
  times: FetchTimes = TIMES,
): (logObject: LogObject, until?: number) => Promise<FetchedObject> {
  return async (logObject, until = Number.POSITIVE_INFINITY) => {
    const deadline = Math.max(1_000, Math.min(times.deadline, until - Date.now()));
    const own = { ...times, deadline };
    const { otherKey, ...raw } = logObject;
    try {
      return await fetchWhole(s3, raw, own);
    } catch (cause) {
      const error = new FetchError(logObject, cause);
      if (otherKey === undefined || !error.isPermanent) throw error;
      return await fetchWhole(s3, { ...raw, key: otherKey }, own).catch((other: unknown) => {
        throw new FetchError(logObject, other);
      });
    }
  };
}

async function fetchWhole(
  s3: S3Client,
  { bucket, key, versionId }: LogObject,
  { deadline, idle }: FetchTimes,
): Promise<FetchedObject> {
  const expired = AbortSignal.timeout(deadline);
  let etag: string | undefined;
  let replaced: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const get = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(versionId !== undefined && { VersionId: versionId }),
      ...(etag !== undefined && { IfMatch: etag }),
    });
    try {
      const { Body, ETag, ContentLength } = await s3.send(get, { abortSignal: expired });
      etag = ETag;
      // In node the body is a stream of buffers; the SDK's type covers browsers as well.
      const bytes = await wholeBody(Body as unknown as Readable, ContentLength, expired, { deadline, idle });
      return {
        bytes,
        ...(ETag !== undefined && { etag: unquoted(ETag) }),
        ...(replaced !== undefined && { replaced: unquoted(replaced) }),
      };
    } catch (cause) {
      // The client has already retried what S3 itself reports, but not what breaks within a body.
      if (
        attempt >= TRIES ||
        expired.aborted ||
        !(cause instanceof BodyError || nameOf(cause) === "PreconditionFailed")
      ) {
        throw cause;
      }
      if (nameOf(cause) === "PreconditionFailed") {
        replaced = etag;
        etag = undefined;
      }
    }
  }
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', "");
}

/** A body that did not come to its end: GetObject resolves at the headers, and the SDK watches no body. */
class BodyError extends Error {
  override readonly name = "BodyError";
}

async function wholeBody(
  body: Readable | undefined,
  length: number | undefined,
  expired: AbortSignal,
  { deadline, idle }: FetchTimes,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const chunks = (body ?? Readable.from([]))[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await inTime(chunks.next(), expired, idle, deadline);
      if (done) break;
      parts.push(value);
      size += value.length;
      // The reader refuses what is larger; no more of it is needed.
      if (size > DEFAULT_LIMITS.stored) return Buffer.concat(parts);
    }
  } catch (cause) {
    throw cause instanceof BodyError ? cause : new BodyError(`the body broke off: ${messageOf(cause)}`, { cause });
  } finally {
    body?.destroy?.();
  }
  if (length !== undefined && size < length) throw new BodyError(`the body broke off after ${size} of ${length} bytes`);
  return Buffer.concat(parts);
}

async function inTime<T>(next: Promise<T>, expired: AbortSignal, idle: number, deadline: number): Promise<T> {
  let stop = () => {};
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new BodyError(`the body stalled for ${idle} ms`)), idle);
    const onExpired = () => reject(new BodyError(`the body was not there after ${deadline} ms`));
    expired.addEventListener("abort", onExpired);
    stop = () => {
      clearTimeout(timer);
      expired.removeEventListener("abort", onExpired);
    };
  });
  late.catch(() => undefined); // nobody waits for it once the chunk is there
  next.catch(() => undefined); // nor for the chunk once it is late
  try {
    return await Promise.race([next, late]);
  } finally {
    stop();
  }
}

/** What to do about a refusal that does not go away by itself. */
function remedyFor(name: string, message: string, { bucket }: LogObject): string | undefined {
  const [, key] = /kms:Decrypt on (?:the )?resource:? (arn:[^\s"]+)/i.exec(message) ?? [];
  if (key !== undefined || /^KMS\./.test(name)) {
    return `The function's role must be allowed kms:Decrypt on ${key ?? "the key of that object"}, which must be enabled: set logKey, and look into the key's policy`;
  }
  switch (name) {
    case "AccessDenied":
    case "Forbidden":
      return `The function's role lacks s3:GetObject on that object, or kms:Decrypt on its key, or the policy of the bucket ${bucket} denies it`;
    case "InvalidObjectState":
      return "The object is archived: restore it, and hand the event back";
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
      return `The bucket ${bucket} is in another region than the function`;
    default:
      return undefined;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
