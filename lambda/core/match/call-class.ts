import { valuesAt } from "../first-seen/values.ts";
import { SKETCH_FIELDS, type Sketch } from "../log-file/scan/sketch.ts";
import { isOutcomeOfFields } from "../record/outcome.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { KnownAccounts } from "../rules/accounts.ts";
import { type Condition, compileCondition, type Predicate } from "../rules/condition.ts";
import type { Rule } from "../rules/rule.ts";
import { exceptionCondition, wholeCondition } from "../rules/rule-set.ts";
import { type Fields, isDecided, remainder, weakened } from "../rules/weakened.ts";

/** Records whose calls leave the same to be known: most calls leave nothing but who made them. */
export interface CallClass {
  /** Stands for all of this. */
  readonly id: string;
  /** True if such records are always parsed. */
  readonly isOpen: boolean;
  readonly left: readonly LeftRule[];
  /** True if the caller's very address matters to a rule that is left, and not only its network. */
  readonly readsAddress: boolean;
  /** True if the session's names or credential matter to one. */
  readonly readsSession: boolean;
}

/** A rule that a call leaves possible. */
export interface LeftRule {
  readonly rule: Rule;
  /** Fails if the record's sketch rules it out. */
  readonly mayHold: Predicate;
  /** True if nothing but the sketch decides whether it holds, and what it asks the memory. */
  readonly isDecided: boolean;
}

/** Services have some ten thousand calls, of which an account uses a few hundred. */
const MAX_CALLS = 20_000;

/** Sorts records by their calls. Rules are compiled for it when the first record comes. */
export class CallClasses {
  readonly #rules: readonly Rule[];
  readonly #known: KnownAccounts;
  /** By the `call` text of sketches; calls share classes. */
  readonly #byCall = new Map<string, CallClass>();
  readonly #classes = new Map<string, CallClass>();
  #compiled: readonly CompiledRule[] | undefined;

  constructor(rules: readonly Rule[], known: KnownAccounts) {
    this.#rules = rules;
    this.#known = known;
  }

  /** The class of records with such a `call` text, as far as one of them was seen. */
  get(call: string): CallClass | undefined {
    return this.#byCall.get(call);
  }

  /** The class of a record, whose sketch has this `call` text. */
  of(record: CloudTrailRecord, call: string): CallClass {
    const known = this.#byCall.get(call);
    if (known !== undefined) return known;
    const made = this.#classOf(record);
    if (this.#byCall.size >= MAX_CALLS) this.#byCall.clear();
    this.#byCall.set(call, made);
    return made;
  }

  #classOf(record: CloudTrailRecord): CallClass {
    this.#compiled ??= this.#rules.map((rule) => compiled(rule, this.#known));
    const holds = (condition: Condition) => compileCondition(condition, this.#known)(record, record);
    const left = this.#compiled.flatMap((one) => {
      const rest = one.mayBeCalled(record, record) ? remainder(one.condition, CALL, holds) : undefined;
      return rest === undefined ? [] : [{ ...one, rest }];
    });
    const isOpen = !isOutcomeOfFields(record);
    const asked = left.flatMap(
      ({ rule }) => rule.first?.of.flatMap((of) => (of in OF_CALL ? valuesAt(record, of) : [])) ?? [],
    );
    const id = JSON.stringify([
      isOpen,
      left.map(({ rule, rest }) => [rule.name, rest]),
      asked,
      left.length > 0 && viewOf(record).outcome,
    ]);
    const known = this.#classes.get(id);
    if (known !== undefined) return known;
    const rules = left.map(({ rule, rest }) => leftRule(rule, rest, this.#known));
    const made: CallClass = {
      id: left.length === 0 ? "" : String(this.#classes.size),
      isOpen,
      left: rules,
      readsAddress: rules.some(({ readsAddress }) => readsAddress),
      readsSession: rules.some(({ readsSession }) => readsSession),
    };
    this.#classes.set(id, made);
    return made;
  }
}

interface CompiledRule {
  readonly rule: Rule;
  readonly condition: Condition;
  readonly mayBeCalled: Predicate;
}

function compiled(rule: Rule, known: KnownAccounts): CompiledRule {
  const condition = noticing(rule);
  return { rule, condition, mayBeCalled: compileCondition(weakened(condition, CALL), known) };
}

/** What a record must meet for a rule to have to see it. Whatever an exception without an end leaves out is not even noticed. */
function noticing(rule: Rule): Condition {
  const whole = wholeCondition(rule);
  if (rule.first === undefined) return whole;
  const left = (rule.except ?? []).filter(({ until }) => until === undefined).map(exceptionCondition);
  return { kind: "all", of: [whole, ...left.map((of): Condition => ({ kind: "not", of }))] };
}

function leftRule(rule: Rule, rest: Condition, known: KnownAccounts) {
  const possible = weakened(rest, ALL);
  return {
    rule,
    mayHold: compileCondition(possible, known),
    isDecided: isDecided(rest, ALL) && (rule.first?.of ?? []).every((of) => WORDS.has(of)),
    readsAddress: !isDecided(possible, WITHOUT_ADDRESS),
    readsSession: !isDecided(possible, WITHOUT_SESSION),
  };
}

/** What rules ask of the memory that only the call decides. */
const OF_CALL = { service: true, call: true };

/** What rules ask of the memory that a sketch can answer. */
const WORDS: ReadonlySet<string> = new Set(["sourceNetwork", "service", "region", "call", "credential", "actor"]);

const CALL = fieldsOf(["call"], false);
const ALL = fieldsOf(["call", "caller", "session", "address"], true);
const WITHOUT_ADDRESS = fieldsOf(["call", "caller", "session"], true);
const WITHOUT_SESSION = fieldsOf(["call", "caller", "address"], true);

function fieldsOf(texts: readonly (keyof Sketch)[], addressKind: boolean): Fields {
  const paths = new Set(
    texts.flatMap((text) =>
      SKETCH_FIELDS[text].flatMap(({ path, as }) => (as === "value" ? [JSON.stringify(path)] : [])),
    ),
  );
  return { has: (path) => paths.has(JSON.stringify(path)), outcome: true, addressKind };
}
