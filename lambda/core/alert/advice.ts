import { isNotice } from "../rules/notices.ts";
import { isAtLeast, type Rule } from "../rules/rule.ts";
import { commandsOf, headRecord, headRule, isWatched, markOf } from "./headline.ts";
import type { Report } from "./report.ts";
import { revokeLines } from "./revoke.ts";
import { row } from "./row.ts";
import { inert, visible } from "./text.ts";

/** Rules whose why and do are told, once each. */
const MAX_RULES = 6;

/** What only makes a list of the day says nothing beside what is worse; its name stands at the end. */
export function isWorthReading(rule: Rule): boolean {
  return isAtLeast(rule.severity, "medium") && whyOf(rule) !== undefined;
}

/** The rules of a report, in the order of its lines, each once. */
export function rulesOf({ lines }: Report): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const rule of lines.flatMap(({ ruleList }) => ruleList)) if (!rules.has(rule.name)) rules.set(rule.name, rule);
  return [...rules.values()].slice(0, MAX_RULES);
}

/** The command that takes the head record's caller the credentials, where the advice may end there. */
export function revokeRow(report: Report): readonly string[] {
  if (report.incident.isUnverified || !asksToRevoke(headRule(report))) return [];
  return row("Revoke", ...revokeLines(headRecord(report).record));
}

/** True where the advice may end in taking the caller's credentials away. */
function asksToRevoke(rule: Rule): boolean {
  return isAtLeast(rule.severity, "critical") || /\brevoke|\bcredentials\b|\bkey/i.test(rule.do ?? "");
}

/** Why a rule matters, what to do about it, and what to type. */
export function adviceOf(report: Report, rule: Rule): readonly string[] {
  return [
    ...row(
      "Why",
      whyOf(rule) ?? (isWatched(rule) ? `You asked to hear of each ${rule.name} (${rule.place}).` : undefined),
    ),
    ...row(
      "Do",
      notDone(report, rule),
      rule.do ?? (isWatched(rule) ? ASK : undefined),
      report.incident.isUnverified ? undefined : rule.runbook,
    ),
    ...row("Type", ...typedOf(report, rule)),
  ];
}

/** What a rule advises is for calls that work: of one that did not, that is said first. */
function notDone({ lines }: Report, rule: Rule): string | undefined {
  const outcomes = new Set(lines.filter(({ rules }) => rules.includes(rule.name)).map(({ outcome }) => outcome));
  const [outcome, other] = [...outcomes];
  if (outcome === undefined || other !== undefined || markOf(rule, { outcome }) === "" || isNotice(rule))
    return undefined;
  const was = outcome === "denied" ? "was refused" : outcome === "failed" ? "failed" : "was a dry run";
  return `The call ${was}, so nothing was done. Find out who tried, and why. Had it worked:`;
}

const ASK = "Ask the caller whether this was meant. If nobody knows of it, look at what else the caller did.";

function whyOf(rule: Rule): string | undefined {
  return rule.why ?? rule.description;
}

/** What to type, ready to be copied; names that are none leave a command out, and that is said. */
function typedOf(report: Report, rule: Rule): readonly string[] {
  const { filled = [], left = 0 } = commandsOf(report, rule) ?? {};
  const missing = `(${left === 1 ? "one command" : `${left} commands`} left out: the record has no plain name for it)`;
  return left === 0 ? filled : [...filled, missing];
}

/** What a Sigma rule says of itself; its licence (DRL 1.1) wants the author named. */
export function creditsOf({ author, references = [], falsePositives = [] }: Rule): readonly string[] {
  return [
    ...row("May be", ...falsePositives.map((text) => inert(text, 300))),
    ...row("By", author && inert(author, 300)),
    ...row("See", ...references.map((text) => visible(text, 300))),
  ];
}
