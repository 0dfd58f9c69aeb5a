import type { Severity } from "../rules/severity.ts";
import { withAllNames, withNamesForMachines } from "./all-names.ts";
import { renderChat } from "./chat.ts";
import { clock, describeSpan } from "./describe.ts";
import { renderEmail } from "./email.ts";
import { isLate, isRecovered, shortName } from "./headline.ts";
import { fitMachineAlert } from "./machine.ts";
import { recordsIn, withEachOnce } from "./once.ts";
import { type AlertPart, type AlertSettings, partOf } from "./part.ts";
import { partAnyway } from "./plain-part.ts";
import { quantity } from "./quantity.ts";
import { lineCallText } from "./rate.ts";
import type { MailBefore, Report } from "./report.ts";
import { renderSms } from "./sms.ts";
import { sumOf } from "./story/story.ts";
import { name } from "./text.ts";

/** What a person and a machine receive at once: about one incident, or (a round-up) about several. */
export interface Alert {
  /** Eight hex digits, for people. */
  readonly id: string;
  /** Sixteen hex digits, which begin with `id`. */
  readonly fullId: string;
  readonly kind: "alert" | "follow-up" | "round-up";
  readonly severity: Severity;
  /** The worst rule. */
  readonly rule: string;
  /** The matches that it lists or counts, and how many of them it shows in full. */
  readonly matches: number;
  readonly listed: number;
  /** Under 100 ASCII characters. */
  readonly subject: string;
  readonly email: string;
  /** The JSON for machines; its shape is described in docs/alert-json.md. */
  readonly json: string;
  /** One GSM-7 segment; undefined when it is not worth a text message. */
  readonly sms?: string;
  /** The message for a chat, as JSON; undefined when it is not told there. */
  readonly chat?: string;
  /** The route whose topic takes the place of the alert topic. */
  readonly route?: string;
  /** True where anybody may have put its log object there. */
  readonly isUnverified?: boolean;
  /** What a round-up says of it; a round-up itself has one part for each of its alerts. */
  readonly parts: readonly AlertPart[];
}

/** What an alert says beside its report. */
export interface AlertMarks {
  /** The ledger could not be reached, so nobody knows whether this alert was sent before. */
  readonly mayRepeat?: boolean;
  /** What is told in the same message, one line each: without a ledger there is only one message. */
  readonly others?: readonly Report[];
}

/** Renders what an incident tells. `now` is milliseconds since the epoch. */
export function renderAlert(whole: Report, settings: AlertSettings, now: number, marks: AlertMarks = {}): Alert {
  const once = withEachOnce(whole);
  const report = withAllNames(once);
  const { others = [], mayRepeat = false } = marks;
  const part = partOf(report, settings);
  const parts = [part, ...others.map((one) => partAnyway(one, settings))];
  const marksAbove = marksText(report, mayRepeat);
  const text = marksAbove + renderEmail(report, settings, now, marksAbove);
  const email = text + alsoText(parts.slice(1));
  return {
    id: part.id,
    fullId: part.fullId,
    kind: report.follows === undefined ? "alert" : "follow-up",
    severity: part.severity,
    rule: part.rule,
    matches: sumOf(parts.map(({ matches }) => matches)),
    listed: listedIn(report),
    subject: others.length > 0 ? `${part.subject.slice(0, 84)} +${others.length} alerts` : part.subject,
    email,
    json: fitMachineAlert(withNamesForMachines(once), settings, email, {
      late: isLate(report),
      recovered: isRecovered(report),
      mayRepeat,
      others: parts.slice(1),
    }),
    ...(parts.some(({ isTexted }) => isTexted) && { sms: renderSms(report, settings) }),
    ...(part.isInChat && { chat: renderChat(report, settings) }),
    ...(part.route !== undefined && { route: part.route }),
    ...(report.incident.isUnverified && { isUnverified: true }),
    parts,
  };
}

function alsoText(others: readonly AlertPart[]): string {
  if (others.length === 0) return "";
  const lines = others.map(({ subject, detail }) => `${subject}\n  ${detail.slice(0, 300)}\n`);
  return `\nAlso in this message, which is the only one that is sent without a ledger:\n\n${lines.join("")}`;
}

/** The matches of a report whose records are in it. */
function listedIn({ kept, lines }: Report): number {
  return sumOf(kept.map(({ line }) => Object.keys(lines.find(({ key }) => key === line)?.matches ?? {}).length));
}

function marksText(report: Report, mayRepeat: boolean): string {
  const { follows, incident } = report;
  const records = recordsIn(report);
  const text = [
    incident.isUnverified &&
      `UNVERIFIED: these records name account ${name(incident.accountId)}, but their log file lies below another account's path. Somebody may have forged it, so links and commands are left out. First find out who wrote the file.`,
    mayRepeat && "May repeat: the ledger could not be reached, so this alert may come again.",
    isLate(report) && "LATE: these records reached the log bucket more than a day after they happened.",
    isRecovered(report) &&
      "LATE: the log file of these records was read only when CloudTrail's digest named it. The notice that it was there did not come.",
    follows &&
      report.nowKnown &&
      `Now known: who is behind ${report.nowKnown.length === 1 ? "a session" : `${report.nowKnown.length} sessions`} that alert ${follows.id} of ${clock(follows.at, "UTC")} UTC, or one before it, told of. Nothing else is new.`,
    follows &&
      report.nowKnown === undefined &&
      `Follow-up to alert ${follows.id} of ${clock(follows.at, "UTC")} UTC${toldThere(follows)}: ${quantity(records, "more call")}.`,
  ].filter(Boolean);
  return text.length === 0 ? "" : `${text.join("\n")}\n\n`;
}

/** ` (iam:CreateAccessKey on bob)`: what the mail before was about. */
function toldThere({ call, target }: MailBefore): string {
  if (call === undefined) return "";
  return ` (${lineCallText(call)}${target === undefined ? "" : ` on ${name(shortName(target), 40)}`})`;
}

/** Delays below this, in milliseconds, are not mentioned. */
const NOTED_DELAY = 5 * 60_000;

/** The alert as it is sent at `now`: it says so when it could not be sent for long. */
export function asSentAt(alert: Alert, madeAt: number, now: number): Alert {
  if (now - madeAt < NOTED_DELAY) return alert;
  const note = `This alert was made ${clock(madeAt, "UTC")} UTC and could not be sent for ${describeSpan(now - madeAt)}.\n\n`;
  return { ...alert, email: note + alert.email };
}
