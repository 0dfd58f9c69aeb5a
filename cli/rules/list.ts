import { quantity } from "../../lambda/core/alert/quantity.ts";
import { isPossibleForAll } from "../../lambda/core/match/call-class.ts";
import { pinsOf, pinText } from "../../lambda/core/rules/pins.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { conditionOf } from "../../lambda/core/rules/rule-set.ts";
import { needOf, needText } from "../../lambda/rule-files/data-events.ts";
import { readDesk } from "../desk.ts";
import { memoryText } from "./reference.ts";

/** Prints what is watched: one block, or one line of JSON, for each rule. */
export function list(paths: readonly string[], json: boolean): number {
  const { rules } = readDesk(paths);
  for (const { rule, tests } of rules) {
    const { name, severity, place, description, calls, outcome, threshold, after, steps, first } = rule;
    const pins = pinsOf(conditionOf(rule))?.map(pinText);
    if (isPossibleForAll(rule)) {
      process.stderr.write(`${place}: ${name}: warning: ${UNBOUND}\n`);
    } else if (pins === undefined) {
      process.stderr.write(`${place}: ${name}: warning: it has no pin, so every record has to be tested against it\n`);
    }
    if (json) {
      const line = {
        name,
        severity,
        place,
        description,
        calls,
        outcome,
        threshold,
        after,
        steps,
        first,
        pins: pins ?? [],
        tests: tests.length,
      };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      continue;
    }
    process.stdout.write(`${severity.padEnd(9)}${name}  (${place}, ${tests.length} tests)\n`);
    if (description !== undefined) process.stdout.write(`${" ".repeat(9)}${description}\n`);
    for (const text of countsOf(rule)) process.stdout.write(`${" ".repeat(9)}${text}\n`);
    const need = needOf(rule);
    if (need !== undefined) process.stdout.write(`${" ".repeat(9)}needs: ${needText(need)}\n`);
    process.stdout.write(`${" ".repeat(9)}pins: ${pins?.join(", ") ?? "none"}\n`);
  }
  return 0;
}

const UNBOUND = "it demands nothing of the call and its caller, so every record has to be read in full for it";

/** What it takes for an alert, besides a match. */
function countsOf(rule: Rule): readonly string[] {
  const { threshold, after, steps } = rule;
  const memory = memoryText(rule);
  return [
    ...(memory === undefined ? [] : [`rings: ${memory}`]),
    ...(threshold === undefined ? [] : [`rings: ${threshold.count} within ${minutes(threshold.within)}`]),
    ...(after === undefined ? [] : [`rings: after ${after.count} others within ${minutes(after.within)}`]),
    ...(steps === undefined ? [] : [`rings: ${steps.of.length} steps within ${minutes(steps.within)}`]),
  ];
}

function minutes(time: number): string {
  return quantity(Math.round(time / 60_000), "minute");
}
