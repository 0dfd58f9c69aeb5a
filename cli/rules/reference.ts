import type { Rule } from "../../lambda/core/rules/rule.ts";
import { bySeverity } from "../../lambda/core/rules/severity.ts";
import { needOf, needText } from "../../lambda/rule-files/data-events.ts";
import type { TestedRule } from "../../lambda/rule-files/plain-rule.ts";
import { loadRules } from "../../lambda/rule-files/rule-files.ts";
import { techniquesText } from "./techniques.ts";

/**
 * The reference of rules as Markdown: per file a table of what is watched and why, then what needs more than management
 * events, and how much of the catalogues of techniques is covered.
 */
export function referenceText(paths: readonly string[]): string {
  const files = new Map<string, TestedRule[]>();
  for (const tested of loadRules(paths)) {
    const file = tested.rule.place.replace(/:\d+$/, "");
    files.set(file, [...(files.get(file) ?? []), tested]);
  }
  const tables = [...files].map(([file, rules]) => {
    const rows = rules
      .toSorted((a, b) => bySeverity(a.rule, b.rule))
      .map(
        ({ rule }) =>
          `| \`${rule.name}\` | ${rule.severity} | ${callsOf(rule)} | ${rule.technique?.join(", ") ?? ""} | ${whyOf(rule)} |`,
      );
    return `## ${file}\n\n| rule | severity | calls | technique | why |\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  const rules = [...files.values()].flat().map(({ rule }) => rule);
  return `${HEAD}${tables.join("\n")}\n${needsText(rules)}\n${techniquesText(rules)}`;
}

const HEAD = `# The shipped rules

Made by \`npm run rules -- reference\`; the files in \`rules/\` have the conditions, exceptions and tests. After the rules come [what needs more than management events](#what-needs-more-than-management-events) and the techniques of [MITRE ATT&CK](#mitre-attck-for-iaas) and of [AWS's Threat Technique Catalog](#awss-threat-technique-catalog), with the rules that show them, and why some are not shown. [coverage.md](coverage.md) says what CloudTrail cannot show.

`;

/** The rules that see nothing, or not all, in a trail as it is by default. */
function needsText(rules: readonly Rule[]): string {
  const rows = rules.flatMap((rule) => {
    const need = needOf(rule);
    if (need === undefined) return [];
    return [`| \`${rule.name}\` | ${rule.severity} | ${needText(need, (call) => `\`${call}\``)} |\n`];
  });
  return `## What needs more than management events\n\nWithout these events, which trails do not record by default, a rule matches nothing, or not the calls named.\n\n| rule | severity | needs |\n|---|---|---|\n${rows.join("")}`;
}

function callsOf({ calls, pattern, steps, first }: Pick<Rule, "calls" | "pattern" | "steps" | "first">): string {
  const condition = memoryText({ first });
  const memory = condition === undefined ? "" : `; ${condition}`;
  if (steps !== undefined) return steps.of.map((step) => callsOf(step)).join(", then ");
  if (calls === undefined) return (pattern === undefined ? "any" : "by pattern") + memory;
  const shown = calls.slice(0, 12).map((call) => `\`${call}\``);
  return [...shown, ...(calls.length > 12 ? [`and ${calls.length - 12} more`] : [])].join(", ") + memory;
}

/** What a rule with `first` remembers: `first sourceNetwork of an actor`. */
export function memoryText({ first }: Pick<Rule, "first">): string | undefined {
  if (first === undefined) return undefined;
  const again = first.again === undefined ? "first" : "again after long";
  return `${again} ${first.of.join(", ")} of an ${first.by}`;
}

function whyOf({ why, control }: Rule): string {
  const served = control === undefined ? "" : ` (${control.join(", ")})`;
  return `${why ?? "on the watch list"}${served}`.replaceAll("|", "\\|").replaceAll("\n", " ");
}

/** Prints the reference. */
export function reference(paths: readonly string[]): number {
  process.stdout.write(referenceText(paths));
  return 0;
}
