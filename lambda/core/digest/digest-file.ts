import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { type LogObject, s3Uri } from "../envelope/log-object.ts";
import { isObject } from "../record/record.ts";
import { hasShape, isListOf, isText, type Shape } from "../store/guard.ts";

/** A log file that a digest names. */
export interface NamedFile {
  readonly bucket: string;
  readonly key: string;
  /** SHA-256 of its uncompressed content, in lower-case hexadecimal. */
  readonly hash: string;
}

/** The digest before this one in its chain, as this one has it. */
export interface PreviousDigest {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  readonly signature: string;
}

/** A digest as CloudTrail wrote it, or as somebody else did: only its signature tells. */
export interface DigestFile {
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  /** The end as it is written there, for the signature. */
  readonly endText: string;
  /** Where it says that it lies. */
  readonly bucket: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly algorithm: string;
  /** Undefined for the first digest after logging, or the writing of digests, began. */
  readonly previous?: PreviousDigest;
  readonly files: readonly NamedFile[];
  /** SHA-256 of its uncompressed content, in lower-case hexadecimal. */
  readonly hash: string;
}

/** A digest that is none, with its place and what is wrong. */
export class DigestFileError extends Error {
  override readonly name = "DigestFileError";
  readonly what: string;

  constructor(logObject: LogObject, what: string, options?: ErrorOptions) {
    super(`${s3Uri(logObject)}: ${what}`, options);
    this.what = what;
  }
}

/** A digest has some 450 bytes for each of its files; this is room for 140,000 of them in an hour. */
const MAX_STORED = 32 * 2 ** 20;
const MAX_INFLATED = 64 * 2 ** 20;

const isHash: Shape = (value) => typeof value === "string" && /^[0-9a-f]{64}$/i.test(value);
const isInstant: Shape = (value) => typeof value === "string" && !Number.isNaN(Date.parse(value));

const isNamed = hasShape({
  s3Bucket: isText,
  s3Object: isText,
  hashValue: isHash,
  hashAlgorithm: (value) => value === "SHA-256",
});

const isDigest = hasShape({
  awsAccountId: isText,
  digestStartTime: isInstant,
  digestEndTime: isInstant,
  digestS3Bucket: isText,
  digestS3Object: isText,
  digestPublicKeyFingerprint: isText,
  digestSignatureAlgorithm: isText,
  logFiles: isListOf(isNamed),
});

const isPrevious = hasShape({
  previousDigestS3Bucket: isText,
  previousDigestS3Object: isText,
  previousDigestHashValue: isHash,
  previousDigestHashAlgorithm: (value) => value === "SHA-256",
  previousDigestSignature: isText,
});

const PREVIOUS = [
  "previousDigestS3Bucket",
  "previousDigestS3Object",
  "previousDigestHashValue",
  "previousDigestHashAlgorithm",
  "previousDigestSignature",
];

/**
 * Reads a digest. Nothing in it is believed yet.
 * Source: CloudTrail User Guide, "CloudTrail digest file structure".
 * @throws DigestFileError
 */
export function readDigestFile(logObject: LogObject, stored: Uint8Array): DigestFile {
  const content = inflated(logObject, stored);
  let body: unknown;
  try {
    body = JSON.parse(content.toString("utf8"));
  } catch (cause) {
    throw new DigestFileError(logObject, "the JSON is broken", { cause });
  }
  if (!isDigest(body) || !isObject(body)) throw new DigestFileError(logObject, "it has not the fields of a digest");
  const text = (field: string) => String(body[field]);
  const given = PREVIOUS.filter((field) => (body[field] ?? null) !== null);
  if (given.length > 0 && !isPrevious(body)) {
    throw new DigestFileError(logObject, "what it says of the digest before it is not whole");
  }
  const files = body.logFiles as readonly { readonly [field: string]: string }[];
  return {
    account: text("awsAccountId"),
    start: Date.parse(text("digestStartTime")),
    end: Date.parse(text("digestEndTime")),
    endText: text("digestEndTime"),
    bucket: text("digestS3Bucket"),
    key: text("digestS3Object"),
    fingerprint: text("digestPublicKeyFingerprint"),
    algorithm: text("digestSignatureAlgorithm"),
    files: files.map(({ s3Bucket = "", s3Object = "", hashValue = "" }) => ({
      bucket: s3Bucket,
      key: s3Object,
      hash: hashValue.toLowerCase(),
    })),
    hash: createHash("sha256").update(content).digest("hex"),
    ...(given.length > 0 && {
      previous: {
        bucket: text("previousDigestS3Bucket"),
        key: text("previousDigestS3Object"),
        hash: text("previousDigestHashValue").toLowerCase(),
        signature: text("previousDigestSignature").toLowerCase(),
      },
    }),
  };
}

function inflated(logObject: LogObject, stored: Uint8Array): Buffer {
  if (stored.length > MAX_STORED) throw new DigestFileError(logObject, `larger than the limit of ${MAX_STORED} bytes`);
  try {
    return gunzipSync(stored, { maxOutputLength: MAX_INFLATED });
  } catch (cause) {
    throw new DigestFileError(logObject, "it is not gzip, or not whole, or too large", { cause });
  }
}
