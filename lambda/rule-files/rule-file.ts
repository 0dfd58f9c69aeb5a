import { z } from "zod";
import { visible } from "../core/alert/text.ts";
import { textAt, valueAt } from "../core/record/record.ts";
import type { Exception, Grouping } from "../core/rules/rule.ts";
import type { Severity } from "../core/rules/severity.ts";
import { isSigma } from "../core/rules/sigma/sigma.ts";
import { faultOfCall } from "../core/rules/watch-list.ts";
import type { RuleFault } from "./fault.ts";
import { exceptionsOf, groupingOf, ruleOf, type TestedRule, withoutUndefined } from "./plain-rule.ts";
import { overlaySchema, ruleFileSchema, ruleSchema } from "./rule-schema.ts";
import { issueText } from "./schema-fault.ts";
import { readSigmaFile } from "./sigma-file.ts";
import { readYaml, YamlError, type YamlSource } from "./yaml-source.ts";

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
