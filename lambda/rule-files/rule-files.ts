import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Rule } from "../core/rules/rule.ts";
import type { Severity } from "../core/rules/severity.ts";
import { mayBeExcepted } from "../core/rules/suggested-except.ts";
import type { PlaceOf } from "./doubt.ts";
import { type RuleFault, RuleFilesError } from "./fault.ts";
import { nearestText } from "./nearest-name.ts";
import type { TestedRule } from "./plain-rule.ts";
import { type Overlay, type RuleFile, readRuleFile } from "./rule-file.ts";

/** Everything that a list of rule files and folders holds. */
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

const ELSEWHERE = " in these files; if it is in another one, name that as well";

/** The rules after the overlays' changes; an overlay of a rule that does not exist is a fault. */
function overlaid(rules: readonly TestedRule[], overlays: readonly Overlay[]): RuleFiles {
  const names = rules.map(({ rule }) => rule.name);
  const faults = overlays
    .filter(({ rule: name }) => !names.includes(name))
    .map(({ file, line, rule }) => ({
      file,
      line,
      rule,
      message: `there is no rule of that name${nearestText(rule, names) || ELSEWHERE}`,
    }));
  const forbidden = overlays
    .filter(({ rule: name }) => rules.some(({ rule }) => rule.name === name && isSelfProtection(rule)))
    .map(({ file, line, rule }) => ({ file, line, rule, message: SELF_PROTECTION }));
  const excepted = rules
    .filter(({ rule }) => isSelfProtection(rule) && rule.except !== undefined)
    .map(({ rule: { name, place } }) => ({ ...placeIn(place), rule: name, message: SELF_PROTECTION }));
  const changed = rules.flatMap(({ rule, tests, placeOf }): readonly TestedRule[] => {
    const own = overlays.filter((overlay) => overlay.rule === rule.name);
    if (own.some(({ disable }) => disable !== undefined)) return [];
    const except = [...(rule.except ?? []), ...own.flatMap((overlay) => overlay.except ?? [])];
    const [severity] = own.flatMap((overlay) => overlay.severity ?? []);
    const [group] = own.flatMap((overlay) => overlay.group ?? []);
    const change = { ...(severity && { severity }), ...(group && { group }), ...(except.length > 0 && { except }) };
    return [{ rule: { ...rule, ...change }, tests, ...(placeOf && { placeOf: overlaidPlaces(rule, placeOf, own) }) }];
  });
  return { rules: changed, faults: [...faults, ...forbidden, ...excepted] };
}

/** Where the parts of a rule stand, of which some are in overlays: exceptions behind its own ones, and its group. */
function overlaidPlaces(rule: Rule, placeOf: PlaceOf, overlays: readonly Overlay[]): PlaceOf {
  const exceptions = overlays.flatMap(({ except = [], placeOf }) => except.map((_, i) => ({ i, placeOf })));
  const group = overlays.find((overlay) => overlay.group !== undefined);
  return (part) => {
    const [field, index, ...rest] = part.at;
    if (field === "group" && group?.placeOf !== undefined) return group.placeOf(part);
    const added = field === "except" ? exceptions[Number(index) - (rule.except?.length ?? 0)] : undefined;
    return added?.placeOf?.({ ...part, at: ["except", added.i, ...rest] }) ?? placeOf(part);
  };
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

/** Where a settings file names a rule, as far as its text shows. */
function lineOf(file: string, rule: string): number {
  if (!existsSync(file)) return 1;
  const line = readFileSync(file, "utf8")
    .split("\n")
    .findIndex((text) => !/^\s*#/.test(text) && text.includes(rule));
  return Math.max(0, line) + 1;
}

function placeIn(place: string): { readonly file: string; readonly line: number } {
  const [, file = place, line = "1"] = /^(.*):(\d+)$/.exec(place) ?? [];
  return { file, line: Number(line) };
}

const SELF_PROTECTION =
  "rules of self-protection.yaml can be neither excepted nor changed; otherwise somebody could blind the alerter";

/** True for the rules that watch the alerter itself. */
export function isSelfProtection({ place }: Rule): boolean {
  return !mayBeExcepted({ place });
}

/** What a deployment's settings change in rules, by the rules' names. */
export interface RuleChanges {
  /** Why a rule is switched off. */
  readonly disable?: { readonly [rule: string]: string };
  readonly severity?: { readonly [rule: string]: Severity };
}

/** The rules as the settings want them; `file` is where the changes stand. Faults name each rule that cannot be changed. */
export function withChanges(
  rules: readonly TestedRule[],
  { disable = {}, severity = {} }: RuleChanges,
  file: string,
): RuleFiles {
  const overlays = [...new Set([...Object.keys(disable), ...Object.keys(severity)])].map((rule): Overlay => {
    const [reason, level] = [disable[rule], severity[rule]];
    return {
      file,
      line: lineOf(file, rule),
      rule,
      ...(reason !== undefined && { disable: reason }),
      ...(level !== undefined && { severity: level }),
    };
  });
  return overlaid(rules, overlays);
}

function duplicates(rules: readonly TestedRule[]): readonly RuleFault[] {
  const places = new Map<string, string>();
  return rules.flatMap(({ rule: { name, place } }) => {
    const first = places.get(name);
    if (first === undefined) places.set(name, place);
    return first === undefined
      ? []
      : [{ ...placeIn(place), rule: name, message: `the name is taken by the rule at ${first}` }];
  });
}
