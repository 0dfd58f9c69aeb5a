import { faultText } from "../../lambda/rule-files/fault.ts";
import { readRuleFiles } from "../../lambda/rule-files/rule-files.ts";
import { warningsOf } from "../../lambda/rule-files/warnings.ts";
import { counted } from "../terminal/counted.ts";

/** Prints the faults of rule files on stdout and what is only doubtful on stderr; 1 if there are faults. */
export function check(paths: readonly string[]): number {
  const { rules, faults } = readRuleFiles(paths);
  for (const { rule } of rules) {
    for (const warning of warningsOf(rule, Date.now())) {
      process.stderr.write(`${rule.place}: ${rule.name}: warning: ${warning}\n`);
    }
  }
  for (const fault of faults) process.stdout.write(`${faultText(fault)}\n`);
  if (faults.length === 0) process.stdout.write(`${counted(rules.length, "rule")}, no faults\n`);
  return faults.length > 0 ? 1 : 0;
}
