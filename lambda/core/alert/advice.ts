import { endOfChain } from "../links/chain.ts";
import { isPerson, ROOT_USER } from "../record/identity.ts";
import { viewOf } from "../record/view.ts";
import type { KnownAccounts } from "../rules/accounts.ts";
import type { Rule } from "../rules/rule.ts";
import { isAtLeast } from "../rules/severity.ts";
import { shortText } from "./describe.ts";
import { headRecord, headRule, isAboutErrors, isRoot, isWatched, titleOf } from "./headline.ts";
import { row } from "./labelled.ts";
import { chainOfRecord } from "./opened.ts";
import type { Report } from "./report.ts";
import { atOnceText } from "./response/at-once.ts";
import { guarded } from "./response/commands.ts";
import { goneText } from "./response/gone-text.ts";
import { type AboveLockOut, IN_TIME, isLockedFirst, type LockOut, ownerOf } from "./response/lock-out-rows.ts";
import { looksOf } from "./response/look-rows.ts";
import { typedOf } from "./response/typed.ts";
import { sumOf } from "./story/story.ts";
import { inert, visible } from "./text.ts";

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

/** Why a rule matters, and what to do about it, in rows. */
interface Advice {
  readonly why: readonly string[];
  readonly what: readonly string[];
}

/** Below the advice of another rule, `first`, a rule's does not say once more whom to ask and lock out. */
interface AdviceWith {
  readonly first?: Rule;
  /** True where something is typed before anybody is asked. */
  readonly hasAtOnce?: boolean;
  /** True where what can be undone in the account stands before the lock-out, which is typed elsewhere. */
  readonly isUndoFirst?: boolean;
}

/** A rule's advice. */
export function adviceOf(
  report: Report,
  rule: Rule,
  { first, hasAtOnce = false, isUndoFirst = false }: AdviceWith = {},
): Advice {
  const isWatch = isWatched(rule);
  const watched = isWatch ? `${rule.name} is on your watch list (${rule.place}).` : undefined;
  return {
    why: row("Why", whyOf(rule) ?? watched),
    what: row("Do", behindAtOnce(behindUndo(doOf(report, rule, first), isUndoFirst), hasAtOnce)),
  };
}

function behindUndo(text: string | undefined, isUndoFirst: boolean): string | undefined {
  return isUndoFirst
    ? text?.replace(/\b(lock (?:them|the caller) out)\b(?:, undo it(?= and))?/, "type what is under Undo, then $1")
    : text;
}

function behindAtOnce(text: string | undefined, hasAtOnce: boolean): string | undefined {
  if (text === undefined || !hasAtOnce) return text;
  const [, start, rest] = /^(Ask|Lock)( .*)$/s.exec(text) ?? [];
  return start === undefined
    ? `First what is under At once. ${text}`
    : `First what is under At once, then ${start.toLowerCase()}${rest?.replace(" now, then ", ", then ")}`;
}

/** A rule's advice is for calls that succeeded: where all were refused, only the caller matters. */
function doOf(report: Report, rule: Rule, first?: Rule): string | undefined {
  const refused = refusedOf(report, rule);
  const text = refused === undefined ? rule.do : `${WHOSE} ${refused}, so there is nothing to undo.`;
  const whole = text ?? (isWatched(rule) ? ASK : undefined);
  if (whole === undefined || !ASKS.test(whole)) return whole;
  if (refused === undefined && ASKS.test(first?.do ?? ""))
    return whole.replace(ASKED_BEFORE, "If it was not meant: ").replace(LOCKS_TOO, "$1 ");
  const who = askedIn(report);
  // Whoever owns a role need not be who called.
  const isOwner = who === ownerOf(headRecord(report).record);
  const isLocked = isLockedFirst(report) && LOCKS_THEN.test(whole);
  const asked = isLocked
    ? whole.replace(LOCKS_THEN, () => `Lock the caller out now, then ask ${who}. If it was not them, `)
    : whole;
  return asked
    .replace("lock them out", isOwner ? "lock the caller out" : "lock them out")
    .replace(ASKS, () => `Ask ${who}`)
    .replace("If it was not them, ", IF_DENIED);
}

const IF_DENIED = `If they deny it or do not answer ${IN_TIME}, `;
const ASKS = /^Ask the caller\b/;
const LOCKS_THEN = /^Ask the caller(?: now)?\. If it was not them, lock (?:the caller|them) out(?:,| and) /;
const LOCKS_TOO = /, lock them out(,| and) /;
const ASKED_BEFORE =
  /^Ask the caller\b[^.]*\. If (?:it was not them|nobody knows[^,]*), (?:lock (?:them|the caller) out(?:,| and) )?/;

/** Whom to ask: the person who called, or who opened the session, where it is one of the account's own people. */
function askedIn(report: Report): string {
  const { isUnverified, isShared, rule } = report.incident;
  if (isUnverified || isShared || rule !== undefined) return "the caller";
  const { record } = headRecord(report);
  if (isRoot(report) && viewOf(record).identity.foreignAccount === undefined)
    return "whoever holds the root credentials";
  const people = [viewOf(record).identity, endOfChain(chainOfRecord(report.chains, record))?.identity].filter(
    (one) => one !== undefined && isPerson(one) && one.kind !== ROOT_USER && one.foreignAccount === undefined,
  );
  if (people[0] !== undefined) return shortText(people[0]);
  return ownerOf(record) ?? "the caller";
}

/** A rule's runbook, below what has to be typed first; none for files that somebody made up, or where all was refused. */
export function runbookOf(report: Report, rule: Rule): string | undefined {
  return report.incident.isUnverified || refusedOf(report, rule) !== undefined ? undefined : rule.runbook;
}

const ASK =
  "Ask the caller whether this was meant. If it was not them, lock them out, undo it and look at what else they did.";
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
export function firstAdvice(report: Report, rule: Rule, known: KnownAccounts, limit: number): readonly string[] {
  const { urgent, commands } = typedOf(report, [rule], { known });
  const [undo = ""] = commands;
  const typed = undo === "" || undo.length > limit ? [] : guarded(report.incident.accountId, [undo], true);
  const hasAtOnce = typed.length > 0 && urgent.includes(undo);
  const what = behindAtOnce(doOf(report, rule), hasAtOnce);
  return [...row("Do", what?.slice(0, limit)), ...row(hasAtOnce ? "At once" : "Undo", typed.join(" "))];
}

/** How many rules of one caller have their advice told in a daily round-up. */
const MAX_DAILY = 3;

/** What is worth a look in the morning: the advice of the worst rules, less those of which all was refused. */
export function dailyAdvice(report: Report, limit: number): readonly string[] {
  const head = headRule(report);
  const rules = rulesOf(report).filter((rule) => rule.do !== undefined && refusedOf(report, rule) === undefined);
  return rules.slice(0, MAX_DAILY).flatMap((rule) => {
    const of = rule.name === head.name ? "" : `${titleOf(rule, rule.name)}: `;
    return row("Do", `${of}${rule.do?.slice(0, limit)}`);
  });
}

/** What stands above the lock-out: what is typed before anybody is asked, and whether the advice says when to lock out. */
export function aboveLockOut(report: Report, known: KnownAccounts): AboveLockOut {
  const text = doOf(report, headRule(report)) ?? "";
  return {
    atOnce: typedOf(report, allRulesOf(report), { known }).urgent,
    isInAdvice: text.includes(IF_DENIED) && /\block (?:them|the caller) out\b/.test(text),
    isAgainst: /n(?:o|'|\u2019)t lock\b/.test(text),
  };
}

interface Steps {
  readonly atOnce: readonly string[];
  readonly undo: readonly string[];
  readonly look: readonly string[];
}

/** What to do before anybody is asked, then, and last: undo the calls, look at what else was done. */
export function stepsOf(
  report: Report,
  { typed, elsewhere, isElsewhere, when, back, apart }: LockOut,
  known: KnownAccounts,
): Steps {
  const { atOnce, urgent, late, before, undo, look } = typedOf(report, allRulesOf(report), {
    known,
    elsewhere,
    before: isElsewhere ? when : undefined,
  });
  // Who is locked out later than that can do the same until then.
  const isAgain = typed.length > 0 && !isLockedFirst(report);
  return {
    atOnce: row(
      "At once",
      atOnceText([...urgent, ...late], { isAgain, hasLetIn: back.length + apart.length > 0 }),
      ...atOnce,
    ),
    undo: [
      ...row("Note", ...(before.length === 0 ? [] : ["what these show, before Undo takes it away:", ...before])),
      ...row("Undo", ...undo),
      ...row("Gone", goneText(report)),
    ],
    look: [...row("Look", ...looksOf(report, look)), ...row("Read", runbookOf(report, headRule(report)))],
  };
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
