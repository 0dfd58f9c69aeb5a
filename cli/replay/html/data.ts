import { visible } from "../../../lambda/core/alert/text.ts";
import { bySeverity, SEVERITIES, type Severity } from "../../../lambda/core/rules/severity.ts";
import { alertLine, type SentAlert } from "../alerts.ts";
import type { Summarized } from "../summary.ts";
import { chartOf } from "./chart.ts";

/** So many alerts, and so many characters of them, are in the page; of the others it says how many there are. */
const MAX_ALERTS = 3_000;
const MAX_SIZE = 32 * 2 ** 20;

/** What the page is made from, as it stands in it. */
export type PageData = ReturnType<typeof pageData>;

/** What is beside the figures of the summary. */
export interface PageNotes {
  readonly accounts: { readonly [account: string]: string };
  /** What a reader must know: that it was interrupted, that rules were learning. */
  readonly notes: readonly string[];
  readonly limits?: { readonly alerts: number; readonly size: number };
}

/** All that the page shows. */
export function pageData(
  { outcome, tallies, files, records, now }: Summarized,
  { accounts, notes, limits }: PageNotes,
) {
  const sent = outcome?.sent ?? [];
  const { shown, left } = bounded(sent, accounts, limits ?? { alerts: MAX_ALERTS, size: MAX_SIZE });
  return {
    madeAt: new Date(now).toISOString(),
    files,
    records,
    matches: tallies.matches,
    mails: sent.length,
    texts: outcome?.texts.length ?? 0,
    severities: SEVERITIES,
    chart: chartOf(sent),
    notes,
    alerts: shown,
    left,
  };
}

/** The gravest alerts that there is room for, in the order in which they were sent, and how many others there are. */
function bounded(
  sent: readonly SentAlert[],
  accounts: PageNotes["accounts"],
  limits: { readonly alerts: number; readonly size: number },
) {
  const gravest = sent.map((one, i) => [one, i] as const).sort(([a], [b]) => bySeverity(a.alert, b.alert));
  const shown: (readonly [place: number, alert: ReturnType<typeof shownAlert>])[] = [];
  const left: { [S in Severity]?: number } = {};
  let size = 0;
  let isFull = false;
  for (const [one, i] of gravest) {
    const { alert } = one;
    size += alert.email.length + alert.json.length;
    isFull ||= shown.length >= limits.alerts || (size > limits.size && shown.length > 0);
    if (isFull) left[alert.severity] = (left[alert.severity] ?? 0) + 1;
    else shown.push([i, shownAlert(one, accounts)]);
  }
  return { shown: shown.sort(([a], [b]) => a - b).map(([, alert]) => alert), left };
}

/** What `--alerts --json` says of an alert, and the rest of it. */
function shownAlert(one: SentAlert, names: PageNotes["accounts"]) {
  const { parts, rule, email, sms, json } = one.alert;
  const { records } = JSON.parse(json) as { readonly records?: readonly unknown[] };
  const rules = new Set([...(rule === "" ? [] : [rule]), ...parts.flatMap((part) => Object.keys(part.rules))]);
  const actors = new Set(parts.map(({ actor }) => visible(actor, 200)));
  const accounts = new Set(parts.map(({ accountId }) => accountText(accountId, names)));
  return {
    ...alertLine(one),
    rules: [...rules],
    actors: [...actors],
    accounts: [...accounts],
    email,
    ...(sms !== undefined && { sms }),
    /** As in the alert for machines: each with its log object and its rules. A round-up has none. */
    records: records ?? [],
  };
}

function accountText(account: string, names: PageNotes["accounts"]): string {
  const shown = visible(account, 100);
  return Object.hasOwn(names, account) ? `${names[account]} (${shown})` : shown;
}
