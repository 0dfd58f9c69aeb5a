import type { MatchGroup } from "../ledger/group.ts";
import type { Severity } from "../rules/rule.ts";
import { isAtLeast } from "../rules/rule.ts";
import type { Naming } from "./describe.ts";
import { renderEmail } from "./email.ts";
import { fitMachineAlert } from "./machine.ts";
import { renderSms } from "./sms.ts";
import { renderSubject } from "./subject.ts";

/** What a person and a machine receive about one group of matches. */
export interface Alert {
  readonly id: string;
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
}

/** How a deployment renders alerts. */
export interface AlertSettings extends Naming {
  /** The least severity that is sent by SMS. */
  readonly smsFrom: Severity;
}

/** Renders the alert of one group. `now` is milliseconds since the epoch. */
export function renderAlert(group: MatchGroup, settings: AlertSettings, now: number): Alert {
  const email = renderEmail(group, settings, now);
  return {
    id: group.alertId,
    severity: group.rule.severity,
    rule: group.rule.name,
    matches: group.total,
    subject: renderSubject(group, settings),
    email,
    json: fitMachineAlert(group, settings, email),
    ...(isAtLeast(group.rule.severity, settings.smsFrom) && { sms: renderSms(group, settings) }),
  };
}
