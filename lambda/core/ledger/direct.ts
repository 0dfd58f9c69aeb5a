import type { Alert } from "../alert/alert.ts";
import { severityOf } from "../alert/headline.ts";
import { renderAnyway } from "../alert/plain.ts";
import type { Report } from "../alert/report.ts";
import { routeOf } from "../alert/route.ts";
import { sumOf } from "../alert/story.ts";
import type { Circumstances } from "../incident/decision.ts";
import type { Draft } from "../incident/draft.ts";
import { reportWithoutLedger } from "../incident/without-ledger.ts";
import { SEVERITIES, type Severity } from "../rules/rule.ts";

/** What is told without a ledger, and what must come again. */
export interface Direct {
  /**
   * One alert for everything critical or high of a route, and how many matches it tells of: the worst in full, the
   * others in one line each.
   */
  readonly alerts: readonly { readonly alert: Alert; readonly told: number }[];
  readonly untold: readonly Draft[];
}

/** How many alerts one message tells of: each has its own line, and all of them fit. */
const MAX_TOLD = 60;

/**
 * Tells of what could not be written down, in one message per invocation and route at most, for invocations share no
 * budget.
 */
export function directAlert(drafts: readonly Draft[], given: Circumstances): Direct {
  const reports: { readonly report: Report; readonly matches: number }[] = [];
  const untold: Draft[] = [];
  const rankOf = (severity: Severity) => SEVERITIES.indexOf(severity);
  for (const draft of drafts.toSorted((a, b) => rankOf(a.severity) - rankOf(b.severity))) {
    const report = reportWithoutLedger(draft, given);
    if (report === undefined || reports.length >= MAX_TOLD) {
      untold.push(draft);
      continue;
    }
    reports.push({ report, matches: draft.matches });
  }
  const rank = ({ report }: { readonly report: Report }) => rankOf(report.lines[0]?.severity ?? "info");
  const routes = new Map<string | undefined, typeof reports>();
  for (const one of reports.toSorted((a, b) => rank(a) - rank(b))) {
    const { incident } = one.report;
    const route = routeOf(given.settings.routes ?? [], incident, severityOf(one.report));
    routes.set(route, [...(routes.get(route) ?? []), one]);
  }
  const alerts = [...routes.values()].flatMap((all) => {
    const [worst, ...others] = all.map(({ report }) => report);
    if (worst === undefined) return [];
    const alert = renderAnyway(worst, given.settings, given.now, { mayRepeat: true, others });
    return [{ alert, told: sumOf(all.map(({ matches }) => matches)) }];
  });
  return { alerts, untold };
}
