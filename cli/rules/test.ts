import { quantity } from "../../lambda/core/alert/quantity.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { compileRules, isMet } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, DESK_KNOWN, fillSelf } from "../../lambda/core/rules/self.ts";
import { faultText } from "../../lambda/rule-files/fault.ts";
import type { TestedRule } from "../../lambda/rule-files/plain-rule.ts";
import { readRuleFiles } from "../../lambda/rule-files/rule-files.ts";
import { ringsAfter } from "./rings.ts";

/** Why a record may not ring although its author thinks so. */
const HINT =
  " (records need a caller: userIdentity.arn, or sessionContext.sessionIssuer.arn of a role; first needs a record in before)";

/** Runs the tests inside rules, against a made-up deployment; 1 if one fails or a file has faults. */
export async function test(paths: readonly string[]): Promise<number> {
  const { rules, faults } = readRuleFiles(paths);
  const failures = (await Promise.all(rules.map(failuresOf))).flat();
  for (const line of [...faults.map(faultText), ...failures]) process.stdout.write(`${line}\n`);
  const total = rules.reduce((sum, { tests }) => sum + tests.length, 0);
  const untested =
    faults.length === 0 ? "" : `; ${quantity(faults.length, "fault")}: rules with a fault are not tested`;
  process.stdout.write(
    `${quantity(rules.length, "rule")}, ${quantity(total, "test")}, ${failures.length} failed${untested}\n`,
  );
  return faults.length + failures.length > 0 ? 1 : 0;
}

/** What is wrong with a rule, by its own tests: one sentence for each test that fails. */
export async function failuresOf({ rule, tests, placeOf }: TestedRule): Promise<readonly string[]> {
  const [filled = rule] = fillSelf([rule], DESK_DEPLOYMENT);
  const ruleSet = compileRules([filled], DESK_KNOWN);
  const matches = (record: CloudTrailRecord) => isMet(ruleSet.match(record, Date.now()));
  const failures: string[] = [];
  for (const [i, { name, record, before, matches: isMatch, rings }] of tests.entries()) {
    const wrong = [
      ...(matches(record) === isMatch ? [] : [wrongly("match", isMatch)]),
      ...(rings === undefined || (await ringsAfter(filled, before ?? [], record)) === rings
        ? []
        : [wrongly("ring", rings)]),
    ];
    const place = placeOf?.({ at: ["tests", i] }) ?? rule.place;
    failures.push(...wrong.map((what) => `${place}: ${rule.name}: "${name}" ${what}`));
  }
  return failures;
}

function wrongly(what: "match" | "ring", isWanted: boolean): string {
  if (!isWanted) return `must not ${what}, and does`;
  return `must ${what}, and does not${what === "ring" ? HINT : ""}`;
}
