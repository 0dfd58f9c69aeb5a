import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { type KnownAccounts, NOBODY_KNOWN } from "./accounts.ts";
import { actingOf } from "./acting.ts";
import { type Condition, compileCondition } from "./condition.ts";
import { type FieldPath, objectsAt, type Scalar, scalarsAt, someSize, someText } from "./field-path.ts";
import { ANY_CHARACTER, type ValueTest } from "./operators.ts";
import { policiesOf } from "./policy/document.ts";
import type { PolicyQuestion } from "./policy/judge.ts";
import { reasonsOf } from "./policy/reasons.ts";
import { type Exception, isExpired, type Rule } from "./rule.ts";
import { conditionOf, exceptionCondition } from "./rule-set.ts";

/** One condition of a rule, whether a record meets it, and what the record has in that place. */
export interface Explanation {
  readonly text: string;
  readonly holds: boolean;
  /** The values that the condition looked at, raw; undefined if it looks at none itself. */
  readonly saw?: readonly unknown[];
  readonly parts: readonly Explanation[];
}

/** A rule's conditions over one record, as a tree; the root holds exactly when the rule matches. */
export function explainRule(
  rule: Rule,
  record: CloudTrailRecord,
  now: number,
  known: KnownAccounts = NOBODY_KNOWN,
): Explanation {
  const subject = { record, known };
  const condition = explain(conditionOf(rule), [record], subject);
  const exceptions = (rule.except ?? []).map((exception) => explainException(exception, subject, now));
  const parts = [...condition.parts, ...exceptions];
  return { text: `rule ${rule.name}`, holds: parts.every(({ holds }) => holds), parts };
}

interface Subject {
  readonly record: CloudTrailRecord;
  readonly known: KnownAccounts;
}

function explainException(exception: Exception, subject: Subject, now: number): Explanation {
  const applies = explain(exceptionCondition(exception), [subject.record], subject);
  const isOver = isExpired(exception, now);
  const until = exception.until === undefined ? "" : `, until ${exception.until}${isOver ? " (expired)" : ""}`;
  return { text: `not excepted: ${exception.reason}${until}`, holds: isOver || !applies.holds, parts: applies.parts };
}

function explain(condition: Condition, objects: readonly CloudTrailRecord[], subject: Subject): Explanation {
  const { record, known } = subject;
  const holds = objects.some((object) => compileCondition(condition, known)(object, record));
  switch (condition.kind) {
    case "all":
      return { text: "all of", holds, parts: condition.of.map((part) => explain(part, objects, subject)) };
    case "any":
      return { text: "any of", holds, parts: condition.of.map((part) => explain(part, objects, subject)) };
    case "not":
      return { text: "not", holds, parts: [explain(condition.of, objects, subject)] };
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
      return { text, holds, parts: parts.map((part) => explain(part, inner, subject)) };
    }
    case "size": {
      const saw = objects.flatMap((object) => sizesAt(object, condition.path));
      const bounds = condition.bounds.map(({ operator, value }) => `${operator} ${value}`).join(" and ");
      return { text: `${nameOf(condition.path)} has ${bounds} elements`, holds, saw, parts: [] };
    }
    case "internet": {
      const text = "the blocks that meet the following admit half of the internet together";
      return { text, holds, parts: [explain(condition.of, objects, subject)] };
    }
    case "policy": {
      const reasons = reasonsOf(condition.question, policiesOf(record), record, known);
      return { text: describeQuestion(condition.question), holds, saw: reasons, parts: [] };
    }
    case "acting":
      return { text: `who acted: ${condition.is}`, holds, saw: [actingOf(record)], parts: [] };
    case "outcome":
      return {
        text: `outcome is ${condition.in.join(" or ")}`,
        holds,
        saw: objects.map((record) => viewOf(record).outcome),
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

/** The texts at a path, at most 20: a whole record has many. */
function textsAt(object: CloudTrailRecord, path: FieldPath): readonly string[] {
  const texts: string[] = [];
  someText(object, path, (text, isOwn) => {
    if (isOwn || path.length === 0 || !text.startsWith("{")) texts.push(text);
    return texts.length >= 20;
  });
  return texts;
}

function sizesAt(object: CloudTrailRecord, path: FieldPath): readonly number[] {
  const sizes: number[] = [];
  someSize(object, path, (size) => {
    sizes.push(size);
    return false;
  });
  return sizes;
}

function describeQuestion({ opensTo, allows, unreadable, locksOut }: PolicyQuestion): string {
  if (unreadable) return "a policy document cannot be read";
  if (locksOut === false) return "a policy document locks nobody out";
  const opens = opensTo === undefined ? [] : [`opens to ${opensTo.join(" or ")}`];
  const allowed = allows === undefined ? [] : [`allows ${allows.join(" or ")}`];
  return `one and the same statement ${[...opens, ...allowed].join(" and ")}`;
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
      return `is ${test.bounds.map(({ operator, value }) => `${operator} ${value}`).join(" and ")}${test.ofText ? " (also as text)" : ""}`;
    case "cidr":
      return `is an address in ${test.block}`;
    case "cidr-wider-than":
      return `is a block wider than /${test.bits}`;
    case "address":
      return { aws: "is an address of AWS", private: "is a private address", outside: "is an address outside AWS" }[
        test.is
      ];
    case "account":
      return `names ${test.nearness === "own" ? "the own" : `a ${test.nearness}`} account`;
    case "equals-field":
      return `is what ${test.path.join(".")} is`;
    case "names-resource":
      return `names ${test.arn}, in whatever way`;
    case "block":
      return "is a block of addresses";
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
