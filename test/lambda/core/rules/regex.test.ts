import fc from "fast-check";
import { compileRegex } from "../../../../lambda/core/rules/regex/regex.ts";
import { RegexError } from "../../../../lambda/core/rules/regex/syntax.ts";
import { runs } from "../../../support/runs.ts";

const piece = fc.constantFrom(
  "a",
  "b",
  "B",
  ".",
  "\\d",
  "\\W",
  "\\s",
  "[a-c]",
  "[^ab]",
  "[\\w-]",
  "\\.",
  "^",
  "$",
  "\\b",
  "\\B",
  "é",
  "-",
  " ",
  "\\n",
);
const { expression } = fc.letrec<{ expression: string; part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4 },
    piece,
    fc
      .tuple(
        fc.constantFrom("a", "[ab]", "(?:ab|b)", "."),
        fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "+?"),
      )
      .map(([a, q]) => a + q),
    tie("expression").map((inner) => `(${inner})`),
    tie("expression").map((inner) => `(?:${inner})*`),
  ),
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
    fc.tuple(tie("part"), tie("part")).map(([a, b]) => `${a}|${b}`),
  ),
}));
const text = fc.string({ unit: fc.constantFrom(..."abBcé1.- \n"), maxLength: 10 });
const flags = fc.record({ i: fc.boolean(), m: fc.boolean(), s: fc.boolean() });

test("finds what JavaScript's own engine finds, for random expressions and texts", () => {
  let found = 0;
  fc.assert(
    fc.property(expression, flags, fc.array(text, { minLength: 1, maxLength: 5 }), (source, given, texts) => {
      const mine = compileRegex(source, given);
      const theirs = new RegExp(source, `${given.i ? "i" : ""}${given.m ? "m" : ""}${given.s ? "s" : ""}`);
      for (const one of texts) {
        const expected = theirs.test(one);
        if (expected) found++;
        if (mine(one) !== expected) throw new Error(`/${source}/ on ${JSON.stringify(one)}: ${mine(one)}`);
      }
    }),
    { numRuns: runs(5000) },
  );
  expect(found).toBeGreaterThan(runs(300));
});

test.each(["^(a+)+$", "(a|a)*$", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a?){50}a{50}", "(.*a){20}"])(
  "/%s/ on hostile input is answered in steps that grow with the text, not explode",
  (source) => {
    const find = compileRegex(source, {});
    // An engine that backtracks would need more than 2^30 steps.
    expect(typeof find(`${"a".repeat(20_000)}!`)).toBe("boolean");
  },
);

test.each([
  ["(?=a)b", "column 2: look-around and inline options are not supported"],
  ["(?<!a)b", "column 2: look-around and inline options are not supported"],
  ["(a)\\1", "column 5: \\1 is not supported"],
  ["\\p{L}", "column 2: \\p is not supported"],
  ["a++", "column 3: possessive quantifiers are not supported"],
  ["(a", "column 2: a ( is not closed"],
  ["a)", "column 2: a ) has no ("],
  ["[a", "column 2: a [ is not closed"],
  ["[b-a]", "column 4: a range in [ ] is upside down"],
  ["*a", "column 1: * has nothing to repeat"],
  ["a\\", "column 2: it ends in a backslash"],
  ["[[:alpha:]]", "column 2: [:classes:] are not supported"],
  ["(((a{1000}){1000}){1000}){1000}", "its repetitions make it too large"],
  ["(?:(?:(?:(?:){1000}){1000}){1000}){1000}", "its repetitions make it too large"],
  [".{0,1000}x", "its repetitions make it too large"],
])("/%s/ is refused with the reason", (source, reason) => {
  expect(() => compileRegex(source, {})).toThrow(RegexError);
  expect(() => compileRegex(source, {})).toThrow(reason);
});
