import type { Scalar } from "../../../../lambda/core/rules/field-path.ts";
import { ANY_CHARACTER, compileTest, folded, type ValueTest } from "../../../../lambda/core/rules/operators.ts";

const wildcard = (text: string, fold?: true): ValueTest => ({
  kind: "wildcard",
  parts: text.replaceAll("?", ANY_CHARACTER).split("*"),
  ...(fold && { fold }),
});
const bound = (operator: "=" | "<" | "<=" | ">" | ">=", value = 7) => ({ operator, value });

test.each<readonly [string, ValueTest, holds: readonly Scalar[], fails: readonly Scalar[]]>([
  ["in", { kind: "in", values: ["a", 1, null] }, ["a", 1, null], ["A", "1", true, ""]],
  ["in, of an address in any of its forms", { kind: "in", values: ["::1", 4] }, ["0:0::1", 4], ["::2", "4", "x", null]],
  ["equals", { kind: "equals", texts: ["Ab", "c"] }, ["Ab", "c"], ["ab", "A", 1, null]],
  ["equals without case", { kind: "equals", texts: ["Ab"], fold: true }, ["Ab", "aB"], ["abc", null]],
  ["contains", { kind: "contains", text: "Ab" }, ["Ab", "xAbx"], ["ab", "A b", 1]],
  ["contains without case", { kind: "contains", text: "Ab", fold: true }, ["xaBx"], ["a b", true]],
  ["regex", { kind: "regex", source: "^a.c$", flags: {} }, ["abc"], ["ABC", "xabc", 5]],
  ["prefix", { kind: "prefix", text: "Ab" }, ["Ab", "Abc"], ["ab", "xAb", 1]],
  ["prefix without case", { kind: "prefix", text: "Ab", fold: true }, ["aBc"], ["xab"]],
  ["suffix", { kind: "suffix", text: "Ab" }, ["Ab", "xAb"], ["ab", "Abx", 1]],
  ["suffix without case", { kind: "suffix", text: "Ab", fold: true }, ["xaB"], ["abx"]],
  ["a wildcard without star", wildcard("ab"), ["ab"], ["abc", "xab", "aB", ""]],
  ["a wildcard's start and end", wildcard("ab*ba"), ["abba", "abxba"], ["aba", "abb", "xabba", "abbax"]],
  ["a wildcard's middle, in order", wildcard("*b*c*"), ["bc", "abxcd", "bcb"], ["cb", "b", "c"]],
  ["parts that do not overlap", wildcard("*aba*ab"), ["abaab", "xabaxab"], ["abab", "aba"]],
  ["any one character", wildcard("a?c"), ["abc", "a?c"], ["ac", "abbc", "abd"]],
  [
    "any one character in the middle",
    wildcard("*a?c*"),
    ["abc", "xabcx", "aabc", "ac abc"],
    ["ab", "xac", "acb", "xabbbbbb"],
  ],
  ["any one character at the end", wildcard("x*a?"), ["xab", "xaa"], ["xa", "xabc"]],
  ["a wildcard without case", wildcard("aB*", true), ["AbC"], ["ba"]],
  [
    "a call",
    { kind: "call", names: ["DeleteFunction"] },
    ["deletefunction20150331", "DeleteFunction "],
    ["DeleteX", 1],
  ],
  [
    "calls like",
    { kind: "call-like", parts: ["DeleteFunction2015", ""] },
    ["deletefunction20150331"],
    ["DeleteFunction"],
  ],
  [
    "calls like, but for their versions",
    { kind: "call-like", parts: ["Delete", "ion"] },
    ["DeleteFunction20150331"],
    ["x"],
  ],
  ["numeric =", { kind: "numeric", bounds: [bound("=")] }, [7], [6, 8, "7", null]],
  ["numeric <", { kind: "numeric", bounds: [bound("<")] }, [6], [7, 8]],
  ["numeric <=", { kind: "numeric", bounds: [bound("<=")] }, [6, 7], [8]],
  ["numeric >", { kind: "numeric", bounds: [bound(">")] }, [8], [7, 6]],
  ["numeric >=", { kind: "numeric", bounds: [bound(">=")] }, [8, 7], [6]],
  ["numeric, of several bounds", { kind: "numeric", bounds: [bound(">", 1), bound("<", 9)] }, [5], [1, 9, "5"]],
  [
    "numeric, of a text",
    { kind: "numeric", bounds: [bound("<=")], ofText: true },
    [7, "7", "-1.5e3"],
    [8, "8", "x", "", true],
  ],
  [
    "compare",
    { kind: "compare", ...bound("=", 10) },
    ["10", "1e1", "1000e-02", "1E+1", "10.00", "100e-1"],
    ["11", 10, " 10", "10x", "+10", "10."],
  ],
  ["address", { kind: "address", is: "private" }, ["10.0.0.1"], ["192.0.2.1", 10]],
  ["cidr", { kind: "cidr", block: "10.0.0.0/8" }, ["10.1.2.3"], ["11.1.2.3", "x", 10]],
  ["a block", { kind: "block" }, ["anything"], [1, null]],
  ["present", { kind: "present" }, ["", 0, null, false], []],
  [
    "none of",
    {
      kind: "none-of",
      tests: [
        { kind: "equals", texts: ["a"] },
        { kind: "prefix", text: "b" },
      ],
    },
    ["c", 1],
    ["a", "bc"],
  ],
  ["what names no resource", { kind: "names-resource", arn: "nonsense" }, [], ["nonsense", ""]],
])("%s", (_, asked, holds, fails) => {
  const passes = compileTest(asked);
  expect(holds.filter((value) => !passes(value))).toEqual([]);
  expect(fails.filter((value) => passes(value))).toEqual([]);
});

test("a value equals a field of its record by value and type, and null equals none", () => {
  const passes = compileTest({ kind: "equals-field", path: ["userIdentity", "userName"] });
  const record = (userName: unknown) => ({ userIdentity: { userName } });
  expect(passes("alice", record("alice"))).toBe(true);
  expect(passes("alice", record("bob"))).toBe(false);
  expect(passes("1", record(1))).toBe(false);
  expect(passes(null, record(null))).toBe(false);
});

test("what does not survive the way back from upper case keeps its form: only itself equals it", () => {
  expect([folded("AB"), folded("ÄB")]).toEqual(["ab", "äb"]);
  expect(folded("\u212a")).toBe("\u212a"); // the Kelvin sign, whose lower case is k
  expect(folded("ς")).toBe("ς");
  expect(folded("İx")).toBe("İx");
});
