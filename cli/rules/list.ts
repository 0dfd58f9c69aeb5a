import { pinsOf, pinText } from "../../lambda/core/rules/pins.ts";
import { conditionOf } from "../../lambda/core/rules/rule-set.ts";
import { readDesk } from "../desk.ts";

/** Prints what is watched: one block, or one line of JSON, for each rule. */
export function list(paths: readonly string[], json: boolean): number {
  const { rules } = readDesk(paths);
  for (const { rule, tests } of rules) {
    const { name, severity, place, description, calls, outcome } = rule;
    const pins = pinsOf(conditionOf(rule))?.map(pinText);
    if (pins === undefined) {
      process.stderr.write(`${place}: ${name}: warning: it has no pin, so every record has to be tested against it\n`);
    }
    if (json) {
      const line = { name, severity, place, description, calls, outcome, pins: pins ?? [], tests: tests.length };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      continue;
    }
    process.stdout.write(`${severity.padEnd(9)}${name}  (${place}, ${tests.length} tests)\n`);
    if (description !== undefined) process.stdout.write(`${" ".repeat(9)}${description}\n`);
    process.stdout.write(`${" ".repeat(9)}pins: ${pins?.join(", ") ?? "none"}\n`);
  }
  return 0;
}
