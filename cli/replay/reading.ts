import { quantity } from "../../lambda/core/alert/quantity.ts";
import { Sieves } from "../../lambda/core/match/sieve.ts";
import { isLinking } from "../../lambda/core/record/link.ts";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules, type RuleSet, type Verdict } from "../../lambda/core/rules/rule-set.ts";
import { callerPattern } from "../../lambda/core/rules/suggested-except.ts";
import type { DeskFile } from "../records/desk-file.ts";
import { readRecords } from "../records/read.ts";
import { findingOf } from "./found-store.ts";
import { jsonLine, textLine } from "./match-lines.ts";
import type { Finding, Part, ReadingTask, TakePart, Tally } from "./task.ts";

const DAY = 86_400_000;
const READ = "npm run replay -- --help says what is read";
/** A part is handed on when it has printed this many characters, or found this many records. */
const MAX_LINES = 64 * 1024;
const MAX_FOUND = 200;

/** Reads files one after another, in this thread. */
export function createReading(task: ReadingTask, take: TakePart): (file: DeskFile) => Promise<void> {
  // What a caller does for the first time, only the ledger knows.
  const asked = task.as === "alerts" ? task.rules : task.rules.filter(({ first }) => first === undefined);
  const rules = compileRules(asked, task.known);
  const sieves = new Sieves(rules, task.as === "alerts", () => false);
  const places = new Map(task.rules.map((rule, i) => [rule, i]));
  const placeOfRule = (rule: Rule) => places.get(rule) ?? -1;
  const isBystander = bystanders(rules);
  const hasWindow = Number.isFinite(task.since) || Number.isFinite(task.until);

  /** Whether the rules are asked of a record, or only learn from it. */
  function windowOf(record: CloudTrailRecord): "in" | "learn" | "out" {
    if (!hasWindow) return "in";
    const { time } = viewOf(record);
    if (time === undefined || time >= task.until) return "out";
    if (time >= task.since) return "in";
    return task.learn ? "learn" : "out";
  }

  return async (file) => {
    let part = newPart();
    const hand = () => {
      take(file, part.finished());
      part = newPart();
    };
    // A mail may want to know who acted beside those whom it tells of.
    const sieve = sieves.for(file.logObject.key, task.as === "alerts" ? undefined : () => true);
    let isMet = false;
    let strangers = 0;
    for await (const slice of readRecords(file, sieve, (text) => part.faults.push(text))) {
      for (const { record, alike } of slice.candidates) {
        const window = windowOf(record);
        if (window === "out") continue;
        // Expired exceptions no longer apply, however old the record is: today's rules are tried.
        const now = Date.now();
        const verdict = rules.match(record, now, alike?.possible);
        isMet ||= !isNothing(verdict);
        const isBeside = task.as === "alerts" && isBystander(record);
        alike?.note(record, { verdict, isNothing: !isBeside && isNothing(verdict), now });
        if (task.as === "alerts") {
          const own = window === "learn" ? { ...verdict, matched: [], preceding: [] } : verdict;
          if (isBeside || concernsLedger(own)) {
            part.found.push(findingOf(record, file.logObject, own, placeOfRule));
          }
        }
        if (window === "learn") {
          part.learnedFrom = Math.min(part.learnedFrom, viewOf(record).time ?? task.since);
          continue;
        }
        for (const rule of verdict.matched) {
          part.count(placeOfRule(rule), record);
          if (task.as === "json") part.print(jsonLine(rule, record, file.name));
          if (task.as === "text") part.print(textLine(rule, record));
        }
      }
      if (slice.strange === undefined || isMet) part.seen += slice.seen;
      else if (!file.isFound) part.faults.push(`${file.name}: ${aloneAndStrange(slice.strange)}`);
      strangers = slice.areAllStrange && slice.strange === undefined ? strangers + slice.seen : 0;
      if (part.isFull()) hand();
    }
    if (strangers > 0 && !isMet && !file.isFound) process.stderr.write(`${file.name}: ${allStrange(strangers)}\n`);
    hand();
  };
}

function aloneAndStrange(keys: readonly string[]): string {
  const names = keys.slice(0, 8).map((key) => JSON.stringify(key.slice(0, 40)));
  const what = names.length === 0 ? "an empty object" : `one object, with the keys ${names.join(", ")}`;
  return `no CloudTrail log: it is ${what}, none of them a field of CloudTrail's records, and no rule matches it; ${READ}`;
}

function allStrange(count: number): string {
  return `none of its ${quantity(count, "object")} has a field of CloudTrail's records, and no rule matches any; ${READ}`;
}

/** True if a record like it needs no second look. */
function isNothing(verdict: Verdict): boolean {
  return !concernsLedger(verdict) && verdict.excepted.length === 0;
}

function concernsLedger({ matched, preceding, noticed }: Verdict): boolean {
  return matched.length + preceding.length + noticed.length > 0;
}

/**
 * What the desk must know of records without a finding: those that open sessions, and, where rules ask what callers do for
 * the first time, one of each caller and day.
 */
function bystanders(rules: Pick<RuleSet, "asksCallers">): (record: CloudTrailRecord) => boolean {
  const met = new Set<string>();
  return (record) => {
    if (isLinking(record)) return true;
    if (!rules.asksCallers) return false;
    const { account, actor, time = 0 } = viewOf(record);
    const key = `${account} ${actor} ${Math.floor(time / DAY)}`;
    const isNew = !met.has(key);
    met.add(key);
    return isNew;
  };
}

function newPart() {
  let lines = "";
  const tallies = new Map<string, Tally>();
  const found: Finding[] = [];
  const faults: string[] = [];
  return {
    seen: 0,
    learnedFrom: Number.POSITIVE_INFINITY,
    found,
    faults,
    print(line: string) {
      lines += line;
    },
    count(rule: number, record: CloudTrailRecord) {
      const { actor, account = "no account" } = viewOf(record);
      const key = `${rule} ${account} ${actor}`;
      const known = tallies.get(key) ?? { rule, actor, account, count: 0, pattern: callerPattern(record) };
      tallies.set(key, { ...known, count: known.count + 1 });
    },
    isFull: () => lines.length > MAX_LINES || found.length > MAX_FOUND || tallies.size > MAX_FOUND || faults.length > 0,
    finished(): Part {
      const { seen, learnedFrom } = this;
      return { seen, lines, tallies: [...tallies.values()], found, faults, learnedFrom };
    },
  };
}
