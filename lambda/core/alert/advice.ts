import type { Rule } from "../rules/rule.ts";
import { isAtLeast } from "../rules/severity.ts";
import { describeAccount, type Naming, shortIdentity } from "./describe.ts";
import { commandsOf, headRecord, headRule, isAboutErrors, isWatched, severityOf } from "./headline.ts";
import { row } from "./labelled.ts";
import { lockOutOf, type Means } from "./lock-out.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./story.ts";
import { inert, visible } from "./text.ts";

/** How many rules get their why and do told, once each. */
const MAX_RULES = 6;

/** A rule that only feeds the daily list adds nothing beside a worse one; its name stands at the end. */
export function isWorthReading(rule: Rule): boolean {
  return isAtLeast(rule.severity, "medium") && whyOf(rule) !== undefined;
}

/** The rules of a report in the order of its lines, each once. */
export function rulesOf({ lines }: Report): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const rule of lines.flatMap(({ ruleList }) => ruleList)) if (!rules.has(rule.name)) rules.set(rule.name, rule);
  return [...rules.values()].slice(0, MAX_RULES);
}

/** What takes away the credentials of the head record's caller, where it is worth it and he is the only one. */
function lockOutIn(report: Report): Means | undefined {
  const { isUnverified, isShared, rule } = report.incident;
  // An incident by a rule's own grouping may have many callers.
  if (isUnverified || isShared || rule !== undefined) return undefined;
  if (!isAtLeast(severityOf(report), "medium") || isWatched(headRule(report))) return undefined;
  return lockOutOf(headRecord(report).record);
}

/** The same as a row: whom it hits, and what to type. */
export function lockOutRow(report: Report, naming: Naming): readonly string[] {
  const means = lockOutIn(report);
  if (means === undefined) return [];
  const account = describeAccount(report.incident.accountId, naming);
  const who = `${shortIdentity(headRecord(report).record)}, the caller, in ${account}`;
  return row("Lock out", `${who}: ${means.hits}`, ...means.commands.flatMap((command) => command.split("\n")));
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

/**
 * A rule's advice is for calls that succeeded; where none did, that is said first, and what that makes of the advice. It
 * stays as it is for rules that look for nothing but refusals, and for those that count attempts.
 */
function notDone({ lines }: Report, rule: Rule): string | undefined {
  if (rule.do === undefined || isAboutErrors(rule)) return undefined;
  const own = lines.filter(({ rules }) => rules.includes(rule.name));
  if (own.some(({ outcome }) => outcome !== "denied")) return undefined;
  const refused = sumOf(own.map(({ records }) => records)) > 1 ? "All calls were refused" : "The call was refused";
  if (rule.outcome !== "attempt") return `${refused}, so nothing was read or changed.`;
  return `${refused}, so nothing was done. Ask the caller why they tried. Had it worked, you would now do this:`;
}

const ASK = "Ask the caller whether this was meant. If nobody knows of it, look at what else the caller did.";

function whyOf(rule: Rule): string | undefined {
  return rule.why ?? rule.description;
}

/** What to type, ready to copy; a command is left out, and that is said, where a name in it is no plain name. */
function typedOf(report: Report, rule: Rule): readonly string[] {
  const { filled: all = [], left = 0 } = commandsOf(report, rule) ?? {};
  // What locks the caller out stands in a row of its own.
  const elsewhere = lockOutIn(report)?.commands ?? [];
  const filled = all.filter((command) => !elsewhere.includes(command));
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
