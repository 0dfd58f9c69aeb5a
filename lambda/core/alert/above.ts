import type { CloudTrailRecord } from "../record/record.ts";
import { isNotice } from "../rules/notices.ts";
import { adviceOf } from "./advice.ts";
import { callLine } from "./call-line.ts";
import { describeAccount, describeCaller, describeOrigin, type Naming } from "./describe.ts";
import { newText } from "./first-text.ts";
import {
  distinct,
  hasNoCaller,
  headLine,
  headRecord,
  headRule,
  isWatched,
  namesText,
  shortName,
  titleMark,
  titleOf,
} from "./headline.ts";
import { ROOM, row, screenLines, shortLine, shortRows } from "./labelled.ts";
import { openedOf, othersKnown } from "./opened.ts";
import { nearText, usualText } from "./past-text.ts";
import { rateCallersOf, rateOf } from "./rate.ts";
import { fieldRows, noticeRows, withoutDullResult, withShortArns } from "./record-rows.ts";
import type { Report } from "./report.ts";
import { MAX_SOURCES } from "./story/line.ts";
import { sumOf } from "./story/story.ts";
import { type MailStory, type StoryRoom, storyOf } from "./story-lines.ts";
import { renderSubject } from "./subject.ts";
import { name } from "./text.ts";

/** Lines of a mail on the first screen, from its subject on. */
const SCREEN = 25;

/** Lines and columns of a narrow screen, which shows all that stands above the first command. */
const [NARROW_SCREEN, NARROW] = [24, 80];

/** What stands above what to do: how many lines of the call's parameters, grants and answer, and of the story. */
interface Room extends StoryRoom {
  readonly fields: number;
  /** How much of why it matters stands above what to do; all of it if left out. */
  readonly why?: "first sentence" | "nothing";
  /** True where what else the call was about stands below, the tool's name loses its end, and no line says how many calls. */
  readonly isTight?: boolean;
  /** True where the subject alone says what the rule is called. */
  readonly isUntitled?: boolean;
}

/** The widest first. */
const ROOMS: readonly [Room, ...Room[]] = [
  { fields: 3, lines: 3 },
  { fields: 3, lines: 3, why: "first sentence" },
  { fields: 2, lines: 3, why: "first sentence" },
  { fields: 2, lines: 3, asRows: true, why: "first sentence" },
  { fields: 2, lines: 2, asRows: true, why: "first sentence" },
  { fields: 2, lines: 2, asRows: true, why: "nothing" },
  { fields: 1, lines: 1, asRows: true, why: "nothing" },
  { fields: 1, lines: 1, asRows: true, why: "nothing", isTight: true },
  { fields: 1, lines: 1, asRows: true, why: "nothing", isTight: true, isUntitled: true },
];

/** What a mail says above what to do, and what found no room there. */
export interface Above {
  readonly blocks: readonly (readonly string[])[];
  /** The call's parameters, grants and answer in full; empty if none were cut. */
  readonly fields: readonly string[];
  readonly story: readonly string[];
  /** Why it matters, above what to do and below. */
  readonly why: readonly [above: readonly string[], below: readonly string[]];
}

/** What stands above and below it, and how many names a line has. */
interface AboveWith {
  readonly names: number;
  readonly marks: string;
  readonly what: readonly string[];
  readonly typed: readonly string[];
}

/**
 * What happened, who, from where, where, with which parameters, and the story's worst lines: as much of it as leaves
 * room on the first screen for what is typed first. `marks` stands above it.
 */
export function aboveOf(report: Report, naming: Naming, now: number, { names, marks, typed, what }: AboveWith): Above {
  const [widest, ...narrower] = ROOMS;
  let above = aboveIn(widest, report, naming, now, names);
  if (typed.length === 0) return above;
  const start = [`Subject: ${renderSubject(report, naming)}`, "", ...marks.split("\n").slice(0, -1)];
  const fits = ({ blocks, why: [why] }: Above) => {
    const all = [...start, ...blocks.flatMap((block) => [...block, ""]), ...why, ...what];
    const [heading = ""] = typed;
    return screenLines([...all, ...typed]) <= SCREEN && screenLines([...all, heading], NARROW) <= NARROW_SCREEN;
  };
  for (const room of narrower) {
    if (fits(above)) break;
    above = aboveIn(room, report, naming, now, names);
  }
  return above;
}

function aboveIn(
  { fields, why, isTight = false, isUntitled = false, ...room }: Room,
  report: Report,
  naming: Naming,
  now: number,
  names: number,
): Above {
  const rule = headRule(report);
  const line = headLine(report);
  const { record } = headRecord(report);
  const all = isNotice(rule) ? noticeRows(record) : fieldRows(record, naming.known);
  const short = all.map((text) => withShortArns(text, record));
  const first = isNotice(rule) || screenLines(all) <= fields ? all : shortRows(withoutDullResult(short), fields);
  const whole = storyOf(report, names, room, first);
  const story = isTight ? { ...whole, others: [], rest: belowOf(whole.others ?? [], whole.rest) } : whole;
  const blocks = [
    [
      ...(isWatched(rule) || isUntitled ? [] : [`${titleMark(rule, line)}${titleOf(rule, line.call)}`]),
      callLine(report, naming, now, { isShort: isTight }),
    ],
    [...callerRows(report, record, names, isTight), ...objectRows(report, naming, first, story)],
    story.first,
  ];
  return {
    blocks: blocks.filter((block) => block.length > 0),
    fields: first === all || first.join() === short.join() ? [] : all,
    story: story.rest,
    why: whyIn(adviceOf(report, rule).why, why),
  };
}

/** What else the call was about, where no line says so. */
function belowOf(others: readonly string[], rest: readonly string[]): readonly string[] {
  return others.length === 0 || rest.length > 0 ? rest : ["What was cut above:", ...others];
}

/** Why it matters in two parts, of which the second shows that it goes on. Its words stand once. */
function whyIn(rows: readonly string[], part: Room["why"]): Above["why"] {
  const [, label = "", first = "", rest] = /^(Why +)(.*?[.!?])(?: (.+))?$/.exec(rows.join("\n")) ?? [];
  if (part === "nothing") return [[], rows];
  if (part === undefined || first === "" || rest === undefined) return [rows, []];
  return [[`${label}${first}`], [`${label}… ${rest}`]];
}

function callerRows(report: Report, record: CloudTrailRecord, names: number, isTight: boolean): readonly string[] {
  if (hasNoCaller(report)) return [];
  return [
    ...row("Who", whoOf(report, names)),
    ...row("Opened", ...openedOf(report, record)),
    ...row("Also", ...othersKnown(report, record)),
    ...row(
      "From",
      isTight ? shortLine(describeOrigin(record), ROOM) : describeOrigin(record),
      report.near && nearText(report.near, report, record),
    ),
    ...row("Usual", report.usual && usualText(report.usual)),
    ...row("New", ...newText(report)),
  ];
}

function objectRows(
  report: Report,
  naming: Naming,
  fields: readonly string[],
  { others, more = [] }: MailStory,
): readonly string[] {
  return [
    ...row("Where", whereOf(report, naming)),
    ...row("Who", ...rateCallersOf(headRecord(report).record)),
    ...row("Rate", ...report.kept.map((kept) => rateOf(kept.record)).slice(0, 4)),
    ...fields,
    ...(others ?? []),
    ...row("More", ...more),
    ...row("Sources", sourcesOf(report)),
  ];
}

function whoOf(report: Report, names: number): string {
  const caller = describeCaller(headRecord(report).record);
  if (!report.incident.isShared) return caller;
  const callers = [...new Set(report.lines.flatMap((line) => line.callers.map(shortName)))];
  const more = sumOf(report.lines.map(({ moreCallers }) => moreCallers));
  return `many callers: ${namesText(callers, more, names)}; the first is ${caller}`;
}

function whereOf(report: Report, naming: Naming): string {
  const { accounts, incident } = report;
  const others = accounts.filter((account) => account !== incident.accountId).slice(0, 5);
  const also = others.map((account) => describeAccount(account, naming)).join(", ");
  const regions = [...distinct(report, "regions")].sort();
  const more = regions.length > 5 ? [`and ${regions.length - 5} more regions`] : [];
  return [
    describeAccount(incident.accountId, naming),
    ...regions.slice(0, 5).map((region) => name(region)),
    ...more,
    ...(also === "" ? [] : [`also account ${also}`]),
  ].join(", ");
}

function sourcesOf(report: Report): string | undefined {
  const sources = distinct(report, "sources");
  if (sources.length < 2 || hasNoCaller(report)) return undefined;
  const isCut = report.lines.some(({ sources: own }) => own.length >= MAX_SOURCES);
  return `${namesText(sources, 0, 10)}${isCut ? `; there may be more: of one call, ${MAX_SOURCES} are kept` : ""}`;
}
