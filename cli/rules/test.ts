import { compileRules, isMet } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, DESK_KNOWN, fillSelf } from "../../lambda/core/rules/self.ts";
import { faultText } from "../../lambda/rule-files/fault.ts";
import type { TestedRule } from "../../lambda/rule-files/rule-file.ts";
import { readRuleFiles } from "../../lambda/rule-files/rule-files.ts";
import { counted } from "../terminal/counted.ts";

/** Runs the tests inside rules, against a made-up deployment; 1 if one fails or a file has faults. */
export function test(paths: readonly string[]): number {
  const { rules, faults } = readRuleFiles(paths);
  const failures = rules.flatMap(failuresOf);
  for (const line of [...faults.map(faultText), ...failures]) process.stdout.write(`${line}\n`);
  const total = rules.reduce((sum, { tests }) => sum + tests.length, 0);
  process.stdout.write(`${counted(rules.length, "rule")}, ${counted(total, "test")}, ${failures.length} failed\n`);
  return faults.length + failures.length > 0 ? 1 : 0;
}

function failuresOf({ rule, tests }: TestedRule): readonly string[] {
  const ruleSet = compileRules(fillSelf([rule], DESK_DEPLOYMENT), DESK_KNOWN);
  return tests
    .filter(({ record, matches }) => isMet(ruleSet.match(record, Date.now())) !== matches)
    .map(({ name, matches }) => {
      const what = matches ? "must match, and does not" : "must not match, and does";
      return `${rule.place}: ${rule.name}: "${name}" ${what}`;
    });
}
