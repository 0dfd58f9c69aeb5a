import type { Alert } from "../../lambda/core/alert/alert.ts";
import { clock } from "../../lambda/core/alert/describe.ts";
import type { LedgerSettings } from "../../lambda/core/ledger/run.ts";
import type { Severity } from "../../lambda/core/rules/severity.ts";

/** A mail or a text message, as far as figures need it. */
export interface Message {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly way: "mail" | "text";
  readonly kind: Alert["kind"];
  /** True for the daily round-up, at its hour. */
  readonly isDaily: boolean;
  readonly severity: Severity;
  /** The worst rule, and all that it tells of. */
  readonly rule: string;
  readonly rules: readonly string[];
  readonly subject: string;
  /** Who called; a round-up tells of several. */
  readonly actor: string;
  readonly sourceAddresses: readonly string[];
  /** The records that are in it, by eventID, with the rules that they met. */
  readonly records: ReadonlyMap<string, readonly string[]>;
}

interface Json {
  readonly actor?: string;
  readonly sourceAddresses?: readonly string[];
  readonly records?: readonly { readonly rules: readonly string[]; readonly record: { readonly eventID?: string } }[];
}

/** `at` is milliseconds since the epoch. */
export function messageOf(alert: Alert, way: Message["way"], at: number, settings: LedgerSettings): Message {
  const { kind, severity, rule, subject, json, parts } = alert;
  const { actor = "", sourceAddresses = [], records = [] } = JSON.parse(json) as Json;
  return {
    at,
    way,
    kind,
    isDaily: kind === "round-up" && isRoundUpTime(at, settings),
    severity,
    rule,
    rules: [...new Set(parts.flatMap((part) => Object.keys(part.rules)))],
    subject,
    actor,
    sourceAddresses,
    records: new Map(records.map(({ rules, record }) => [record.eventID ?? "", rules])),
  };
}

/** The daily round-up comes with the first ticks of its hour, in several mails if it is long. */
function isRoundUpTime(at: number, { roundUpHour, timeZone = "UTC" }: LedgerSettings): boolean {
  const [hour = "", minute = ""] = clock(at, timeZone).slice(11, 16).split(":");
  return Number(hour) === roundUpHour && Number(minute) < 5;
}
