import type { CloudTrailRecord } from "../record/record.ts";
import { type Condition, compileCondition, type Predicate } from "./condition.ts";
import { compileEventPattern } from "./event-pattern/event-pattern.ts";
import { type Pin, PinIndex, pinsOf } from "./pins.ts";
import { outcomesOf, type Rule } from "./rule.ts";
import { compileCalls } from "./watch-list.ts";

/** Rules compiled once, asked of every record. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** What a record must have for any rule to match it; undefined when some rule can match any record. */
  readonly pins: readonly Pin[] | undefined;
  /** The rules that match a record, in the order in which they were given. */
  match(record: CloudTrailRecord): readonly Rule[];
}

/** A rule's condition: its calls, its pattern and its outcome, all of which must hold. */
export function conditionOf(rule: Rule): Condition {
  const of: Condition[] = [];
  if (rule.calls !== undefined) of.push(compileCalls(rule.calls));
  if (rule.pattern !== undefined) of.push(compileEventPattern(rule.pattern));
  if (rule.outcome !== undefined && rule.outcome !== "any") {
    of.push({ kind: "outcome", in: outcomesOf(rule.outcome) });
  }
  return { kind: "all", of };
}

/**
 * Compiles rules into one set. A record is asked only of the rules one of whose pins it has, and a condition that several
 * rules share is evaluated once for it.
 * @throws EventPatternError for a pattern that the rule reader would have refused
 */
export function compileRules(rules: readonly Rule[]): RuleSet {
  const memo = new PredicateMemo();
  const index = new PinIndex<number>();
  const pins: Pin[] = [];
  let everyRecord = false;
  const predicates = rules.map((rule, i) => {
    const condition = conditionOf(rule);
    const own = pinsOf(condition);
    index.add(own, i);
    if (own === undefined) everyRecord = true;
    else pins.push(...own);
    return memo.compile(condition);
  });
  return {
    rules,
    pins: everyRecord ? undefined : pins,
    match(record) {
      const candidates = new Set<number>();
      index.find(record, (i) => candidates.add(i));
      if (candidates.size === 0) return [];
      memo.forget();
      const matched = [...candidates].filter((i) => predicates[i]?.(record));
      return matched.sort((a, b) => a - b).map((i) => rules[i] as Rule);
    },
  };
}

/** Shares the compiled form of equal conditions, and their answers for the record at hand. */
class PredicateMemo {
  readonly #predicates = new Map<string, Predicate>();
  #record = 0;

  /** Starts a new record: what was known of the last one no longer holds. */
  forget(): void {
    this.#record++;
  }

  compile(condition: Condition): Predicate {
    const key = JSON.stringify(condition);
    const known = this.#predicates.get(key);
    if (known !== undefined) return known;
    const ask = compileCondition(condition, (part) => this.compile(part));
    let askedFor = -1;
    let answer = false;
    const predicate: Predicate = (record) => {
      if (askedFor !== this.#record) {
        answer = ask(record);
        askedFor = this.#record;
      }
      return answer;
    };
    this.#predicates.set(key, predicate);
    return predicate;
  }
}
