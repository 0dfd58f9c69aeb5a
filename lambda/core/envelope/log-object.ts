/** An S3 object that may hold a log file. */
export interface LogObject {
  readonly bucket: string;
  /** Decoded, as GetObject wants it. */
  readonly key: string;
  /** Another reading of the key, in case the first one finds no object. */
  readonly otherKey?: string;
  /** The version that was announced, if the bucket keeps versions. */
  readonly versionId?: string;
  /** The ETag that was announced, without quotes. */
  readonly etag?: string;
}

/** How an object is named to people: `s3://bucket/key`. */
export function s3Uri({ bucket, key }: LogObject): string {
  return `s3://${bucket}/${key}`;
}

/** Tells apart what may be announced at one place: a bucket that keeps versions can hold several of one key. */
export function versionName(logObject: LogObject): string {
  return `${s3Uri(logObject)} ${logObject.versionId ?? ""} ${logObject.etag ?? ""}`;
}

/** How the keys of log files end as CloudTrail writes them: the bucket announces these alone. */
export const LOG_SUFFIX = ".json.gz";

/** How names of compressed files end. Whoever adds a compression (core/log-file/decompress.ts) adds its ending. */
const COMPRESSED = /\.gz$/i;

/** A file's name without the ending that tells its compression. */
export function plainName(name: string): string {
  return name.replace(COMPRESSED, "");
}

/** True for the name of a file that may hold records. */
export function mayHoldRecords(name: string): boolean {
  return /\.(?:json|jsonl|ndjson)$/.test(plainName(name));
}

/** What the path of a log object says about it. */
export interface LogPath {
  /** The organization, if its trail wrote the object: `o-exampleorgid`. */
  readonly organization?: string;
  readonly account: string;
  readonly kind: string;
  readonly region: string;
}

/**
 * Reads `[prefix/]AWSLogs/[o-orgid/]<account>/<kind>/...`; undefined when the key has no such path. The prefix may have
 * several segments, and name AWSLogs itself. The first place that fits counts: its account can choose what follows.
 * Source: CloudTrail User Guide, "Finding your CloudTrail log files".
 */
export function logPathOf(key: string): LogPath | undefined {
  if (key !== last.key) last = { key, path: readPath(key) };
  return last.path;
}

/** Each record of a log file asks about the same key. */
let last: { readonly key: string; readonly path: LogPath | undefined } = { key: "", path: undefined };

const PATH = /(?:^|\/)AWSLogs\/(?:(o-[a-z0-9]+)\/)?(\d{12})\/([^/]+)(?:\/([^/]*))?/;

function readPath(key: string): LogPath | undefined {
  const [, organization, account, kind, region = ""] = PATH.exec(key) ?? [];
  if (account === undefined || kind === undefined) return undefined;
  return { account, kind, region, ...(organization !== undefined && { organization }) };
}

/** Why a digest is skipped. */
export const A_DIGEST = "it is a digest";

/**
 * Why an object is no CloudTrail log file, or undefined if it is to be read. The path alone decides: digests end in
 * .json.gz as well. An unknown kind that begins with CloudTrail- is read.
 */
export function whyNotALogFile(key: string): string | undefined {
  const path = logPathOf(key);
  if (path === undefined && !key.split("/").includes("AWSLogs")) return "its key has no AWSLogs segment";
  if (key.endsWith("/")) return "it is an empty folder marker";
  if (path === undefined) return undefined; // below AWSLogs, but laid out in a way of its own: reading tells
  if (path.kind === "CloudTrail-Digest") return A_DIGEST;
  if (path.kind === "CloudTrail" || path.kind.startsWith("CloudTrail-")) return undefined;
  return `it is a log of ${path.kind}`;
}
