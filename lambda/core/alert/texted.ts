import { logPathOf } from "../envelope/log-object.ts";
import { isAtLeast, type Severity } from "../rules/severity.ts";
import type { Report, ReportLine } from "./report.ts";

/** What a text message tells of: the rules that are worth it, and of an organization the account that it is charged to. */
export interface TextSubjects {
  readonly rules: readonly string[];
  readonly account?: string | undefined;
}

/** Whoever can write files must not fill the phone, and nobody is woken for what is a day old or was told before. */
export function isWorthText(report: Report, from: Severity | undefined): boolean {
  return from !== undefined && linesWorthText(report, from).length > 0;
}

function linesWorthText({ incident, lines }: Report, from: Severity): readonly ReportLine[] {
  if (incident.isUnverified) return [];
  return lines.filter((line) => isAtLeast(line.severity, from) && line.isNews && !line.isLate);
}

/** Whether it is worth a text message, and of what that tells. */
export function textingOf(
  report: Report,
  from: Severity,
): { readonly isTexted: boolean; readonly texted?: TextSubjects } {
  const lines = linesWorthText(report, from);
  if (lines.length === 0) return { isTexted: false };
  const rules = lines.flatMap(({ ruleList }) =>
    ruleList.flatMap(({ name, severity }) => (isAtLeast(severity, from) ? [name] : [])),
  );
  // Whoever writes below his own path of an organization chooses which accounts his records name.
  const paths = report.logObjects.map(logPathOf);
  const [account, ...others] = new Set(paths.map((path) => path?.organization && path.account));
  return { isTexted: true, texted: { rules: [...new Set(rules)], ...(others.length === 0 && { account }) } };
}
