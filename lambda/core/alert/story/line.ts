import { OUTCOMES } from "../../record/outcome.ts";
import { bySeverity, SEVERITIES } from "../../rules/severity.ts";
import {
  hasShape,
  isCount,
  isFlag,
  isListOf,
  isMaybe,
  isOneOf,
  isRecordOf,
  isText,
  isTime,
  type Shaped,
} from "../../store/guard.ts";
import { withoutMostAlike } from "./odd-names.ts";
import { type FirstTime, factHash, factsIn, isFirstTime, lineKeyOf, type Told } from "./told.ts";

/** Records of one call, with one outcome, that met the same rules. */
export type Line = Shaped<typeof isLine>;
export const isLine = hasShape({
  /** What sets this line apart: rules, call and outcome. */
  key: isText,
  rules: isListOf(isText),
  /** The rules' worst severity when it was written down; today's rules decide where they still exist. */
  severity: isOneOf(SEVERITIES),
  call: isText,
  outcome: isOneOf(OUTCOMES),
  isRead: isFlag,
  records: isCount,
  /** How often each rule matched. */
  matches: isRecordOf(isCount),
  /** eventTime in milliseconds since the epoch; undefined when no record has one. */
  firstTime: isMaybe(isTime),
  lastTime: isMaybe(isTime),
  /** True when every record reached the bucket more than a day after it happened. */
  isLate: isFlag,
  /** True when every record was read only because a digest named its log file; absent otherwise. */
  isRecovered: isMaybe(isFlag),
  /** Distinct values in order of arrival; a long list keeps those that are least alike. */
  targets: isListOf(isText),
  moreTargets: isCount,
  /** What else the calls named: the attached policy, the joined group ... */
  details: isListOf(isText),
  moreDetails: isCount,
  sources: isListOf(isText),
  regions: isListOf(isText),
  /** Who called, where callers share the incident. */
  callers: isListOf(isText),
  moreCallers: isCount,
  /** The line's sessions that somebody else may have opened (see sessionText). */
  sessions: isListOf(isText),
  moreSessions: isCount,
  /** True when each of its records has one of these sessions. */
  hasAllSessions: isFlag,
  /** What its records are the first to have; absent in lines without. */
  firsts: isMaybe(isListOf(isFirstTime)),
  /** Digests of what may be news in the records (see factsIn). */
  facts: isListOf(isText),
  /** True when there were more facts than are kept: then the line is news, whatever was told. */
  hasMoreFacts: isFlag,
});

/** The call of a line that stands for the lines that were too many. */
export const OTHER_CALLS = "other calls";

/** How much of each a line keeps, so that a story stays below half of DynamoDB's 400 KB. */
export const MAX_TARGETS = 500;
const MAX_FACTS = 250;
/** More than AWS has. */
const MAX_REGIONS = 50;
/** Addresses that a line names, the first and the last; when the list is full, there may be more. */
export const MAX_SOURCES = 10;
const MAX_SESSIONS = 6;
const MAX_FIRSTS = 8;

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
/** A line that still grows. */
export type OpenLine = Omit<Mutable<Line>, "matches" | "firsts"> & {
  matches: { [rule: string]: number };
  firsts?: readonly FirstTime[];
};

/** The line of one record, or of `count` of which none was kept; of no record where other matches of it have counted it. */
export function lineOf(told: Told, matches: readonly string[], count = 1, records = count): Line {
  const { facts, moreTargets, rules, severity, time, isLate, isRecovered, source, sharedBy, group, session, firsts } =
    told;
  const line: Line = {
    key: lineKeyOf(told),
    rules,
    severity,
    call: facts.call,
    outcome: facts.outcome,
    isRead: facts.isRead,
    records,
    matches: Object.fromEntries(matches.map((rule) => [rule, count])),
    ...(time !== undefined && { firstTime: time, lastTime: time }),
    isLate,
    ...(isRecovered && { isRecovered }),
    targets: facts.target === undefined ? [] : [facts.target],
    moreTargets: moreTargets ?? 0,
    details: facts.detail === undefined ? [] : [facts.detail],
    moreDetails: 0,
    sources: source === undefined ? [] : [source],
    regions: facts.region === undefined ? [] : [facts.region],
    callers: [],
    moreCallers: 0,
    sessions: session === undefined ? [] : [session],
    moreSessions: 0,
    hasAllSessions: session !== undefined,
    ...(firsts !== undefined && firsts.length > 0 && { firsts }),
    facts: factsIn(told),
    hasMoreFacts: moreTargets !== undefined,
  };
  const own = sharedBy === undefined ? line : lineOfCaller(line, sharedBy);
  return group === undefined ? own : lineOfGroup(own, group);
}

/** A line of one of many callers: his act is another fact than the same act of somebody else. */
export function lineOfCaller(line: Line, caller: string): Line {
  return { ...line, callers: [caller], facts: line.facts.map((fact) => factHash(`${fact} ${caller}`)) };
}

/** A line of one of many groups of a rule: the same act in another one is news, a read too. */
export function lineOfGroup(line: Line, key: string): Line {
  return { ...line, facts: [...line.facts, factHash(`group ${key}`)] };
}

/** A line of somebody whom another's incident tells of: it stays apart from that one's own lines of the same call. */
export function lineBeside(line: Line, caller: string): Line {
  return { ...lineOfCaller(line, caller), key: keyBeside(line.key, caller) };
}

/** The key that such a line has, by the key that it has in its caller's own incident. */
export function keyBeside(key: string, caller: string): string {
  return factHash(`${key} by ${caller}`);
}

export type IsNews = (line: Line) => boolean;

/**
 * Orders these lines: severe before mild, news before the rest if that is known, changes before reads, what was done before what was tried, rare before frequent, then
 * by time. Rare is first of all what met a worst rule that few of them met: a rule that every call meets must not bury others.
 */
export function byWeightAmong(lines: readonly Line[], isNews: IsNews = () => true): (a: Line, b: Line) => number {
  const ruleOf = ({ severity, rules: [worst] }: Line) => `${severity} ${worst}`;
  const met = new Map<string, number>();
  for (const line of lines) met.set(ruleOf(line), (met.get(ruleOf(line)) ?? 0) + 1);
  const news = new Set(lines.filter(isNews));
  return (a, b) =>
    bySeverity(a, b) ||
    Number(news.has(b)) - Number(news.has(a)) ||
    Number(a.isRead) - Number(b.isRead) ||
    Number(a.outcome !== "success") - Number(b.outcome !== "success") ||
    (met.get(ruleOf(a)) ?? 0) - (met.get(ruleOf(b)) ?? 0) ||
    a.records - b.records ||
    (a.firstTime ?? Number.MAX_SAFE_INTEGER) - (b.firstTime ?? Number.MAX_SAFE_INTEGER) ||
    (a.key < b.key ? -1 : 1);
}

/** A line that can grow without changing the one given. */
export function copyOf(line: Line): OpenLine {
  const { rules, matches, targets, details, sources, regions, callers, sessions, facts } = line;
  const lists = { rules: [...rules], targets: [...targets], details: [...details], sources: [...sources] };
  return {
    ...line,
    ...lists,
    matches: { ...matches },
    regions: [...regions],
    callers: [...callers],
    facts: [...facts],
    sessions: [...sessions],
  };
}

/** Adds a line to one of the same key. */
export function addTo(known: OpenLine, line: Line): void {
  known.records += line.records;
  for (const [rule, count] of Object.entries(line.matches)) known.matches[rule] = (known.matches[rule] ?? 0) + count;
  const times = [known.firstTime, known.lastTime, line.firstTime, line.lastTime].filter((time) => time !== undefined);
  if (times.length > 0) {
    known.firstTime = Math.min(...times);
    known.lastTime = Math.max(...times);
  }
  known.isLate &&= line.isLate;
  if (!line.isRecovered) known.isRecovered = false;
  known.isRead &&= line.isRead;
  known.moreTargets += line.moreTargets + addNames(known.targets, line.targets);
  known.moreCallers += line.moreCallers + addNames(known.callers, line.callers);
  known.moreDetails += line.moreDetails + addNames(known.details, line.details);
  known.moreSessions += line.moreSessions + addEnds(known.sessions, line.sessions, MAX_SESSIONS);
  known.hasAllSessions &&= line.hasAllSessions;
  addFirsts(known, line);
  addAll(known.rules, line.rules, 100);
  addEnds(known.sources, line.sources, MAX_SOURCES);
  addAll(known.regions, line.regions, MAX_REGIONS);
  if (!addAll(known.facts, line.facts, MAX_FACTS)) known.hasMoreFacts = true;
  known.hasMoreFacts ||= line.hasMoreFacts;
}

function addFirsts(known: OpenLine, { firsts = [] }: Line): void {
  const before = known.firsts ?? [];
  const isNew = ({ of, value }: FirstTime) => !before.some((one) => one.of === of && one.value === value);
  if (firsts.length > 0) known.firsts = [...before, ...firsts.filter(isNew)].slice(0, MAX_FIRSTS);
}

/** Adds what is not there yet; once there are twice too many, those stay that are least alike. Returns how many were left out. */
function addNames(list: string[], more: readonly string[]): number {
  let left = 0;
  for (const one of more) {
    if (list.includes(one)) continue;
    list.push(one);
    if (list.length < 2 * MAX_TARGETS) continue;
    const kept = withoutMostAlike(list, MAX_TARGETS);
    left += list.length - kept.length;
    list.splice(0, list.length, ...kept);
  }
  return left;
}

/** Adds what is not there yet; if there are too many, the first and the last stay. Returns how many were left out. */
function addEnds(list: string[], more: readonly string[], limit: number): number {
  let left = 0;
  for (const one of more) {
    if (list.includes(one)) continue;
    list.push(one);
    if (list.length <= limit) continue;
    list.splice(limit / 2, 1);
    left++;
  }
  return left;
}

/** False when not all of it found room. */
function addAll(list: string[], more: readonly string[], limit: number): boolean {
  let hadRoom = true;
  for (const one of more) {
    if (list.includes(one)) continue;
    if (list.length < limit) list.push(one);
    else hadRoom = false;
  }
  return hadRoom;
}
