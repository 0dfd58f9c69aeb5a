import type { CloudTrailRecord } from "../record/record.ts";
import type { Sketch } from "./scan/sketch.ts";

/** Says which records need not be parsed. */
export interface Sieve<A = unknown> {
  /** Is told which sketches a scan made, before it is asked about each of them: to look for all at once takes less time. */
  expect?(sketches: readonly (Sketch | undefined)[]): void;
  /** True if nothing is to be done about a record with such a sketch; `number` is its place among those that are expected. */
  passesOver(sketch: Sketch, number?: number): boolean;
  /** What is known of all records like this one, which was parsed; undefined if nobody knows. Its sketch is good only until the next scan. */
  meet?(record: CloudTrailRecord, sketch: Sketch): A | undefined;
}
