import { type AlertPart, type AlertSettings, partOf } from "./part.ts";
import type { Report } from "./report.ts";
import { routeOf } from "./route.ts";
import { matchesIn, sumOf } from "./story/story.ts";
import { ascii, name, visible } from "./text.ts";
import { textingOf } from "./texted.ts";

/** Of rules and of log objects. */
const SHOWN = 2;

/** What a round-up says of a report, even if its own words cannot be made. */
export function partAnyway(report: Report, settings: AlertSettings): AlertPart {
  try {
    return partOf(report, settings);
  } catch (error) {
    return plainPart(report, settings, error);
  }
}

/** What can be said of a report without looking into a record, or at anything that does: health hears of it too. */
export function plainPart(report: Report, settings: AlertSettings, error: unknown): AlertPart {
  const { incident, alertId, lines, logObjects, moreLogObjects } = report;
  const matches = matchesIn(report);
  const { severity = "info", ruleList = [], outcome = "success" } = lines[0] ?? {};
  const rule = ruleList[0]?.name ?? lines[0]?.rules[0] ?? "unknown";
  const route = routeOf(settings.routes ?? [], incident, severity);
  // A round-up may hold a hundred of these; the JSON names all.
  const shown = logObjects.slice(0, SHOWN).map((place) => visible(place, 300));
  const more = logObjects.length - shown.length + moreLogObjects;
  const counts = Array.from(matches, ([one, count]) => `${name(one)} x${count}`);
  return {
    id: alertId.slice(0, 8),
    fullId: alertId,
    severity,
    rule,
    rules: Object.fromEntries(matches),
    incident: incident.key,
    subject: ascii(`[${severity.toUpperCase()}] ${name(rule, 50)}: the mail could not be made`),
    detail: [
      `The mail could not be made: ${messageOf(error)}`,
      incident.isUnverified && "UNVERIFIED: the log file lies below another account's path.",
      `Account ${name(incident.accountId)}; ${counts.slice(0, SHOWN).join(", ")}${counts.length > SHOWN ? ` and ${counts.length - SHOWN} more` : ""}`,
      `Log ${shown.join("\n      ")}${more > 0 ? `\n      and ${more} more` : ""}`,
    ]
      .filter(Boolean)
      .join("\n  "),
    accountId: incident.accountId.slice(0, 100),
    actor: incident.actor.slice(0, 200),
    outcome,
    matches: sumOf(matches.values()),
    isAboutSelf: true,
    ...textingOf(report, settings.smsFrom),
    ...(route !== undefined && { route }),
    ...(settings.isOnBus && { isOnBus: true as const }),
  };
}

/** What an error says, on one line. */
export function messageOf(error: unknown): string {
  return name(error instanceof Error ? `${error.name}: ${error.message}` : String(error), 200);
}
