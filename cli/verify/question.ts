import type { Span } from "../../lambda/core/digest/coverage.ts";
import type { FindKey } from "../../lambda/core/digest/key-ring.ts";
import type { LogBucket } from "./bucket.ts";

/** What is to be proven, and with what. */
export interface Question extends Span {
  readonly bucket: LogBucket;
  readonly findKey: FindKey;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
