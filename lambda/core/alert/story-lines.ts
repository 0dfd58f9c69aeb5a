import { endOfChain } from "../links/chain.ts";
import { isAtLeast } from "../rules/severity.ts";
import { callText, clock, shortText } from "./describe.ts";
import { foldedLines, headLine, headRecord, namesText, outcomeText, shortName } from "./headline.ts";
import { shortLine } from "./labelled.ts";
import { chainOfRecord } from "./opened.ts";
import { relationOf } from "./relation.ts";
import type { Report, ReportLine } from "./report.ts";
import { sumOf } from "./story.ts";

/** Lines that stand above what to do, and how many names each has there: the first screen has room for both. */
const MAX_FIRST = 3;
const FIRST_NAMES = 4;
const FIRST_NAMES_OF_CRITICAL = 6;

/** A story in two parts: the worst in short, and below the advice what found no room. */
export interface MailStory {
  readonly first: readonly string[];
  readonly rest: readonly string[];
}

/** The story of a mail: what is news, then what was told before, then how much was read. */
export function storyOf(report: Report, names: number): MailStory {
  const whole = linesOf(report, () => names);
  const short = linesOf(report, ({ severity }) =>
    Math.min(names, isAtLeast(severity, "critical") ? FIRST_NAMES_OF_CRITICAL : FIRST_NAMES),
  );
  const [shortNews, shortBefore] = [short.news.map(shortLine), short.before.map(shortLine)];
  const all = [...shortNews, ...shortBefore];
  const isLeft = (text: string, i: number) => i >= MAX_FIRST || text !== all[i];
  const news = whole.news.filter(isLeft);
  const before = whole.before.filter((text, i) => isLeft(text, i + whole.news.length));
  const below = Math.max(0, all.length - MAX_FIRST);
  const shownBefore = shortBefore.slice(0, Math.max(0, MAX_FIRST - short.news.length));
  return {
    first: [
      ...(all.length > 1 ? ["Worst first, times in UTC:"] : []),
      ...shortNews.slice(0, MAX_FIRST),
      ...told(shownBefore),
      ...(below > 0 ? [`          and ${below} more ${below === 1 ? "line" : "lines"} below`] : []),
      ...short.reads,
    ],
    rest: news.length + before.length === 0 ? [] : ["What was cut above, times in UTC:", ...news, ...told(before)],
  };
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

/** True for a single call with one object, which the rows above tell wholly. */
function isToldAbove(line: ReportLine, report: Report): boolean {
  const { targets, moreTargets, details, callers, sources, isNews } = line;
  const isOne = targets.length + moreTargets <= 1 && details.length <= 1 && sources.length <= 1;
  return line === headLine(report) && isOne && callers.length === 0 && isNews && behindOf(line, report) === "";
}

interface StoryTexts {
  readonly news: readonly string[];
  readonly before: readonly string[];
  readonly reads: readonly string[];
}

function linesOf(report: Report, names: (line: ReportLine) => number): StoryTexts {
  const { shown, folded } = foldedLines(report);
  const [only, ...others] = shown;
  const isLone = only !== undefined && others.length === 0;
  if (isLone && ((only.records < 2 && folded.length === 0) || isToldAbove(only, report))) {
    return { news: [], before: [], reads: readsOf(folded).map((text) => text.replace(/^ +and /, "Also ")) };
  }
  const namesRule = new Set(report.lines.map(({ rules: own }) => own.join(" "))).size > 1;
  const text = (line: ReportLine) => storyLine(line, headLine(report), namesRule, names(line), behindOf(line, report));
  return {
    news: shown.filter(({ isNews }) => isNews).map(text),
    before: shown.filter(({ isNews }) => !isNews).map(text),
    reads: readsOf(folded),
  };
}

/** `21:26:40  iam:AttachUserPolicy DENIED on bob, 3 times until 21:27:01, from 192.0.2.9`. */
function storyLine(line: ReportLine, head: ReportLine, namesRule: boolean, names: number, behind: string): string {
  const {
    call,
    outcome,
    targets,
    moreTargets,
    details,
    moreDetails,
    records,
    firstTime,
    lastTime,
    sources,
    callers,
    moreCallers,
  } = line;
  const time = firstTime === undefined ? "--:--:--" : clock(firstTime, "UTC").slice(11);
  const isMany = records > 1;
  const until = isMany && lastTime !== undefined ? ` until ${clock(lastTime, "UTC").slice(11)}` : "";
  // The first call of the head line stands above with all its parameters.
  const shownAbove = line === head ? 1 : 0;
  const elsewhere = sources.filter((source) => source !== head.sources[0]);
  return [
    `${time}  ${callText(call)}${outcomeText({ call, outcome })}`,
    targets.length > 0 ? ` on ${namesText(targets.map(shortName), moreTargets, names)}` : "",
    details.length > shownAbove ? `${relationOf(call)} ${namesText(details, moreDetails, names)}` : "",
    callers.length > 0 ? ` by ${namesText(callers.map(shortName), moreCallers, names)}` : "",
    behind,
    isMany ? `, ${records} times${until}` : "",
    elsewhere.length > 0 ? `, from ${namesText(elsewhere, 0, 4)}` : "",
    namesRule ? ` (${line.ruleList.map((rule) => rule.name).join(", ")})` : "",
  ].join("");
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
function behindOf({ sessions = [], moreSessions = 0 }: ReportLine, report: Report): string {
  const above = endOfChain(chainOfRecord(report.chains, headRecord(report).record))?.actor;
  const ends = sessions.map((session) => endOfChain(report.chains?.get(session)));
  const known = new Map(
    ends.flatMap((end) => (end === undefined ? [] : [[end.actor, shortText(end.identity)] as const])),
  );
  const unknown = ends.length - ends.filter(Boolean).length + moreSessions;
  if (known.size === 0 || (known.size === 1 && unknown === 0 && above !== undefined && known.has(above))) return "";
  return `, in sessions of ${[...known.values(), ...(unknown > 0 ? [`${unknown} unknown`] : [])].join(", ")}`;
}
