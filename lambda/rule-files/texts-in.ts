import type { ValueTest } from "../core/rules/operators.ts";

/** A text that a test looks for: the whole value, a part of it, or a pattern as it is written. */
export interface Sought {
  readonly text: string;
  readonly as: "whole" | "part" | "pattern";
}

/** The texts that a test looks for; none where it looks at something else, or leaves texts out. */
export function textsIn(test: ValueTest): readonly Sought[] {
  switch (test.kind) {
    case "in":
      return test.values.flatMap((text) => (typeof text === "string" ? { text, as: "whole" } : []));
    case "equals":
      return test.texts.map((text) => ({ text, as: "whole" }));
    case "contains":
    case "prefix":
    case "suffix":
      return [{ text: test.text, as: "part" }];
    case "wildcard":
    case "call-like":
      return [{ text: test.parts.join("*"), as: "pattern" }];
    case "regex":
      return [{ text: test.source, as: "pattern" }];
    // Names of calls have checks of their own.
    case "call":
    case "numeric":
    case "compare":
    case "cidr":
    case "cidr-wider-than":
    case "address":
    case "account":
    case "equals-field":
    case "names-resource":
    case "block":
    case "present":
    case "none-of":
      return [];
    default:
      return test satisfies never;
  }
}
