import { createHash } from "node:crypto";
import { type LogObject, placeOf } from "../envelope/log-object.ts";
import { type Facts, shortTarget } from "../record/facts.ts";
import type { Outcome } from "../record/outcome.ts";
import { presentable } from "../record/presentable.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { Severity } from "../rules/rule.ts";

/** Records of one call, with one outcome, that met the same rules. */
export interface Line {
  /** What sets this line apart: rules, call and outcome. */
  readonly key: string;
  readonly rules: readonly string[];
  /** The rules' worst severity when it was written down; today's rules decide where they still exist. */
  readonly severity: Severity;
  readonly call: string;
  readonly outcome: Outcome;
  readonly isRead: boolean;
  readonly records: number;
  /** How often each rule matched. */
  readonly matches: { readonly [rule: string]: number };
  /** eventTime in milliseconds since the epoch; undefined when no record has one. */
  readonly firstTime?: number;
  readonly lastTime?: number;
  /** True when every record reached the bucket more than a day after it happened. */
  readonly isLate: boolean;
  /** True when every record was read only because a digest named its log file; absent otherwise. */
  readonly isRecovered?: boolean;
  /** Distinct values in order of arrival; a long list keeps its first and last. */
  readonly targets: readonly string[];
  readonly moreTargets: number;
  /** What else the calls named: the attached policy, the joined group ... */
  readonly details: readonly string[];
  readonly moreDetails: number;
  readonly sources: readonly string[];
  readonly regions: readonly string[];
  /** Who called, where callers share the incident. */
  readonly callers: readonly string[];
  readonly moreCallers: number;
  /** The line's sessions that somebody else may have opened (see sessionText); absent in older lines. */
  readonly sessions?: readonly string[];
  readonly moreSessions?: number;
  /** What its records are the first to have; absent in lines without. */
  readonly firsts?: readonly FirstTime[];
  /** Digests of what may be news in the records (see factsIn). */
  readonly facts: readonly string[];
  /** True when there were more facts than are kept: then the line is news, whatever was told. */
  readonly hasMoreFacts: boolean;
}

/** What a record is the first to have. */
export interface FirstTime {
  readonly rule: string;
  /** What of the record, as the rule says it: a word such as sourceNetwork, or a path. */
  readonly of: string;
  readonly value: string;
  /** For whom it is the first time. */
  readonly by: "actor" | "account";
  /** How many days the memory reaches back. */
  readonly days: number;
  /** The last day on which it was met, in milliseconds since the epoch; undefined if it never was. */
  readonly last?: number;
}

/** A record that an alert shows in full: redacted, and of bounded size. */
export interface KeptRecord {
  /** The key of its line. */
  readonly line: string;
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
}

/** What an incident tells, of bounded size however many records it is made of: plain JSON. */
export interface Story {
  readonly lines: readonly Line[];
  readonly kept: readonly KeptRecord[];
  /** `s3://bucket/key`, and how many more there are. */
  readonly logObjects: readonly string[];
  readonly moreLogObjects: number;
  readonly accounts: readonly string[];
}

/** What a story takes of one record. */
export interface Told {
  readonly facts: Facts;
  /** Targets that the facts leave out; undefined if they leave out none. */
  readonly moreTargets?: number | undefined;
  /** The rules that it meets, worst first. */
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly time?: number | undefined;
  readonly isLate: boolean;
  /** True if its log file was read only because a digest named it. */
  readonly isRecovered?: boolean | undefined;
  /** The caller's address. */
  readonly source?: string | undefined;
  /** The key of who called, where callers share the incident. */
  readonly sharedBy?: string | undefined;
  /** The session as one word, if somebody else may have opened it. */
  readonly session?: string | undefined;
  /** What the record is the first to have. */
  readonly firsts?: readonly FirstTime[];
}

export const EMPTY_STORY: Story = { lines: [], kept: [], logObjects: [], moreLogObjects: 0, accounts: [] };

/** Bounds that keep a story below half of DynamoDB's 400 KB, and an alert below SNS's 256 KB. */
const MAX_LINES = 50;
const MAX_TARGETS = 200;
const MAX_TARGET_CHARACTERS = 30_000;
const MAX_FACTS = 250;
const MAX_FACTS_IN_ALL = 1_000;
const MAX_KEPT = 20;
const MAX_KEPT_BYTES = 70_000;
const MAX_DISTINCT = 20;
const MAX_LOG_OBJECTS = 30;
/** Addresses that a line names; when the list is full, there may be more. */
export const MAX_SOURCES = 10;
const MAX_SESSIONS = 6;
const MAX_FIRSTS = 8;
const MAX_BYTES = 220_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
type OpenLine = Omit<Mutable<Line>, "matches" | "sessions" | "firsts"> & {
  matches: { [rule: string]: number };
  sessions?: string[];
  firsts?: readonly FirstTime[];
};

/** The key of the line that a record belongs to. */
export function lineKeyOf({ rules, facts: { call, outcome } }: Pick<Told, "rules" | "facts">): string {
  return digestOf(JSON.stringify([rules, call, outcome]));
}

/**
 * What a record says that is news if nobody was told: its rules, its outcome, what it changes (call, target and parameters,
 * each in its account and region and with its outcome), the network, the region and the credential.
 */
export function factsIn({ rules, facts, firsts = [] }: Pick<Told, "rules" | "facts" | "firsts">): readonly string[] {
  const { call, outcome, isRead, target, isMade, parameters, network, region, account, credential } = facts;
  // The same call elsewhere, or with another outcome, is another fact.
  const where = [account, region, call, outcome].join(" ");
  const said: readonly (readonly [string, string | undefined])[] = [
    ...rules.map((rule) => ["rule", rule] as const),
    ["outcome", outcome],
    ["call", isRead ? undefined : where],
    ["target", isRead || isMade || target === undefined ? undefined : `${where} ${target}`],
    ["parameters", parameters === undefined ? undefined : `${where} ${parameters}`],
    ["network", network],
    ["region", region],
    ["account", account],
    ["credential", credential],
    ...firsts.map(({ of, value }) => ["first", `${of} ${value}`] as const),
  ];
  return said.flatMap(([kind, value]) => (value === undefined ? [] : [digestOf(`${kind} ${value}`)]));
}

/** Folds records and stories into one story as they come. */
export class StoryBuilder {
  readonly #lines = new Map<string, OpenLine>();
  #kept: KeptRecord[] = [];
  readonly #logObjects = new Set<string>();
  /** Log objects that are only counted: here, and in the stories that were added. */
  readonly #otherLogObjects = new Set<string>();
  #moreLogObjects = 0;
  /** The line that each surplus line was folded into: key to key. */
  #foldedInto: ReadonlyMap<string, string> = new Map();
  readonly #accounts = new Set<string>();

  /** Returns the key of the record's line. `matches` are the rules that are told of it for the first time. */
  addRecord(
    told: Told & { readonly record: CloudTrailRecord; readonly logObject: LogObject },
    matches = told.rules,
  ): string {
    const { record, logObject } = told;
    const line = lineOf(told, matches);
    this.#addLine(line);
    this.#addLogObject(placeOf(logObject));
    this.addAccounts(viewOf(record).accounts);
    // Each line keeps its first records; which of them are shown is decided at the end.
    const own = this.#kept.filter((kept) => kept.line === line.key).length;
    if (own >= 4 && this.#kept.length >= MAX_KEPT) return line.key;
    this.#kept.push({ line: line.key, record: presentable(record), logObject });
    if (this.#kept.length > 4 * MAX_LINES) this.#kept = this.#keptInOrder();
    return line.key;
  }

  /** Adds what is only counted, because nobody kept the record. */
  addCounted(told: Told, count: number): void {
    this.#addLine(lineOf(told, told.rules, count));
  }

  addStory({ lines, kept, logObjects, moreLogObjects, accounts }: Story): this {
    for (const line of lines) this.#addLine(line);
    this.#kept.push(...kept);
    for (const place of logObjects) this.#addLogObject(place);
    this.#moreLogObjects += moreLogObjects;
    this.addAccounts(accounts);
    return this;
  }

  addAccounts(accounts: readonly string[]): void {
    for (const account of accounts) if (this.#accounts.size < MAX_DISTINCT) this.#accounts.add(account);
  }

  story(): Story {
    const { lines, into } = folded([...this.#lines.values()]);
    this.#foldedInto = into;
    return withinBytes({
      lines,
      kept: this.#keptInOrder(),
      logObjects: [...this.#logObjects],
      moreLogObjects: this.#moreLogObjects + this.#otherLogObjects.size,
      accounts: [...this.#accounts],
    });
  }

  /** The line of the story made last in which records are told that were added to a line of this key. */
  lineIn(key: string): string {
    return this.#foldedInto.get(key) ?? key;
  }

  #addLine(line: Line): void {
    const known = this.#lines.get(line.key);
    if (known === undefined) this.#lines.set(line.key, copyOf(line));
    else addTo(known, line);
  }

  #addLogObject(place: string): void {
    const short = place.slice(0, 500);
    if (this.#logObjects.has(short)) return;
    if (this.#logObjects.size < MAX_LOG_OBJECTS) this.#logObjects.add(short);
    else this.#otherLogObjects.add(short);
  }

  /** The first record of each line, then the second of each, as far as there is room: worst lines first. */
  #keptInOrder(): KeptRecord[] {
    const turns = new Map<string, number>();
    const order = new Map([...this.#lines.values()].sort(byWeight).map(({ key }, i) => [key, i]));
    const ranked = this.#kept.map((kept) => {
      const turn = turns.get(kept.line) ?? 0;
      turns.set(kept.line, turn + 1);
      return { kept, turn, place: order.get(kept.line) ?? 0 };
    });
    ranked.sort((a, b) => a.turn - b.turn || a.place - b.place);
    let room = MAX_KEPT_BYTES;
    return ranked
      .slice(0, MAX_KEPT)
      .filter(({ kept }, i) => {
        const size = Buffer.byteLength(JSON.stringify(kept));
        if (i > 0 && size > room) return false;
        room -= size;
        return true;
      })
      .map(({ kept }) => kept);
  }
}

function lineOf(told: Told, matches: readonly string[], count = 1): Line {
  const { facts, moreTargets, rules, severity, time, isLate, isRecovered, source, sharedBy, session, firsts } = told;
  const line: Line = {
    key: lineKeyOf(told),
    rules,
    severity,
    call: facts.call,
    outcome: facts.outcome,
    isRead: facts.isRead,
    records: count,
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
    ...(session !== undefined && { sessions: [session] }),
    ...(firsts !== undefined && firsts.length > 0 && { firsts }),
    facts: factsIn(told),
    hasMoreFacts: moreTargets !== undefined,
  };
  return sharedBy === undefined ? line : lineOfCaller(line, sharedBy);
}

/** A line of one of many callers: his act is another fact than the same act of somebody else. */
function lineOfCaller(line: Line, caller: string): Line {
  return { ...line, callers: [caller], facts: line.facts.map((fact) => digestOf(`${fact} ${caller}`)) };
}

/** What stands for a rule among a line's facts, for each of those who share the line. */
export function ruleFacts(rule: string, callers: readonly string[]): readonly string[] {
  const fact = digestOf(`rule ${rule}`);
  return callers.length === 0 ? [fact] : callers.map((caller) => digestOf(`${fact} ${caller}`));
}

/** Two stories as one. */
export function mergedStory(a: Story, b: Story): Story {
  return new StoryBuilder().addStory(a).addStory(b).story();
}

/** A caller's story as it is told where callers share the incident; lines that name callers already say it. */
export function sharedStory(story: Story, actor: string): Story {
  const lines = story.lines.map((line) => (line.callers.length > 0 ? line : lineOfCaller(line, shortTarget(actor))));
  return { ...story, lines };
}

/** How many matches a story tells of, by rule. */
export function matchesIn({ lines }: Pick<Story, "lines">): ReadonlyMap<string, number> {
  const matches = new Map<string, number>();
  for (const line of lines) {
    for (const [rule, count] of Object.entries(line.matches)) matches.set(rule, (matches.get(rule) ?? 0) + count);
  }
  return matches;
}

export function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

const SEVERITY_RANK: { readonly [S in Severity]: number } = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

/** Severe before mild, changes before reads, rare before frequent, then by time. */
export function byWeight(a: Line, b: Line): number {
  return (
    SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
    Number(a.isRead) - Number(b.isRead) ||
    a.records - b.records ||
    (a.firstTime ?? Number.MAX_SAFE_INTEGER) - (b.firstTime ?? Number.MAX_SAFE_INTEGER) ||
    (a.key < b.key ? -1 : 1)
  );
}

/** The call of a line that stands for the lines that were too many. */
export const OTHER_CALLS = "other calls";

function copyOf({ sessions, ...line }: Line): OpenLine {
  const { rules, matches, targets, details, sources, regions, callers, facts } = line;
  const lists = { rules: [...rules], targets: [...targets], details: [...details], sources: [...sources] };
  return {
    ...line,
    ...lists,
    matches: { ...matches },
    regions: [...regions],
    callers: [...callers],
    facts: [...facts],
    ...(sessions && { sessions: [...sessions] }),
  };
}

function addTo(known: OpenLine, line: Line): void {
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
  known.moreTargets += line.moreTargets + addEnds(known.targets, line.targets, MAX_TARGETS);
  known.moreCallers += line.moreCallers + addEnds(known.callers, line.callers, MAX_TARGETS);
  known.moreDetails += line.moreDetails + addEnds(known.details, line.details, MAX_TARGETS);
  addSessions(known, line);
  addFirsts(known, line);
  addAll(known.rules, line.rules, 100);
  addAll(known.sources, line.sources, MAX_SOURCES);
  addAll(known.regions, line.regions, MAX_DISTINCT);
  if (!addAll(known.facts, line.facts, MAX_FACTS)) known.hasMoreFacts = true;
  known.hasMoreFacts ||= line.hasMoreFacts;
}

function addSessions(known: OpenLine, { sessions = [], moreSessions = 0 }: Line): void {
  if (sessions.length === 0 && moreSessions === 0) return;
  known.sessions ??= [];
  known.moreSessions = (known.moreSessions ?? 0) + moreSessions + addEnds(known.sessions, sessions, MAX_SESSIONS);
}

function addFirsts(known: OpenLine, { firsts = [] }: Line): void {
  const before = known.firsts ?? [];
  const isNew = ({ of, value }: FirstTime) => !before.some((one) => one.of === of && one.value === value);
  if (firsts.length > 0) known.firsts = [...before, ...firsts.filter(isNew)].slice(0, MAX_FIRSTS);
}

/** Folds the lightest lines into one per severity and outcome if there are too many; `into` says which into which. */
function folded(all: readonly OpenLine[]): { readonly lines: readonly Line[]; readonly into: Map<string, string> } {
  const sorted = all.toSorted(byWeight);
  const lines = new Map<string, OpenLine>(sorted.slice(0, MAX_LINES).map((line) => [line.key, line]));
  const into = new Map<string, string>();
  for (const line of sorted.slice(MAX_LINES)) {
    const key = digestOf(JSON.stringify([line.severity, OTHER_CALLS, line.outcome]));
    into.set(line.key, key);
    const { call } = line;
    const named = line.targets.length === 0 ? [call] : line.targets.map((target) => `${call} ${target}`);
    const targets = call === OTHER_CALLS ? line.targets : named;
    const other = { ...copyOf(line), key, call: OTHER_CALLS, targets: [...targets], facts: [], hasMoreFacts: true };
    const known = lines.get(key);
    if (known === undefined) lines.set(key, other);
    else addTo(known, other);
  }
  const fewerTargets = withFewerNames([...lines.values()], "targets", "moreTargets");
  const fewerCallers = withFewerNames(fewerTargets, "callers", "moreCallers");
  return { lines: withFewerFacts(withFewerNames(fewerCallers, "details", "moreDetails")), into };
}

/** A story that fits an item, whatever somebody put into its names. */
function withinBytes(story: Story): Story {
  if (Buffer.byteLength(JSON.stringify(story)) <= MAX_BYTES) return story;
  const { lines, kept, logObjects, moreLogObjects } = story;
  const [first, ...others] = logObjects;
  return {
    ...story,
    lines: lines.map((line, i) => ({
      ...line,
      // The heaviest line keeps all its targets.
      targets: i === 0 ? line.targets : line.targets.slice(0, 4),
      moreTargets: line.moreTargets + (i === 0 ? 0 : Math.max(0, line.targets.length - 4)),
      details: line.details.slice(0, 4),
      moreDetails: line.moreDetails + Math.max(0, line.details.length - 4),
      callers: line.callers.slice(0, 4),
      moreCallers: line.moreCallers + Math.max(0, line.callers.length - 4),
      sources: line.sources.slice(0, 2),
      regions: line.regions.slice(0, 2),
      ...(line.sessions && {
        sessions: line.sessions.slice(0, 2),
        moreSessions: (line.moreSessions ?? 0) + Math.max(0, line.sessions.length - 2),
      }),
    })),
    kept: kept.slice(0, 1),
    logObjects: first === undefined ? [] : [first],
    moreLogObjects: moreLogObjects + others.length,
  };
}

/** Fits names into the room: the heaviest lines are served first, and each keeps its first and its last names. */
function withFewerNames<K extends "targets" | "callers" | "details", M extends `more${Capitalize<K>}`>(
  lines: readonly Line[],
  names: K,
  more: M,
): readonly Line[] {
  const bytesOf = (list: readonly string[]) => sumOf(list.map((text) => Buffer.byteLength(JSON.stringify(text))));
  let room = MAX_TARGET_CHARACTERS;
  return lines.map((line): Line => {
    const all = line[names];
    let some: readonly string[] = all;
    for (let each = MAX_TARGETS / 2; bytesOf(some) > room && each >= 1; each = Math.floor(each / 2)) {
      some = all.length <= 2 * each ? all : [...all.slice(0, each), ...all.slice(all.length - each)];
    }
    room = Math.max(0, room - bytesOf(some));
    return some.length === all.length
      ? line
      : { ...line, [names]: some, [more]: line[more] + all.length - some.length };
  });
}

function withFewerFacts(lines: readonly Line[]): readonly Line[] {
  let room = MAX_FACTS_IN_ALL;
  return lines.map((line) => {
    room -= line.facts.length;
    return room >= 0 ? line : { ...line, facts: line.facts.slice(0, 10), hasMoreFacts: true };
  });
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

const digests = new Map<string, string>();

/** Eight characters, 48 bits: nobody finds another text with the digest of one that was told. */
function digestOf(text: string): string {
  let digest = digests.get(text);
  if (digest === undefined) {
    digest = createHash("sha256").update(text).digest("base64url").slice(0, 8);
    if (digests.size > 20_000) digests.clear();
    digests.set(text, digest);
  }
  return digest;
}
