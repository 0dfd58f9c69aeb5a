/** A log object as S3 returned it. */
export interface FetchedObject {
  /** As stored, and at most a little more than the reader's limit. */
  readonly bytes: Uint8Array;
  /** S3's mark of the content, without quotes: a different one means that the object was rewritten. */
  readonly etag?: string;
  /** The ETag when reading began, if somebody rewrote the object meanwhile. */
  readonly replaced?: string;
}
