import { createHash } from "node:crypto";
import { SEVERITIES, type Severity } from "../rules/rule.ts";
import type { Alert, AlertPart } from "./alert.ts";
import { MAX_MESSAGE_BYTES, messageEnvelope } from "./machine.ts";

/** Why several alerts come as one: there are too many at once, or they are told once a day. */
export type RoundUpReason = "budget" | "daily" | "ledger down";

/** Alerts that a round-up shows; only without a ledger there may be more. */
const MAX_SHOWN = 50;

const REASONS: { readonly [R in RoundUpReason]: string } = {
  budget: "More alerts came at once than a mailbox should get. Each is told here, and not again.",
  daily: "What is worth knowing, but nobody's sleep. Each is told here, and not again.",
  "ledger down": "May repeat: the ledger could not be reached, so these alerts may come again.",
};

/** True for an alert that a round-up may tell of; a round-up tells of alerts, not of round-ups. */
export function foldable({ kind }: Alert): boolean {
  return kind !== "round-up";
}

/** One alert that tells of many: its subject bears the highest severity, and each has a line of its own. */
export function renderRoundUp(parts: readonly AlertPart[], reason: RoundUpReason): Alert {
  const sorted = parts.toSorted((a, b) => rank(a) - rank(b) || (a.firstTime ?? 0) - (b.firstTime ?? 0));
  const severity = sorted[0]?.severity ?? "info";
  const matches = parts.reduce((sum, part) => sum + part.matches, 0);
  const fullId = createHash("sha256")
    .update(JSON.stringify(parts.map((part) => part.fullId).sort()))
    .digest("hex")
    .slice(0, 16);
  const id = fullId.slice(0, 8);
  const rules = new Set(parts.map(({ rule }) => rule)).size;
  const shown = sorted.slice(0, MAX_SHOWN);
  const left = sorted.length - shown.length;
  const more = left === 0 ? "" : `\nand ${left} more alerts, the least severe of them\n`;
  const title = reason === "daily" ? "Daily round-up" : "Round-up";
  const counts = `${counted(parts.length, "alert")} of ${counted(rules, "rule")}, ${counted(matches, "match", "es")}`;
  const texted = sorted.filter(({ isTexted }) => isTexted);
  const email = `${title}: ${counts}\n${REASONS[reason]}\n\n${sections(shown)}${more}\nRule     ${counted(rules, "rule")}; alert ${id}\n`;
  return {
    id,
    fullId,
    kind: "round-up",
    severity,
    rule: sorted[0]?.rule ?? "",
    matches,
    subject: `[${severity.toUpperCase()}] ${title}: ${counts}`,
    email,
    json: fitted(shown, { id, severity, matches, mayRepeat: reason === "ledger down" }, email),
    parts: shown,
    ...(texted.length > 0 && { sms: smsOf(severity, texted, id) }),
  };
}

function sections(sorted: readonly AlertPart[]): string {
  return sorted.map(({ subject, detail, id }) => `${subject}\n  ${detail}${detail && "; "}alert ${id}\n`).join("\n");
}

function smsOf(severity: Severity, parts: readonly AlertPart[], id: string): string {
  const names = [...new Set(parts.map(({ rule }) => rule.replace(/[^\w:*-]/g, "?")))];
  const shown = names.join(", ");
  const start = `${severity === "critical" ? "CRIT" : severity.toUpperCase()} round-up of ${parts.length}: `;
  const end = ` see mail #${id}`;
  return start + shown.slice(0, 160 - start.length - end.length) + end;
}

function fitted(parts: readonly AlertPart[], head: object, email: string): string {
  for (let count = parts.length; ; count--) {
    const alerts = parts.slice(0, count).map(({ isTexted: _, fullId: __, firstTime, lastTime, ...part }) => ({
      ...part,
      firstEventTime: isoTime(firstTime),
      lastEventTime: isoTime(lastTime),
    }));
    const json = JSON.stringify({ schema: "trailbell.alert/1", kind: "round-up", ...head, alerts });
    if (Buffer.byteLength(messageEnvelope(json, email)) <= MAX_MESSAGE_BYTES - 2_000 || count === 0) return json;
  }
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

function rank({ severity }: AlertPart): number {
  return SEVERITIES.indexOf(severity);
}

function counted(count: number, noun: string, plural = "s"): string {
  return `${count} ${noun}${count === 1 ? "" : plural}`;
}
