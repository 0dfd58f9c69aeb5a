import { withPins } from "../../../../lambda/core/rules/pinned.ts";
import type { Rule } from "../../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf } from "../../../../lambda/core/rules/self.ts";
import { loadedRules } from "../../../support/loaded-rules.ts";

const NOW = Date.UTC(2026, 10, 20);
const tested = loadedRules("rules");
const plain = tested.map(({ rule }) => rule);

test("each shipped rule has its pins at synth", () => {
  expect(plain.filter((rule) => withPins(rule).pins === undefined)).toEqual([]);
});

test("rules say the same of all their records whether synth or the function has found their pins", () => {
  const deployment = { ...DESK_DEPLOYMENT, logBucket: "other-bucket", trailName: "", logKeyArn: "" };
  const alone = compileRules(fillSelf(plain, deployment));
  const pinned = compileRules(fillSelf(plain.map(withPins), deployment));
  const namesOf = (set: typeof alone, record: object) => {
    const { matched, excepted, preceding, noticed } = set.match({ ...record }, NOW);
    return [matched, excepted, preceding, noticed].map((rules) => rules.map(({ name }) => name));
  };
  let matches = 0;
  for (const { tests } of tested) {
    for (const { record } of tests) {
      const expected = namesOf(alone, record);
      matches += expected.flat().length;
      expect(namesOf(pinned, record)).toEqual(expected);
    }
  }
  expect(matches).toBeGreaterThan(1_000);
});

test("a rule that only a name of the deployment pins has its pins from the function", () => {
  const rule: Rule = {
    name: "of-the-bucket",
    place: "rules/x.yaml:1",
    severity: "high",
    pattern: { requestParameters: { bucketName: [{ self: "logBucket" }] } },
  };
  expect(withPins(rule)).toBe(rule);
  const [filled = rule] = fillSelf([withPins(rule)], { ...DESK_DEPLOYMENT, logBucket: "mine" });
  const match = (bucketName: string) =>
    compileRules([filled]).match({ requestParameters: { bucketName } }, NOW).matched;
  expect(match("mine")).toEqual([filled]);
  expect(match(DESK_DEPLOYMENT.logBucket)).toEqual([]);
});
