import { withoutApiVersion } from "../record/call.ts";
import type { Rule } from "../rules/rule.ts";
import { describeAccount, type Naming } from "./describe.ts";
import {
  callerOf,
  foldedLines,
  hasNoCaller,
  headLine,
  headRule,
  isRoot,
  isWatched,
  markOf,
  marksOf,
  severityOf,
  shortName,
  titleOf,
} from "./headline.ts";
import { recordsIn } from "./once.ts";
import { isRate } from "./rate.ts";
import { relationOf } from "./relation.ts";
import type { Report, ReportLine } from "./report.ts";
import { matchesIn, sumOf } from "./story/story.ts";
import { ascii, name } from "./text.ts";

/** SNS takes subjects of under 100 ASCII characters (SNS API Reference, "Publish"). */
const LIMIT = 99;

/** The room that is left behind the words "Daily round-up: ". */
const DAILY_LIMIT = 83;

/** The least number of characters that title and caller get. */
const MIN_TITLE = 24;
const MIN_CALLER = 20;

/** Room that title and caller leave for the facts. */
const MIN_FACTS = 24;

/** Characters of an object: what is shorter, where it lost its middle, names nothing. */
const MAX_OBJECT = 40;
const MIN_OBJECT = 8;

/** How many of the worst facts a subject names beside its title. */
const MAX_FACTS = 3;

/**
 * `[HIGH] Access key created by alice in prod (111122223333): bob, CreateUser carl, 3 more`: severity first; the account is
 * always whole, and as many facts are named as fit.
 */
export function renderSubject(report: Report, naming: Naming): string {
  const start = `[${severityOf(report).toUpperCase()}] ${marksOf(report)}`;
  return severalRules(report, naming) ?? oneStory(report, naming, start);
}

/** For the daily round-up, what counts under many rules: `98 calls by deploy in prod (111122223333): S3 bucket changed and 11 other rules`. */
function severalRules(report: Report, naming: Naming): string | undefined {
  const others = matchesIn(report).size - 1;
  if (report.incident.kind !== "daily" || others < 2 || hasNoCaller(report)) return undefined;
  const records = recordsIn(report);
  const start = `[${severityOf(report).toUpperCase()}] ${marksOf(report, false)}${records} calls by `;
  const end = ` and ${others} other rules`;
  const title = ascii(titleOf(headRule(report), headLine(report).call));
  const place = [naming, { accounts: {} }].map((one) =>
    ascii(` in ${describeAccount(report.incident.accountId, one)}: `),
  );
  const [named = "", bare = ""] = place;
  const who = ascii(callerOf(report));
  const least = Math.min(who.length, MIN_CALLER) + Math.min(title.length, MIN_TITLE);
  const left = DAILY_LIMIT - start.length - end.length;
  const where = least + named.length <= left ? named : bare;
  const room = left - where.length;
  const caller = shortened(who, Math.max(MIN_CALLER, room - title.length));
  return start + caller + where + shortened(title, Math.max(0, room - caller.length)) + end;
}

function oneStory(report: Report, naming: Naming, start: string): string {
  const named = ascii(` in ${describeAccount(report.incident.accountId, naming)}`);
  // If the account's name leaves no room for the title, only its digits stay.
  const end = start.length + named.length <= LIMIT - MIN_TITLE ? named : ascii(` in ${report.incident.accountId}`);
  const title = ascii(titleOf(headRule(report), headLine(report).call));
  const whole = LIMIT - start.length - end.length;
  const least = Math.min(whole - countOf(report, whole).length, MIN_TITLE + MIN_CALLER);
  const room = Math.max(least, whole - factsOf(report, MIN_FACTS).length);
  // "Root used by root" would say it twice.
  const isSaid = hasNoCaller(report) || (isRoot(report) && /\broot\b/i.test(title));
  const caller = isSaid ? "" : ` by ${ascii(callerOf(report))}`;
  const by = shortened(caller, Math.max(MIN_CALLER, room - title.length));
  const subject = (start + shortened(title, room - by.length) + by + end).slice(0, LIMIT);
  return subject + factsOf(report, LIMIT - subject.length);
}

/** The facts, in the room that is left: `: bob, CreateUser carl, 3 more`. */
function factsOf(report: Report, room: number): string {
  const rate = rateCall(report);
  if (rate !== undefined && rate.length <= room) return rate;
  if (hasNoCaller(report)) return countOf(report, room);
  const fitting = factTexts(report).find((text) => text.length <= room);
  if (fitting !== undefined) return fitting;
  // An object that does not fit loses its middle: ends tell names apart.
  const [object = "", ...others] = shownFacts(report, false);
  const more = Math.max(others.length + hiddenIn(foldedLines(report).shown), recordsIn(report) - 1);
  const short = countOf(report, room);
  for (const count of others.length > 0 && isOneCall(report.lines) ? [`, ${more} more`, short] : [short]) {
    const cut = withoutMiddle(object, room - count.length - 2);
    if (cut.length > MIN_OBJECT) return `: ${cut}${count}`;
  }
  return short;
}

/** The facts as they may be told, the fullest first. Rather than an object, a call is left out that the title hints at. */
function factTexts(report: Report): readonly string[] {
  const { shown, folded } = foldedLines(report);
  const records = recordsIn({ lines: shown, kept: report.kept });
  const reads = sumOf(folded.map((line) => line.records));
  const also = reads === 0 ? "" : `, ${reads} read${reads === 1 ? "" : "s"}`;
  const ways = [shownFacts(report, true), shownFacts(report, false)];
  const detail = detailOf(headLine(report));
  const isOne = records + reads === 1 && detail !== undefined;
  return [
    ...ways.flatMap(([object, ...others]) => (isOne && others.length === 0 ? [`: ${object}${detail}`] : [])),
    ...Array.from({ length: MAX_FACTS }, (_, i) => MAX_FACTS - i).flatMap((count) =>
      ways.filter((facts) => facts.length >= count).map((facts) => listed(facts, count)),
    ),
  ];

  function listed(facts: readonly string[], count: number): string {
    const more = facts.length - count + hiddenIn(shown);
    const left = more > 0 || !isOneCall(shown) ? Math.max(more, records - count) : 0;
    const times = left === 0 && records > count ? ` x${records}` : "";
    return `: ${facts.slice(0, count).join(", ")}${left > 0 ? `, ${left} more` : times}${also}`;
  }
}

/** How many things calls were about beside those that their lines name. */
function hiddenIn(lines: readonly ReportLine[]): number {
  return sumOf(lines.map(({ moreTargets }) => moreTargets));
}

/** What the lines are about, each with its call; the head's is left out where the title says it, or roughly says it. */
function shownFacts(report: Report, namesHead: boolean): readonly string[] {
  const rule = headRule(report);
  return foldedLines(report).shown.flatMap((line, i) => {
    const isHead = i === 0;
    const event = ascii(name(withoutApiVersion(line.call.split(":").pop() ?? line.call), 40));
    const call = isRate(line.call) ? `rate of ${event}` : event;
    const mark = isHead ? "" : markOf(rule, line);
    const isSaid = isHead && saysCall(rule);
    if (line.targets.length === 0) return isSaid ? [] : [mark + call];
    const [first = "", ...others] = line.targets.map((target) =>
      withoutMiddle(ascii(name(shortName(target))), MAX_OBJECT),
    );
    if (isSaid) return [first, ...others];
    // If the title says what the calls of its rule have in common, the object comes first.
    if (isHead && hasFewCalls(rule)) return [namesHead ? `${first} (${call})` : first, ...others];
    return [`${mark}${call} ${first}`, ...others];
  });
}

/** For a rate, the call that it is the rate of: `: RunInstances`. */
function rateCall(report: Report): string | undefined {
  const [, event] = /^insight [^:]*:(.+)$/.exec(headLine(report).call) ?? [];
  return hasNoCaller(report) && event !== undefined ? `: ${ascii(name(event, 40))}` : undefined;
}

/** With whom, which policy, which port: what the first screen should not leave to the parameters. */
function detailOf({ call, targets, details: [detail] }: ReportLine): string | undefined {
  if (targets.length === 0 || detail === undefined) return undefined;
  return `${relationOf(call)} ${ascii(name(detail, 40))}`;
}

/** True where the title tells which call it was: its rule watches for one call only. */
function saysCall(rule: Rule): boolean {
  return isWatched(rule) || (rule.calls?.length === 1 && !rule.calls[0]?.includes("*"));
}

/** True where a rule names its calls one by one, or those of its steps. */
function hasFewCalls({ calls = [], steps }: Rule): boolean {
  const all = [...calls, ...(steps?.of ?? []).flatMap((step) => step.calls ?? [])];
  return all.length > 0 && !all.some((call) => call.includes("*"));
}

/** ` x5` for five of one call, ` and 76 other calls` where the head is one of several. */
function countOf(report: Report, room: number): string {
  const records = recordsIn(report);
  if (records < 2) return "";
  const others = records - headLine(report).records;
  const texts = isOneCall(report.lines)
    ? [` x${records}`]
    : [` and ${others} other call${others === 1 ? "" : "s"}`, ` and ${others} more`];
  return texts.find((text) => text.length <= room) ?? "";
}

function isOneCall(lines: readonly ReportLine[]): boolean {
  return new Set(lines.map(({ call }) => call)).size < 2;
}

/** Text in so many characters, both ends of it where there is room for them. */
export function withoutMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.floor((length - 2) / 3);
  return end < 3 ? shortened(text, length) : `${text.slice(0, length - 2 - end)}..${text.slice(-end)}`;
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 2))}..`;
}
