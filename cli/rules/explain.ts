import { visible } from "../../lambda/core/alert/text.ts";
import { type Explanation, explainRule } from "../../lambda/core/rules/explain.ts";
import { deskRules } from "../desk-cache.ts";
import { recordsOfFile } from "../records/read.ts";
import { UsageError } from "../usage.ts";

const SHOWN_VALUES = 5;

/** Prints a rule's tree for each record of a file. */
export async function explain(name: string, file: string, paths: readonly string[]): Promise<number> {
  const { rules, known } = await deskRules(paths);
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined)
    throw new UsageError(
      `there is no rule ${name}; npm run rules -- list shows all rules; for a file of your own, add --rules PATH`,
    );
  const { records, faults } = await recordsOfFile(file);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (records.length === 0) throw new UsageError(`${file} has no record`);
  for (const [i, record] of records.entries()) {
    if (records.length > 1) process.stdout.write(`record ${i + 1} of ${records.length}\n`);
    const explanation = explainRule(found, record, Date.now(), known);
    process.stdout.write(`${linesOf(explanation).join("\n")}\n`);
    const { threshold, after, steps, first } = found;
    if (explanation.holds && (threshold ?? after ?? steps ?? first) !== undefined) {
      process.stdout.write(
        "  whether it rings depends on other records, which explain does not know: replay --alerts does\n",
      );
    }
  }
  return 0;
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
