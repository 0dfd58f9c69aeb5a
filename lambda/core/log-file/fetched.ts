/** A log object as S3 handed it over. */
export interface FetchedObject {
  /** As stored, and at most a little more than the reader's limit. */
  readonly bytes: Uint8Array;
  /** S3's mark of the content, without quotes: another one means that the object was written again. */
  readonly etag?: string;
  /** The ETag that it had when reading it began, where somebody wrote it again meanwhile. */
  readonly replaced?: string;
}
