import type { Span } from "../../lambda/core/digest/coverage.ts";
import { type DigestFile, DigestFileError, readDigestFile } from "../../lambda/core/digest/digest-file.ts";
import type { DigestPath } from "../../lambda/core/digest/digest-path.ts";
import type { DigestMetadata } from "../../lambda/core/digest/signature.ts";
import { type LogBucket, wholeOf } from "./bucket.ts";

/** A digest by its key, not read yet. */
export interface KeyedDigest {
  readonly key: string;
  readonly path: DigestPath;
}

/** A digest as it lay in the bucket. */
export interface LoadedDigest extends KeyedDigest {
  readonly stored: Buffer;
  /** Undefined in a copy that lacks it. */
  readonly metadata: DigestMetadata | undefined;
  /** What it says, whether that is true or not; undefined if nobody can read it. */
  readonly said: DigestFile | undefined;
}

/** A digest that could not be read. */
export interface UnreadDigest extends KeyedDigest {
  readonly reason: unknown;
}

const HOUR = 3_600_000;
const MAX_DIGEST = 32 * 2 ** 20;

/** Reads a digest. */
export async function loadDigest(bucket: LogBucket, { key, path }: KeyedDigest): Promise<LoadedDigest | UnreadDigest> {
  try {
    const opened = await bucket.open(key);
    const stored = await wholeOf(opened, MAX_DIGEST);
    return { key, path, stored, metadata: opened.metadata, said: parsed(bucket.name, key, stored) };
  } catch (reason) {
    return { key, path, reason };
  }
}

/**
 * The signatures of copied digests, by their keys: a copy has none beside its files, but each digest has that of the one
 * before it.
 */
export function signaturesIn(bucket: string, loaded: readonly LoadedDigest[]): ReadonlyMap<string, string> {
  return new Map(
    loaded.flatMap(({ said }) =>
      said?.previous?.bucket === bucket ? [[said.previous.key, said.previous.signature] as const] : [],
    ),
  );
}

/** The time that a digest covers: what it says, if it is its own place that it names; else the hour before its end. */
export function spanOf({ key, path, said }: KeyedDigest & Partial<Pick<LoadedDigest, "said">>): Span {
  const isHere = said?.key === key && said.start < said.end;
  return isHere ? { from: said.start, until: said.end } : { from: path.end - HOUR, until: path.end };
}

function parsed(bucket: string, key: string, stored: Buffer): DigestFile | undefined {
  try {
    return readDigestFile({ bucket, key }, stored);
  } catch (error) {
    if (error instanceof DigestFileError) return undefined;
    throw error;
  }
}
