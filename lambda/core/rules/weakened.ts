import { type Condition, joined } from "./condition.ts";
import type { FieldPath } from "./field-path.ts";
import type { ValueTest } from "./operators.ts";
import { pinsOf } from "./pins.ts";

/** The fields of which something is known. */
export interface Fields {
  /** True if the scalar at a path, or that there is none, is known. */
  has(path: FieldPath): boolean;
  /** True if enough is known of the value at a path for this test. */
  suffices(path: FieldPath, test: ValueTest): boolean;
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
  const own = DECIDED.get(fields) ?? new WeakMap<Condition, boolean>();
  DECIDED.set(fields, own);
  const known = own.get(condition);
  if (known !== undefined) return known;
  const isSo = decides(condition, fields);
  own.set(condition, isSo);
  return isSo;
}

/** The same conditions are asked about for every call that is met. */
const DECIDED = new WeakMap<Fields, WeakMap<Condition, boolean>>();

function decides(condition: Condition, fields: Fields): boolean {
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
      // Of calls whose outcome stands in other fields nothing is decided at all.
      return OUTCOME.every((path) => fields.has(path));
    case "acting":
      return ACTING.every((path) => fields.has(path) || fields.suffices(path, { kind: "address", is: "outside" }));
    case "within":
      // It takes an object to be within, which only a value in it proves.
      return pinsOf(condition.of) !== undefined && isDecided(condition.of, below(condition.path, fields));
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

const OUTCOME: readonly FieldPath[] = [["errorCode"]];

/** What actingOf asks; the names of services stand among the kinds of addresses. */
const ACTING: readonly FieldPath[] = [
  ["userIdentity", "type"],
  ["userIdentity", "invokedBy"],
  ["userIdentity", "sessionContext", "sessionIssuer", "arn"],
  ["sessionCredentialFromConsole"],
  ["sourceIPAddress"],
];

/** Whose account the record is, and where it was called. */
const ACCOUNT: readonly FieldPath[] = [["recipientAccountId"], ["userIdentity", "accountId"]];
const REGION: FieldPath = ["awsRegion"];

function below(path: FieldPath, fields: Fields): Fields {
  return {
    has: (inner) => fields.has([...path, ...inner]),
    suffices: (inner, test) => fields.suffices([...path, ...inner], test),
  };
}

function isTestDecided(path: FieldPath, test: ValueTest, fields: Fields): boolean {
  if (test.kind === "none-of") return test.tests.every((one) => isTestDecided(path, one, fields));
  return (fields.has(path) || fields.suffices(path, test)) && besides(test).every((other) => fields.has(other));
}

/** What a test asks of the record beside the value. */
function besides(test: Exclude<ValueTest, { kind: "none-of" }>): readonly FieldPath[] {
  switch (test.kind) {
    case "equals-field":
      return [test.path];
    case "account":
      return ACCOUNT;
    case "names-resource":
      return [...ACCOUNT, REGION];
    case "in":
    case "equals":
    case "contains":
    case "regex":
    case "prefix":
    case "suffix":
    case "wildcard":
    case "call":
    case "call-like":
    case "numeric":
    case "compare":
    case "cidr":
    case "cidr-wider-than":
    case "address":
    case "block":
    case "present":
      return [];
    default:
      return test satisfies never;
  }
}
