import type { Severity } from "../rules/severity.ts";
import { consoleLink } from "./console-link.ts";
import { describeCaller, describeOrigin, describeOutcome, describeTime, type Naming } from "./describe.ts";
import { hasNoCaller, headLine, headRecord, headRule, marksOf, severityOf, timesOf, titleOf } from "./headline.ts";
import type { AlertPart } from "./part.ts";
import { isRate, lineText } from "./rate.ts";
import type { Report } from "./report.ts";
import { storyLines } from "./story-lines.ts";
import { name, quoted } from "./text.ts";

/** How long title and text may be; both chats show more, but nobody reads it there. */
const MAX_TITLE = 120;
const MAX_TEXT = 2_800;

/** Lines of a story, and parts of a round-up. */
const MAX_LINES = 12;

/** What is said in a chat, before it becomes the message. */
interface Said {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly lines: readonly string[];
  readonly next?: string | undefined;
  /** Follow-ups stand in the thread of their incident. */
  readonly thread: string;
  readonly rules: readonly string[];
}

/** What was called and what became of it; a rate has no outcome. */
function calledText(report: Report): string {
  const line = headLine(report);
  return isRate(line.call) ? lineText(line, report) : `${inChat(name(line.call))} ${describeOutcome(line.outcome)}`;
}

/**
 * Text from a record for Slack and Teams: as code, in which both take nothing for a link, a name to call or a format. The
 * characters that end it, or that Slack takes for its own even there, give way to others that look like them.
 * Sources: Slack API, "Formatting text for app surfaces"; Microsoft Teams, "Format your bot messages".
 */
export function inChat(text: string): string {
  const plain = text
    .replaceAll("`", "'")
    .replaceAll("<", "\u2039")
    .replaceAll(">", "\u203a")
    .replaceAll("&", "\uff06")
    .replaceAll("@", "\uff20")
    .replace(/[\s\p{C}]+/gu, " ")
    .trim();
  return `\`${plain === "" ? "-" : plain}\``;
}

/** A title is shown in bold, and code cannot be in it: what could be more than letters is left out. */
function inTitle(text: string): string {
  return text
    .replace(/[^\p{L}\p{N} ,'/+=-]/gu, " ")
    .replace(/ +/g, " ")
    .trim();
}

/** An alert for a chat, as the JSON that Amazon Q Developer in chat applications renders. */
export function renderChat(report: Report, naming: Naming): string {
  const rule = headRule(report);
  const line = headLine(report);
  const { record } = headRecord(report);
  const { incident, alertId } = report;
  const { firstTime } = timesOf(report);
  const story = storyLines(report, 6).map((text) => text.trim());
  const regions = [...new Set(report.lines.flatMap((one) => one.regions))].slice(0, 4);
  const link = incident.isUnverified ? undefined : consoleLink(record);
  return messageOf({
    id: alertId.slice(0, 8),
    severity: severityOf(report),
    title: `${marksOf(report)}${titleOf(rule, line.call)} in ${accountText(incident.accountId, naming)}`,
    lines: [
      `${calledText(report)}${firstTime === undefined ? "" : `, ${describeTime(firstTime, naming)}`}`,
      ...(hasNoCaller(report)
        ? []
        : [`Who: ${inChat(describeCaller(record))}`, `From: ${inChat(describeOrigin(record))}`]),
      ...(regions.length > 0 ? [`Where: ${regions.map((region) => inChat(name(region))).join(", ")}`] : []),
      ...(line.targets.length > 0
        ? [
            `What: ${line.targets
              .slice(0, 6)
              .map((target) => inChat(name(target)))
              .join(", ")}${moreOf(line.targets.length - 6 + line.moreTargets)}`,
          ]
        : []),
      ...story.slice(0, MAX_LINES).map(inChat),
      ...(story.length > MAX_LINES ? [`and ${story.length - MAX_LINES} more lines in the mail`] : []),
      ...(rule.why === undefined ? [] : [`Why: ${inChat(rule.why)}`]),
      ...(link === undefined ? [] : [link]),
    ],
    next: rule.do,
    thread: incident.key,
    rules: report.lines.flatMap(({ rules }) => rules),
  });
}

/** A round-up for a chat. */
export function renderChatRoundUp(id: string, severity: Severity, title: string, parts: readonly AlertPart[]): string {
  return messageOf({
    id,
    severity,
    title,
    lines: [
      ...parts.slice(0, MAX_LINES).map(({ subject }) => inChat(subject)),
      ...(parts.length > MAX_LINES ? [`and ${parts.length - MAX_LINES} more in the mail`] : []),
    ],
    thread: id,
    rules: parts.map(({ rule }) => rule),
  });
}

/**
 * Source: Amazon Q Developer in chat applications Administrator Guide, "Custom notifications".
 */
function messageOf({ id, severity, title, lines, next, thread, rules }: Said): string {
  const shown = [...lines];
  const end = `Alert ${id}; the mail has all of it.`;
  const text = () => [...shown, end].join("\n");
  // The link is last, and goes last.
  while (text().length > MAX_TEXT && shown.length > 1) shown.splice(Math.max(1, shown.length - 2), 1);
  const shownTitle = `${severity.toUpperCase()}: ${inTitle(title)}`.slice(0, MAX_TITLE);
  return JSON.stringify({
    version: "1.0",
    source: "custom",
    id,
    content: {
      textType: "client-markdown",
      title: shownTitle,
      description: text().slice(0, MAX_TEXT),
      ...(next !== undefined && { nextSteps: [inChat(next.slice(0, 600))] }),
      keywords: [severity, ...new Set(rules)].slice(0, 6).map((word) => inTitle(word)),
    },
    metadata: {
      threadId: thread,
      summary: shownTitle,
      eventType: "trailbell-alert",
      additionalContext: { severity, alert: id },
    },
  });
}

function accountText(accountId: string, { accounts }: Naming): string {
  const alias = Object.hasOwn(accounts, accountId) ? `${accounts[accountId]} ` : "";
  return `${alias}${/^\d{12}$/.test(accountId) ? accountId : quoted(accountId, 40)}`;
}

function moreOf(count: number): string {
  return count > 0 ? `, and ${count} more` : "";
}
