import { quantity } from "../../lambda/core/alert/quantity.ts";
import { needText } from "../../lambda/rule-files/data-events.ts";
import { faultText, type RuleFault } from "../../lambda/rule-files/fault.ts";
import type { TestedRule } from "../../lambda/rule-files/plain-rule.ts";
import { readRuleFiles } from "../../lambda/rule-files/rule-files.ts";
import { warningsOf } from "../../lambda/rule-files/warnings.ts";
import { ownNeedOf } from "../../lib/own-needs.ts";

/** What a rule that others rely on must have besides what it watches. */
function lacks({ rule: { name, place, why, do: remedy }, tests }: TestedRule): readonly RuleFault[] {
  // An entry of a watch list is its own explanation.
  if (name.includes(":")) return [];
  const kinds = new Set(tests.map(({ matches }) => matches));
  const lacking = [
    ...(why === undefined ? ["why"] : []),
    ...(remedy === undefined ? ["do"] : []),
    ...(kinds.has(true) ? [] : ["a test with a record that it must match"]),
    ...(kinds.has(false) ? [] : ["a test with a record that it must not match"]),
  ];
  const [, file = place, line = "1"] = /^(.*):(\d+)$/.exec(place) ?? [];
  return lacking.length === 0
    ? []
    : [{ file, line: Number(line), rule: name, message: `it lacks ${lacking.join(", ")}` }];
}

/**
 * Prints the faults of rule files on stdout and what is only doubtful on stderr; 1 if there are faults. `strict`
 * wants of each rule why, do and both kinds of tests, and no warnings.
 */
export function check(paths: readonly string[], strict = false): number {
  const { rules, faults: found } = readRuleFiles(paths);
  const faults = strict ? [...found, ...rules.flatMap(lacks)] : found;
  let warnings = 0;
  for (const { rule, placeOf } of rules) {
    for (const { text, ...part } of warningsOf(rule, Date.now())) {
      process.stderr.write(`${placeOf?.(part) ?? rule.place}: ${rule.name}: warning: ${text}\n`);
      warnings++;
    }
    const need = ownNeedOf(rule);
    // No warning: a rule that needs them is right where they are recorded, and `strict` must let it pass.
    if (need !== undefined)
      process.stderr.write(`${rule.place}: ${rule.name}: note: needs ${needText(need)}, ${WHERE}\n`);
  }
  for (const fault of faults) process.stdout.write(`${faultText(fault)}\n`);
  const doubts = warnings === 0 ? "" : `, ${quantity(warnings, "warning")}`;
  if (faults.length === 0) process.stdout.write(`${quantity(rules.length, "rule")}, no faults${doubts}\n`);
  return faults.length > 0 || (strict && warnings > 0) ? 1 : 0;
}

const WHERE = "which a trail writes only where they are switched on";
