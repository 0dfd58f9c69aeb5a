import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type RuleFault, RuleFilesError } from "./fault.ts";
import { type Overlay, type RuleFile, readRuleFile, type TestedRule } from "./rule-file.ts";

/** All that a list of rule files and folders holds. */
export interface RuleFiles {
  readonly rules: readonly TestedRule[];
  readonly faults: readonly RuleFault[];
}

/** Reads rule files, and folders of them (.yaml and .yml, at any depth, by name). Faults are returned, not thrown. */
export function readRuleFiles(paths: readonly string[]): RuleFiles {
  const files = paths.flatMap((path) => filesBelow(path));
  const read = files.map((file) =>
    typeof file === "string" ? readFile(file) : { rules: [], faults: [file], overlays: [] },
  );
  const own = read.flatMap((file) => file.rules);
  const { rules, faults } = overlaid(
    own,
    read.flatMap((file) => file.overlays),
  );
  return { rules, faults: [...read.flatMap((file) => file.faults), ...duplicates(own), ...faults] };
}

/** The rules with what overlays change of them; an overlay of a rule that is not there is a fault. */
function overlaid(rules: readonly TestedRule[], overlays: readonly Overlay[]): RuleFiles {
  const faults = overlays
    .filter(({ rule: name }) => !rules.some(({ rule }) => rule.name === name))
    .map(({ file, line, rule }) => ({ file, line, rule, message: "the overlay changes a rule that is not there" }));
  const changed = rules.flatMap(({ rule, tests }) => {
    const own = overlays.filter((overlay) => overlay.rule === rule.name);
    if (own.some(({ disable }) => disable !== undefined)) return [];
    const except = [...(rule.except ?? []), ...own.flatMap((overlay) => overlay.except ?? [])];
    const [severity] = own.flatMap((overlay) => overlay.severity ?? []);
    const [group] = own.flatMap((overlay) => overlay.group ?? []);
    const change = { ...(severity && { severity }), ...(group && { group }), ...(except.length > 0 && { except }) };
    return [{ rule: { ...rule, ...change }, tests }];
  });
  return { rules: changed, faults };
}

/**
 * The rules of files that must be without fault.
 * @throws RuleFilesError with every fault
 */
export function loadRules(paths: readonly string[]): readonly TestedRule[] {
  const { rules, faults } = readRuleFiles(paths);
  if (faults.length > 0) throw new RuleFilesError(faults);
  return rules;
}

function readFile(path: string): RuleFile {
  try {
    return readRuleFile(shown(path), readFileSync(path, "utf8"));
  } catch (cause) {
    return {
      rules: [],
      faults: [faultOfFile(path, `cannot be read: ${cause instanceof Error ? cause.message : cause}`)],
      overlays: [],
    };
  }
}

function filesBelow(path: string): readonly (string | RuleFault)[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
  } catch {
    return [faultOfFile(path, "there is no such file or folder")];
  }
  const found = readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/i.test(file))
    .sort();
  return found.length === 0
    ? [faultOfFile(path, "the folder has no .yaml file")]
    : found.map((file) => join(path, file));
}

function faultOfFile(path: string, message: string): RuleFault {
  return { file: shown(path), line: 1, rule: "file", message };
}

/** Relative to the working directory where that is shorter to read. */
function shown(path: string): string {
  const below = relative(process.cwd(), path);
  return (below === "" || below.startsWith("..") ? path : below).split(sep).join("/");
}

function duplicates(rules: readonly TestedRule[]): readonly RuleFault[] {
  const places = new Map<string, string>();
  return rules.flatMap(({ rule: { name, place } }) => {
    const first = places.get(name);
    if (first === undefined) places.set(name, place);
    const [, file = place, line = "1"] = /^(.*):(\d+)$/.exec(place) ?? [];
    return first === undefined
      ? []
      : [{ file, line: Number(line), rule: name, message: `the name is taken by the rule at ${first}` }];
  });
}
