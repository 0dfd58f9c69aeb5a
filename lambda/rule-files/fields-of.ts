import type { Condition } from "../core/rules/condition.ts";
import type { FieldPath } from "../core/rules/field-path.ts";
import type { ValueTest } from "../core/rules/operators.ts";

/** One look that a condition takes at a field. */
export interface FieldLook {
  /** From the record's top; empty for keywords, which are looked for in the whole record. */
  readonly path: FieldPath;
  readonly tests: readonly ValueTest[];
  /** True below a `not`: whatever passes is left out. */
  readonly isNegated: boolean;
  /** True where the field must be missing. */
  readonly isAbsence: boolean;
}

/** Every look that a condition takes at a field. */
export function fieldsOf(condition: Condition): readonly FieldLook[] {
  return looksOf(condition).filter(({ path }) => path.length > 0);
}

/** Every look that a condition takes at a field, and at the whole record. */
export function looksOf(condition: Condition, above: FieldPath = [], isNegated = false): readonly FieldLook[] {
  const look = (path: FieldPath, tests: readonly ValueTest[], isAbsence = false): FieldLook => ({
    path: [...above, ...path],
    tests,
    isNegated,
    isAbsence,
  });
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of.flatMap((part) => looksOf(part, above, isNegated));
    case "not":
      return looksOf(condition.of, above, !isNegated);
    case "within":
      return looksOf(condition.of, [...above, ...condition.path], isNegated);
    case "related":
      return [condition.path, condition.other].map((path) => look(path, []));
    case "text":
    case "field":
      return [look(condition.path, condition.tests)];
    case "absent":
      return [look(condition.path, [], true)];
    case "size":
      return [look(condition.path, [])];
    case "internet":
      return looksOf(condition.of, above, isNegated);
    case "outcome":
    case "policy":
    case "acting":
      return [];
    default:
      return condition satisfies never;
  }
}
