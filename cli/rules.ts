import { join } from "node:path";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { faultText } from "../lambda/rule-files/fault.ts";
import { readRuleFiles } from "../lambda/rule-files/rule-files.ts";
import { PROJECT } from "./desk.ts";
import { readArguments, runCommand, UsageError } from "./usage.ts";

const HELP = `Usage: npm run rules -- check PATH...
       npm run rules -- test [PATH...]

check   reads rule files and prints each fault as file:line: rule: what is wrong; exit code 1 if there are any
test    runs the tests inside the rules (default: the shipped rules); exit code 1 if one fails

PATH is a rule file or a folder of them.
`;

async function rules(args: readonly string[]): Promise<number> {
  const { positionals } = readArguments(args, HELP, {});
  const [command, ...paths] = positionals;
  switch (command) {
    case "check":
      if (paths.length === 0) throw new UsageError("check needs at least one rule file or folder");
      return check(paths);
    case "test":
      return test(paths.length > 0 ? paths : [join(PROJECT, "rules")]);
    default:
      throw new UsageError(command === undefined ? "rules needs a command" : `unknown command ${command}`);
  }
}

function check(paths: readonly string[]): number {
  const { rules: read, faults } = readRuleFiles(paths);
  for (const fault of faults) process.stdout.write(`${faultText(fault)}\n`);
  if (faults.length === 0) process.stdout.write(`${read.length} rules, no faults\n`);
  return faults.length > 0 ? 1 : 0;
}

function test(paths: readonly string[]): number {
  const { rules: read, faults } = readRuleFiles(paths);
  const failures = read.flatMap(({ rule, tests }) => {
    const ruleSet = compileRules([rule]);
    return tests
      .filter(({ record, matches }) => ruleSet.match(record).length > 0 !== matches)
      .map(({ name, matches }) => {
        const message = matches ? "must match, and does not" : "must not match, and does";
        return `${rule.place}: ${rule.name}: "${name}" ${message}`;
      });
  });
  for (const line of [...faults.map(faultText), ...failures]) process.stdout.write(`${line}\n`);
  const total = read.reduce((sum, { tests }) => sum + tests.length, 0);
  process.stdout.write(`${read.length} rules, ${total} tests, ${failures.length} failed\n`);
  return faults.length + failures.length > 0 ? 1 : 0;
}

await runCommand(rules);
