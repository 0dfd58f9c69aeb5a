/** How much of a log file is read. None of it decides about memory but the largest record. */
export interface ReadLimits {
  /** Bytes after decompression, and as stored. */
  readonly inflated: number;
  /** Bytes of one record. */
  readonly record: number;
  /** How deep the objects and lists of one record may nest. */
  readonly depth: number;
}

/**
 * CloudTrail writes at most 50 MB before compression (CloudTrail User Guide, "CloudTrail log file examples"), and records
 * of 256 KB; the limits leave room. What is larger takes a function longer than it may run.
 */
export const DEFAULT_LIMITS: ReadLimits = {
  inflated: 2 ** 30,
  record: 2 ** 20,
  depth: 500,
};

/** Bytes as stored: log objects up to this are fetched and inflated whole, which costs less than a stream. */
export const MAX_WHOLE = 2 ** 20;

/** On a desk there is time: files of any size are read. */
export const DESK_LIMITS: ReadLimits = { ...DEFAULT_LIMITS, inflated: Number.POSITIVE_INFINITY };
