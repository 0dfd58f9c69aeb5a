import type { Sketch } from "./sketch.ts";

/** How far a scan came. */
export interface Scanned {
  /** Whole elements that were found; the scanner answers for each until the next scan. */
  readonly count: number;
  /** The byte behind the last of them, or `start`: what comes from here on was not consumed. */
  readonly next: number;
  /**
   * Why it stopped: the bytes end within what comes next ("more"), there is no room for more elements ("full"), the list is
   * closed, with its bracket at `next` ("closed"), or what comes next is no JSON ("broken").
   */
  readonly because: "more" | "full" | "closed" | "broken";
}

/**
 * Finds the elements of a JSON list without parsing them, and checks their grammar: what it finds is exactly what
 * JSON.parse accepts. `isFirst` says that no element came before `start`; otherwise a comma or the closing bracket is expected.
 */
export interface Scanner {
  scan(bytes: Uint8Array, start: number, end: number, isFirst: boolean): Scanned;
  /** Where an element begins and ends in the bytes. */
  startOf(index: number): number;
  endOf(index: number): number;
  /** How deep its objects and lists nest. */
  depthOf(index: number): number;
  /** What its few fields say; undefined if they cannot be told from the bytes, so that it must be parsed, or if it is no object. */
  sketchOf(index: number): Sketch | undefined;
}

/** How many elements one scan finds at most. */
export const ROOM = 4096;
