import { type Outcome, outcomeOf } from "../record/outcome.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { type FieldPath, someObject, someScalar, someText } from "./field-path.ts";
import { compileTest, type ValueTest } from "./value-test.ts";

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
      return (object) => {
        const texts = ownTexts(object, other);
        if (texts.size === 0) return false;
        const tests = relatedTests(condition, [...texts]).map((test) => ({
          passes: compileTest(test),
          ofAll: holdsWithin(test),
        }));
        return someText(object, path, (text, isOwn) => {
          return tests.some(({ passes, ofAll }) => (isOwn || ofAll) && passes(text));
        });
      };
    }
    default:
      return condition satisfies never;
  }
}

/** Whether a test looks for something in a text, rather than at the text as a whole. */
function holdsWithin({ kind }: ValueTest): boolean {
  return kind !== "equals" && kind !== "in" && kind !== "cidr" && kind !== "compare";
}

/** More than these a field is not compared with: whoever fills two lists must not make their product of work. */
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

/** All or any of some conditions; of one alone there is nothing to join. */
export function joined(kind: "all" | "any", of: readonly Condition[]): Condition {
  const [only] = of;
  return of.length === 1 && only ? only : { kind, of };
}
