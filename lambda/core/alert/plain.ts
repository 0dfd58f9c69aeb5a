import { TRAITS } from "../rules/severity.ts";
import { type Alert, type AlertMarks, renderAlert } from "./alert.ts";
import { SCHEMA } from "./machine.ts";
import type { AlertSettings } from "./part.ts";
import { messageOf, partAnyway, plainPart } from "./plain-part.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./story/story.ts";
import { ascii, name } from "./text.ts";

/** The last resort: whatever a record does to the making of its mail, its incident is told. */
export function renderAnyway(report: Report, settings: AlertSettings, now: number, marks: AlertMarks = {}): Alert {
  try {
    return renderAlert(report, settings, now, marks);
  } catch (error) {
    return plainAlert(report, settings, marks, error);
  }
}

function plainAlert(
  report: Report,
  settings: AlertSettings,
  { others = [], mayRepeat = false }: AlertMarks,
  error: unknown,
): Alert {
  const part = plainPart(report, settings, error);
  const parts = [part, ...others.map((one) => partAnyway(one, settings))];
  const { id, fullId, severity, rule, subject, route } = part;
  const { incident, follows } = report;
  const kind = follows === undefined ? "alert" : "follow-up";
  const sections = [
    ...(mayRepeat ? ["May repeat: the ledger could not be reached."] : []),
    ...parts.map((one) => `${one.subject}\n  ${one.detail}`),
    `Alert ${id}, incident ${incident.key}`,
  ];
  return {
    id,
    fullId,
    kind,
    severity,
    rule,
    matches: sumOf(parts.map(({ matches }) => matches)),
    listed: 0,
    subject,
    email: `${sections.join("\n\n")}\n`,
    json: JSON.stringify({
      schema: SCHEMA,
      kind,
      id,
      incident: incident.key,
      follows: follows?.id ?? null,
      unverified: incident.isUnverified ?? false,
      mayRepeat,
      severity,
      fault: messageOf(error),
      rules: Object.entries(part.rules).map(([ruleName, matches]) => ({ name: ruleName, matches })),
      accountId: part.accountId,
      actor: part.actor,
      matches: part.matches,
      logObjects: report.logObjects,
      moreLogObjects: report.moreLogObjects,
      others: parts.slice(1).map((one) => ({
        id: one.id,
        severity: one.severity,
        rules: one.rules,
        subject: one.subject,
        accountId: one.accountId,
        actor: one.actor,
      })),
    }),
    ...(parts.some(({ isTexted }) => isTexted) && {
      sms: ascii(`${TRAITS[severity].sms} ${name(rule, 60)}: its mail could not be made in full #${id}`),
    }),
    ...(route !== undefined && { route }),
    ...(incident.isUnverified && { isUnverified: true }),
    parts,
  };
}
