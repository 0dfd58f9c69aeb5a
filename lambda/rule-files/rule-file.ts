import { z } from "zod";
import { visible } from "../core/alert/text.ts";
import { textAt, valueAt } from "../core/record/record.ts";
import { EventPatternError } from "../core/rules/event-pattern/error.ts";
import type { EventPattern, Rule, RuleTest } from "../core/rules/rule.ts";
import { conditionOf, exceptionCondition } from "../core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf, SelfError } from "../core/rules/self.ts";
import { faultOfCall } from "../core/rules/watch-list.ts";
import { withoutEnvelope } from "./event-bridge-envelope.ts";
import type { RuleFault } from "./fault.ts";
import { type RuleSource, ruleFileSchema, ruleSchema } from "./rule-schema.ts";
import { issueText } from "./schema-fault.ts";
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
}

/** Reads the text of one rule file; `file` is how its faults and places name it. Never throws. */
export function readRuleFile(file: string, text: string): RuleFile {
  let source: YamlSource;
  try {
    source = readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { rules: [], faults: [{ file, line: error.line, rule: "yaml", message: error.message }] };
  }
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
  if (faults.length === 0 && watch.length + rules.length === 0) {
    faults.push({ file, line: 1, rule: "yaml", message: "the file has neither watch nor rules" });
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
  return { rules: [...watched, ...written], faults };
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

function ruleOf(
  { tests = [], ...source }: RuleSource,
  place: string,
  fault: (path: readonly PropertyKey[], message: string) => void,
): TestedRule | undefined {
  let sound = true;
  const attempt = <T>(path: readonly PropertyKey[], make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      sound = false;
      if (error instanceof EventPatternError) fault([...path, "pattern", ...error.path.split(".")], error.message);
      else if (error instanceof SelfError) fault([...path, "pattern"], error.message);
      else throw error;
      return undefined;
    }
  };
  const narrowed = <T extends Narrowing>(narrowing: T, path: readonly PropertyKey[], what: string): T => {
    if (narrowing.calls === undefined && narrowing.pattern === undefined) {
      sound = false;
      fault(path, `${what} is empty: it needs calls or a pattern`);
    }
    const { pattern } = narrowing;
    return pattern === undefined ? narrowing : { ...narrowing, pattern: attempt(path, () => withoutEnvelope(pattern)) };
  };
  const rule = withoutUndefined({
    ...narrowed(source, [], "the rule"),
    place,
    except: source.except?.map((exception, i) => withoutUndefined(narrowed(exception, ["except", i], "the exception"))),
  }) as unknown as Rule;
  if (!sound) return undefined;
  const [filled = rule] = attempt([], () => fillSelf([rule], DESK_DEPLOYMENT)) ?? [];
  if (!sound) return undefined;
  attempt([], () => conditionOf(filled));
  filled.except?.forEach((exception, i) => {
    attempt(["except", i], () => exceptionCondition(exception));
  });
  return sound ? { rule, tests } : undefined;
}

interface Narrowing {
  readonly calls?: readonly string[] | undefined;
  readonly pattern?: EventPattern | undefined;
}

function withoutUndefined(source: object): object {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined));
}

function ruleNameAt(data: unknown, [list, index]: readonly PropertyKey[]): string {
  if (typeof index !== "number" || typeof list !== "string") return "file";
  const entries = valueAt(data, list);
  const entry: unknown = Array.isArray(entries) ? entries[index] : undefined;
  const name = list === "watch" && typeof entry === "string" ? entry : textAt(entry, "name");
  return name === undefined || name === "" ? `${list}[${index}]` : visible(name);
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(ruleFileSchema.shape);
  if (path.includes("tests")) return Object.keys(ruleSchema.shape.tests.unwrap().element.shape);
  return Object.keys(path.includes("except") ? ruleSchema.shape.except.unwrap().element.shape : ruleSchema.shape);
}
