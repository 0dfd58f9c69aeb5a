import type { Alert } from "../../lambda/core/alert/alert.ts";
import { clock } from "../../lambda/core/alert/describe.ts";
import type { Found } from "../../lambda/core/incident/place.ts";
import type { LedgerSettings } from "../../lambda/core/ledger/run.ts";
import { isLinking } from "../../lambda/core/record/link.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import type { RuleSet } from "../../lambda/core/rules/rule-set.ts";
import { createDeskLedger } from "../desk-ledger.ts";

/** An alert as it would have been sent. */
export interface SentAlert {
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly alert: Alert;
}

/** What would have been sent, and how many records rules with `first` would have told of had they not been learning. */
export interface Outcome {
  readonly sent: readonly SentAlert[];
  readonly learning: number;
}

/** CloudTrail delivers a log file about five minutes after the call (CloudTrail User Guide). */
const DELAY = 5 * 60_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/**
 * What the deployed functions would have sent for these findings: the real ledger, on a clock at which each record
 * arrives five minutes after its eventTime, together with those of the same minute.
 */
export async function alertsOf(
  found: readonly Found[],
  rules: readonly Rule[],
  settings: LedgerSettings,
): Promise<Outcome> {
  const sent: SentAlert[] = [];
  let learning = 0;
  const desk = createDeskLedger(
    rules,
    settings,
    (alert) => void sent.push({ sentAt: desk.now(), alert }),
    () => undefined,
  );
  const minutes = new Map<number, Found[]>();
  for (const one of found) {
    // No record arrives in the future.
    const time = Math.min(viewOf(one.record).time ?? 0, Date.now());
    const minute = Math.floor(time / MINUTE) * MINUTE;
    const others = minutes.get(minute);
    if (others === undefined) minutes.set(minute, [one]);
    else others.push(one);
  }
  for (const minute of [...minutes.keys()].sort((a, b) => a - b)) {
    await desk.advanceTo(minute + DELAY);
    const intake = desk.ledger.intake();
    for (const { record, logObject } of minutes.get(minute) ?? []) intake.follow(record, logObject);
    await intake.add(minutes.get(minute) ?? []);
    const { faults, counts } = await intake.finish();
    if (faults.length > 0) throw faults[0];
    learning += counts.learning;
  }
  await desk.runToEnd();
  return { sent, learning };
}

/**
 * What the desk must know of records without a finding: those that open sessions, and, where rules ask what callers do for
 * the first time, one of each caller and day.
 */
export function bystanders(rules: Pick<RuleSet, "asksCallers">): (record: CloudTrailRecord) => boolean {
  const met = new Set<string>();
  return (record) => {
    if (isLinking(record)) return true;
    if (!rules.asksCallers) return false;
    const { account, actor, time = 0 } = viewOf(record);
    const key = `${account} ${actor} ${Math.floor(time / DAY)}`;
    const isNew = !met.has(key);
    met.add(key);
    return isNew;
  };
}

/** The line of an alert, for scripts; the shape is a contract. */
export function alertLine({ sentAt, alert }: SentAlert) {
  const { kind, id, severity, rule, matches, subject } = alert;
  return { sentAt: new Date(sentAt).toISOString(), kind, id, severity, rule, matches, subject };
}

/** The line of an alert, for people. */
export function alertText({ sentAt, alert }: SentAlert): string {
  return `${clock(sentAt, "UTC").slice(0, 16)}  ${alert.subject}  #${alert.id}\n`;
}
