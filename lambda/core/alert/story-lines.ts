import { endOfChain } from "../links/chain.ts";
import { viewOf } from "../record/view.ts";
import { isAtLeast } from "../rules/severity.ts";
import { belowText } from "./below-text.ts";
import { clock, shortText } from "./describe.ts";
import { type FittingNames, fittingNames, foldedNames } from "./fitting-names.ts";
import { foldedLines, headLine, headRecord, namesText, outcomeText, shortName } from "./headline.ts";
import { ROOM, row, shortLine } from "./labelled.ts";
import { chainOfRecord } from "./opened.ts";
import { lineText } from "./rate.ts";
import { relationOf } from "./relation.ts";
import type { Report, ReportLine } from "./report.ts";
import { sumOf } from "./story/story.ts";
import { apartIn } from "./story/told.ts";
import { name, VALUE_LIMIT } from "./text.ts";

const CUT = "What was cut above, times in UTC:";

/** How many names each line has above what to do: the first screen has room for both. */
const FIRST_NAMES = 4;
const FIRST_NAMES_OF_CRITICAL = 6;

/** Characters of a name above what to do; below, names stand whole. */
const NAME_LENGTH = 60;

/** How many lines of a story stand above the advice, and whether as rows, which take less room. */
export interface StoryRoom {
  readonly lines: number;
  readonly asRows?: boolean;
}

/** A story in parts: the worst in short, and below the advice what found no room. */
export interface MailStory {
  /** What else the calls were about, where the rows of the mail tell all the rest of them. */
  readonly others?: readonly string[];
  /** The worst in rows; absent if `first` has it in lines. */
  readonly more?: readonly string[];
  readonly first: readonly string[];
  readonly rest: readonly string[];
}

/**
 * The story of a mail: what is news, then what was told before, then how much was read. `rows` tell the head
 * record's call above it.
 */
export function storyOf(
  report: Report,
  names: number,
  { lines, asRows }: StoryRoom,
  rows: readonly string[],
): MailStory {
  const whole = linesOf(report, () => names, VALUE_LIMIT);
  const { shown, folded } = foldedLines(report);
  const [only] = shown;
  if (only !== undefined && shown.length === 1 && only.records > 1 && isToldByRows(only, report)) {
    const first = readsOf(folded).map(asOnly);
    const others = othersOf(only, report, rows);
    if (others === undefined) return { first, rest: [] };
    return {
      others: row(others.isShown ? "And on" : "On", others.text),
      first,
      rest: others.isWhole ? [] : restOf(whole.news, []),
    };
  }
  const short = linesOf(report, ({ severity }) =>
    Math.min(names, isAtLeast(severity, "critical") ? FIRST_NAMES_OF_CRITICAL : FIRST_NAMES),
  );
  return asRows ? inRows(report, short, whole, lines) : inLines(short, whole, lines);
}

function inLines(short: StoryTexts, whole: StoryTexts, lines: number): MailStory {
  const shortNews = short.news.map((text) => shortLine(text));
  const shortBefore = short.before.map((text) => shortLine(text));
  const all = [...shortNews, ...shortBefore];
  const isLeft = (text: string, i: number) => i >= lines || text !== all[i];
  const news = whole.news.filter(isLeft);
  const before = whole.before.filter((text, i) => isLeft(text, i + whole.news.length));
  const shownBefore = shortBefore.slice(0, Math.max(0, lines - short.news.length));
  return {
    first: [
      ...(all.length > 1 ? ["Worst first, times in UTC:"] : []),
      ...shortNews.slice(0, lines),
      ...told(shownBefore),
      ...(all.length > lines ? [`${" ".repeat(10)}${belowText(short.lines.slice(lines), 2 * ROOM - 10)}`] : []),
      ...short.reads,
    ],
    rest: restOf(news, before),
  };
}

/** The worst in rows, without the head line where other rows tell it; below, that one tells which rules it met. */
function inRows(report: Report, short: StoryTexts, whole: StoryTexts, lines: number): MailStory {
  const head = headLine(report);
  const from = head.records === 1 && isOfOne(head, report) ? 1 : 0;
  const all = [...short.news.slice(from), ...short.before.map((text) => `${BEFORE}${text}`)];
  const rows = all.slice(0, lines).map((text) => shortLine(text, ROOM));
  const isLeft = (text: string) => !rows.includes(text) && !rows.includes(`${BEFORE}${text}`);
  const below = short.lines.slice(from + rows.length);
  const reads = short.reads.map((text) => text.trim().replace(/^Also /, ""));
  return {
    more: [...rows, ...(below.length > 0 ? [belowText(below, ROOM)] : []), ...reads],
    first: [],
    rest: restOf(whole.news.slice(namesRules(report) ? 0 : from).filter(isLeft), whole.before.filter(isLeft)),
  };
}

const BEFORE = "told before: ";

function restOf(news: readonly string[], before: readonly string[]): readonly string[] {
  return news.length + before.length === 0 ? [] : [CUT, ...news, ...told(before)];
}

/** The whole story. */
export function storyLines(report: Report, names: number): readonly string[] {
  const { news, before, reads } = linesOf(report, () => names);
  const order = news.length + before.length > 1 ? ["Worst first, times in UTC:"] : [];
  return [...order, ...news, ...told(before), ...reads];
}

function told(before: readonly string[]): readonly string[] {
  return before.length === 0 ? [] : ["Told before:", ...before];
}

/** True for a call of which the rows of the mail tell everything but what else it was about. */
function isToldByRows(line: ReportLine, report: Report): boolean {
  const { details, moreDetails, callers, sources, isNews } = line;
  const isOne = details.length + moreDetails <= 1 && sources.length <= 1 && callers.length === 0;
  return line === headLine(report) && isOne && isNews && behindOf(line, report) === "";
}

/** True for a call with one object, of which the rows of the mail tell everything. */
function isOfOne(line: ReportLine, report: Report): boolean {
  return line.targets.length + line.moreTargets <= 1 && isToldByRows(line, report);
}

/** True where lines met different rules, so that each names its own. */
function namesRules({ lines }: Report): boolean {
  return new Set(lines.map(({ rules }) => rules.join(" "))).size > 1;
}

/** What a line was about that the rows of the head record do not name, in one row; undefined if that is nothing. */
function othersOf(
  { targets, moreTargets }: ReportLine,
  report: Report,
  rows: readonly string[],
): (FittingNames & { readonly isShown: boolean }) | undefined {
  const { target: own = "" } = viewOf(headRecord(report).record).facts;
  const isShown = rows.some((text) => text.includes(shortName(own).replace("…", "")));
  const others = targets.filter((target) => !(isShown && target === own)).map(shortName);
  if (others.length + moreTargets === 0) return undefined;
  return { ...fittingNames(others, moreTargets, ROOM), isShown };
}

/** A row of reads where it is the only one. */
function asOnly(text: string): string {
  return text.replace(/^ +and /, "Also ");
}

interface StoryTexts {
  /** What the texts of news and then those of what was told before say. */
  readonly lines: readonly ReportLine[];
  readonly news: readonly string[];
  readonly before: readonly string[];
  readonly reads: readonly string[];
}

/** Lines with as many names as `names` says, each of at most `length` characters. */
function linesOf(report: Report, names: (line: ReportLine) => number, length = NAME_LENGTH): StoryTexts {
  const { shown, folded } = foldedLines(report);
  const [only, ...others] = shown;
  const isLone = only !== undefined && others.length === 0;
  if (isLone && ((only.records < 2 && folded.length === 0) || isOfOne(only, report))) {
    return { lines: [], news: [], before: [], reads: readsOf(folded).map(asOnly) };
  }
  const text = (line: ReportLine) => storyLine(line, report, names(line), length);
  const [news, before] = [shown.filter(({ isNews }) => isNews), shown.filter(({ isNews }) => !isNews)];
  return {
    lines: [...news, ...before],
    news: news.map(text),
    before: before.map(text),
    reads: readsOf(folded),
  };
}

/** `21:26:40  iam:AttachUserPolicy DENIED on bob, 3 times until 21:27:01, from 192.0.2.9`. */
function storyLine(line: ReportLine, report: Report, names: number, length: number): string {
  const head = headLine(report);
  const { call, outcome, targets, moreTargets, details, moreDetails } = line;
  const { records, firstTime, lastTime, sources, callers, moreCallers } = line;
  const time = firstTime === undefined ? "--:--:--" : clock(firstTime, "UTC").slice(11);
  const isMany = records > 1;
  const until = isMany && lastTime !== undefined ? ` until ${clock(lastTime, "UTC").slice(11)}` : "";
  // The first call of the head line stands above with all its parameters.
  const shownAbove = line === head ? 1 : 0;
  const elsewhere = sources.filter((source) => source !== head.sources[0]);
  return [
    `${time}  ${lineText(line, report)}${outcomeText({ call, outcome })}`,
    targets.length > 0 ? ` on ${targetsText(targets.map(shortName), moreTargets, names, length)}` : "",
    details.length > shownAbove ? `${relationOf(call)} ${namesText(details, moreDetails, names, length)}` : "",
    callers.length > 0 ? ` by ${namesText(callers.map(shortName), moreCallers, names)}` : "",
    behindOf(line, report),
    accountText(line, report),
    isMany ? `, ${records} times${until}` : "",
    elsewhere.length > 0 ? `, from ${namesText(elsewhere, 0, 4)}` : "",
    namesRules(report) ? ` (${line.ruleList.map((rule) => rule.name).join(", ")})` : "",
  ].join("");
}

/** ` in 444455556666`, where an incident is of several accounts and the line of another than it is shown with. */
function accountText({ key }: ReportLine, { incident }: Report): string {
  const account = apartIn(key);
  return account === undefined || account === incident.accountId ? "" : ` in ${name(account, 40)}`;
}

/** Names as a list; where all stand whole, what they begin with is said once. */
function targetsText(targets: readonly string[], more: number, names: number, length: number): string {
  const folded = more === 0 && length === VALUE_LIMIT && targets.length <= names ? foldedNames(targets) : undefined;
  return folded ?? namesText(targets, more, names, length);
}

/** `and 141 reads (List, Get, Describe), 6 refused`. */
function readsOf(lines: readonly ReportLine[]): readonly string[] {
  const records = sumOf(lines.map((line) => line.records));
  if (records === 0) return [];
  const refused = sumOf(lines.filter(({ outcome }) => outcome === "denied").map((line) => line.records));
  const verbs = [...new Set(lines.map(({ call }) => /^[A-Z][a-z]+/.exec(call.split(":").pop() ?? "")?.[0] ?? "other"))];
  const targets = lines.flatMap((line) => line.targets);
  const more = sumOf(lines.map((line) => line.moreTargets));
  const about = targets.length === 0 ? "" : ` of ${namesText([...new Set(targets)].map(shortName), more, 10)}`;
  return [
    `          and ${records} read${records === 1 ? "" : "s"} (${namesText(verbs, 0, 6)})${refused > 0 ? `, ${refused} refused` : ""}${about}`,
  ];
}

/** Who is behind a line's sessions, unless it is just the one who is told above: `in sessions of alice, bob`. */
function behindOf({ sessions, moreSessions }: ReportLine, report: Report): string {
  const above = endOfChain(chainOfRecord(report.chains, headRecord(report).record))?.actor;
  const ends = sessions.map((session) => endOfChain(report.chains?.get(session)));
  const known = new Map(
    ends.flatMap((end) => (end === undefined ? [] : [[end.actor, shortText(end.identity)] as const])),
  );
  const unknown = ends.length - ends.filter(Boolean).length + moreSessions;
  if (known.size === 0 || (known.size === 1 && unknown === 0 && above !== undefined && known.has(above))) return "";
  return `, in sessions of ${[...known.values(), ...(unknown > 0 ? [`${unknown} unknown`] : [])].join(", ")}`;
}
