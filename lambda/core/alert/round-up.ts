import { createHash } from "node:crypto";
import { bySeverity, isAtLeast, type Severity, TRAITS } from "../rules/severity.ts";
import { grouped } from "../store/grouped.ts";
import type { Alert } from "./alert.ts";
import { renderChatRoundUp } from "./chat.ts";
import { row } from "./labelled.ts";
import { MAX_MESSAGE_BYTES, SCHEMA, snsMessage } from "./machine.ts";
import { type AlertPart, partJson } from "./part.ts";
import { quantity } from "./quantity.ts";
import { withoutMiddle } from "./subject.ts";
import { type Week, weekJson, weekText, weekTitle } from "./week.ts";

/** Why several alerts come as one: too many at once, or told once a day. */
export type RoundUpReason = "budget" | "daily";

const REASONS: { readonly [R in RoundUpReason]: string } = {
  budget:
    "Too many alerts came at once to send a mail for each. Each is listed here, and no other mail will tell you of it.",
  daily: "The alerts of low and info severity since the last round-up. What an earlier mail told you is left out.",
};

/** True for an alert that a round-up may tell of: any but another round-up. */
export function foldable({ kind }: Alert): boolean {
  return kind !== "round-up";
}

/** Parts by their routes, in the order of the first of each: no round-up tells one route of another's alerts. */
export function byRoute(parts: readonly AlertPart[]): readonly (readonly AlertPart[])[] {
  return [...grouped(parts, ({ route }) => route).values()];
}

/**
 * One alert that tells of many: its subject bears the highest severity, and each has a line of its own. `remark` is a
 * sentence of our own that stands above them, `week` a section that stands below them once a week.
 */
export function renderRoundUp(
  parts: readonly AlertPart[],
  reason: RoundUpReason,
  { remark, week }: { readonly remark?: string | undefined; readonly week?: Week | undefined } = {},
): Alert {
  const sorted = inOrder(parts);
  const severity = sorted[0]?.severity ?? "info";
  const matches = parts.reduce((sum, part) => sum + part.matches, 0);
  const fullId = createHash("sha256")
    .update(JSON.stringify(parts.map((part) => part.fullId).sort()))
    .digest("hex")
    .slice(0, 16);
  const id = fullId.slice(0, 8);
  const rules = new Set(parts.flatMap((part) => Object.keys(part.rules ?? { [part.rule]: 0 }))).size;
  const title = reason === "daily" ? "Daily round-up" : "Round-up";
  // Of one alert, what it is stands right below.
  const ofRules = parts.length > 1 || rules > 1 ? ` of ${quantity(rules, "rule")}` : "";
  const ofMatches = parts.length > 1 || matches > 1 ? `, ${quantity(matches, "match", "es")}` : "";
  const counts = `${quantity(parts.length, "alert")}${ofRules}${ofMatches}`;
  const texted = sorted.filter(({ isTexted }) => isTexted);
  const email = `${title}: ${counts}\n${[REASONS[reason], remark].filter(Boolean).join("\n")}\n\n${sections(reason === "daily" ? withAdviceOnce(sorted) : sorted)}\n${week ? `${weekText(week)}\n` : ""}${row("Alert", id).join("")}\n`;
  return {
    id,
    fullId,
    kind: "round-up",
    severity,
    rule: sorted[0]?.rule ?? "",
    matches,
    listed: 0,
    subject: subjectOf(sorted, severity, title, counts),
    email,
    json: fitted(sorted, { id, severity, matches, mayRepeat: false, ...(week && weekJson(week)) }, email),
    parts: sorted,
    ...(sorted.some(({ isInChat }) => isInChat) && {
      chat: renderChatRoundUp(id, severity, `${title}, ${counts}`, sorted),
    }),
    // All parts of a round-up have the same.
    ...(sorted[0]?.route !== undefined && { route: sorted[0].route }),
    ...(texted.length > 0 && { sms: smsOf(severity, texted, id) }),
  };
}

/** The worst first; of these, what met a rule that few of them met in its account, then by time. */
function inOrder(parts: readonly AlertPart[]): readonly AlertPart[] {
  const kindOf = ({ severity, rule, accountId }: AlertPart) => `${severity} ${rule} ${accountId}`;
  const counts = new Map<string, number>();
  for (const part of parts) counts.set(kindOf(part), (counts.get(kindOf(part)) ?? 0) + 1);
  const countOf = (part: AlertPart) => counts.get(kindOf(part)) ?? 0;
  return parts.toSorted(
    (a, b) => bySeverity(a, b) || countOf(a) - countOf(b) || (a.firstTime ?? 0) - (b.firstTime ?? 0),
  );
}

/** What exceptions and mutes left out in a week, as a mail of its own. `now` is milliseconds since the epoch. */
export function renderWeekly(week: Week, now: number): Alert {
  const fullId = createHash("sha256")
    .update(JSON.stringify(["week", week, now]))
    .digest("hex")
    .slice(0, 16);
  const id = fullId.slice(0, 8);
  const title = `Weekly round-up: ${weekTitle(week)}`;
  const email = `${title}\n\n${weekText(week)}\n${row("Alert", id).join("")}\n`;
  return {
    id,
    fullId,
    kind: "round-up",
    severity: "info",
    rule: "weekly-round-up",
    matches: 0,
    listed: 0,
    subject: `[INFO] ${title}`.slice(0, 99),
    email,
    json: fitted([], { id, severity: "info", matches: 0, mayRepeat: false, ...weekJson(week) }, email),
    parts: [],
  };
}

/** The subject names the worst fact, as far as there is room. */
function subjectOf(sorted: readonly AlertPart[], severity: Severity, title: string, counts: string): string {
  const tag = `[${severity.toUpperCase()}] ${title}: `;
  const only = sorted.length === 1 ? (sorted[0]?.subject.replace(/^\[[A-Z]+\] /, "") ?? "") : "";
  if (only !== "") return tag + cut(only, 99 - tag.length);
  const start = `[${severity.toUpperCase()}] ${title}: ${counts}`;
  const worst = sorted[0]?.subject.replace(/^\[[A-Z]+\] /, "") ?? "";
  const room = 99 - start.length - 2;
  if (!isAtLeast(severity, "medium") || room < 20) return start;
  return `${start}: ${cut(worst, room)}`;
}

/** An object of fewer characters is cut at its end. */
const MIN_OBJECT = 12;

/** A subject in the room that is left: before an object is cut, the call behind it goes; an object loses its middle. */
function cut(subject: string, room: number): string {
  if (subject.length <= room) return subject;
  const withoutCall = subject.replace(/ \([A-Za-z0-9.]*\)$/, "");
  if (withoutCall.length <= room) return withoutCall;
  const [, start = "", object = ""] = /^(.*: (?:.* )?)(\S+)$/.exec(withoutCall) ?? [];
  const left = room - start.length;
  return object !== "" && left >= MIN_OBJECT
    ? start + withoutMiddle(object, left)
    : `${withoutCall.slice(0, room - 2)}..`;
}

/** Parts without the advice that stands above already: many callers meet the same rule. */
function withAdviceOnce(sorted: readonly AlertPart[]): readonly AlertPart[] {
  const told: string[] = [];
  return sorted.map((part) => {
    const next = (part.next ?? []).filter((text) => {
      const advice = /^Do +(.+)$/.exec(text)?.[1];
      if (advice === undefined) return true;
      // Of a caller's worst rule it stands without the rule's title.
      const isTold = told.some((before) => before.endsWith(advice) || advice.endsWith(before));
      told.push(advice);
      return !isTold;
    });
    return { ...part, next };
  });
}

/** How much the parts of a mail may take with what to do: in a flood of long names, that goes. */
const MAX_SECTIONS_BYTES = 120_000;

function sections(sorted: readonly AlertPart[]): string {
  const text = sectionsWith(sorted);
  const isLong = Buffer.byteLength(JSON.stringify(text)) > MAX_SECTIONS_BYTES;
  return isLong ? sectionsWith(sorted.map((part) => ({ ...part, next: [] }))) : text;
}

function sectionsWith(sorted: readonly AlertPart[]): string {
  return sorted
    .map(({ subject, detail, next = [], id }) => {
      const lines = [`${detail}${detail && "; "}alert ${id}`, ...next];
      return `${subject}\n${lines.map((line) => `  ${line}\n`).join("")}`;
    })
    .join("\n");
}

function smsOf(severity: Severity, parts: readonly AlertPart[], id: string): string {
  const names = [...new Set(parts.map(({ rule }) => rule.replace(/[^\w:*-]/g, "?")))];
  const shown = names.join(", ");
  const start = `${TRAITS[severity].sms} round-up of ${parts.length}: `;
  const end = ` see mail #${id}`;
  return start + shown.slice(0, 160 - start.length - end.length) + end;
}

function fitted(parts: readonly AlertPart[], head: object, email: string): string {
  for (let count = parts.length; ; count--) {
    const alerts = parts.slice(0, count).map(partJson);
    const json = JSON.stringify({ schema: SCHEMA, kind: "round-up", ...head, alerts });
    if (Buffer.byteLength(snsMessage(json, email)) <= MAX_MESSAGE_BYTES - 3_000 || count === 0) return json;
  }
}
