import type { MatchGroup } from "../ledger/group.ts";
import { isAtLeast, type Severity } from "../rules/rule.ts";
import { clock, describeSpan, type Naming } from "./describe.ts";
import { renderEmail } from "./email.ts";
import { fitMachineAlert } from "./machine.ts";
import { partDetail } from "./part.ts";
import { renderSms } from "./sms.ts";
import { renderSubject } from "./subject.ts";
import { name } from "./text.ts";

/** What a person and a machine receive at once: about one group of matches, or (a round-up) about several. */
export interface Alert {
  /** Eight hex digits, for people. */
  readonly id: string;
  /** Sixteen, of which `id` is the beginning. */
  readonly fullId: string;
  readonly kind: "alert" | "follow-up" | "round-up";
  readonly severity: Severity;
  readonly rule: string;
  /** The matches that it lists or counts. */
  readonly matches: number;
  /** Under 100 ASCII characters. */
  readonly subject: string;
  readonly email: string;
  /** The JSON for machines; its shape is described in docs/alert-json.md. */
  readonly json: string;
  /** One GSM-7 segment; undefined when the severity is not worth a text message. */
  readonly sms?: string;
  /** What a round-up says of it; a round-up has one for each alert that it tells of. */
  readonly parts: readonly AlertPart[];
}

/** One alert's lines in a round-up. */
export interface AlertPart {
  readonly id: string;
  readonly fullId: string;
  readonly severity: Severity;
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  readonly accountId: string;
  readonly actor: string;
  readonly outcome: string;
  readonly matches: number;
  readonly firstTime?: number;
  readonly lastTime?: number;
  readonly isTexted: boolean;
}

/** How a deployment renders alerts. */
export interface AlertSettings extends Naming {
  /** The least severity that is sent by SMS. */
  readonly smsFrom: Severity;
}

/** What is said of an alert beside its group. */
export interface AlertMarks {
  /** The ledger could not be reached, so nobody knows whether this alert was sent before. */
  readonly mayRepeat?: boolean;
}

/** Renders the alert of one group. `now` is milliseconds since the epoch. */
export function renderAlert(group: MatchGroup, settings: AlertSettings, now: number, marks: AlertMarks = {}): Alert {
  const late = group.late ?? false;
  const email = marksText(group, marks) + renderEmail(group, settings, now);
  const part = partOf(group, settings);
  return {
    id: part.id,
    fullId: part.fullId,
    kind: group.follows === undefined ? "alert" : "follow-up",
    severity: part.severity,
    rule: part.rule,
    matches: part.matches,
    subject: part.subject,
    email,
    json: fitMachineAlert(group, settings, email, {
      late,
      unverified: group.isUnverified ?? false,
      mayRepeat: marks.mayRepeat ?? false,
    }),
    ...(part.isTexted && { sms: renderSms(group, settings) }),
    parts: [part],
  };
}

/** What a round-up says of one group. */
export function partOf(group: MatchGroup, settings: AlertSettings): AlertPart {
  const { rule, accountId, actor, outcome, total, firstTime, lastTime, alertId, late } = group;
  return {
    id: alertId.slice(0, 8),
    fullId: alertId,
    severity: rule.severity,
    rule: rule.name,
    subject: renderSubject(group, settings, late),
    detail: partDetail(group),
    accountId: accountId.slice(0, 100),
    actor: actor.slice(0, 200),
    outcome,
    matches: total,
    ...(firstTime !== undefined && { firstTime }),
    ...(lastTime !== undefined && { lastTime }),
    isTexted: isAtLeast(rule.severity, settings.smsFrom) && !late,
  };
}

function marksText({ follows, total, late, isUnverified, accountId }: MatchGroup, { mayRepeat }: AlertMarks): string {
  const lines = [
    isUnverified &&
      `UNVERIFIED: the log object stands below another account than ${name(accountId)}, which its records name. Somebody may have put it there, so there are no links.`,
    mayRepeat && "May repeat: the ledger could not be reached, so this alert may come again.",
    late && "LATE: these records reached the log bucket more than a day after they happened.",
    follows && `Follow-up to alert ${follows.id} of ${clock(follows.at, "UTC")} UTC: ${total} more.`,
  ].filter(Boolean);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n\n`;
}

/** Below this delay, in milliseconds, nothing is said of it. */
const NOTED_DELAY = 5 * 60_000;

/** The alert as it is sent at `now`: one that could not be sent for long says so. */
export function asSentAt(alert: Alert, madeAt: number, now: number): Alert {
  if (now - madeAt < NOTED_DELAY) return alert;
  const note = `This alert was made ${clock(madeAt, "UTC")} UTC and could not be sent for ${describeSpan(now - madeAt)}.\n\n`;
  return { ...alert, email: note + alert.email };
}
