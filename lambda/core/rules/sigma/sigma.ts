import { isObject } from "../../record/record.ts";
import type { Condition } from "../condition.ts";
import { SigmaError } from "./error.ts";
import { parseExpression } from "./expression.ts";
import { compileSearch } from "./search.ts";

/** The `detection` of a Sigma rule, as its author wrote it. */
export type SigmaDetection = { readonly [search: string]: unknown };

/**
 * Compiles a detection over raw records: values are compared as text and without case, paths cross lists by any member,
 * and text tests on an object see its JSON and each of its leaves.
 * Source: Sigma Rules Specification 2.1.
 * @throws SigmaError naming what is wrong or not supported
 */
export function compileSigma(detection: SigmaDetection): Condition {
  const { condition, timeframe, ...searches } = detection;
  if (timeframe !== undefined) throw new SigmaError(["timeframe"], "is not supported; a threshold is");
  const compiled = new Map(
    Object.entries(searches).map(([name, search]) => [name, compileSearch(search, [name])] as const),
  );
  const expressions: readonly unknown[] = Array.isArray(condition) ? condition : [condition];
  const [first, ...more] = expressions.map((expression) => {
    if (typeof expression !== "string") throw new SigmaError(["condition"], "is missing, or no text");
    return parseExpression(expression, compiled);
  });
  if (first === undefined) throw new SigmaError(["condition"], "is empty");
  return more.length === 0 ? first : { kind: "any", of: [first, ...more] };
}

/** True for data with the top-level fields of a Sigma rule's file. */
export function isSigma(data: unknown): boolean {
  return isObject(data) && (Object.hasOwn(data, "detection") || Object.hasOwn(data, "correlation"));
}
