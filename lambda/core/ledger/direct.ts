import { type Alert, renderAlert } from "../alert/alert.ts";
import type { Report } from "../alert/report.ts";
import { type Circumstances, reportWithoutLedger } from "../incident/decide.ts";
import type { Draft } from "../incident/drafts.ts";
import { SEVERITIES, type Severity } from "../rules/rule.ts";

/** What is told without a ledger, and what must come again. */
export interface Direct {
  /** One alert for everything critical or high: the worst in full, the others in one line each. */
  readonly alert?: Alert;
  /** Matches that it tells of. */
  readonly told: number;
  readonly untold: readonly Draft[];
}

/** How many alerts one message tells of: each has its own line, and all of them fit. */
const MAX_TOLD = 60;

/** Tells of what could not be written down, in one message per invocation at most, for invocations share no budget. */
export function directAlert(drafts: readonly Draft[], given: Circumstances): Direct {
  const reports: Report[] = [];
  const untold: Draft[] = [];
  let told = 0;
  const rankOf = (severity: Severity) => SEVERITIES.indexOf(severity);
  for (const draft of drafts.toSorted((a, b) => rankOf(a.severity) - rankOf(b.severity))) {
    const report = reportWithoutLedger(draft, given);
    if (report === undefined || reports.length >= MAX_TOLD) {
      untold.push(draft);
      continue;
    }
    reports.push(report);
    told += draft.matches;
  }
  const rank = ({ lines }: Report) => rankOf(lines[0]?.severity ?? "info");
  const [worst, ...others] = reports.toSorted((a, b) => rank(a) - rank(b));
  if (worst === undefined) return { told: 0, untold };
  const alert = renderAlert(worst, given.settings, given.now, { mayRepeat: true, others });
  return { alert, told, untold };
}
