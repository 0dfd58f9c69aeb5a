/** A regular expression that is not understood, or cannot run in linear time. */
export class RegexError extends Error {
  override readonly name = "RegexError";
}

/** Flags: i ignores case, m lets ^ and $ match at line ends, s lets the dot match line ends. */
export interface RegexFlags {
  readonly i?: boolean;
  readonly m?: boolean;
  readonly s?: boolean;
}

/** Code points from the first to the second, inclusive. */
export type Range = readonly [number, number];

/** What a place between two characters must be. */
export type Assertion = "start" | "end" | "lineStart" | "lineEnd" | "word" | "noWord";

/** A parsed expression. */
export type Node =
  | { readonly kind: "char"; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "sequence"; readonly of: readonly Node[] }
  | { readonly kind: "choice"; readonly of: readonly Node[] }
  | { readonly kind: "repeat"; readonly of: Node; readonly min: number; readonly max: number };
