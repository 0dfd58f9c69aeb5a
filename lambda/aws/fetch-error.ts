import { type LogObject, s3Uri } from "../core/envelope/log-object.ts";

/** An object that S3 did not hand over, with S3's name for the reason and, where there is one, the remedy. */
export class FetchError extends Error {
  override readonly name = "FetchError";
  /** True when the object will never be there: a retry is useless. */
  readonly isPermanent: boolean;
  /** True when there is no such object. */
  readonly isGone: boolean;

  constructor(logObject: LogObject, cause: unknown) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    const remedy = remedyFor(name, message, logObject);
    super(`${s3Uri(logObject)}: ${name}: ${message}${remedy === undefined ? "" : `. ${remedy}`}`, { cause });
    this.isPermanent = PERMANENT.has(name);
    this.isGone = GONE.has(name);
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

const GONE = new Set(["NoSuchKey", "NoSuchVersion", "NotFound"]);

/** What to do about a refusal that does not go away by itself. */
function remedyFor(name: string, message: string, { bucket }: LogObject): string | undefined {
  const [, key] = /kms:Decrypt on (?:the )?resource:? (arn:[^\s"]+)/i.exec(message) ?? [];
  if (key !== undefined || /^KMS\./.test(name)) {
    return `The function's role must be allowed kms:Decrypt on ${key ?? "the key of that object"}, which must be enabled: set logKey, and look into the key's policy`;
  }
  const [, role] = /sts:AssumeRole on resource:? (arn:[^\s"]+)/i.exec(message) ?? [];
  if (role !== undefined) {
    return `The trust policy of ${role} must let the function's role assume it: the output OtherRoleTrust has the statement`;
  }
  switch (name) {
    case "AccessDenied":
    case "Forbidden":
      return `The function's role lacks s3:GetObject on that object, or kms:Decrypt on its key, or the policy of the bucket ${bucket} denies it`;
    case "InvalidObjectState":
      return "The object is archived: restore it, and hand the event back";
    case "PermanentRedirect":
    case "AuthorizationHeaderMalformed":
      return `The bucket ${bucket} is in another region than the function: set bucketRegion`;
    default:
      return undefined;
  }
}
