import type { CloudTrailRecord } from "../record/record.ts";
import type { Sketch } from "./scan/sketch.ts";

/** Says which records need not be parsed. */
export interface Sieve<A = unknown> {
  /** True if nothing is to be done about a record with such a sketch. */
  passesOver(sketch: Sketch): boolean;
  /** What is known of all records like this one, which was parsed; undefined if nobody knows. Its sketch is good only until the next scan. */
  meet?(record: CloudTrailRecord, sketch: Sketch): A | undefined;
}
