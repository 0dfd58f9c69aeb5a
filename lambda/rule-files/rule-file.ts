import { z } from "zod";
import { visible } from "../core/alert/text.ts";
import { textAt, valueAt } from "../core/record/record.ts";
import type { Exception, Grouping } from "../core/rules/rule.ts";
import type { Severity } from "../core/rules/severity.ts";
import { isSigma } from "../core/rules/sigma/sigma.ts";
import { faultOfCall } from "../core/rules/watch-list.ts";
import { type PlaceOf, partAt, pathOfField, pathOfPart } from "./doubt.ts";
import type { RuleFault } from "./fault.ts";
import { exceptionsOf, type Fault, groupingOf, ruleOf, type TestedRule, withoutUndefined } from "./plain-rule.ts";
import { ruleFileSchema, ruleSchema } from "./rule-schema.ts";
import { issueText, singleKeys } from "./schema-fault.ts";
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
  /** Where its parts stand, if it comes from YAML. */
  readonly placeOf?: PlaceOf;
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
    for (const issue of issues.flatMap(singleKeys)) {
      const path = [...above, ...issue.path];
      const line = source.lineAt(issue.code === "unrecognized_keys" ? [...path, ...issue.keys] : path);
      const message = issueText({ ...issue, path }, ruleFileSchema);
      faults.push({ file, line, rule: ruleNameAt(source.data, path), message });
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
  const placesBelow =
    (above: readonly PropertyKey[], written: unknown): PlaceOf =>
    (part) =>
      `${file}:${source.lineAt([...above, ...pathOfPart(written, part)])}`;
  const faultBelow =
    (above: readonly PropertyKey[], written: unknown, rule: string): Fault =>
    (path, message, field = []) => {
      const inner = pathOfField(partAt(written, path), field) ?? [];
      faults.push({ file, line: source.lineAt([...above, ...path, ...inner]), rule, message });
    };
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
    const fault = faultBelow(["rules", i], entry, rule.data.name);
    const tested = ruleOf(rule.data, `${file}:${source.lineAt(["rules", i])}`, fault);
    return tested === undefined ? [] : [{ ...tested, placeOf: placesBelow(["rules", i], entry) }];
  });
  const changes = overlays.map(([rule, overlay]): Overlay => {
    const { except, group, ...rest } = overlay;
    const path = ["overlay", rule];
    const fault = faultBelow(path, overlay, visible(rule));
    const exceptions = except === undefined ? {} : { except: exceptionsOf(except, fault) ?? [] };
    return {
      file,
      line: source.lineAt(path),
      rule,
      placeOf: placesBelow(path, overlay),
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
