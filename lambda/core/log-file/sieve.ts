import type { Sketch } from "./scan/sketch.ts";

/** Says which records need not be parsed. */
export interface Sieve {
  /** True if nothing is to be done about a record with such a sketch. */
  passesOver(sketch: Sketch): boolean;
}
