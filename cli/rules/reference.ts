import { type Rule, SEVERITIES } from "../../lambda/core/rules/rule.ts";
import type { TestedRule } from "../../lambda/rule-files/rule-file.ts";
import { loadRules } from "../../lambda/rule-files/rule-files.ts";

/** The reference of rules as Markdown: per file a table of what is watched and why. */
export function referenceText(paths: readonly string[]): string {
  const files = new Map<string, TestedRule[]>();
  for (const tested of loadRules(paths)) {
    const file = tested.rule.place.replace(/:\d+$/, "");
    files.set(file, [...(files.get(file) ?? []), tested]);
  }
  const tables = [...files].map(([file, rules]) => {
    const rows = rules
      .toSorted((a, b) => rank(a.rule) - rank(b.rule))
      .map(
        ({ rule }) =>
          `| \`${rule.name}\` | ${rule.severity} | ${callsOf(rule)} | ${rule.technique?.join(", ") ?? ""} | ${whyOf(rule)} |`,
      );
    return `## ${file}\n\n| rule | severity | calls | technique | why |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# The shipped rules\n\nMade by \`npm run rules -- reference\`; the files in \`rules/\` have the conditions, exceptions and tests.\n\n${tables.join("\n")}`;
}

function callsOf({ calls, pattern }: Rule): string {
  if (calls === undefined) return pattern === undefined ? "" : "by pattern";
  const shown = calls.slice(0, 12).map((call) => `\`${call}\``);
  return [...shown, ...(calls.length > 12 ? [`and ${calls.length - 12} more`] : [])].join(", ");
}

function whyOf({ why, control }: Rule): string {
  const served = control === undefined ? "" : ` (${control.join(", ")})`;
  return `${why ?? "on the watch list"}${served}`.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function rank({ severity }: Rule): number {
  return SEVERITIES.indexOf(severity);
}

/** Prints the reference. */
export function reference(paths: readonly string[]): number {
  process.stdout.write(referenceText(paths));
  return 0;
}
