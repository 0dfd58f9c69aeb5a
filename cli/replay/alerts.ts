import type { Alert } from "../../lambda/core/alert/alert.ts";
import { clock } from "../../lambda/core/alert/describe.ts";
import type { Found } from "../../lambda/core/incident/assign.ts";
import type { LedgerSettings } from "../../lambda/core/ledger/run.ts";
import type { Copy } from "../../lambda/core/outbox/ways.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { createMemoryStore } from "../../lambda/core/store/memory.ts";
import { createDeskLedger } from "../desk-ledger.ts";
import { emailText, smsText } from "../terminal/mailbox.ts";
import { UsageError } from "../usage.ts";
import { minuteOf } from "./found-store.ts";

/** An alert as it would have been sent. */
export interface SentAlert {
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly alert: Alert;
}

/** What would have been sent, and how many records rules with `first` would have told of had they not been learning. */
export interface Outcome {
  readonly sent: readonly SentAlert[];
  /** Those that went to phones as well. */
  readonly texts: readonly SentAlert[];
  /** How many copies went to the topics of health, to a bus and to a chat. */
  readonly copies: ReadonlyMap<Copy, number>;
  readonly learning: number;
}

/** CloudTrail delivers a log file about five minutes after the call (CloudTrail User Guide). */
const DELAY = 5 * 60_000;

/**
 * What the deployed functions would have sent for these findings, given by the minute in which they come: the real ledger,
 * on a clock at which each record arrives five minutes after its eventTime.
 */
export async function alertsOf(
  minutes: Iterable<readonly [minute: number, found: readonly Found[]]>,
  rules: readonly Rule[],
  settings: LedgerSettings,
): Promise<Outcome> {
  const sent: SentAlert[] = [];
  const texts: SentAlert[] = [];
  const copies = new Map<Copy, number>();
  let learning = 0;
  const desk = createDeskLedger(
    rules,
    settings,
    (alert) => void sent.push({ sentAt: desk.now(), alert }),
    (alert) => void texts.push({ sentAt: desk.now(), alert }),
    createMemoryStore(),
    (way) => void copies.set(way, (copies.get(way) ?? 0) + 1),
  );
  for (const [minute, found] of minutes) {
    await desk.advanceTo(minute + DELAY);
    const intake = desk.ledger.intake();
    for (const { record, logObject } of found) intake.follow(record, logObject);
    await intake.add(found);
    const { faults, counts } = await intake.finish();
    if (faults.length > 0) throw faults[0];
    learning += counts.learning;
  }
  await desk.runToEnd();
  return { sent, texts, copies, learning };
}

/** Findings by the minute in which they come. */
export function byMinute(found: readonly Found[]): ReadonlyMap<number, readonly Found[]> {
  const minutes = new Map<number, Found[]>();
  for (const one of found) {
    const minute = minuteOf(one.record);
    const others = minutes.get(minute);
    if (others === undefined) minutes.set(minute, [one]);
    else others.push(one);
  }
  return new Map([...minutes].sort(([a], [b]) => a - b));
}

/** The line of an alert, for scripts; the shape is a contract. */
export function alertLine({ sentAt, alert }: SentAlert) {
  const { kind, id, severity, rule, matches, subject } = alert;
  return { sentAt: new Date(sentAt).toISOString(), kind, id, severity, rule, matches, subject };
}

/**
 * The mail of an alert in full, and its text message.
 * @throws UsageError if there is none of that id, or several
 */
export function mailText(id: string, sent: readonly SentAlert[]): string {
  const asked = id.replace(/^#/, "").toLowerCase();
  const found = sent.filter(({ alert }) => alert.fullId.startsWith(asked));
  const [one] = found;
  if (found.length > 1) {
    throw new UsageError(
      `--explain: ${found.map(({ alert }) => alert.id).join(", ")} begin with ${asked}: write more of it`,
    );
  }
  if (one === undefined) {
    const some = sent.slice(0, 5).map(({ alert }) => alert.id);
    const known =
      some.length === 0 ? "none would have been sent" : `there are ${some.join(", ")}${sent.length > 5 ? ", ..." : ""}`;
    throw new UsageError(`--explain: there is no alert ${asked}; ${known}`);
  }
  const at = `Sent ${clock(one.sentAt, "UTC")} UTC\n`;
  return `${at}${emailText(one.alert)}${one.alert.sms === undefined ? "" : `\n${smsText(one.alert)}`}`;
}

/** The line of an alert, for people. */
export function alertText({ sentAt, alert }: SentAlert): string {
  return `${clock(sentAt, "UTC").slice(0, 16)}  ${alert.subject}  #${alert.id}\n`;
}
