import { createHash } from "node:crypto";
import type { DigestFile } from "./digest-file.ts";

/** What is kept of a digest to judge the one after it. */
export interface KnownDigest {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  /** Of its signature. */
  readonly signatureHash: string;
}

/** How a sound digest hangs on the one before it. */
export type ChainLink =
  /** It names none before it: logging, or the writing of digests, began anew. */
  | { readonly is: "start" }
  | { readonly is: "follows" }
  /** Nobody knows the one before it. */
  | { readonly is: "unknown"; readonly bucket: string; readonly key: string }
  /** The one before it is another than the one that it names. */
  | { readonly is: "differs"; readonly what: string };

/** Signatures are long; this stands for one. */
export function signatureHashOf(signature: string): string {
  return createHash("sha256").update(signature).digest("hex").slice(0, 32);
}

/** Judges a digest by the one before it. `knownAs` returns what is known of a digest by its key. */
export function linkTo(
  { previous }: DigestFile,
  knownAs: (bucket: string, key: string) => KnownDigest | undefined,
): ChainLink {
  if (previous === undefined) return { is: "start" };
  const { bucket, key, hash, signature } = previous;
  const known = knownAs(bucket, key);
  if (known === undefined) return { is: "unknown", bucket, key };
  if (known.hash !== hash) return { is: "differs", what: "its content has another hash" };
  if (known.signatureHash !== signatureHashOf(signature)) return { is: "differs", what: "it has another signature" };
  return { is: "follows" };
}
