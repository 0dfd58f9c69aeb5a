import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { faultText } from "../../lambda/rule-files/fault.ts";
import { readRuleFiles } from "../../lambda/rule-files/rule-files.ts";
import { warningsOf } from "../../lambda/rule-files/warnings.ts";
import { conformanceFolder, conformanceJson, conformanceTest } from "../support/conformance.ts";

const FOLDER = join("..", "shared", "conformance");

/** Cases whose verdict is not that of the rule as it is written: the rule wins. */
const RULE_WINS: { readonly [test: string]: string } = {
  "aws_iam_backdoor_users_keys.yml should_not_match[0]":
    "its filter is a fieldref to a name, which is never a whole ARN",
  "aws_update_login_profile.yml should_not_match[0]": "its filter is a fieldref to a name, which is never a whole ARN",
};

conformanceTest("SigmaHQ's 57 rules and the 52 of TrailAlerts load as they are", () => {
  for (const [folder, count] of [
    ["sigma", 57],
    ["sigma-trailalerts", 52],
  ] as const) {
    expect(conformanceFolder(folder).filter((name) => name.endsWith(".yml"))).toHaveLength(count);
    const { rules, faults } = readRuleFiles([join(FOLDER, folder)]);
    expect(faults.map(faultText)).toEqual([]);
    expect(rules).toHaveLength(count);
    for (const { rule } of rules) expect(rule).toMatchObject({ author: expect.any(String), title: expect.any(String) });
  }
});

conformanceTest("56 events get the verdict of the rule as written", () => {
  const { cases } = conformanceJson("sigma-cases.json") as {
    cases: { rule: string; test: string; expected: boolean; event: CloudTrailRecord }[];
  };
  expect(cases).toHaveLength(56);
  const { rules } = readRuleFiles([join(FOLDER, "sigma-trailalerts")]);
  const wrong = cases.flatMap(({ rule: file, test: name, expected, event }) => {
    const rule = rules.find((one) => `${one.rule.name}.yml` === file)?.rule;
    if (rule === undefined) return [`${file} is missing`];
    const matches = compileRules([rule]).match(event, 0).matched.length === 1;
    return matches === expected ? [] : [`${file} ${name}`];
  });
  expect(wrong.sort()).toEqual(Object.keys(RULE_WINS).sort());
});

conformanceTest("which of the 57 can never fire or always fire is warned of, and listed in docs/sigma.md", () => {
  const docs = readFileSync("docs/sigma.md", "utf8");
  const doubtful = readRuleFiles([join(FOLDER, "sigma")])
    .rules.filter(({ rule }) => warningsOf(rule, 0).length > 0)
    .map(({ rule }) => rule.name);
  expect(doubtful.length).toBeGreaterThan(4);
  for (const name of doubtful) expect(docs).toContain(`\`${name}\``);
});
