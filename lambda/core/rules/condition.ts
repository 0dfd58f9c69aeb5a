import type { Outcome } from "../record/outcome.ts";
import { type CloudTrailRecord, isObject } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { type KnownAccounts, NOBODY_KNOWN } from "./accounts.ts";
import { type Acting, actsAs } from "./acting.ts";
import { admitInternet } from "./address.ts";
import {
  type FieldPath,
  objectsAt,
  onlyAt,
  type Scalar,
  SEVERAL,
  scalarsAt,
  someObject,
  someScalar,
  someSize,
  someText,
} from "./field-path.ts";
import { compileTest, isWithin, type NumericBound, type ValuePredicate, type ValueTest } from "./operators.ts";
import { policiesOf } from "./policy/document.ts";
import { holdsFor, type PolicyQuestion } from "./policy/judge.ts";

/**
 * What a rule demands of a record, as plain data that can be indexed (pins.ts), explained and compared. Every rule
 * language compiles to it.
 */
export type Condition =
  | { readonly kind: "all"; readonly of: readonly Condition[] }
  | { readonly kind: "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition }
  /** Some scalar at the path passes one of the tests. */
  | { readonly kind: "field"; readonly path: FieldPath; readonly tests: readonly ValueTest[] }
  /** No scalar is at the path, in any element of any array. */
  | { readonly kind: "absent"; readonly path: FieldPath }
  /** One object at the path meets the condition, whose paths start from there. */
  | { readonly kind: "within"; readonly path: FieldPath; readonly of: Condition }
  /** The list at the path has this many elements; what is no list counts as one. */
  | { readonly kind: "size"; readonly path: FieldPath; readonly bounds: readonly NumericBound[] }
  /** The address blocks that meet the condition together admit half of the internet. */
  | { readonly kind: "internet"; readonly of: Condition }
  /** Some statement of some policy document in the record meets the question. */
  | { readonly kind: "policy"; readonly question: PolicyQuestion }
  | { readonly kind: "acting"; readonly is: Acting }
  | { readonly kind: "outcome"; readonly in: readonly Outcome[] }
  /** Some non-null value at the path passes one of the tests as text: see textsAt. An empty path means the record. */
  | { readonly kind: "text"; readonly path: FieldPath; readonly tests: readonly ValueTest[] }
  /** Some text at one path is in a given relation to some text at another. */
  | {
      readonly kind: "related";
      readonly path: FieldPath;
      readonly other: FieldPath;
      readonly relation: "equals" | "contains" | "prefix" | "suffix";
      readonly fold: boolean;
    };

/**
 * A compiled condition: asked of the record, or of the object in it that a `within` leads to. An account's owner, and
 * what another field holds, is always asked of the whole record.
 */
export type Predicate = (object: CloudTrailRecord, record: CloudTrailRecord) => boolean;

/** Compiles one condition; the parts of all/any are compiled by `part`, so that a caller may share them. */
export function compileCondition(
  condition: Condition,
  known: KnownAccounts = NOBODY_KNOWN,
  part: (condition: Condition) => Predicate = (inner) => compileCondition(inner, known),
): Predicate {
  switch (condition.kind) {
    case "all": {
      const parts = condition.of.map((inner) => part(inner));
      return (object, record) => {
        for (let i = 0; i < parts.length; i++) if (!(parts[i] as Predicate)(object, record)) return false;
        return true;
      };
    }
    case "any": {
      const parts = condition.of.map((inner) => part(inner));
      return (object, record) => {
        for (let i = 0; i < parts.length; i++) if ((parts[i] as Predicate)(object, record)) return true;
        return false;
      };
    }
    case "not": {
      const holds = part(condition.of);
      return (object, record) => !holds(object, record);
    }
    case "field": {
      const passes = anyOf(condition.tests.map((test) => compileTest(test, known)));
      const { path } = condition;
      return (object, record) => {
        const only = onlyAt(object, path);
        if (only === SEVERAL) return someScalar(object, path, (value) => passes(value, record));
        return only !== undefined && !isObject(only) && passes(only as Scalar, record);
      };
    }
    case "absent": {
      const { path } = condition;
      return (object) => !someScalar(object, path, () => true);
    }
    case "size": {
      const { path, bounds } = condition;
      return (object) => someSize(object, path, (size) => isWithin(size, bounds));
    }
    case "within": {
      const holds = compileCondition(condition.of, known);
      const { path } = condition;
      return (object, record) => someObject(object, path, (inner) => holds(inner, record));
    }
    case "internet": {
      const blocks = blocksOf(condition.of, known);
      return (object, record) => admitInternet(blocks(object, record));
    }
    case "policy":
      return (_, record) => holdsFor(condition.question, policiesOf(record), record, known);
    case "acting":
      return (_, record) => actsAs(record, condition.is);
    case "outcome": {
      const outcomes = new Set(condition.in);
      return (record) => outcomes.has(viewOf(record).outcome);
    }
    case "text": {
      // Equality is asked of a field's own texts; other relations also of all texts within it.
      const tests = condition.tests.map((test) => ({ passes: compileTest(test, known), ofAll: holdsWithin(test) }));
      const { path } = condition;
      return (object, record) =>
        someText(object, path, (text, isOwn) =>
          tests.some(({ passes, ofAll }) => (isOwn || ofAll) && passes(text, record)),
        );
    }
    case "related": {
      const { path, other } = condition;
      return (object, record) => {
        const texts = ownTexts(object, other);
        if (texts.size === 0) return false;
        const tests = relatedTests(condition, [...texts]).map((test) => ({
          passes: compileTest(test),
          ofAll: holdsWithin(test),
        }));
        return someText(object, path, (text, isOwn) => {
          return tests.some(({ passes, ofAll }) => (isOwn || ofAll) && passes(text, record));
        });
      };
    }
    default:
      return condition satisfies never;
  }
}

/** True for what passes one of the tests; nearly always there is only one. */
function anyOf(tests: readonly ValuePredicate[]): ValuePredicate {
  const [only] = tests;
  return tests.length === 1 && only ? only : (value, record) => tests.some((passes) => passes(value, record));
}

/** The address blocks at a condition's `block` test, from the objects that meet its other parts. */
function blocksOf(
  condition: Condition,
  known: KnownAccounts,
): (object: CloudTrailRecord, record: CloudTrailRecord) => readonly string[] {
  switch (condition.kind) {
    case "all": {
      const [counting] = condition.of.filter(countsBlocks);
      if (counting === undefined) break;
      const others = condition.of.filter((part) => part !== counting).map((part) => compileCondition(part, known));
      const blocks = blocksOf(counting, known);
      return (object, record) => (others.every((holds) => holds(object, record)) ? blocks(object, record) : []);
    }
    case "within": {
      const blocks = blocksOf(condition.of, known);
      return (object, record) => objectsAt(object, condition.path).flatMap((inner) => blocks(inner, record));
    }
    case "field":
      return (object) => scalarsAt(object, condition.path).filter((value) => typeof value === "string");
  }
  return () => [];
}

/** Whether a condition has a `block` test, which counts only together with the blocks of other elements. */
export function countsBlocks(condition: Condition): boolean {
  switch (condition.kind) {
    case "all":
      return condition.of.some(countsBlocks);
    case "within":
      return countsBlocks(condition.of);
    case "field":
      return condition.tests.some(({ kind }) => kind === "block");
    default:
      return false;
  }
}

/** Whether a test looks for something inside a text, not at the whole text. */
function holdsWithin({ kind }: ValueTest): boolean {
  return kind !== "equals" && kind !== "in" && kind !== "cidr" && kind !== "compare";
}

/** A field is compared with this many others at most: two long lists must not multiply the work. */
const MAX_RELATED = 200;

function ownTexts(object: CloudTrailRecord, path: FieldPath): ReadonlySet<string> {
  const texts = new Set<string>();
  someText(object, path, (text, isOwn) => {
    if (isOwn) texts.add(text);
    return false;
  });
  return texts;
}

function relatedTests(
  { relation, fold }: Condition & { kind: "related" },
  texts: readonly string[],
): readonly ValueTest[] {
  const folding = fold ? ({ fold: true } as const) : {};
  if (relation === "equals") return [{ kind: "equals", texts, ...folding }];
  return texts.slice(0, MAX_RELATED).map((text) => ({ kind: relation, text, ...folding }));
}

/** All or any of some conditions; a single one needs no joining. */
export function joined(kind: "all" | "any", of: readonly Condition[]): Condition {
  const [only] = of;
  return of.length === 1 && only ? only : { kind, of };
}
