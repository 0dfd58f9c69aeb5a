import { type Condition, joined } from "./condition.ts";
import type { FieldPath } from "./field-path.ts";
import type { ValueTest } from "./value-test.ts";

/** The fields of which something is known. */
export interface Fields {
  /** True if the scalar at a path, or that there is none, is known. */
  has(path: FieldPath): boolean;
  /** True if it is known whether the call worked. */
  readonly outcome: boolean;
  /** True if of the caller's address only its kind is known. */
  readonly addressKind: boolean;
}

/** Holds for every record. */
const ALWAYS: Condition = { kind: "all", of: [] };

/**
 * The strongest condition on some fields alone that a condition implies: where it fails, the condition fails for every
 * record that is the same in these fields.
 */
export function weakened(condition: Condition, fields: Fields): Condition {
  switch (condition.kind) {
    case "all":
      return { kind: "all", of: condition.of.map((part) => weakened(part, fields)).filter((part) => !isAlways(part)) };
    case "any": {
      const of = condition.of.map((part) => weakened(part, fields));
      return of.some(isAlways) ? ALWAYS : { kind: "any", of };
    }
    default:
      return isDecided(condition, fields) ? condition : ALWAYS;
  }
}

/** True if nothing but these fields decides a condition. */
export function isDecided(condition: Condition, fields: Fields): boolean {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of.every((part) => isDecided(part, fields));
    case "not":
      return isDecided(condition.of, fields);
    case "field":
    case "text":
      return condition.tests.every((test) => isTestDecided(condition.path, test, fields));
    case "absent":
      return fields.has(condition.path);
    case "outcome":
      return fields.outcome;
    case "acting":
      return ACTING.every((path) => fields.has(path) || (fields.addressKind && path === ADDRESS));
    case "within": {
      const path = condition.path;
      return isDecided(condition.of, { ...fields, has: (inner) => fields.has([...path, ...inner]) });
    }
    case "size":
    case "internet":
    case "policy":
    case "related":
      return false;
    default:
      return condition satisfies never;
  }
}

/**
 * What is left of a condition once some fields are known: `holds` says whether a condition that they decide holds. Undefined
 * if it fails.
 */
export function remainder(
  condition: Condition,
  fields: Fields,
  holds: (decided: Condition) => boolean,
): Condition | undefined {
  if (isDecided(condition, fields)) return holds(condition) ? ALWAYS : undefined;
  if (condition.kind !== "all" && condition.kind !== "any") return condition;
  const parts = condition.of.map((part) => remainder(part, fields, holds));
  const left = parts.filter((part) => part !== undefined);
  if (condition.kind === "any")
    return left.some(isAlways) ? ALWAYS : left.length === 0 ? undefined : joined("any", left);
  return left.length < parts.length ? undefined : { kind: "all", of: left.filter((part) => !isAlways(part)) };
}

/** True for what holds for every record. */
export function isAlways(condition: Condition): boolean {
  return condition.kind === "all" && condition.of.length === 0;
}

const ADDRESS: FieldPath = ["sourceIPAddress"];

/** What actingOf asks; the names of services stand among the kinds of addresses. */
const ACTING: readonly FieldPath[] = [
  ["userIdentity", "type"],
  ["userIdentity", "invokedBy"],
  ["userIdentity", "sessionContext", "sessionIssuer", "arn"],
  ["sessionCredentialFromConsole"],
  ADDRESS,
];

function isTestDecided(path: FieldPath, test: ValueTest, fields: Fields): boolean {
  if (test.kind === "none-of") return test.tests.every((one) => isTestDecided(path, one, fields));
  if (test.kind === "equals-field" && !fields.has(test.path)) return false;
  if (test.kind === "address" && fields.addressKind && path.length === 1 && path[0] === ADDRESS[0]) return true;
  return fields.has(path);
}
