import type { Content } from "./content.ts";

/** A log object as S3 returned it. */
export interface FetchedObject {
  /** As stored; what is large comes while it is read, and may break off for good on its way. */
  readonly content: Content;
  /** S3's mark of the content, without quotes: a different one means that the object was rewritten. */
  readonly etag?: string;
  /** The ETag when reading began, if somebody rewrote the object meanwhile. */
  readonly replaced?: string;
  /** What S3 keeps beside it, by names without `x-amz-meta-`. */
  readonly metadata?: { readonly [name: string]: string };
}
