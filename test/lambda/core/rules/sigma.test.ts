import fc from "fast-check";
import { stringify } from "yaml";
import type { CloudTrailRecord } from "../../../../lambda/core/record/record.ts";
import { compileCondition } from "../../../../lambda/core/rules/condition.ts";
import { compileEventPattern } from "../../../../lambda/core/rules/event-pattern/event-pattern.ts";
import { explainRule } from "../../../../lambda/core/rules/explain.ts";
import type { Rule } from "../../../../lambda/core/rules/rule.ts";
import { compileRules, conditionOf } from "../../../../lambda/core/rules/rule-set.ts";
import { SigmaError } from "../../../../lambda/core/rules/sigma/error.ts";
import { compileSigma } from "../../../../lambda/core/rules/sigma/sigma.ts";
import { faultText } from "../../../../lambda/rule-files/fault.ts";
import { readRuleFile } from "../../../../lambda/rule-files/rule-file.ts";
import { runs } from "../../../support/runs.ts";

function matches(selection: unknown, record: CloudTrailRecord, condition: unknown = "selection"): boolean {
  const rule: Rule = { name: "s", place: "p:1", severity: "low", detection: { selection, condition } };
  const byIndex = compileRules([rule]).match(record, 0).matched.length === 1;
  expect(compileCondition(conditionOf(rule))(record, record)).toBe(byIndex);
  return byIndex;
}

test.each([
  ["text without case", { a: "Root" }, { a: "ROOT" }, true],
  ["cased", { "a|cased": "Root" }, { a: "ROOT" }, false],
  ["a list is or", { a: ["x", "y"] }, { a: "y" }, true],
  ["all is and", { "a|contains|all": ["x", "y"] }, { a: "ax" }, false],
  ["all is and, met", { "a|contains|all": ["x", "y"] }, { a: "yax" }, true],
  ["fields are and", { a: "x", b: "y" }, { a: "x", b: "z" }, false],
  ["a list of maps is or", [{ a: "x" }, { b: "y" }], { b: "y" }, true],
  ["a star", { a: "De*Trail" }, { a: "DeleteTrail" }, true],
  ["stars in a row", { a: "**lete**" }, { a: "DeleteTrail" }, true],
  ["a question mark", { a: "Delete?rail" }, { a: "DeleteTrail" }, true],
  ["a question mark is one character", { a: "Delete?" }, { a: "Delete" }, false],
  ["an escaped star", { a: "a\\*b" }, { a: "axb" }, false],
  ["an escaped star, met", { a: "a\\*b" }, { a: "a*b" }, true],
  ["a backslash in front of a letter", { a: "a\\b" }, { a: "a\\b" }, true],
  ["two backslashes are one", { a: "a\\\\*" }, { a: "a\\bc" }, true],
  ["contains", { "a|contains": "Trail" }, { a: "deletetrails" }, true],
  ["startswith", { "a|startswith": "delete" }, { a: "DeleteTrail" }, true],
  ["endswith", { "a|endswith": "TRAIL" }, { a: "DeleteTrail" }, true],
  ["re finds anywhere, with case", { "a|re": "e[lt]+e" }, { a: "DeleteTrail" }, true],
  ["re with case", { "a|re": "^delete" }, { a: "DeleteTrail" }, false],
  ["re without case", { "a|re|i": "^delete" }, { a: "DeleteTrail" }, true],
  ["re over lines", { "a|re|m": "^b$" }, { a: "a\nb" }, true],
  ["re with a dot for line ends", { "a|re|s": "a.b" }, { a: "a\nb" }, true],
  ["cidr", { "a|cidr": "192.0.2.0/24" }, { a: "192.0.2.7" }, true],
  ["cidr v6 and v4 are apart", { "a|cidr": "::/0" }, { a: "192.0.2.7" }, false],
  ["lt", { "a|lt": 5 }, { a: 4 }, true],
  ["lte", { "a|lte": 5 }, { a: "5" }, true],
  ["gt", { "a|gt": 5 }, { a: "five" }, false],
  ["gte", { "a|gte": 5 }, { a: 5 }, true],
  ["neq", { "a|neq": "x" }, { a: "y" }, true],
  ["neq, equal", { "a|neq": "x" }, { a: "X" }, false],
  ["exists", { "a|exists": true }, { a: { b: 1 } }, true],
  ["exists not", { "a|exists": false }, { b: 1 }, true],
  ["null is absent", { a: null }, {}, true],
  ["null is null", { a: null }, { a: null }, true],
  ["null is not empty text", { a: null }, { a: "" }, false],
  ["empty text", { a: "" }, { a: "" }, true],
  ["numbers are text", { a: "1" }, { a: 1 }, true],
  ["text is numbers", { a: 1 }, { a: "1" }, true],
  ["booleans are text", { a: "true" }, { a: true }, true],
  ["a path", { "a.b": "x" }, { a: { b: "x" } }, true],
  ["a path across lists", { "a.b": "y" }, { a: [{ b: "x" }, { b: "y" }] }, true],
  ["maps within fields are paths", { a: { b: 1 } }, { a: [{ b: 1 }] }, true],
  ["a leaf of an object", { "a|contains": "needle" }, { a: { deep: ["a needle here"] } }, true],
  ["the JSON of an object", { "a|contains": '"role":"admin"' }, { a: { role: "admin" } }, true],
  ["equality is asked of the field, not of what is within it", { a: "x" }, { a: { b: "x" } }, false],
  ["equality with a member of a list", { a: "x" }, { a: ["y", "x"] }, true],
  ["fieldref", { "a|fieldref": "b.c" }, { a: "X", b: { c: "x" } }, true],
  ["fieldref, other", { "a|fieldref": "b" }, { a: "x", b: "y" }, false],
  ["fieldref that ends", { "a|fieldref|endswith": "b" }, { a: "arn:user/bob", b: "bob" }, true],
  ["fieldref and neq", { "a|fieldref|neq": "b" }, { a: "x", b: "x" }, false],
  ["exists and neq", { "a|exists|neq": true }, { a: "x" }, false],
  ["a keyword and neq", { "|neq": "foo" }, { a: "foo" }, false],
  ["cased text that looks like an address", { "a|cased": "10.0.0.1" }, { a: "010.0.0.1" }, false],
  ["a keyword is no field's name", ["needle"], { needle: "hay" }, false],
  ["gt of text that is no decimal number", { "a|gt": 5 }, { a: "0x10" }, false],
  ["fieldref to nothing", { "a|fieldref": "b" }, { a: "x" }, false],
  ["a keyword", ["needle"], { x: { y: ["hay Needle hay"] } }, true],
  ["keywords with all", { "|all": ["one", "two"] }, { x: "one", y: "two" }, true],
  ["a keyword that is not there", ["needle"], { x: "hay" }, false],
])("%s", (_, selection, record, expected) => {
  expect(matches(selection, record)).toBe(expected);
});

const searches = { sel_a: { a: 1 }, sel_b: { b: 1 }, _hidden: { c: 1 }, other: { d: 1 } };

test.each([
  ["sel_a and sel_b", { a: 1, b: 1 }, true],
  ["sel_a or sel_b and other", { a: 1 }, true],
  ["(sel_a or sel_b) and other", { a: 1 }, false],
  ["not sel_a and other", { d: 1 }, true],
  ["not (sel_a or other)", { d: 1 }, false],
  ["1 of sel_*", { b: 1 }, true],
  ["any of sel_*", { d: 1 }, false],
  ["all of sel_*", { a: 1 }, false],
  ["all of sel_*", { a: 1, b: 1 }, true],
  ["1 of them", { c: 1 }, false],
  ["all of them", { a: 1, b: 1, d: 1 }, true],
  ["other AND NOT 1 OF sel_*", { d: 1 }, true],
  [["sel_a", "other"], { d: 1 }, true],
])("condition %j of %j", (condition, record, expected) => {
  expect(compileCondition(compileSigma({ ...searches, condition }))(record, record)).toBe(expected);
});

const meta = { title: "T", author: "somebody", logsource: { product: "aws" }, level: "high" };
const sigma = (fields: object) => readRuleFile("rules/some_rule.yml", stringify({ ...meta, ...fields }));
const detection = (selection: unknown, condition: unknown = "selection") => ({ detection: { selection, condition } });

test.each([
  ["expand", detection({ "a|expand": "%x%" }), 'detection: selection.a|expand: the modifier "expand" is not supported'],
  ["base64", detection({ "a|base64": "x" }), 'the modifier "base64" is not supported'],
  ["base64offset", detection({ "a|base64offset|contains": "x" }), 'the modifier "base64offset" is not supported'],
  ["windash", detection({ "a|windash": "-x" }), 'the modifier "windash" is not supported'],
  ["wide", detection({ "a|wide": "x" }), 'the modifier "wide" is not supported'],
  [
    "an aggregation",
    detection({ a: 1 }, "selection | count() > 5"),
    "aggregations (everything behind |) are not supported",
  ],
  [
    "a timeframe",
    { detection: { selection: { a: 1 }, condition: "selection", timeframe: "5m" } },
    "timeframe: is not supported",
  ],
  ["near", detection({ a: 1 }, "near selection"), "near is not supported"],
  ["a correlation", { correlation: { type: "event_count" } }, "correlation rules are not supported"],
  ["a number of searches", detection({ a: 1 }, "2 of them"), '"2 of" is not supported'],
  ["an unknown search", detection({ a: 1 }, "selektion"), 'there is no search "selektion"'],
  ["a pattern without searches", detection({ a: 1 }, "1 of filter_*"), 'there is no search like "filter_*"'],
  ["no condition", { detection: { selection: { a: 1 } } }, "condition: is missing"],
  [
    "another product",
    { ...detection({ a: 1 }), logsource: { product: "windows" } },
    'logsource.product must be aws, not "windows"',
  ],
  ["an unknown level", { ...detection({ a: 1 }), level: "urgent" }, 'unknown level "urgent"; one of critical'],
  ["look-around", detection({ "a|re": "(?=x)y" }), "look-around and inline options are not supported"],
  [
    "two places",
    detection({ "a|startswith|endswith": "b" }),
    "the modifiers startswith and endswith do not go together",
  ],
  ["two comparisons", detection({ "a|lt|gt": 5 }), "the modifiers lt and gt do not go together"],
  [
    "a reference as an expression",
    detection({ "a|fieldref|re": "b" }),
    "the modifiers re and fieldref do not go together",
  ],
  ["a flag without expression", detection({ "a|i": "b" }), "the modifier i goes only with re"],
  ["a cased expression", detection({ "a|re|cased": "b" }), "the modifiers cased and re do not go together"],
  ["null with a comparison", detection({ "a|lt": null }), "null goes only with the modifier neq"],
  ["a keyword that exists", detection({ "|exists": true }), "the modifier exists needs a field"],
  [
    "a keyword within a field",
    detection({ a: { "|contains": "x" } }),
    "keywords are allowed only at the top of a search",
  ],
  ["a block that is none", detection({ "a|cidr": "10.0.0.0" }), "cidr takes an address and a prefix length"],
])("%s is refused by name, with file and line", (_, fields, message) => {
  const { rules, faults } = sigma(fields);
  expect(rules).toEqual([]);
  expect(faults.map(faultText)).toEqual([expect.stringMatching(/^rules\/some_rule\.yml:\d+: some_rule: /)]);
  expect(faults[0]?.message).toContain(message);
});

test("a rule is named by its file's stem, and keeps what it says of itself", () => {
  const { rules } = sigma({
    ...detection({ a: 1 }),
    level: "informational",
    description: "Two\n lines.",
    references: ["https://example.com/a"],
    falsepositives: ["Admins"],
  });
  expect(rules[0]?.rule).toEqual({
    name: "some_rule",
    place: "rules/some_rule.yml:1",
    severity: "info",
    title: "T",
    author: "somebody",
    description: "Two lines.",
    references: ["https://example.com/a"],
    falsePositives: ["Admins"],
    detection: { selection: { a: 1 }, condition: "selection" },
  });
});

test("an explanation of a Sigma rule holds exactly when the rule matches", () => {
  const rule: Rule = {
    name: "s",
    place: "p:1",
    severity: "low",
    detection: {
      selection: { "a|contains": "x" },
      filter: { "b|fieldref": "c" },
      condition: "selection and not filter",
    },
  };
  for (const record of [{ a: "x" }, { a: "y" }, { a: "x", b: 1, c: 1 }, { a: { d: ["x"] }, b: 1, c: 2 }]) {
    expect(explainRule(rule, record, 0).holds).toBe(compileRules([rule]).match(record, 0).matched.length === 1);
  }
});

// What both languages can say, of records whose fields hold one scalar each.
const text = fc.constantFrom("Root", "root", "DeleteTrail", "delete", "x", "10.0.0.1", "192.0.2.7", "");
const field = fc.constantFrom("a", "b", "n.b", "eventName");
const pair = fc.oneof(
  text.map((one) => [one, { "equals-ignore-case": one }, ""] as const),
  text.filter(Boolean).map((one) => [one, { prefix: { "equals-ignore-case": one } }, "|startswith"] as const),
  text.filter(Boolean).map((one) => [one, { suffix: { "equals-ignore-case": one } }, "|endswith"] as const),
  text.map((one) => [one, one, "|cased"] as const),
  fc.constantFrom("10.0.0.0/8", "192.0.2.0/24").map((one) => [one, { cidr: one }, "|cidr"] as const),
);
const demands = fc.array(fc.tuple(field, fc.array(pair, { minLength: 1, maxLength: 2 })), {
  minLength: 1,
  maxLength: 2,
});
const record = fc
  .record({ a: text, b: text, n: fc.record({ b: text }), eventName: text }, { requiredKeys: [] })
  .map((drawn) => drawn as CloudTrailRecord);

test("a Sigma rule and the same rule as an EventBridge pattern agree on random records", () => {
  let matched = 0;
  fc.assert(
    fc.property(demands, fc.array(record, { minLength: 1, maxLength: 6 }), (drawn, records) => {
      const byField = new Map(drawn);
      // In a Sigma search one field with several modifiers is several keys; as lists of one modifier each both say "or".
      const pairs = [...byField].map(([name, [first]]) => [name, first] as const);
      const selection = Object.fromEntries(pairs.map(([name, one]) => [`${name}${one?.[2]}`, one?.[0]]));
      const pattern = Object.fromEntries(pairs.map(([name, one]) => [name, [one?.[1]]]));
      const bySigma = compileCondition(compileSigma({ selection, condition: "selection" }));
      const byPattern = compileCondition(compileEventPattern(pattern));
      for (const one of records) {
        if (bySigma(one, one)) matched++;
        if (bySigma(one, one) !== byPattern(one, one))
          throw new Error(`${JSON.stringify(pattern)} on ${JSON.stringify(one)}`);
      }
    }),
    { numRuns: runs(3000) },
  );
  expect(matched).toBeGreaterThan(runs(100));
});

const value = fc.constantFrom<unknown>("x", "X*", "?", "1", 1, true, null, "", ["x", "y"], ["x", null]);
const key = fc
  .tuple(field, fc.constantFrom("", "|contains", "|startswith", "|cased", "|contains|all", "|neq", "|re"))
  .map(([a, b]) => a + b);
const selection = fc.oneof(
  fc.dictionary(key, value, { minKeys: 1, maxKeys: 3 }),
  fc.constant(["x"]),
  fc.constant([{ a: "x" }, { b: 1 }]),
);
const anyRecord = fc.dictionary(field, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }) as fc.Arbitrary<CloudTrailRecord>;

test("the index loses no match of a Sigma rule, whatever the record", () => {
  const condition = fc.constantFrom(
    "one",
    "one and two",
    "one or two",
    "one and not two",
    "not one",
    "1 of them",
    "all of them",
  );
  let found = 0;
  fc.assert(
    fc.property(
      selection,
      selection,
      condition,
      fc.array(fc.oneof(anyRecord, record), { minLength: 1, maxLength: 5 }),
      (one, two, expression, records) => {
        const rule: Rule = { name: "s", place: "p:1", severity: "low", detection: { one, two, condition: expression } };
        let holds: (record: CloudTrailRecord) => boolean;
        try {
          const compiled = compileCondition(conditionOf(rule));
          holds = (one) => compiled(one, one);
        } catch (error) {
          expect(error).toBeInstanceOf(SigmaError);
          return;
        }
        const engine = compileRules([rule]);
        for (const drawn of records) {
          if (holds(drawn)) found++;
          if (holds(drawn) !== (engine.match(drawn, 0).matched.length === 1)) {
            throw new Error(`${JSON.stringify(rule.detection)} on ${JSON.stringify(drawn)}`);
          }
        }
      },
    ),
    { numRuns: runs(3000) },
  );
  expect(found).toBeGreaterThan(runs(150));
});

test("two long lists that are compared with one another do not make their product of work", () => {
  const list = (letter: string) => Array.from({ length: 20_000 }, (_, i) => `${letter}${i}`);
  const record = { a: list("a"), b: list("b") };
  for (const key of ["a|fieldref", "a|fieldref|contains"]) expect(matches({ [key]: "b" }, record)).toBe(false);
  expect(matches({ "a|fieldref": "b" }, { ...record, b: [...record.b, "A19999"] })).toBe(true);
});
