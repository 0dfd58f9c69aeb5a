import { isActorForm } from "../record/actor-form.ts";
import { isNotice } from "../rules/notices.ts";
import { TRAITS } from "../rules/severity.ts";
import { headRule, severityOf } from "./headline.ts";
import { row } from "./labelled.ts";
import type { Report } from "./report.ts";
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

/**
 * The command that quiets something; undefined where a part of it might be more than one word for a shell, or the command
 * would not take the caller.
 */
export function muteCommand({ subject, actor }: Quieted): string | undefined {
  if (actor !== undefined && !isActorForm(actor)) return undefined;
  const words = [subject, ...(actor === undefined ? [] : [actor])];
  if (!words.every((word) => PLAIN.test(word))) return undefined;
  const of = [subject, ...(actor === undefined ? [] : ["--actor", actor])].map(unlinkedWord).join(" ");
  return `npm run mute -- ${of} --for 4h --reason "..."`;
}

const ALWAYS =
  'What is critical always rings. If this is daily work, give the rule an exception (docs/tuning.md, "Quiet what is no news").';

// Whoever quiets an attacker's alert hears nothing more of them.
const ONCE_SURE = "only once you know that it was meant:";

/** No space, quote, variable, comment, wildcard or option: one word for each shell. */
const PLAIN = /^[A-Za-z0-9_][\w+=,.@:/-]{0,299}$/;

/** The last row of a mail: what to type to have quiet for some hours. */
export function quietRow(report: Report): readonly string[] {
  const { incident } = report;
  // Nobody should type what may be made up, and what watches the alerter is never quiet.
  if (incident.isUnverified) return [];
  const rules = new Map(report.lines.flatMap(({ ruleList }) => ruleList).map((rule) => [rule.name, rule]));
  const all = [...rules.values()];
  if (all.some((rule) => rule.isAboutSelf || isNotice(rule))) return [];
  const whole = muteCommand({ subject: incidentId(incident) });
  if (TRAITS[severityOf(report)].alwaysRings) {
    const isRest = report.lines.some(({ severity }) => !TRAITS[severity].alwaysRings);
    return isRest ? row("Quiet", `${ALWAYS} To quiet the rest, ${ONCE_SURE}`, whole) : row("Quiet", ALWAYS);
  }
  // Several rules, or callers who share it, are the whole incident, whose id holds nothing of a record.
  const isOfOne =
    all.length === 1 &&
    !incident.isShared &&
    incident.rule === undefined &&
    report.lines.every(({ callers }) => callers.length === 0);
  const own = isOfOne ? muteCommand({ subject: headRule(report).name, actor: incident.actor }) : undefined;
  const command = own ?? whole;
  return row("Quiet", command && ONCE_SURE, command);
}
