import type { CloudTrailRecord } from "../record/record.ts";
import { type KnownAccounts, NOBODY_KNOWN } from "./accounts.ts";
import type { Condition, Predicate } from "./condition.ts";
import { compileEventPattern } from "./event-pattern/event-pattern.ts";
import { PinIndex } from "./pin-index.ts";
import { type Pin, pinsOf } from "./pins.ts";
import { PredicateMemo } from "./predicate-memo.ts";
import {
  type Discount,
  type Each,
  type Exception,
  isExpired,
  type Judging,
  type Narrowing,
  outcomesOf,
  type Rule,
  type Step,
} from "./rule.ts";
import { compileSigma } from "./sigma/sigma.ts";
import { compileCalls } from "./watch-list.ts";

/** Rules compiled once and asked of every record. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** What its conditions answered of the last record. */
  readonly memo: PredicateMemo;
  /** True if some rule asks what callers do for the first time: then each caller's first record of all begins his learning. */
  readonly asksCallers: boolean;
  /**
   * The rules that match a record, in the given order. `now` decides which exceptions still apply. `possible` are the rules
   * that can match it at all, in the same order, as far as that is known.
   */
  match(record: CloudTrailRecord, now: number, possible?: readonly Possible[]): Verdict;
}

/** A rule that may match a record. */
export interface Possible {
  /** Its place in the rule set. */
  readonly rank: number;
  /** True if its condition is known to hold. */
  readonly isSure: boolean;
  /** What of its condition is not known yet, compiled by the rule set's memo; without it the whole condition is asked. */
  readonly rest?: Predicate | undefined;
}

/** What a rule set says of one record. */
export interface Verdict {
  readonly matched: readonly Rule[];
  /** Rules that would have matched without an exception. */
  readonly excepted: readonly Rule[];
  /** For each of these, the exception. */
  readonly exceptions: readonly Exception[];
  /** Rules that must know of it, whether it matches them or not: it is what comes before a match (`after`). */
  readonly preceding: readonly Rule[];
  /** Rules with `first` that it meets; whether they match, the ledger's memory decides. */
  readonly noticed: readonly Rule[];
  /** By the name of a matched rule with steps: the keys of those that the record meets. */
  readonly steps: StepsMet;
}

/** True if a rule's conditions hold; with thresholds, steps or `first` it takes more for an alert. */
export function isMet({ matched, noticed }: Verdict): boolean {
  return matched.length + noticed.length > 0;
}

export type StepsMet = { readonly [rule: string]: readonly string[] };

/** A rule's condition: its calls, pattern, outcome and whatever else it names; all must hold. It is made only once. */
export function conditionOf(rule: Rule): Condition {
  const known = CONDITIONS.get(rule);
  if (known !== undefined) return known;
  const made = madeCondition(rule);
  CONDITIONS.set(rule, made);
  return made;
}

const CONDITIONS = new WeakMap<Rule, Condition>();

function madeCondition(rule: Rule): Condition {
  const { detection, steps } = rule;
  const of = conditionsIn<Narrowing>(NARROWING, rule);
  if (detection !== undefined) of.push(compileSigma(detection));
  if (steps !== undefined) of.push({ kind: "any", of: steps.of.map(stepCondition) });
  return { kind: "all", of: [...of, ...conditionsIn<Judging>(JUDGING, rule)] };
}

/** One step's condition: everything that it names must hold. */
export function stepCondition(step: Step): Condition {
  return { kind: "all", of: [...conditionsIn<Narrowing>(NARROWING, step), ...conditionsIn<Judging>(JUDGING, step)] };
}

/** What must have happened before, as a condition; undefined for a rule without it. */
export function precedingCondition({ after }: Rule): Condition | undefined {
  return after && compileEventPattern(after.pattern);
}

/** What a record must meet for the rule to have to see it: its condition, or what must have happened before. */
export function wholeCondition(rule: Rule): Condition {
  const before = precedingCondition(rule);
  const condition = conditionOf(rule);
  return before === undefined ? condition : { kind: "any", of: [condition, before] };
}

/** The pins of a rule: a record with none of them need not be put to it. */
export function pinsOfRule(rule: Rule): readonly Pin[] | undefined {
  return rule.pins ?? pinsOf(wholeCondition(rule));
}

/** Which matches count for less, as a condition. */
export function discountCondition({ pattern }: Discount): Condition {
  return compileEventPattern(pattern);
}

/** An exception's condition: everything it names must hold. */
export function exceptionCondition(exception: Exception): Condition {
  return { kind: "all", of: conditionsIn<Narrowing>(NARROWING, exception) };
}

type Makers<T> = { readonly [F in keyof T]-?: (asked: NonNullable<T[F]>) => Condition | undefined };

/** What each field asks, in the order in which it is asked. */
const NARROWING: Makers<Narrowing> = {
  calls: compileCalls,
  by: (is) => ({ kind: "acting", is }),
  pattern: compileEventPattern,
  each: compileEach,
};
const JUDGING: Makers<Judging> = {
  outcome: (filter) => (filter === "any" ? undefined : { kind: "outcome", in: outcomesOf(filter) }),
  // Last, because reading documents costs the most.
  policy: (question) => ({ kind: "policy", question }),
};

/** The fields that say which records a rule is about; one of them at least must be given. */
export const ABOUT = fieldsOf(NARROWING);

/** The fields in which a rule says what a record must meet. */
export const ASKING = [...ABOUT, ...fieldsOf(JUDGING)] as const;

function fieldsOf<T extends object>(makers: T): readonly (keyof T)[] {
  return Object.keys(makers) as (keyof T)[];
}

function conditionsIn<T extends object>(makers: Makers<T>, asking: T): Condition[] {
  return fieldsOf(makers).flatMap((field) => {
    const asked = asking[field];
    return asked === undefined || asked === null ? [] : (makers[field](asked) ?? []);
  });
}

function compileEach({ in: path, pattern }: Each): Condition {
  return { kind: "within", path: path.split("."), of: compileEventPattern(pattern) };
}

const NOTHING: Verdict = { matched: [], excepted: [], exceptions: [], preceding: [], noticed: [], steps: {} };

/**
 * Makes a set of rules, which are compiled as records have their pins. A record is checked only against rules of which it has a pin; a condition that several
 * rules share is evaluated once per record.
 * `known` is what the settings say of accounts.
 * @throws EventPatternError, here or later, for a pattern that the rule reader would have refused
 */
export function compileRules(rules: readonly Rule[], known: KnownAccounts = NOBODY_KNOWN): RuleSet {
  const memo = new PredicateMemo(known);
  // Most rules are not asked in a function's first minutes, and it should start soon.
  const later = <T>(part: T, conditionOfPart: (part: T) => Condition) => memo.later(() => conditionOfPart(part));
  const compiledOf = (rule: Rule) => ({
    rule,
    holds: later(rule, conditionOf),
    precedes: rule.after && later(rule.after, ({ pattern }) => compileEventPattern(pattern)),
    steps: rule.steps?.of.map((step) => ({ key: step.key, holds: later(step, stepCondition) })),
    exceptions: (rule.except ?? []).map((exception) => ({ exception, holds: later(exception, exceptionCondition) })),
  });
  const compiled: ReturnType<typeof compiledOf>[] = [];
  let index: PinIndex<number> | undefined;
  const candidatesOf = (record: CloudTrailRecord): readonly Possible[] => {
    index ??= indexOf(rules);
    const found = new Set<number>();
    index.find(record, (rank) => found.add(rank));
    return [...found].sort((a, b) => a - b).map((rank) => ({ rank, isSure: false }));
  };
  return {
    rules,
    memo,
    asksCallers: rules.some(({ first }) => first?.by === "actor"),
    match(record, now, possible) {
      const candidates = possible ?? candidatesOf(record);
      if (candidates.length === 0) return NOTHING;
      memo.begin(record);
      const matched: Rule[] = [];
      const excepted: Rule[] = [];
      const exceptions: Exception[] = [];
      const preceding: Rule[] = [];
      const noticed: Rule[] = [];
      const steps: { [rule: string]: readonly string[] } = {};
      for (const { rank, isSure, rest } of candidates) {
        const rule = rules[rank];
        if (rule === undefined) continue;
        compiled[rank] ??= compiledOf(rule);
        const candidate = compiled[rank];
        if (!isSure && !(rest ?? candidate.holds)(record, record)) {
          if (candidate.precedes?.(record, record)) preceding.push(candidate.rule);
          continue;
        }
        const met = candidate.exceptions.find(
          ({ exception, holds }) => !isExpired(exception, now) && holds(record, record),
        );
        if (candidate.rule.first !== undefined) {
          if (met === undefined) noticed.push(candidate.rule);
          continue;
        }
        if (met === undefined) {
          matched.push(candidate.rule);
          if (candidate.precedes?.(record, record)) preceding.push(candidate.rule);
        } else {
          excepted.push(candidate.rule);
          exceptions.push(met.exception);
        }
        if (candidate.steps !== undefined) {
          steps[candidate.rule.name] = candidate.steps.flatMap(({ key, holds }) => (holds(record, record) ? key : []));
        }
      }
      return { matched, excepted, exceptions, preceding, noticed, steps };
    },
  };
}

/** The ranks of rules, by their pins. */
function indexOf(rules: readonly Rule[]): PinIndex<number> {
  const index = new PinIndex<number>();
  for (const [rank, rule] of rules.entries()) index.add(pinsOfRule(rule), rank);
  return index;
}
