import { endOfChain } from "../links/chain.ts";
import { isPerson, ROOT_USER } from "../record/identity.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { Rule } from "../rules/rule.ts";
import { isAtLeast } from "../rules/severity.ts";
import { guarded, isPlain, note } from "./commands.ts";
import { describeAccount, type Naming, shortText } from "./describe.ts";
import { headLine, headRecord, headRule, isAboutErrors, isWatched, severityOf } from "./headline.ts";
import { row } from "./labelled.ts";
import { againstOpener, lockOutOf, type Means } from "./lock-out.ts";
import { callsOfCaller, callsOfOpener, inLines, type Look } from "./look.ts";
import { chainOfRecord } from "./opened.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./story.ts";
import { inert, name, visible } from "./text.ts";
import { typedOf } from "./typed.ts";

/** How many rules get their why and do told, once each. */
const MAX_RULES = 6;

/** A rule that only feeds the daily list adds nothing beside a worse one; its name stands at the end. */
export function isWorthReading(rule: Rule): boolean {
  return isAtLeast(rule.severity, "medium") && whyOf(rule) !== undefined;
}

/** The rules of a report whose advice is told, in the order of its lines, each once. */
export function rulesOf(report: Report): readonly Rule[] {
  return allRulesOf(report).slice(0, MAX_RULES);
}

function allRulesOf({ lines }: Report): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const rule of lines.flatMap(({ ruleList }) => ruleList)) if (!rules.has(rule.name)) rules.set(rule.name, rule);
  return [...rules.values()];
}

/** Why a rule matters, and what to do about it. */
export function adviceOf(report: Report, rule: Rule): readonly string[] {
  const isWatch = isWatched(rule);
  const watched = isWatch ? `${rule.name} is on your watch list (${rule.place}).` : undefined;
  return [...row("Why", whyOf(rule) ?? watched), ...row("Do", doOf(report, rule))];
}

/** A rule's advice is for calls that succeeded: where all were refused, only the caller matters. */
function doOf(report: Report, rule: Rule): string | undefined {
  const refused = refusedOf(report, rule);
  const text = refused === undefined ? rule.do : `${WHOSE} ${refused}, so there is nothing to undo.`;
  return (text ?? (isWatched(rule) ? ASK : undefined))?.replace(/^Ask the caller\b/, `Ask ${askedIn(report)}`);
}

/** Whom to ask: the person who called, or who opened the session, where it is one of the account's own people. */
function askedIn(report: Report): string {
  const { isUnverified, isShared, rule } = report.incident;
  if (isUnverified || isShared || rule !== undefined) return "the caller";
  const { record } = headRecord(report);
  const people = [viewOf(record).identity, endOfChain(chainOfRecord(report.chains, record))?.identity].filter(
    (one) => one !== undefined && isPerson(one) && one.kind !== ROOT_USER && one.foreignAccount === undefined,
  );
  return people[0] === undefined ? "the caller" : shortText(people[0]);
}

/** A rule's runbook, below what has to be typed first; none for files that somebody made up, or where all was refused. */
export function runbookOf(report: Report, rule: Rule): string | undefined {
  return report.incident.isUnverified || refusedOf(report, rule) !== undefined ? undefined : rule.runbook;
}

const ASK =
  "Ask the caller whether this was meant. If nobody knows of it, lock them out, undo it and look at what else they did.";
const WHOSE = "Ask the caller why. If it was not them, lock them out and look at what else they did.";

/**
 * Says that all calls of a rule were refused. Undefined for rules that look for nothing but refusals, and for those that ask
 * who called from where, which a refusal answers as well.
 */
function refusedOf({ lines }: Report, rule: Rule): string | undefined {
  if (isAboutErrors(rule) || rule.first !== undefined) return undefined;
  const own = lines.filter(({ rules }) => rules.includes(rule.name));
  if (own.length === 0 || own.some(({ outcome }) => outcome !== "denied")) return undefined;
  return sumOf(own.map(({ records }) => records)) > 1 ? "All calls were refused" : "The call was refused";
}

/** The same in lines of at most `limit`: what to do, and the command that undoes the worst call, never half of one. */
export function firstAdvice(report: Report, rule: Rule, limit: number): readonly string[] {
  const what = doOf(report, rule);
  const [undo = ""] = typedOf(report, [rule], []).commands;
  return [...row("Do", what?.slice(0, limit)), ...row("Undo", undo.length > limit ? undefined : undo)];
}

/** What to do first: what locks the caller out, and what to know about that. */
export interface LockOut {
  readonly typed: readonly string[];
  readonly notes: readonly string[];
}

/** What locks the caller out; empty where it is not worth it, or nothing does. */
export function lockOutRows(report: Report, naming: Naming): LockOut {
  const means = lockOutIn(report);
  if (means === undefined) return { typed: [], notes: [] };
  const { who, hits, byHand = [], also, stays, back, commands } = means;
  const { accountId } = report.incident;
  const when = who === undefined ? "unless somebody confirms it" : `if ${who} denies it or does not answer`;
  return {
    typed: row(
      "Lock out",
      `${when}: ${hits(describeAccount(accountId, naming))}`,
      ...byHand,
      ...guarded(accountId, commands, true),
    ),
    notes: row(
      "",
      also && note(also),
      note(`not stopped: ${stays}. To take it back: ${back}`),
      ...openerLines(report, headRecord(report).record, who),
    ),
  };
}

/** What to do then, and last: undo the calls, look at what else was done. */
export function stepsOf(report: Report): readonly string[] {
  const { undo, look } = typedOf(report, allRulesOf(report), lockOutIn(report)?.commands ?? []);
  return [
    ...row("Undo", ...undo),
    ...row("Look", ...linesOfLooks([...look.map((command) => ({ command })), ...looksAtCallers(report)])),
    ...row("Read", runbookOf(report, headRule(report))),
  ];
}

/** What shows the calls of the head record's caller, and of the user of the account who opened the session. */
function looksAtCallers(report: Report): readonly Look[] {
  if (report.incident.isUnverified) return [];
  const { record } = headRecord(report);
  const known = { eventName: textAt(record, "eventName") ?? "", records: headLine(report).records };
  const own = textAt(record, "userIdentity", "userName");
  const [opener] = [ownOpener(report, record)].filter((one) => one !== own);
  return [callsOfCaller(record, known), opener === undefined ? undefined : callsOfOpener(opener, record)].filter(
    (one) => one !== undefined,
  );
}

/** Looks with their notes, each command once: a later one that is the same brings its note. */
function linesOfLooks(looks: readonly (Pick<Look, "command"> & Partial<Look>)[]): readonly string[] {
  const notes = new Map(looks.map(({ command, note: text }) => [command, text]));
  return [...notes].flatMap(([command, text]) => [...inLines(command), ...(text === undefined ? [] : [text])]);
}

/** What takes away the credentials of the head record's caller, where it is worth it and he is the only one. */
function lockOutIn(report: Report): Means | undefined {
  const { isUnverified, isShared, rule } = report.incident;
  // An incident by a rule's own grouping may have many callers.
  if (isUnverified || isShared || rule !== undefined || !isAtLeast(severityOf(report), "medium")) return undefined;
  return lockOutOf(headRecord(report).record);
}

/** Whoever opened the session can open another, unless it is a service or nobody knows who it was. */
function openerLines(report: Report, record: CloudTrailRecord, lockedOut?: string): readonly string[] {
  const end = endOfChain(chainOfRecord(report.chains, record));
  if (end === undefined || !isPerson(end.identity)) return [];
  const { identity, vouchedBy, account = vouchedBy } = end;
  const isOwn = identity.foreignAccount === undefined && account === viewOf(record).account;
  const where = isOwn ? "" : ` of account ${name(identity.foreignAccount ?? account)}`;
  const shown = shortText(identity);
  if (isOwn && shown === lockedOut) return [];
  // It may be pasted, and some shells know no comments.
  const who = isPlain(shown) ? shown : "whoever";
  const [off, on] = againstOpener(ownOpener(report, record), record);
  const back = on === undefined ? "" : `. To take it back: ${on}`;
  return [
    note(`${who}${where} opened this session and can open another: lock them out too${back}`),
    ...(off === undefined ? [] : guarded(report.incident.accountId, [off], true)),
  ];
}

/** The IAM user of the account called who is behind a session. */
function ownOpener(report: Report, record: CloudTrailRecord): string | undefined {
  const { identity, vouchedBy, account = vouchedBy } = endOfChain(chainOfRecord(report.chains, record)) ?? {};
  const isOwn = identity?.foreignAccount === undefined && account === viewOf(record).account;
  return isOwn && identity?.kind === "IAM user" ? identity.name : undefined;
}

function whyOf(rule: Rule): string | undefined {
  return rule.why ?? rule.description;
}

/** What a Sigma rule says of itself; its licence (DRL 1.1) wants the author named. */
export function creditsOf({ author, references = [], falsePositives = [] }: Rule): readonly string[] {
  return [
    ...row("May be", ...falsePositives.map((text) => inert(text, 300))),
    ...row("By", author && inert(author, 300)),
    ...row("See", ...references.map((text) => visible(text, 300))),
  ];
}
