import { type Incident, isIncident, type Report, type ReportLine } from "../alert/report.ts";
import { keptInMail } from "../alert/story/kept-records.ts";
import { byWeightAmong, type Line } from "../alert/story/line.ts";
import { withOddFirst } from "../alert/story/odd-names.ts";
import { isStory, type Story, sumOf } from "../alert/story/story.ts";
import { withCallers } from "../alert/story/story-builder.ts";
import { factHash, ruleFacts, targetFact } from "../alert/story/told.ts";
import { viewOf } from "../record/view.ts";
import { bySeverity, isAtLeast, SEVERITIES, type Severity, TRAITS } from "../rules/severity.ts";
import { isPastAt } from "../store/clock.ts";
import { bodyOf, hasShape, isCount, isListOf, isMaybe, isRecordOf, isText, type Shaped } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { Circumstances } from "./decision.ts";
import { preparingIn } from "./leading.ts";

function headShape(now: number) {
  const isPast = isPastAt(now);
  return hasShape({
    incident: isIncident,
    /** When each fact was told, by its digest, in milliseconds since the epoch; of the last day. */
    told: isRecordOf(isPast),
    /** When each severity was last told. */
    reached: isRecordOf(isPast),
    lastMail: isMaybe(hasShape({ id: isText, at: isPast, call: isMaybe(isText), target: isMaybe(isText) })),
    /** When its mails went of the hour before the last, that one included. */
    mails: isListOf(isPast),
    /** How many mails in a row had no news. */
    step: isCount,
    /** Sessions that were looked at, as digests; a long list keeps the newest. */
    sessions: isListOf(isText),
    /** What came since the last mail. */
    held: isMaybe(isStory),
  });
}

/** What the ledger remembers of an incident between its mails. */
export type Head = Shaped<ReturnType<typeof headShape>>;

/** The head as the ledger has it; undefined for one that this code cannot have written. */
export function headOf(body: unknown, now: number): Head | undefined {
  return bodyOf(headShape(now))(body);
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What was told stays old news for this long; an incident that was silent for it is over. */
const TOLD = DAY;

/** Heads with nothing to tell are forgotten after this time, in milliseconds. */
export const FORGOTTEN_AFTER = 2 * DAY;

/** What a head remembers as told, by toldOf: beyond these, the oldest become news again. */
const MAX_TOLD = 2_000;

/** How much a head remembers of the worst call of its last mail, and of its target. */
const MAX_ABOUT = 100;

export function newHead(incident: Incident): Head {
  return { incident, told: {}, reached: {}, mails: [], step: 0, sessions: [] };
}

/** True once nothing was told of an incident for so long that what comes next is another. */
export function isOver({ lastMail }: Head, now: number): boolean {
  return lastMail !== undefined && lastMail.at <= now - TOLD;
}

/** A line as it stands in its incident today. */
export function judged(line: Line, head: Head, { book, now }: Circumstances): ReportLine {
  const severity = book.severityOf(line, head.incident.isUnverified ?? false);
  const enough = SEVERITIES.filter((one) => isAtLeast(one, severity));
  const isTold = (fact: string) => enough.some((one) => (head.told[toldAs(fact, one)] ?? 0) > now - TOLD);
  return {
    ...line,
    severity,
    ruleList: book.rulesOf(line),
    // A refused read that worked in the end may consist of nothing but what was told of milder calls.
    isNews: line.hasMoreFacts || !hasReached(head, severity, now) || !line.facts.every(isTold),
  };
}

/** What stands for a fact as told with a severity: what only milder mails told is news where it is critical or high. */
function toldAs(fact: string, severity: Severity): string {
  return isAtLeast(severity, "high") ? factHash(`${severity} ${fact}`) : fact;
}

/** What a head remembers of facts that are told with a severity: the facts themselves, and as told with it. */
export function toldOf(facts: readonly string[], severity: Severity): readonly string[] {
  return facts.flatMap((fact) => [...new Set([fact, toldAs(fact, severity)])]);
}

/** When these lines of an incident that is not over must be told at the latest, in milliseconds since the epoch. */
export function ringsAt(lines: readonly ReportLine[], head: Head, { book, now }: Circumstances): number {
  const last = head.lastMail?.at;
  if (last === undefined) return now;
  const own = head.incident.rule === undefined ? undefined : book.get(head.incident.rule)?.group?.interval;
  const times = lines.map(({ severity, isNews }) => {
    if (isNews && !hasReached(head, severity, now)) return now;
    const short = own ?? newsInterval(severity, head.mails);
    const { backOff } = TRAITS[severity];
    if (isNews) return last + Math.max(short - MINUTE, short / 2);
    return last + Math.max(short, backOff[Math.min(head.step, backOff.length - 1)] ?? 0);
  });
  return Math.min(...times);
}

/** How many mails of an hour leave the interval of news as it is; the more there are, the longer it grows. */
const UNHURRIED_MAILS = 2;

/** How many mails a head remembers: with more the interval grows no further. */
const MAX_MAILS = 5;

/** The longest that news of a severity waits after the last of these mails, in milliseconds. */
function newsInterval(severity: Severity, mails: readonly number[]): number {
  const { newsWithin, newsAtMost } = TRAITS[severity];
  // Counted back from the last mail, so that what is due does not move while it waits.
  const recent = mails.filter((at) => at > Math.max(...mails) - HOUR).length;
  return Math.min(newsAtMost, newsWithin * 2 ** Math.max(0, recent - UNHURRIED_MAILS));
}

function hasReached({ reached }: Head, severity: Severity, now: number): boolean {
  return SEVERITIES.some((one) => isAtLeast(one, severity) && (reached[one] ?? 0) > now - TOLD);
}

/**
 * Tells a story of an incident that is not over: the head after it, and what an alert says. A new `version` gives the alert a
 * new id.
 */
export function ring(
  head: Head,
  story: Story,
  version: number | string,
  given: Circumstances,
): { readonly head: Head; readonly report: Report } {
  const { now } = given;
  const lines = inOrder(withCallers(story.lines, head.incident).map((line) => judged(line, head, given)));
  const hasNews = lines.some(({ isNews }) => isNews);
  const facts = lines.flatMap((line) => toldOf(line.facts, line.severity));
  const named = lines.flatMap((line) => namedIn(line, head.incident));
  const told = new Map(Object.entries(head.told).filter(([, at]) => at > now - TOLD));
  for (const fact of [...facts, ...named]) told.set(fact, now);
  const alertId = hashOf([head.incident.key, version, now, sumOf(lines.map(({ records }) => records))]);
  const [worst] = lines;
  const severity = worst?.severity ?? "info";
  const call = worst?.call.slice(0, MAX_ABOUT);
  const target = worst?.targets[0]?.slice(0, MAX_ABOUT);
  const next: Head = {
    ...lookedAt(head, lines),
    held: undefined,
    told: Object.fromEntries([...told].sort(([, a], [, b]) => b - a).slice(0, MAX_TOLD)),
    reached: { ...head.reached, [severity]: now },
    step: hasNews ? 0 : head.step + 1,
    lastMail: { id: alertId.slice(0, 8), at: now, call, target },
    mails: [...head.mails, now].filter((at) => at > now - HOUR).slice(-MAX_MAILS),
  };
  const news = lines.map((line) => ({ ...line, isNews: true }));
  return {
    head: next,
    report: {
      incident: shownIncident(head.incident, lines, story),
      alertId,
      ...story,
      kept: keptInMail(story.kept, lines),
      lines: lines.map(withOddFirst),
      follows: head.lastMail,
      ...madeBefore(head, lines, now),
      nextUpdate: ringsAt(news, next, given),
    },
  };
}

/** That all callers whom a line names met its rules: a mute by the incident's id holds for them. There may be more than its facts say. */
function namedIn({ rules, callers }: Line, { isShared }: Incident): readonly string[] {
  return isShared ? rules.flatMap((rule) => ruleFacts(rule, callers)) : [];
}

/** An incident of several accounts is shown with that of its worst call. */
function shownIncident(incident: Incident, [worst]: readonly ReportLine[], { kept }: Story): Incident {
  const shown = incident.isAcross ? kept.find(({ line }) => line === worst?.key) : undefined;
  const account = shown && viewOf(shown.record).account;
  return account === undefined ? incident : { ...incident, accountId: account };
}

/** The users whom calls that worked name, and of whom the incident told before that they were made: if since deleted, then made again. */
function madeBefore({ incident, told }: Head, lines: readonly ReportLine[], now: number): Pick<Report, "madeBefore"> {
  const named = lines.filter(({ call, outcome }) => outcome === "success" && call.startsWith("iam:"));
  const users = named.flatMap(({ targets, regions, callers }) => {
    const isMade = (user: string) =>
      regions.some((region) => {
        const fact = targetFact([incident.accountId, region, "iam:CreateUser"], user);
        return [fact, ...callers.map((caller) => factHash(`${fact} ${caller}`))].some(
          (one) => (told[one] ?? 0) > now - TOLD,
        );
      });
    return targets.filter(isMade);
  });
  return users.length === 0 ? {} : { madeBefore: [...new Set(users)].slice(0, MAX_MADE) };
}

/** Beyond so many nobody types a command for each. */
const MAX_MADE = 20;

/** Worst first; within a severity news first, then what did more than lead up to others, then by weight. */
function inOrder(lines: readonly ReportLine[]): readonly ReportLine[] {
  const preparing = preparingIn(lines);
  const byWeight = byWeightAmong(lines);
  return lines.toSorted(
    (a, b) =>
      bySeverity(a, b) ||
      Number(b.isNews) - Number(a.isNews) ||
      Number(preparing.has(a)) - Number(preparing.has(b)) ||
      byWeight(a, b),
  );
}

const MAX_SESSIONS = 100;

/** True if a line has a session that was not looked at: it may be somebody else's, and that would be news. */
export function hasNewSession({ sessions }: Line, head: Head): boolean {
  return sessions.some((session) => !head.sessions.includes(sessionFact(session)));
}

function sessionFact(session: string): string {
  return factHash(`session ${session}`);
}

/** The head after the sessions of these lines were looked at. */
export function lookedAt(head: Head, lines: readonly Line[]): Head {
  const own = lines.flatMap(({ sessions }) => sessions.map(sessionFact));
  if (own.length === 0) return head;
  return { ...head, sessions: [...new Set([...head.sessions, ...own])].slice(-MAX_SESSIONS) };
}
