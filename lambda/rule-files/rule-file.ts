import { z } from "zod";
import { visible } from "../core/alert/text.ts";
import { textAt, valueAt } from "../core/record/record.ts";
import type { Acting } from "../core/rules/aws-work.ts";
import { EventPatternError } from "../core/rules/event-pattern/error.ts";
import type { PolicyQuestion } from "../core/rules/policy/judge.ts";
import type {
  Each,
  EventPattern,
  Exception,
  First,
  Grouping,
  Rule,
  RuleTest,
  Severity,
  Steps,
  Threshold,
} from "../core/rules/rule.ts";
import {
  conditionOf,
  discountCondition,
  exceptionCondition,
  precedingCondition,
  stepCondition,
} from "../core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf, SelfError } from "../core/rules/self.ts";
import { isSigma } from "../core/rules/sigma/sigma.ts";
import { faultOfCall } from "../core/rules/watch-list.ts";
import { hashOf } from "../core/store/seen.ts";
import { durationOf } from "./duration.ts";
import { withoutEnvelope } from "./event-bridge-envelope.ts";
import type { RuleFault } from "./fault.ts";
import { overlaySchema, type RuleSource, ruleFileSchema, ruleSchema } from "./rule-schema.ts";
import { issueText } from "./schema-fault.ts";
import { readSigmaFile } from "./sigma-file.ts";
import { readYaml, YamlError, type YamlSource } from "./yaml-source.ts";

/** A rule with the tests that stand inside it. */
export interface TestedRule {
  readonly rule: Rule;
  readonly tests: readonly RuleTest[];
}

/** What one rule file holds; where it has faults, the rules without fault are still there. */
export interface RuleFile {
  readonly rules: readonly TestedRule[];
  readonly faults: readonly RuleFault[];
  readonly overlays: readonly Overlay[];
}

/** What a file changes of a rule that stands elsewhere. */
export interface Overlay {
  readonly file: string;
  readonly line: number;
  /** The name of the rule. */
  readonly rule: string;
  /** Why the rule is switched off. */
  readonly disable?: string;
  readonly severity?: Severity;
  readonly except?: readonly Exception[];
  readonly group?: Grouping;
}

/** Reads the text of one rule file; `file` is how its faults and places name it. Never throws. */
export function readRuleFile(file: string, text: string): RuleFile {
  let source: YamlSource;
  try {
    source = readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { rules: [], faults: [{ file, line: error.line, rule: "yaml", message: error.message }], overlays: [] };
  }
  if (isSigma(source.data)) return { ...readSigmaFile(file, source), overlays: [] };
  const faults: RuleFault[] = [];
  const report = (issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[]) => {
    for (const issue of issues) {
      const path = [...above, ...issue.path];
      const line = source.lineAt(issue.code === "unrecognized_keys" ? [...path, issue.keys[0] ?? ""] : path);
      faults.push({
        file,
        line,
        rule: ruleNameAt(source.data, path),
        message: issueText({ ...issue, path }, knownKeys),
      });
    }
  };
  const outer = ruleFileSchema.extend({ rules: z.array(z.unknown()).optional() });
  const parsed = outer.safeParse(source.data ?? {}, { reportInput: true });
  if (!parsed.success) report(parsed.error.issues, []);
  const { watch, rules } = listsOf(source.data);
  const overlays = parsed.success ? Object.entries(parsed.data.overlay ?? {}) : [];
  if (faults.length === 0 && watch.length + rules.length + overlays.length === 0) {
    faults.push({ file, line: 1, rule: "yaml", message: "the file has neither watch, rules nor overlay" });
  }
  const watched = watch.flatMap((entry, i) =>
    typeof entry === "string" && faultOfCall(entry) === undefined
      ? [watchedRule(entry, `${file}:${source.lineAt(["watch", i])}`)]
      : [],
  );
  // Rule by rule, so that a fault in one does not hide those of the others.
  const written = rules.flatMap((entry, i) => {
    const rule = ruleSchema.safeParse(entry, { reportInput: true });
    if (!rule.success) {
      report(rule.error.issues, ["rules", i]);
      return [];
    }
    const fault = (path: readonly PropertyKey[], message: string) =>
      faults.push({ file, line: source.lineAt(["rules", i, ...path]), rule: rule.data.name, message });
    const tested = ruleOf(rule.data, `${file}:${source.lineAt(["rules", i])}`, fault);
    return tested === undefined ? [] : [tested];
  });
  const changes = overlays.map(([rule, overlay]): Overlay => {
    const { except, group, ...rest } = overlay;
    const path = ["overlay", rule];
    const fault = (inner: readonly PropertyKey[], message: string) =>
      faults.push({ file, line: source.lineAt([...path, ...inner]), rule: visible(rule), message });
    const exceptions = except === undefined ? {} : { except: exceptionsOf(except, fault) ?? [] };
    return {
      file,
      line: source.lineAt(path),
      rule,
      ...(withoutUndefined({ ...rest, ...exceptions, group: group && groupingOf(group) }) as object),
    };
  });
  return { rules: [...watched, ...written], faults, overlays: changes };
}

/** The lists of a file whose other parts may be at fault. */
function listsOf(data: unknown): { readonly watch: readonly unknown[]; readonly rules: readonly unknown[] } {
  const listAt = (key: string) => {
    const list = valueAt(data, key);
    return Array.isArray(list) ? list : [];
  };
  return { watch: listAt("watch"), rules: listAt("rules") };
}

function watchedRule(entry: string, place: string): TestedRule {
  return { rule: { name: entry, place, severity: "medium", calls: [entry] }, tests: [] };
}

type Fault = (path: readonly PropertyKey[], message: string) => void;

function ruleOf(
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
    first: first && firstOf(first, narrowed),
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

function groupingOf({ interval, ...group }: NonNullable<RuleSource["group"]>): Grouping {
  return { ...group, ...(interval !== undefined && { interval: durationOf(interval) }) };
}

function firstOf({ of, by = "actor", again, learn }: NonNullable<RuleSource["first"]>, conditions: object): First {
  const { name, calls, pattern, policy, each, by: acting, outcome } = conditions as RuleSource;
  return {
    key: hashOf([name, calls, pattern, policy, each, acting, outcome, of, by, again]).slice(0, 8),
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
function exceptionsOf(sources: NonNullable<RuleSource["except"]>, fault: Fault): readonly Exception[] | undefined {
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
function narrowedOf<T extends Narrowing>(
  narrowing: T,
  path: readonly PropertyKey[],
  what: string,
  fault: Fault,
  mayBeEmpty = false,
): T | undefined {
  const { calls, pattern, policy, each, by } = narrowing;
  if (!mayBeEmpty && [calls, pattern, policy, each, by].every((one) => one === undefined)) {
    fault(path, `${what} is empty: it needs calls, a pattern, each or by`);
    return undefined;
  }
  const judged = policy === undefined ? narrowing : { ...narrowing, policy: questionOf(policy) };
  if (policy !== undefined && calls === undefined) fault([...path, "policy"], "policy needs calls beside it");
  if (pattern === undefined) return judged;
  const bare = attempt([...path, "pattern"], fault, () => withoutEnvelope(pattern));
  return bare && { ...judged, pattern: bare };
}

function questionOf({ "opens-to": opensTo, allows, unreadable }: PolicySource): PolicyQuestion {
  return {
    ...(opensTo !== undefined && { opensTo: [opensTo].flat() }),
    ...(allows !== undefined && { allows: [allows].flat() }),
    ...(unreadable && { unreadable }),
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
    if (error instanceof EventPatternError) fault([...path, ...error.path.split(".")], error.message);
    else if (error instanceof SelfError) fault(path, error.message);
    else throw error;
    return undefined;
  }
}

type PolicySource = NonNullable<RuleSource["policy"]>;

interface Narrowing {
  readonly calls?: readonly string[] | undefined;
  readonly pattern?: EventPattern | undefined;
  readonly policy?: PolicySource | undefined;
  readonly each?: Each | undefined;
  readonly by?: Acting | undefined;
}

function withoutUndefined(source: object): object {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}

function ruleNameAt(data: unknown, [list, index]: readonly PropertyKey[]): string {
  if (list === "overlay" && typeof index === "string") return visible(index);
  if (typeof index !== "number" || typeof list !== "string") return "file";
  const entries = valueAt(data, list);
  const entry: unknown = Array.isArray(entries) ? entries[index] : undefined;
  const name = list === "watch" && typeof entry === "string" ? entry : textAt(entry, "name");
  return name === undefined || name === "" ? `${list}[${index}]` : visible(name);
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(ruleFileSchema.shape);
  if (path[0] === "overlay") return Object.keys(overlaySchema.shape);
  if (path.includes("tests")) return Object.keys(ruleSchema.shape.tests.unwrap().element.shape);
  if (path.includes("of")) return Object.keys(ruleSchema.shape.steps.unwrap().shape.of.element.shape);
  for (const part of ["first", "steps", "group", "threshold", "after", "policy", "each"] as const) {
    if (path.includes(part)) return Object.keys(ruleSchema.shape[part].unwrap().shape);
  }
  return Object.keys(path.includes("except") ? ruleSchema.shape.except.unwrap().element.shape : ruleSchema.shape);
}
