import { readFileSync } from "node:fs";
import fc from "fast-check";
import { stringify } from "yaml";
import { faultText } from "../../../lambda/rule-files/fault.ts";
import { readRuleFile } from "../../../lambda/rule-files/rule-file.ts";
import { warningsOf } from "../../../lambda/rule-files/warnings.ts";
import { runs } from "../../support/runs.ts";

const SHIPPED = readFileSync("test/support/rules/essentials.yaml", "utf8");

/** Whatever the text, a file is read or its faults have a place; nothing is thrown. */
function expectAnswer(text: string): void {
  const { rules, faults } = readRuleFile("f.yaml", text);
  for (const fault of faults) {
    const { line, rule, message } = fault;
    expect(faultText(fault)).not.toContain("\n");
    expect(Number.isInteger(line) && line >= 1 && line <= text.split("\n").length + 1).toBe(true);
    expect(rule).not.toBe("");
    expect(message).not.toBe("");
  }
  for (const { rule } of rules) warningsOf(rule, 0);
}

test("any text is answered", () => {
  const yamlish = fc.string({ unit: fc.constantFrom(..."rules: -[]{}&*!|>'\"\n\t #%@`a1,?~\\") });
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), yamlish), expectAnswer), { numRuns: runs(2000, 50) });
});

test("any data in the shape of a rule file is answered", () => {
  const key = fc.constantFrom(
    "name",
    "severity",
    "calls",
    "pattern",
    "outcome",
    "except",
    "tests",
    "until",
    "reason",
    "x",
  );
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        "a",
        "iam:CreateUser",
        "high",
        "success",
        "2027-01-31",
        "$or",
        null,
        true,
        1,
        -1.5,
        "",
        "self",
      ),
      fc.array(tie("data"), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(key, fc.constantFrom("eventName", "prefix", "$or", "self", "detail", "detail-type", "anything-but")),
        tie("data"),
        { maxKeys: 4 },
      ),
    ),
  }));
  const file = fc.record(
    { watch: data, rules: fc.oneof(data, fc.array(fc.dictionary(key, data), { maxLength: 3 })) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(file, (one) => expectAnswer(stringify(one))),
    { numRuns: runs(2000, 50) },
  );
});

test("the shipped rules with a piece cut out, doubled or replaced are answered", () => {
  const cut = fc.nat(SHIPPED.length - 1);
  fc.assert(
    fc.property(
      cut,
      fc.nat(60),
      fc.constantFrom("", "x", "\n", "- ", "{", "]", '"', "&a *a", "\u0000", "true"),
      (at, length, piece) => {
        expectAnswer(SHIPPED.slice(0, at) + piece + SHIPPED.slice(at + length));
      },
    ),
    { numRuns: runs(300, 10) },
  );
});

test("any data in the shape of a Sigma rule is answered", () => {
  const word = fc.constantFrom("sel", "not", "and", "or", "1", "all", "of", "them", "sel*", "(", ")", "|", "near", "x");
  const key = fc.constantFrom(
    "a",
    "a|contains",
    "a|re",
    "a|cidr",
    "a|all",
    "|all",
    "a|fieldref",
    "a|gt",
    "a|nope",
    "a|exists",
    "",
    "a.b|re|i",
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<unknown>("x", "(a+", "*", "\\", "10.0.0.0/8", null, true, 5, ""),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3 }),
    ),
  }));
  const rule = fc.record({
    logsource: fc.constantFrom({ product: "aws" }, { product: "windows" }, null),
    level: fc.constantFrom("high", "urgent", null),
    detection: fc.oneof(
      value,
      fc.record({
        sel: value,
        condition: fc.oneof(
          value,
          fc.array(word, { maxLength: 8 }).map((words) => words.join(" ")),
        ),
      }),
    ),
  });
  fc.assert(
    fc.property(rule, (one) => expectAnswer(stringify(one))),
    { numRuns: runs(2000, 50) },
  );
});
