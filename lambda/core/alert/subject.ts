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
import type { Report, ReportLine } from "./report.ts";
import { sumOf } from "./story.ts";
import { ascii, name } from "./text.ts";

/** SNS takes subjects of under 100 ASCII characters (SNS API Reference, "Publish"). */
const LIMIT = 99;

/** The least number of characters that title and caller get. */
const MIN_TITLE = 24;
const MIN_CALLER = 20;

/** Room that title and caller leave for the facts. */
const MIN_FACTS = 24;

/** How many of the worst facts a subject names beside its title. */
const MAX_FACTS = 3;

/**
 * `[HIGH] Access key created by alice in prod (111122223333): bob, CreateUser carl, 3 more`: severity first; the account is
 * always whole, and as many facts are named as fit.
 */
export function renderSubject(report: Report, naming: Naming): string {
  const start = `[${severityOf(report).toUpperCase()}] ${marksOf(report)}`;
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
  const { shown, folded } = foldedLines(report);
  const facts = shown.flatMap((line, i) => factsOfLine(line, i === 0));
  const records = sumOf(shown.map((line) => line.records));
  const reads = sumOf(folded.map((line) => line.records));
  const also = reads === 0 ? "" : `, ${reads} read${reads === 1 ? "" : "s"}`;
  const [detail] = report.lines.flatMap(detailOfLine);
  const whole = `: ${facts[0]} with ${detail}`;
  if (facts.length === 1 && records + reads === 1 && detail !== undefined && whole.length <= room) return whole;
  for (let count = Math.min(MAX_FACTS, facts.length); count > 0; count--) {
    const more = facts.length - count;
    const times = records > facts.length && more === 0 ? ` x${records}` : "";
    const text = `: ${facts.slice(0, count).join(", ")}${more > 0 ? `, ${Math.max(more, records - count)} more` : times}${also}`;
    if (text.length <= room) return text;
  }
  const count = countOf(report, room);
  // An object that does not fit loses its end; the call stays.
  const [, object = facts[0] ?? "", call = ""] = /^(.*)( \([^()]*\))$/s.exec(facts[0] ?? "") ?? [];
  const cut = shortened(object, room - call.length - count.length - 2);
  return cut.length > 8 ? `: ${cut}${call}${count}` : count;

  function factsOfLine(line: ReportLine, isHead: boolean): readonly string[] {
    const event = withoutApiVersion(line.call.split(":").pop() ?? line.call);
    const mark = isHead ? "" : markOf(headRule(report), line);
    const call = ascii(name(event, 40));
    const isSaid = isHead && saysCall(headRule(report));
    if (line.targets.length === 0) return isSaid ? [] : [mark + call];
    const [first = "", ...others] = line.targets.map((target) => ascii(name(shortName(target), 40)));
    if (isSaid) return [first, ...others];
    // If the title says what the calls of its rule have in common, the object comes first.
    return isHead && hasFewCalls(headRule(report))
      ? [`${first} (${call})`, ...others]
      : [`${mark}${call} ${first}`, ...others];
  }
}

/** For a rate, the call that it is the rate of: `: RunInstances`. */
function rateCall(report: Report): string | undefined {
  const [, event] = /^insight [^:]*:(.+)$/.exec(headLine(report).call) ?? [];
  return hasNoCaller(report) && event !== undefined ? `: ${ascii(name(event, 40))}` : undefined;
}

/** With whom, which policy, which port: what the first screen should not leave to the parameters. */
function detailOfLine({ targets, details }: ReportLine): readonly string[] {
  return targets.length === 0 ? [] : details.map((detail) => ascii(name(detail, 40)));
}

/** True where the title tells which call it was: its rule watches for one call only. */
function saysCall(rule: Rule): boolean {
  return isWatched(rule) || (rule.calls?.length === 1 && !rule.calls[0]?.includes("*"));
}

/** True where a rule names its calls one by one. */
function hasFewCalls({ calls = [] }: Rule): boolean {
  return calls.length > 0 && !calls.some((call) => call.includes("*"));
}

function countOf({ lines }: Report, room: number): string {
  const records = sumOf(lines.map((line) => line.records));
  const text = records > 1 ? ` x${records}` : "";
  return text.length <= room ? text : "";
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 2))}..`;
}
