import { basename, extname } from "node:path";
import { isObject, textAt, valueAt } from "../core/record/record.ts";
import type { Rule } from "../core/rules/rule.ts";
import type { Severity } from "../core/rules/severity.ts";
import { SigmaError } from "../core/rules/sigma/error.ts";
import { compileSigma, type SigmaDetection } from "../core/rules/sigma/sigma.ts";
import { pathOfPart } from "./doubt.ts";
import type { RuleFault } from "./fault.ts";
import type { TestedRule } from "./plain-rule.ts";
import type { YamlSource } from "./yaml-source.ts";

/** Sigma's levels equal our severities, except for one name (Sigma Rules Specification 2.1, "Level"). */
const LEVELS: { readonly [level: string]: Severity } = {
  critical: "critical",
  high: "high",
  medium: "medium",
  low: "low",
  informational: "info",
};

const MAX_PROSE = 1000;
const MAX_LIST = 10;

/** Reads a Sigma rule as published; its name is the file's stem. Never throws. */
export function readSigmaFile(
  file: string,
  { data, lineAt }: YamlSource,
): { readonly rules: readonly TestedRule[]; readonly faults: readonly RuleFault[] } {
  const name = basename(file, extname(file));
  const refused = (path: readonly PropertyKey[], message: string) => ({
    rules: [],
    faults: [{ file, line: lineAt(path), rule: name, message }],
  });
  if (valueAt(data, "correlation") !== undefined)
    return refused(["correlation"], "correlation rules are not supported");
  const product = textAt(data, "logsource", "product");
  if (product !== "aws")
    return refused(["logsource"], `logsource.product must be aws, not ${JSON.stringify(product ?? null)}`);
  const level = textAt(data, "level") ?? "medium";
  const severity = Object.hasOwn(LEVELS, level) ? LEVELS[level] : undefined;
  if (severity === undefined)
    return refused(["level"], `unknown level ${JSON.stringify(level)}; one of ${Object.keys(LEVELS).join(", ")}`);
  const detection = valueAt(data, "detection");
  if (!isObject(detection)) return refused(["detection"], "detection must be a mapping");
  try {
    compileSigma(detection);
  } catch (error) {
    if (error instanceof SigmaError) return refused(["detection", ...error.path], `detection: ${error.message}`);
    throw error;
  }
  const rule = {
    name,
    place: `${file}:1`,
    severity,
    ...given("title", prose(textAt(data, "title"))),
    ...given("description", prose(textAt(data, "description"))),
    ...given("author", prose(textAt(data, "author"))),
    ...given("references", texts(valueAt(data, "references"))),
    ...given("falsePositives", texts(valueAt(data, "falsepositives"))),
    detection: detection as SigmaDetection,
  } satisfies Rule;
  return { rules: [{ rule, tests: [], placeOf: (part) => `${file}:${lineAt(pathOfPart(data, part))}` }], faults: [] };
}

function prose(text: string | undefined): string | undefined {
  return text?.replace(/\s+/g, " ").trim().slice(0, MAX_PROSE);
}

function texts(list: unknown): readonly string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const found = list.filter((entry) => typeof entry === "string").map((entry) => prose(entry) ?? "");
  return found.length === 0 ? undefined : found.slice(0, MAX_LIST);
}

function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}
