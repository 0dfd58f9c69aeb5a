import { inert, visible } from "../../lambda/core/alert/text.ts";
import { type CloudTrailRecord, textAt } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import { type Explanation, explainRule } from "../../lambda/core/rules/explain.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { nearestText } from "../../lambda/rule-files/nearest-name.ts";
import { deskRules } from "../desk-cache.ts";
import { recordsOfFile } from "../records/read.ts";
import { UsageError } from "../usage.ts";

const SHOWN_VALUES = 5;
/** So many records are explained whether they match or not, and so many at most. */
const FEW = 5;
const MANY = 20;

/** Prints a rule's tree for the records of a file: for all of a few, for those of many that match, or for one. */
export async function explain(
  name: string,
  file: string,
  paths: readonly string[],
  eventId: string | undefined,
): Promise<number> {
  const { rules, known } = await deskRules(paths);
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined) {
    const guess = nearestText(
      name,
      rules.map((one) => one.name),
    );
    throw new UsageError(
      `there is no rule ${name}${guess || ";"} npm run rules -- list shows all rules; for a file of your own, add --rules PATH`,
    );
  }
  const { records, faults } = await recordsOfFile(file);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (records.length === 0 && faults.length > 0) return 1;
  if (records.length === 0) throw new UsageError(`${file} has no record`);
  const all = records.map((record, i) => ({ record, place: `record ${i + 1} of ${records.length}` }));
  const asked = eventId === undefined ? all : all.filter(({ record }) => textAt(record, "eventID") === eventId);
  if (asked.length === 0)
    throw new UsageError(`no record in ${file} has the eventID ${eventId}; it has${someOf(records)}`);
  const explained = asked.map((one) => ({ ...one, explanation: explainRule(rule, one.record, Date.now(), known) }));
  const shown = asked.length <= FEW ? explained : explained.filter(({ explanation }) => explanation.holds);
  if (shown.length === 0) {
    throw new UsageError(
      `none of the ${records.length} records in ${file} matches ${name}; name one with --event ID:${someOf(records)}`,
    );
  }
  for (const { place, explanation } of shown.slice(0, MANY)) {
    if (records.length > 1) process.stdout.write(`${place}\n`);
    printTree(rule, explanation);
  }
  if (shown.length < asked.length || shown.length > MANY) {
    const printed = Math.min(shown.length, MANY);
    process.stderr.write(
      `${shown.length} of ${records.length} records match${printed < shown.length ? `; the first ${printed} are explained` : ""}; --event ID explains any other\n`,
    );
  }
  return faults.length > 0 ? 1 : 0;
}

function printTree(rule: Rule, explanation: Explanation): void {
  process.stdout.write(`${linesOf(explanation).join("\n")}\n`);
  const { threshold, after, steps, first } = rule;
  if (explanation.holds && (threshold ?? after ?? steps ?? first) !== undefined) {
    process.stdout.write(
      "  whether it rings depends on other records, which explain does not know: replay --alerts does\n",
    );
  }
}

/** Some records of a file, as they can be asked for. */
function someOf(records: readonly CloudTrailRecord[]): string {
  const lines = records.slice(0, 2 * FEW).map((record) => {
    const id = inert(textAt(record, "eventID") ?? "no eventID", 60);
    return `\n  ${id}  ${inert(viewOf(record).call)}`;
  });
  return `${lines.join("")}${records.length > lines.length ? "\n  ..." : ""}`;
}

function linesOf({ text, holds, saw, parts }: Explanation, depth = 0): readonly string[] {
  const line = `${"  ".repeat(depth)}${holds ? "✓" : "✗"} ${text}${saw === undefined ? "" : `   saw ${valuesText(saw)}`}`;
  return [line, ...parts.flatMap((part) => linesOf(part, depth + 1))];
}

function valuesText(saw: readonly unknown[]): string {
  if (saw.length === 0) return "nothing";
  const shown = saw.slice(0, SHOWN_VALUES).map((one) => visible(JSON.stringify(one)));
  return shown.join(", ") + (saw.length > SHOWN_VALUES ? ` and ${saw.length - SHOWN_VALUES} more` : "");
}
