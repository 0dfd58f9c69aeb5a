import type { Condition } from "./condition.ts";
import type { FieldPath } from "./field-path.ts";
import type { ValueTest } from "./value-test.ts";

/** Holds for every record. */
export const ALWAYS: Condition = { kind: "all", of: [] };

/**
 * The strongest condition on some fields of a record alone that a condition implies: if it fails for a record, the condition
 * fails for every record that is the same in these fields. `fields` are names at the top of a record.
 */
export function weakened(condition: Condition, fields: ReadonlySet<string>): Condition {
  switch (condition.kind) {
    case "all":
      return allOf(condition.of.map((part) => weakened(part, fields)));
    case "any": {
      const of = condition.of.map((part) => weakened(part, fields));
      return of.some(isAlways) ? ALWAYS : { kind: "any", of };
    }
    case "outcome":
      // Every refusal has an errorCode; other failures may have only a message, or a word in the answer.
      return condition.in.every((outcome) => outcome === "denied" || outcome === "dry-run") && fields.has("errorCode")
        ? { kind: "not", of: { kind: "absent", path: ["errorCode"] } }
        : ALWAYS;
    default:
      return isOn(condition, fields) ? condition : ALWAYS;
  }
}

/** Within a field that is read as a whole. */
const ANY_FIELD = { has: () => true };

/** True if nothing but these fields decides a condition. */
export function isOn(condition: Condition, fields: Pick<ReadonlySet<string>, "has">): boolean {
  const reads = (path: FieldPath) => fields.has(path[0] ?? "");
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of.every((part) => isOn(part, fields));
    case "not":
      return isOn(condition.of, fields);
    case "field":
    case "text":
      return reads(condition.path) && condition.tests.every((test) => isOnValue(test));
    case "absent":
    case "size":
      return reads(condition.path);
    case "acting":
      return ["userIdentity", "sourceIPAddress", "sessionCredentialFromConsole"].every((field) => fields.has(field));
    case "within":
      return reads(condition.path) && isOn(condition.of, ANY_FIELD);
    case "internet":
    case "policy":
    case "related":
    case "outcome":
      return false;
    default:
      return condition satisfies never;
  }
}

/** True for a test that looks at nothing but the value. */
function isOnValue(test: ValueTest): boolean {
  if (test.kind === "none-of") return test.tests.every(isOnValue);
  return test.kind !== "equals-field" && test.kind !== "account";
}

function allOf(parts: readonly Condition[]): Condition {
  return { kind: "all", of: parts.filter((part) => !isAlways(part)) };
}

/** True for what holds for every record. */
export function isAlways(condition: Condition): boolean {
  return condition.kind === "all" && condition.of.length === 0;
}
