import { EventPatternError } from "../core/rules/event-pattern/error.ts";
import type { FieldPath } from "../core/rules/field-path.ts";
import type { PolicyQuestion } from "../core/rules/policy/judge.ts";
import type { Exception, First, Grouping, Rule, RuleTest, Steps, Threshold } from "../core/rules/rule.ts";
import {
  ABOUT,
  ASKING,
  conditionOf,
  discountCondition,
  exceptionCondition,
  precedingCondition,
  stepCondition,
} from "../core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf, SelfError } from "../core/rules/self.ts";
import { hashOf } from "../core/store/seen.ts";
import type { PlaceOf } from "./doubt.ts";
import { durationOf } from "./duration.ts";
import { withoutEnvelope } from "./event-bridge-envelope.ts";
import { nearestText } from "./nearest-name.ts";
import type { RuleSource } from "./rule-schema.ts";

/** A rule with the tests that stand inside it. */
export interface TestedRule {
  readonly rule: Rule;
  readonly tests: readonly RuleTest[];
  /** Where its parts stand; rules that do not come from YAML have none. */
  readonly placeOf?: PlaceOf;
}

/** Reports what is wrong; the path leads to it from the rule, to a pattern if a field in it is at fault. */
export type Fault = (path: readonly PropertyKey[], message: string, field?: FieldPath) => void;

/** A plain rule of what its author wrote, or undefined when something in it is at fault. */
export function ruleOf(
  { tests = [], except, group, threshold, after, steps, first, ...source }: RuleSource,
  place: string,
  fault: Fault,
): TestedRule | undefined {
  const narrowed = narrowedOf(source, [], "the rule", fault, steps !== undefined);
  const exceptions = except === undefined ? undefined : exceptionsOf(except, fault);
  const sequence = steps === undefined ? undefined : stepsOf(steps, fault);
  if (narrowed === undefined || (except !== undefined && exceptions === undefined)) return undefined;
  if (steps !== undefined && sequence === undefined) return undefined;
  if (steps !== undefined && (threshold ?? after) !== undefined) {
    fault(["steps"], "steps stand alone: a rule has steps, or threshold and after");
  }
  if (first !== undefined && (after ?? steps) !== undefined) {
    fault(["first"], "first goes with a threshold, but not with after or steps");
  }
  const rule = withoutUndefined({
    ...narrowed,
    place,
    except: exceptions,
    group: group && groupingOf(group),
    threshold: threshold && thresholdOf(threshold),
    after: after && { ...after, within: durationOf(after.within) },
    steps: sequence,
    first: first && firstOf(first, source.name, narrowed),
  }) as unknown as Rule;
  const [filled] = attempt(["pattern"], fault, () => fillSelf([rule], DESK_DEPLOYMENT)) ?? [];
  if (filled === undefined) return undefined;
  const compiled = attempt(["pattern"], fault, () => conditionOf({ ...filled, each: undefined }));
  const element = attempt(["each", "pattern"], fault, () => conditionOf({ ...filled, pattern: undefined }));
  const light = attempt(["threshold", "discount", "pattern"], fault, () =>
    filled.threshold?.discount === undefined ? "none" : discountCondition(filled.threshold.discount),
  );
  const before = attempt(["after", "pattern"], fault, () => precedingCondition(filled) ?? "none");
  return [compiled, element, light, before].includes(undefined) ? undefined : { rule, tests };
}

/** A grouping in milliseconds. */
export function groupingOf({ interval, ...group }: NonNullable<RuleSource["group"]>): Grouping {
  return { ...group, ...(interval !== undefined && { interval: durationOf(interval) }) };
}

function firstOf(
  { of, by = "actor", again, learn }: NonNullable<RuleSource["first"]>,
  name: string,
  narrowed: Asking,
): First {
  const asked: Asking = Object.fromEntries(ASKING.map((field) => [field, narrowed[field]]));
  const { calls, pattern, policy, each, by: acting, outcome, ...others } = asked;
  // The key of what is known must stay: a field that came later counts where it is given.
  const more = Object.entries(withoutUndefined(others));
  return {
    key: hashOf([name, calls, pattern, policy, each, acting, outcome, of, by, again, ...more]).slice(0, 8),
    of: [of].flat(),
    by,
    ...(again !== undefined && { again: durationOf(again) }),
    ...(learn !== undefined && { learn: learn.startsWith("0") ? 0 : durationOf(learn) }),
  };
}

/** Steps whose patterns compile, or undefined when one is at fault. */
function stepsOf({ of, within, order, same }: NonNullable<RuleSource["steps"]>, fault: Fault): Steps | undefined {
  const steps = of.map((source, i) => {
    const path = ["steps", "of", i];
    const narrowed = narrowedOf(source, path, "the step", fault);
    if (narrowed === undefined) return undefined;
    const step = { key: hashOf(narrowed).slice(0, 8), ...withoutUndefined(narrowed) };
    const rule: Rule = { name: "x", place: "x", severity: "info", steps: { of: [step], within: 0 } };
    const compiled = attempt([...path, "pattern"], fault, () =>
      fillSelf([rule], DESK_DEPLOYMENT).flatMap((filled) => filled.steps?.of.map(stepCondition)),
    );
    return compiled && step;
  });
  if (!steps.every((step) => step !== undefined)) return undefined;
  if (new Set(steps.map(({ key }) => key)).size < steps.length) fault(["steps", "of"], "two steps are the same");
  return {
    of: steps,
    within: durationOf(within),
    ...(order === "given" && { order }),
    ...(same !== undefined && { same }),
  };
}

/** Exceptions whose patterns compile, or undefined when one is at fault. */
export function exceptionsOf(
  sources: NonNullable<RuleSource["except"]>,
  fault: Fault,
): readonly Exception[] | undefined {
  const exceptions = sources.map((source, i) => {
    const path = ["except", i];
    const narrowed = narrowedOf(source, path, "the exception", fault);
    if (narrowed === undefined) return undefined;
    const exception = withoutUndefined(narrowed) as unknown as Exception;
    const rule: Rule = { name: "x", place: "x", severity: "info", except: [exception] };
    const compiled = attempt([...path, "pattern"], fault, () =>
      fillSelf([rule], DESK_DEPLOYMENT).flatMap((filled) => filled.except?.map(exceptionCondition)),
    );
    return compiled && exception;
  });
  return exceptions.every((exception) => exception !== undefined) ? exceptions : undefined;
}

/** What narrows, of which something must be given; a pattern loses its EventBridge envelope. */
function narrowedOf<T extends Asking>(
  asking: T,
  path: readonly PropertyKey[],
  what: string,
  fault: Fault,
  mayBeEmpty = false,
): T | undefined {
  const { calls, pattern, policy } = asking;
  // An outcome alone would be asked of every record.
  if (!mayBeEmpty && policy === undefined && ABOUT.every((field) => asking[field] === undefined)) {
    fault(path, `${what} is empty: it needs one of ${ABOUT.join(", ")}`);
    return undefined;
  }
  const judged = policy === undefined ? asking : { ...asking, policy: questionOf(policy) };
  if (policy !== undefined && calls === undefined) fault([...path, "policy"], "policy needs calls beside it");
  if (pattern === undefined) return judged;
  const bare = attempt([...path, "pattern"], fault, () => withoutEnvelope(pattern));
  return bare && { ...judged, pattern: bare };
}

function questionOf({ "opens-to": opensTo, allows, unreadable, "locks-out": locksOut }: PolicySource): PolicyQuestion {
  return {
    ...(opensTo !== undefined && { opensTo: [opensTo].flat() }),
    ...(allows !== undefined && { allows: [allows].flat() }),
    ...(unreadable && { unreadable }),
    ...(locksOut === false && { locksOut }),
  };
}

function thresholdOf({ within, weight, ...threshold }: NonNullable<RuleSource["threshold"]>): Threshold {
  return {
    ...threshold,
    within: durationOf(within),
    ...(weight !== undefined && { weight: [weight].flat() }),
  } as Threshold;
}

/** What `make` makes, or undefined after reporting what a pattern is refused for; `path` leads to the pattern. */
function attempt<T>(path: readonly PropertyKey[], fault: Fault, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof EventPatternError) fault(path, messageOf(error), error.path.split("."));
    else if (error instanceof SelfError) fault(path, messageOf(error));
    else throw error;
    return undefined;
  }
}

function messageOf({ message, unknown }: EventPatternError | SelfError): string {
  const guess = unknown && nearestText(unknown.word, unknown.known);
  return guess ? message.replace(/; one of .*/, guess) : message;
}

type PolicySource = NonNullable<RuleSource["policy"]>;

/** What a record must meet, as it is written. */
type Asking = { readonly [F in (typeof ASKING)[number]]?: RuleSource[F & keyof RuleSource] | undefined };

/** An object without its undefined fields. */
export function withoutUndefined(source: object): object {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}
