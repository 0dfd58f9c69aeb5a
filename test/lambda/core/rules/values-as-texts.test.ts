import { readLogFile } from "../../../../lambda/core/log-file/reader.ts";
import type { CloudTrailRecord } from "../../../../lambda/core/record/record.ts";
import { type Condition, compileCondition } from "../../../../lambda/core/rules/condition.ts";
import { compileEventPattern } from "../../../../lambda/core/rules/event-pattern/event-pattern.ts";
import type { ValueTest } from "../../../../lambda/core/rules/operators.ts";
import type { Rule } from "../../../../lambda/core/rules/rule.ts";
import {
  compileRules,
  discountCondition,
  exceptionCondition,
  isMet,
  wholeCondition,
} from "../../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, DESK_KNOWN, fillSelf } from "../../../../lambda/core/rules/self.ts";
import { loadedRules } from "../../../support/loaded-rules.ts";

// Tools that pass records on write "true" for true and "22" for 22.
const shipped = loadedRules("rules").flatMap(({ rule, tests }) =>
  fillSelf([rule], DESK_DEPLOYMENT).map((filled) => ({ rule: filled, tests })),
);

function inTexts(value: unknown, write: (value: number | boolean) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => inTexts(one, write));
  if (typeof value === "number" || typeof value === "boolean") return write(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, inTexts(inner, write)]));
}

const inPython = (value: number | boolean) => String(value).replace(/^[a-z]/, (letter) => letter.toUpperCase());

test.each([
  ["texts", String],
  ["Python's texts", inPython],
])("a shipped rule says of its tests' records in %s what it says of them as they are", (_, write) => {
  const others = shipped.flatMap(({ rule, tests }) => {
    const ruleSet = compileRules([rule], DESK_KNOWN);
    const says = (record: CloudTrailRecord) => isMet(ruleSet.match(record, Date.UTC(2026, 10, 20)));
    return tests
      .filter(({ record }) => says(record) !== says(inTexts(record, write) as CloudTrailRecord))
      .map(({ name }) => `${rule.place}: ${rule.name}: "${name}"`);
  });
  expect(others).toEqual([]);
});

// Athena, CloudTrail Lake and pipelines make one text of each object.
const spelled = (value: unknown) => (typeof value === "object" && value !== null ? JSON.stringify(value) : value);
const inOneText = (record: CloudTrailRecord) =>
  Object.fromEntries(Object.entries(record).map(([field, value]) => [field, spelled(value)]));

test("a shipped rule says of its tests' records with a text for each object what it says of them as they are", async () => {
  const asked = shipped.flatMap(({ rule, tests }) => tests.map((one) => ({ ...one, rule })));
  const body = Buffer.from(JSON.stringify({ Records: asked.map(({ record }) => inOneText(record)) }));
  const read: CloudTrailRecord[] = [];
  for await (const { candidates } of readLogFile({ bucket: "b", key: "k" }, body)) {
    read.push(...candidates.map(({ record }) => record));
  }
  expect(read).toHaveLength(asked.length);
  const others = asked.filter(({ rule, record }, i) => {
    const ruleSet = compileRules([rule], DESK_KNOWN);
    const says = (one: CloudTrailRecord = {}) => isMet(ruleSet.match(one, Date.UTC(2026, 10, 20)));
    return says(record) !== says(read[i]);
  });
  expect(others.map(({ rule, name }) => `${rule.place}: ${rule.name}: "${name}"`)).toEqual([]);
});

test.each([
  ["no JSON", "{userName: bob"],
  ["a number", "12"],
  ["a list", "[1]"],
  ["nested too deep", `${'{"a":'.repeat(600)}1${"}".repeat(600)}`],
])("parameters that are a text, but %s, stay a text", async (_, requestParameters) => {
  const body = Buffer.from(JSON.stringify({ Records: [{ requestParameters }] }));
  for await (const { candidates } of readLogFile({ bucket: "b", key: "k" }, body)) {
    expect(candidates.map(({ record }) => record)).toEqual([{ requestParameters }]);
  }
});

test.each<readonly [CloudTrailRecord, CloudTrailRecord]>([
  [{ eventTime: 1795165200 }, { eventTime: "2026-11-20T09:00:00Z" }],
  [{ eventTime: 1795165200123 }, { eventTime: "2026-11-20T09:00:00.123Z" }],
  [{ eventTime: "1795165200.5" }, { eventTime: "2026-11-20T09:00:00.500Z" }],
  [{ eventTime: 20261120 }, { eventTime: 20261120 }],
  [{ eventTime: 1e300 }, { eventTime: 1e300 }],
  [{ eventTime: 1795165200123456 }, { eventTime: 1795165200123456 }],
  [{ eventTime: "2026" }, { eventTime: "2026" }],
  [{ recipientAccountId: 1122223333 }, { recipientAccountId: "001122223333" }],
  [{ userIdentity: { accountId: 111122223333 } }, { userIdentity: { accountId: "111122223333" } }],
  [{ userIdentity: '{"accountId":111122223333}' }, { userIdentity: { accountId: "111122223333" } }],
])("%j is read as %j", async (given, read) => {
  const body = Buffer.from(JSON.stringify({ Records: [given] }));
  const records: CloudTrailRecord[] = [];
  for await (const { candidates } of readLogFile({ bucket: "b", key: "k" }, body)) {
    records.push(...candidates.map(({ record }) => record));
  }
  expect(records).toEqual([read]);
});

test("where a shipped rule names a number or a boolean, it takes its text as well", () => {
  const unlike = shipped.flatMap(({ rule }) =>
    conditionsOf(rule)
      .flatMap(testsIn)
      .filter((one) => !takesTexts(one))
      .map((one) => `${rule.place}: ${rule.name}: ${JSON.stringify(one)}`),
  );
  expect(unlike).toEqual([]);
});

function conditionsOf(rule: Rule): readonly Condition[] {
  const { except = [], threshold: { discount } = {} } = rule;
  return [
    wholeCondition(rule),
    ...except.map(exceptionCondition),
    ...(discount === undefined ? [] : [discountCondition(discount)]),
  ];
}

function testsIn(condition: Condition): readonly ValueTest[] {
  if ("tests" in condition) return condition.tests;
  if (!("of" in condition)) return [];
  return [condition.of].flat().flatMap((inner) => testsIn(inner as Condition));
}

function isFlag(value: number | boolean, values: readonly unknown[]): boolean {
  return [String(value), inPython(value)].every((text) => values.includes(text));
}

function takesTexts(one: ValueTest): boolean {
  if (one.kind === "none-of") return one.tests.every(takesTexts);
  if (one.kind === "numeric") return one.ofText === true;
  if (one.kind !== "in") return true;
  return one.values.every((value) => value === null || typeof value === "string" || isFlag(value, one.values));
}

test.each([
  [22, true],
  ["22", true],
  ["22.0", true],
  [23, false],
  ["23", false],
  ["", false],
  [" 22", false],
  ["0x16", false],
  ["22/tcp", false],
  [null, false],
  [true, false],
])("number reads %p as a number: %p; numeric, as in EventBridge, no text", (port, isMet) => {
  const holds = (operator: "number" | "numeric") => {
    const condition = compileEventPattern({ port: [{ [operator]: [">=", 22, "<", 23] }] });
    return compileCondition(condition)({ port }, {});
  };
  expect(holds("number")).toBe(isMet);
  expect(holds("numeric")).toBe(isMet && typeof port === "number");
});
