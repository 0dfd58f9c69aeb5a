import { wildcardComplexity } from "../../../lambda/rule-files/wildcard-complexity.ts";
import { cpuTimeOf } from "../../support/cpu-time.ts";
import { warningsOfPattern } from "../../support/warnings.ts";

const complexity = (...wildcards: readonly string[]) => wildcardComplexity(wildcards.map((one) => [one.split("*")]));

// The values that event-ruler's own tests expect of it (MachineComplexityEvaluatorTest).
test.each([
  [1, ["*"]],
  [1, ["abc"]],
  [2, ["*ab"]],
  [3, ["*aa"]],
  [2, ["a*b"]],
  [2, ["aa*"]],
  [3, ["*", "ab*c"]],
  [4, ["a*bbb"]],
  [4, ["*ab*ad"]],
  [4, ["*aba*"]],
  [5, ["a*b*bb"]],
  [4, ["a*b*cb"]],
  [3, ["a*b*cd"]],
  [3, ["ab*c", "x*xx"]],
  [4, ["*abc", "*abcde"]],
  [7, ["a*aaa", "aa*aa"]],
  [6, ["ab*cd", "ab*wx", "ab*yz"]],
  [7, ["*ab*b*b*"]],
  [10, ["F*eatureFeature", "Fe*atureFeature", "Fea*tureFeature"]],
])("it is %d for %j", (expected, wildcards) => {
  expect(complexity(...wildcards)).toBe(expected);
  expect(complexity(...wildcards.toReversed())).toBe(expected);
});

test.each([
  ["many stars", "F*e*a*t*u*r*e*".repeat(2_000)],
  ["many letters", `*${Array.from({ length: 60_000 }, (_, i) => String.fromCharCode(i + 100)).join("")}`],
  ["one letter very often", `*${"a".repeat(100_000)}`],
])("a long wildcard with %s is measured soon", (_, wildcard) => {
  const time = cpuTimeOf(() => expect(complexity(wildcard)).toBeGreaterThan(1));
  expect(time).toBeLessThan(30_000);
});

test("wildcards of one anything-but count as one where they are alike", () => {
  const wildcards = ["*kiwi*", "*BASE*", "*Delta*"];
  expect(wildcardComplexity([wildcards.map((one) => one.split("*"))])).toBeLessThan(complexity(...wildcards));
});

const DATASYNC = ["bif", "tif", "tiff", "svs"].map((ending) => `{ wildcard: "*/datasync/*.${ending}" }`);

// Patterns that the service itself has been seen to refuse or to take.
test.each([
  ["many stars between one letter", '[{ wildcard: "*:*:*:*:*:event-bus/*" }]', true],
  ["four wildcards with two stars each", `[${DATASYNC.join(", ")}]`, true],
  ["two wildcards with two stars each", `[${DATASYNC.slice(0, 2).join(", ")}]`, false],
  ["one star", '[{ wildcard: "arn:aws:events:us-east-1:*:event-bus/*" }]', false],
])("EventBridge's limit: %s", (_, demand, isRefused) => {
  const said = [expect.stringMatching(/^EventBridge refuses .* requestParameters\.name as too complex/)];
  for (const pattern of [
    `{ requestParameters: { name: ${demand} } }`,
    `{ requestParameters: { $or: [{ name: ${demand} }, { other: [x] }] } }`,
  ]) {
    expect(warningsOfPattern(pattern).filter((warning) => warning.includes("EventBridge"))).toEqual(
      isRefused ? said : [],
    );
  }
});

test("wildcards in arms of $or on one field count together", () => {
  const arms = DATASYNC.map((demand) => `{ requestParameters: { name: [${demand}] } }`);
  expect(warningsOfPattern(`{ $or: [${arms.join(", ")}] }`).join()).toMatch(/too complex/);
});
