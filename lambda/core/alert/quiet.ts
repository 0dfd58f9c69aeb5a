import { isNotice } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import { headRule, severityOf } from "./headline.ts";
import type { Report } from "./report.ts";
import { row } from "./row.ts";
import { unlinkedWord } from "./text.ts";

/** How people see which incident it is: the beginning of its key, which `npm run mute` takes. */
export function incidentId({ key }: { readonly key: string }): string {
  return key.slice(0, 8);
}

/** What to quiet: a rule, or an incident by its id; and whose. */
export interface Quieted {
  readonly subject: string;
  readonly actor?: string;
}

/** The command that quiets something; undefined where a part of it might be more than one word for a shell. */
export function muteCommand({ subject, actor }: Quieted): string | undefined {
  const words = [subject, ...(actor === undefined ? [] : [actor])];
  if (!words.every((word) => PLAIN.test(word))) return undefined;
  const of = actor === undefined ? subject : `${subject} --actor ${unlinkedWord(actor)}`;
  return `npm run mute -- ${of} --for 4h --reason "..."`;
}

/** No space, quote, variable, comment, wildcard or option: one word for each shell. */
const PLAIN = /^[A-Za-z0-9_][\w+=,.@:/-]{0,299}$/;

/** The last row of a mail: what to type to have quiet for some hours. */
export function quietRow(report: Report): readonly string[] {
  if (report.incident.isUnverified) return [];
  const rules = new Map(report.lines.flatMap(({ ruleList }) => ruleList).map((rule) => [rule.name, rule]));
  if ([...rules.values()].some((rule) => rule.isAboutSelf || isNotice(rule))) return [];
  if (severityOf(report) === "critical")
    return row("Quiet", "critical always rings; what is known for good, an exception leaves out (docs/runbook.md)");
  return row("Quiet", commandFor(report, [...rules.values()]));
}

/** By rule and caller if that is all of it; else the whole incident, whose id holds nothing of a record. */
function commandFor({ incident, lines, ...rest }: Report, rules: readonly Rule[]): string | undefined {
  const rule = headRule({ incident, lines, ...rest });
  const isOfOne = !incident.isShared && incident.rule === undefined;
  const byRule = rules.length === 1 && isOfOne ? muteCommand({ subject: rule.name, actor: incident.actor }) : undefined;
  return byRule ?? muteCommand({ subject: incidentId(incident) });
}
