import { outcomeOf } from "../record/outcome.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { type Condition, compileCondition } from "./condition.ts";
import { type FieldPath, objectsAt, type Scalar, scalarsAt, someText } from "./field-path.ts";
import { type Exception, isExpired, type Rule } from "./rule.ts";
import { conditionOf, exceptionCondition } from "./rule-set.ts";
import { ANY_CHARACTER, type ValueTest } from "./value-test.ts";

/** One condition of a rule, whether a record meets it, and what the record has there. */
export interface Explanation {
  readonly text: string;
  readonly holds: boolean;
  /** The values that the condition looked at, raw; undefined where it looks at none itself. */
  readonly saw?: readonly unknown[];
  readonly parts: readonly Explanation[];
}

/** The tree of a rule's conditions over one record; the root holds exactly when the rule matches. */
export function explainRule(rule: Rule, record: CloudTrailRecord, now: number): Explanation {
  const condition = explain(conditionOf(rule), [record]);
  const exceptions = (rule.except ?? []).map((exception) => explainException(exception, record, now));
  const parts = [...condition.parts, ...exceptions];
  return { text: `rule ${rule.name}`, holds: parts.every(({ holds }) => holds), parts };
}

function explainException(exception: Exception, record: CloudTrailRecord, now: number): Explanation {
  const applies = explain(exceptionCondition(exception), [record]);
  const isOver = isExpired(exception, now);
  const until = exception.until === undefined ? "" : `, until ${exception.until}${isOver ? " (expired)" : ""}`;
  return { text: `not excepted: ${exception.reason}${until}`, holds: isOver || !applies.holds, parts: applies.parts };
}

function explain(condition: Condition, objects: readonly CloudTrailRecord[]): Explanation {
  const holds = objects.some(compileCondition(condition));
  switch (condition.kind) {
    case "all":
      return { text: "all of", holds, parts: condition.of.map((part) => explain(part, objects)) };
    case "any":
      return { text: "any of", holds, parts: condition.of.map((part) => explain(part, objects)) };
    case "not":
      return { text: "not", holds, parts: [explain(condition.of, objects)] };
    case "field": {
      const text = `${nameOf(condition.path)} ${condition.tests.map(describeTest).join(" or ")}`;
      return { text, holds, saw: objects.flatMap((object) => scalarsAt(object, condition.path)), parts: [] };
    }
    case "absent": {
      const saw = objects.flatMap((object) => scalarsAt(object, condition.path));
      return { text: `${nameOf(condition.path)} is absent`, holds, saw, parts: [] };
    }
    case "within": {
      const inner = objects.flatMap((object) => objectsAt(object, condition.path));
      const parts = condition.of.kind === "all" ? condition.of.of : [condition.of];
      const text = `in one and the same ${nameOf(condition.path)}${inner.length > 1 ? ` (of ${inner.length})` : ""}`;
      return { text, holds, parts: parts.map((part) => explain(part, inner)) };
    }
    case "outcome":
      return {
        text: `outcome is ${condition.in.join(" or ")}`,
        holds,
        saw: objects.map((record) => outcomeOf(record)),
        parts: [],
      };
    case "text": {
      const text = `${nameOf(condition.path) || "some text of the record"} ${condition.tests.map(describeTest).join(" or ")}`;
      return { text, holds, saw: objects.flatMap((object) => textsAt(object, condition.path)), parts: [] };
    }
    case "related": {
      const { path, other, relation } = condition;
      const text = `${nameOf(path)} ${RELATIONS[relation]} the value of ${nameOf(other)}`;
      const saw = objects.flatMap((object) => [...textsAt(object, path), ...textsAt(object, other)]);
      return { text, holds, saw, parts: [] };
    }
    default:
      return condition satisfies never;
  }
}

const RELATIONS = { equals: "is", contains: "contains", prefix: "begins with", suffix: "ends with" } as const;

/** The texts at a path, at most 20: of a whole record there are many. */
function textsAt(object: CloudTrailRecord, path: FieldPath): readonly string[] {
  const texts: string[] = [];
  someText(object, path, (text, isOwn) => {
    if (isOwn || path.length === 0 || !text.startsWith("{")) texts.push(text);
    return texts.length >= 20;
  });
  return texts;
}

function nameOf(path: FieldPath): string {
  return path.join(".");
}

/** A test in words: `is "Root"`, `begins with "Create"`. */
export function describeTest(test: ValueTest): string {
  const folds = "fold" in test && test.fold ? " (any case)" : "";
  switch (test.kind) {
    case "in":
      return `is ${oneOf(test.values)}`;
    case "equals":
      return `is ${oneOf(test.texts)}${folds}`;
    case "contains":
      return `contains ${quote(test.text)}${folds}`;
    case "regex":
      return `is like /${test.source}/${Object.keys(test.flags).join("")}`;
    case "compare":
      return `is ${test.operator} ${test.value}`;
    case "prefix":
      return `begins with ${quote(test.text)}${folds}`;
    case "suffix":
      return `ends with ${quote(test.text)}${folds}`;
    case "wildcard":
    case "call-like":
      return `is like ${quote(test.parts.join("*").replaceAll(ANY_CHARACTER, "?"))}${folds}`;
    case "call":
      return `is ${oneOf(test.names)} (any case, any API version)`;
    case "numeric":
      return `is ${test.bounds.map(({ operator, value }) => `${operator} ${value}`).join(" and ")}`;
    case "cidr":
      return `is an address in ${test.block}`;
    case "present":
      return "is present";
    case "none-of":
      return `is anything but: ${test.tests.map(describeTest).join(", or ")}`;
    default:
      return test satisfies never;
  }
}

function oneOf(values: readonly Scalar[]): string {
  const [only] = values;
  return values.length === 1 ? quote(only) : `one of ${values.map(quote).join(", ")}`;
}

function quote(value: Scalar | undefined): string {
  return JSON.stringify(value);
}
