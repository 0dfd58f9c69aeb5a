import type { Sketch } from "./scan/sketch.ts";

/** Says which records need not be parsed. */
export interface Sieve {
  /** True if nothing could come of a record with this sketch. */
  passesOver(sketch: Sketch): boolean;
}
