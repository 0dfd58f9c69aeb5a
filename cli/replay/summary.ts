import { type Rule, SEVERITIES } from "../../lambda/core/rules/rule.ts";
import { counted } from "../terminal/counted.ts";
import type { Tallies } from "./tallies.ts";

/** Which rules matched how often, the gravest first. */
export function summary(
  rules: readonly Rule[],
  tallies: Tallies,
  { files, records }: { readonly files: number; readonly records: number },
): string {
  const rank = (i: number) => SEVERITIES.indexOf(rules[i]?.severity ?? "info");
  const rows = [...tallies.ofRules()].sort((a, b) => rank(a.rule) - rank(b.rule) || b.matches - a.matches);
  const lines = rows.map(({ rule, matches }) => {
    const { name = "", severity = "" } = rules[rule] ?? {};
    return `${String(matches).padStart(7)}  ${severity.padEnd(8)}  ${name}`;
  });
  return `${["", ...lines, `${counted(tallies.matches, "match")} in ${counted(records, "record")} of ${counted(files, "file")}`].join("\n")}\n`;
}
