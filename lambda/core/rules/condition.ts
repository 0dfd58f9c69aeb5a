import { type Outcome, outcomeOf } from "../record/outcome.ts";
import { type CloudTrailRecord, isObject } from "../record/record.ts";
import { compileTest, type Scalar, type ValueTest } from "./value-test.ts";

/** A path of field names. Arrays on the way are crossed: the path leads to every element. */
export type FieldPath = readonly string[];

/**
 * What a rule demands of a record, as plain data: it can be indexed (pins.ts), explained and compared. Every rule language
 * compiles to this one.
 */
export type Condition =
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  /** Some scalar at the path passes one of the tests. */
  | { readonly kind: "field"; readonly path: FieldPath; readonly tests: readonly ValueTest[] }
  /** No scalar stands at the path, in any element of any array. */
  | { readonly kind: "absent"; readonly path: FieldPath }
  /** One and the same object at the path meets the condition, whose paths count from there. */
  | { readonly kind: "within"; readonly path: FieldPath; readonly of: Condition }
  | { readonly kind: "outcome"; readonly in: readonly Outcome[] }
  /** Something that is not null at the path passes one of the tests as text: see textsAt. An empty path is the record. */
  | { readonly kind: "text"; readonly path: FieldPath; readonly tests: readonly ValueTest[] }
  /** Some text at one path stands in a relation to some text at another. */
  | {
      readonly kind: "related";
      readonly path: FieldPath;
      readonly other: FieldPath;
      readonly relation: "equals" | "contains" | "prefix" | "suffix";
      readonly fold: boolean;
    };

/** A compiled condition: asked of the record, or of the object within it that a `within` leads to. */
export type Predicate = (object: CloudTrailRecord) => boolean;

/** Compiles one condition; the parts of all/any are compiled by `part`, so that a caller may share them. */
export function compileCondition(
  condition: Condition,
  part: (condition: Condition) => Predicate = compileCondition,
): Predicate {
  switch (condition.kind) {
    case "all": {
      const parts = condition.of.map((inner) => part(inner));
      return (object) => parts.every((holds) => holds(object));
    }
    case "any": {
      const parts = condition.of.map((inner) => part(inner));
      return (object) => parts.some((holds) => holds(object));
    }
    case "not": {
      const holds = part(condition.of);
      return (object) => !holds(object);
    }
    case "field": {
      const tests = condition.tests.map(compileTest);
      const { path } = condition;
      return (object) => someScalar(object, path, (value) => tests.some((passes) => passes(value)));
    }
    case "absent": {
      const { path } = condition;
      return (object) => !someScalar(object, path, () => true);
    }
    case "within": {
      const holds = compileCondition(condition.of);
      const { path } = condition;
      return (object) => someObject(object, path, holds);
    }
    case "outcome": {
      const outcomes = new Set(condition.in);
      return (record) => outcomes.has(outcomeOf(record));
    }
    case "text": {
      // What a field equals is asked of its own texts; what a text holds, of all within it too.
      const tests = condition.tests.map((test) => ({ passes: compileTest(test), ofAll: holdsWithin(test) }));
      const { path } = condition;
      return (object) =>
        someText(object, path, (text, isOwn) => tests.some(({ passes, ofAll }) => (isOwn || ofAll) && passes(text)));
    }
    case "related": {
      const { path, other } = condition;
      return (object) =>
        someText(object, other, (text, isOwn) => {
          if (!isOwn) return false;
          const test = relatedTest(condition, text);
          const passes = compileTest(test);
          return someText(object, path, (candidate, isCandidateOwn) => {
            return (isCandidateOwn || holdsWithin(test)) && passes(candidate);
          });
        });
    }
    default:
      return condition satisfies never;
  }
}

/** Whether a test looks for something in a text, rather than at the text as a whole. */
function holdsWithin({ kind }: ValueTest): boolean {
  return kind !== "equals" && kind !== "in" && kind !== "cidr" && kind !== "compare";
}

function relatedTest({ relation, fold }: Condition & { kind: "related" }, text: string): ValueTest {
  const folding = fold ? ({ fold: true } as const) : {};
  if (relation === "equals")
    return fold ? { kind: "equals", texts: [text], fold: true } : { kind: "in", values: [text] };
  return { kind: relation, text, ...folding };
}

/** Arrays within arrays deeper than this are not looked into: no service nests so, and recursion must end. */
const MAX_NESTED_ARRAYS = 64;

/** True when some scalar at the path is one that `test` accepts; null counts as a scalar, objects do not. */
export function someScalar(value: unknown, path: FieldPath, test: (scalar: Scalar) => boolean): boolean {
  return someAt(value, path, (found) => !isObject(found) && found !== undefined && test(found as Scalar));
}

/** The scalars at a path, through all arrays. */
export function scalarsAt(value: unknown, path: FieldPath): readonly Scalar[] {
  const found: Scalar[] = [];
  someScalar(value, path, (scalar) => {
    found.push(scalar);
    return false;
  });
  return found;
}

/** The objects at a path, through all arrays. */
export function objectsAt(value: unknown, path: FieldPath): readonly CloudTrailRecord[] {
  const found: CloudTrailRecord[] = [];
  someObject(value, path, (object) => {
    found.push(object);
    return false;
  });
  return found;
}

function someObject(value: unknown, path: FieldPath, test: Predicate): boolean {
  return someAt(value, path, (found) => isObject(found) && test(found));
}

/** True when `test` accepts a value at the path; every element of an array on the way or at the end is tried. */
function someAt(value: unknown, path: FieldPath, test: (value: unknown) => boolean, from = 0, nested = 0): boolean {
  if (Array.isArray(value)) {
    return nested < MAX_NESTED_ARRAYS && value.some((element) => someAt(element, path, test, from, nested + 1));
  }
  if (from === path.length) return test(value);
  return isObject(value) && someAt(step(value, path[from] ?? ""), path, test, from + 1);
}

/**
 * True when `test` accepts a text at the path. Numbers and booleans count as text, null as nothing. The field's own texts
 * are its scalar, or the scalars of its list (`isOwn`); of an object or a list the JSON is a text too, and so is each
 * scalar within it.
 */
export function someText(
  value: unknown,
  path: FieldPath,
  test: (text: string, isOwn: boolean) => boolean,
  from = 0,
  nested = 0,
): boolean {
  if (from === path.length) return someTextOf(value, test);
  if (Array.isArray(value)) {
    return nested < MAX_NESTED_ARRAYS && value.some((element) => someText(element, path, test, from, nested + 1));
  }
  return isObject(value) && someText(step(value, path[from] ?? ""), path, test, from + 1);
}

function someTextOf(value: unknown, test: (text: string, isOwn: boolean) => boolean): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== "object") return test(String(value), true);
  return test(jsonOf(value), false) || someTextWithin(value, Array.isArray(value), test, 0);
}

function someTextWithin(
  value: object,
  isOwn: boolean,
  test: (text: string, isOwn: boolean) => boolean,
  depth: number,
): boolean {
  if (depth > MAX_NESTED_ARRAYS) return false;
  return Object.values(value).some((inner: unknown) => {
    if (inner === null || inner === undefined) return false;
    if (typeof inner !== "object") return test(String(inner), isOwn);
    return someTextWithin(inner, isOwn && Array.isArray(inner), test, depth + 1);
  });
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return ""; // nested beyond what can be printed
  }
}

/**
 * The value of a field, where a field named "a.b" counts as the field b of a, as in event patterns.
 * Source: event-ruler, which compares whole paths joined by dots.
 */
function step(object: CloudTrailRecord, field: string): unknown {
  const own = Object.hasOwn(object, field) ? object[field] : undefined;
  let dotted: { [rest: string]: unknown } | undefined;
  for (const name in object) {
    if (name.length > field.length && name.charCodeAt(field.length) === 46 && name.startsWith(field)) {
      dotted ??= Object.create(null) as { [rest: string]: unknown };
      dotted[name.slice(field.length + 1)] = object[name];
    }
  }
  if (dotted === undefined) return own;
  return own === undefined ? dotted : [{ ...(isObject(own) ? own : {}), ...dotted }, own];
}
