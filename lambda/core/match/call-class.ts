import { valuesAt } from "../first-seen/values.ts";
import { isLinking } from "../record/link.ts";
import { isOutcomeOfFields } from "../record/outcome.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { Condition, Predicate } from "../rules/condition.ts";
import { PinIndex } from "../rules/pin-index.ts";
import type { PredicateMemo } from "../rules/predicate-memo.ts";
import type { Exception, Rule } from "../rules/rule.ts";
import { exceptionCondition, type Possible, pinsOfRule, type RuleSet, wholeCondition } from "../rules/rule-set.ts";
import { isAlways, isDecided, remainder, weakened } from "../rules/weakened.ts";
import { ALIKE, ALL, CALL, WITHOUT } from "./sketch-fields.ts";

/** Records whose calls leave the same to be known: most calls leave nothing but who made them. */
export interface CallClass {
  /** Stands for all of this. */
  readonly id: number;
  /** True if such records are always parsed. */
  readonly isOpen: boolean;
  /** True if such a call may open a session. */
  readonly isLinking: boolean;
  readonly left: readonly LeftRule[];
  /** True if more than the network of the caller's address matters to a rule that is left. */
  readonly readsAddress: boolean;
  /** True if the caller's program matters to one. */
  readonly readsAgent: boolean;
}

/** Of a call that came only once: sorting it costs more than parsing a record. */
export const ONCE = 1;
/** Of a call whose records are always parsed. */
export const OPEN = 2;
/** What else matters to a class, beside its number. */
export const READS_ADDRESS = 4;
export const READS_AGENT = 8;
const CLASS = 16;

/** What matters of a class, as one number. */
export function kindOf({ id, isOpen, readsAddress, readsAgent }: CallClass): number {
  if (isOpen) return OPEN;
  return CLASS * (id + 1) + (readsAddress ? READS_ADDRESS : 0) + (readsAgent ? READS_AGENT : 0);
}

/** A rule that a call leaves possible; where its sketch does not rule it out, it may be sure that it holds. */
export interface LeftRule extends Possible {
  readonly rule: Rule;
  /** Fails if the record's sketch rules it out. */
  readonly mayHold: Predicate;
  /** True if nothing but the sketch decides whether it holds, and what it asks the memory. */
  readonly isDecided: boolean;
  /** True if it notices each record that it is possible for, and the sketch decides what it then asks the memory. */
  readonly isOfMemory: boolean;
  /** Holds if the names of the caller's session matter to it. */
  readonly asksSession: Predicate;
}

/** Few, but for rules that ask the memory for calls: then each call has one of its own. */
const MAX_CLASSES = 5_000;

/** What is wanted of a rule set. */
export type SievedRules = Pick<RuleSet, "rules" | "memo">;

/** Sorts records by their calls. Rules are compiled for it as they are needed. */
export class CallClasses {
  readonly #rules: readonly Rule[];
  readonly #memo: PredicateMemo;
  readonly #isFollowed: (record: CloudTrailRecord) => boolean;
  /** Calls share classes. */
  readonly #classes = new Map<string, CallClass>();
  #index: PinIndex<Ranked> | undefined;
  #made = 0;

  constructor({ rules, memo }: SievedRules, isFollowed: (record: CloudTrailRecord) => boolean) {
    this.#isFollowed = isFollowed;
    this.#rules = rules;
    this.#memo = memo;
  }

  classOf(record: CloudTrailRecord): CallClass {
    this.#memo.begin(record);
    const left = this.#leftOf(record);
    const asked = left.flatMap(({ rule }) =>
      OF_CALL.flatMap((of) => (rule.first?.of.includes(of) ? valuesAt(record, of) : [])),
    );
    const isOpen = !isOutcomeOfFields(record) || typeof record.eventName !== "string" || this.#isFollowed(record);
    const kind = { isOpen, isLinking: isLinking(record) };
    const rules = left.map(({ rank, condition }) => [rank, this.#memo.numberOf(condition)]);
    const content = JSON.stringify([kind, rules, asked, left.length > 0 && viewOf(record).outcome]);
    const known = this.#classes.get(content);
    if (known !== undefined) return known;
    if (this.#classes.size >= MAX_CLASSES) this.#classes.clear();
    const made: CallClass = {
      id: this.#made++,
      ...kind,
      left: left.map((one) => this.#leftRule(one)),
      readsAddress: left.some(({ condition }) => reads("address", condition)),
      readsAgent: left.some(({ condition }) => reads("agent", condition)),
    };
    this.#classes.set(content, made);
    return made;
  }

  /** The rules that its sketch leaves possible, of those that are left to its class. */
  possibleIn(left: readonly LeftRule[], record: CloudTrailRecord): readonly LeftRule[] {
    this.#memo.begin(record);
    const possible = left.filter(({ mayHold }) => mayHold(record, record));
    // What filter makes has room for more; thousands of these are kept.
    return possible.length === 0 ? NONE : possible.length === left.length ? left : possible.slice();
  }

  #leftOf(record: CloudTrailRecord): readonly Conditioned[] {
    const possible = new Set<Ranked>();
    this.#index ??= indexOf(this.#rules);
    this.#index.find(record, (one) => possible.add(one));
    return [...possible]
      .sort((a, b) => a.rank - b.rank)
      .flatMap(({ rank, rule }) => {
        const rest = remainder(noticing(rule), CALL, (part) => this.#memo.compile(part)(record, record));
        return rest === undefined ? [] : [{ rank, rule, condition: rest }];
      });
  }

  #leftRule({ rule, rank, condition }: Conditioned): LeftRule {
    // What comes before a match is noticed too, and is none.
    const isSure = isDecided(condition, ALL) && rule.after === undefined;
    const asked = rule.first?.of ?? [];
    const areOfSketch = asked.every((of) => WORDS.has(of));
    return {
      rule,
      rank,
      mayHold: this.#memo.compile(weakened(condition, ALL)),
      isSure,
      // What is left does not tell a match from what comes before it.
      ...(rule.after === undefined && { rest: this.#memo.later(() => condition) }),
      isDecided: isDecided(condition, ALL) && areOfSketch,
      // Exceptions without an end are part of the condition.
      isOfMemory:
        isSure && areOfSketch && asked.length > 0 && (rule.except ?? []).every(({ until }) => until === undefined),
      asksSession: reads("session", condition) ? this.#memo.compile(weakened(condition, WITHOUT.session)) : () => false,
    };
  }
}

/** What rules ask of the memory that a sketch can answer, and what of it the call alone decides. */
const WORDS: ReadonlySet<string> = new Set(["sourceNetwork", "service", "region", "call", "credential", "actor"]);
const OF_CALL = ["service", "call"];

const NONE: readonly LeftRule[] = [];

/** A rule with what a call leaves of its condition. */
interface Conditioned extends Ranked {
  readonly condition: Condition;
}

interface Ranked {
  readonly rank: number;
  readonly rule: Rule;
}

/** Rules by those of their pins that are of the call. */
function indexOf(rules: readonly Rule[]): PinIndex<Ranked> {
  const index = new PinIndex<Ranked>();
  for (const [rank, rule] of rules.entries()) {
    const pins = pinsOfRule(rule);
    index.add(pins?.every(({ field }) => CALL.has(field)) ? pins : undefined, { rank, rule });
  }
  return index;
}

/** True for a rule that no sketch rules out: for it, every record has to be parsed. */
export function isPossibleForAll(rule: Rule): boolean {
  return isAlways(weakened(noticing(rule), ALL));
}

/** The exceptions that leave out for good whatever is alike to a record that they leave out. */
export function lastingExceptions(rule: Rule): readonly Exception[] {
  const known = LASTING.get(rule);
  if (known !== undefined) return known;
  const all = rule.except ?? [];
  // One that is left out by the second of them must not be left out by the first later.
  const end = all.findIndex((one) => one.until !== undefined || !isDecided(exceptionCondition(one), ALIKE));
  const made = end === -1 ? all : all.slice(0, end);
  LASTING.set(rule, made);
  return made;
}

const LASTING = new WeakMap<Rule, readonly Exception[]>();

/** What a record must meet for a rule to have to see it. Whatever an exception without an end leaves out is not even noticed. */
function noticing(rule: Rule): Condition {
  const known = NOTICING.get(rule);
  if (known !== undefined) return known;
  const made = madeNoticing(rule);
  NOTICING.set(rule, made);
  return made;
}

const NOTICING = new WeakMap<Rule, Condition>();

function madeNoticing(rule: Rule): Condition {
  const whole = wholeCondition(rule);
  if (rule.first === undefined) return whole;
  const left = (rule.except ?? []).filter(({ until }) => until === undefined).map(exceptionCondition);
  return { kind: "all", of: [whole, ...left.map((of): Condition => ({ kind: "not", of }))] };
}

/** True if a text of the sketch matters to what the sketch decides of a condition. */
function reads(text: keyof typeof WITHOUT, condition: Condition): boolean {
  return !isDecided(weakened(condition, ALL), WITHOUT[text]);
}
