import type { LogObject } from "../envelope/log-object.ts";
import { type DigestFile, DigestFileError, readDigestFile } from "./digest-file.ts";
import { type DigestPath, digestPathOf } from "./digest-path.ts";
import type { FindKey } from "./key-ring.ts";
import { type DigestMetadata, generatedAt, isSigned, signatureIn } from "./signature.ts";

/** What a digest turned out to be. */
export type Verdict =
  | { readonly is: "sound"; readonly digest: DigestFile; readonly path: DigestPath; readonly signature: string }
  /** No digest that anybody can read. */
  | { readonly is: "malformed"; readonly what: string }
  /** It says that it lies elsewhere: it was moved here, or an older one was put in a newer one's place. */
  | { readonly is: "moved"; readonly what: string }
  /** Its object has no signature beside it. */
  | { readonly is: "unsigned"; readonly what: string }
  /** CloudTrail lists no key with the fingerprint that it names. */
  | { readonly is: "unknown-key"; readonly what: string }
  /** It is not what CloudTrail signed. */
  | { readonly is: "wrong-signature"; readonly what: string };

/** A digest as it was found. */
export interface FoundDigest {
  readonly logObject: LogObject;
  readonly stored: Uint8Array;
  readonly metadata: DigestMetadata;
}

const HOUR = 3_600_000;

/** Minutes by which the end in a digest's name may differ from the end that it states. */
const SLACK = 60_000;

/**
 * Judges a digest by itself: whether CloudTrail signed it, for this place. That log files and the digest before it are
 * what it says, is for others to judge. Rejects if the keys cannot be asked for.
 */
export async function judgeDigest({ logObject, stored, metadata }: FoundDigest, findKey: FindKey): Promise<Verdict> {
  const path = digestPathOf(logObject.key);
  if (path === undefined) return { is: "malformed", what: "its name is not that of a digest" };
  let digest: DigestFile;
  try {
    digest = readDigestFile(logObject, stored);
  } catch (error) {
    if (error instanceof DigestFileError) return { is: "malformed", what: error.what };
    throw error;
  }
  if (digest.bucket !== logObject.bucket || digest.key !== logObject.key) {
    return { is: "moved", what: `it belongs to s3://${digest.bucket}/${digest.key}` };
  }
  if (digest.account !== path.account) return { is: "moved", what: `it belongs to account ${digest.account}` };
  if (digest.start > digest.end || Math.abs(digest.end - path.end) > SLACK) {
    return { is: "malformed", what: "the time that it covers is not that of its name" };
  }
  const signature = signatureIn(metadata);
  if (signature === undefined) return { is: "unsigned", what: "no signature is stored beside it" };
  const { fingerprint } = digest;
  const made = path.isBackfill ? generatedAt(metadata) : undefined;
  // CloudTrail may sign with the next key as soon as the hour is over.
  const [from, until] = made === undefined ? [digest.start, digest.end + 2 * HOUR] : [made - HOUR, made + HOUR];
  const key = await findKey({ region: path.region, fingerprint, from, until });
  if (key === undefined) {
    return { is: "unknown-key", what: `CloudTrail lists no key ${fingerprint.slice(0, 64)} for ${path.region}` };
  }
  if (!isSigned(digest, signature, key)) {
    return { is: "wrong-signature", what: "its content is not what CloudTrail signed" };
  }
  return { is: "sound", digest, path, signature };
}
