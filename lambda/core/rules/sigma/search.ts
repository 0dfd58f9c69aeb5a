import { isObject } from "../../record/record.ts";
import { isBlock } from "../address.ts";
import { type Condition, joined } from "../condition.ts";
import type { FieldPath, Scalar } from "../field-path.ts";
import { compileRegex } from "../regex/regex.ts";
import { RegexError } from "../regex/syntax.ts";
import { ANY_CHARACTER, type ValueTest } from "../value-test.ts";
import { SigmaError } from "./error.ts";

const MODIFIERS = [
  "all",
  "cased",
  "cidr",
  "contains",
  "endswith",
  "exists",
  "fieldref",
  "gt",
  "gte",
  "i",
  "ignorecase",
  "lt",
  "lte",
  "m",
  "multiline",
  "dotall",
  "neq",
  "re",
  "s",
  "startswith",
] as const;
const MAX_DEPTH = 20;
type Modifier = (typeof MODIFIERS)[number];

/**
 * Compiles one search of a detection: a map of fields (all must hold), a list of maps (any must), or keywords.
 * Source: Sigma Rules Specification 2.1, "Search-Identifier", and its "Modifiers Appendix".
 * @throws SigmaError naming what is not supported
 */
export function compileSearch(search: unknown, path: readonly string[]): Condition {
  if (isObject(search)) return compileFields(search, path, []);
  const entries: readonly unknown[] = Array.isArray(search) ? search : [search];
  if (entries.length === 0) throw new SigmaError(path, "the search is empty");
  return joined(
    "any",
    entries.map((entry) => (isObject(entry) ? compileSearch(entry, path) : keyword(entry, new Set(), path))),
  );
}

/** A map of fields, relative to the field that may contain it. */
function compileFields(
  map: { readonly [key: string]: unknown },
  path: readonly string[],
  parent: FieldPath,
): Condition {
  if (path.length > MAX_DEPTH) throw new SigmaError(path.slice(0, 3), `is nested more than ${MAX_DEPTH} levels deep`);
  const fields = Object.entries(map).map(([key, value]) => compileField(key, value, path, parent));
  if (fields.length === 0) throw new SigmaError(path, "the search is empty");
  return joined("all", fields);
}

function compileField(key: string, value: unknown, above: readonly string[], parent: FieldPath): Condition {
  const [field = "", ...names] = key.split("|");
  const path = [...above, key];
  const modifiers = new Set(names.map((name) => modifierOf(name, path)));
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new SigmaError(path, "has an empty list");
  if (field === "" && parent.length > 0) throw new SigmaError(path, "keywords are allowed only at the top of a search");
  refuseContradictions(modifiers, field === "", path);
  const condition = fieldCondition([...parent, ...field.split(".")], field === "", values, modifiers, path);
  return modifiers.has("neq") ? { kind: "not", of: condition } : condition;
}

function fieldCondition(
  field: FieldPath,
  isKeyword: boolean,
  values: readonly unknown[],
  modifiers: ReadonlySet<Modifier>,
  path: readonly string[],
): Condition {
  const quantity = modifiers.has("all") ? "all" : "any";
  const each = (compile: (value: unknown) => Condition) => joined(quantity, values.map(compile));
  if (isKeyword) return each((one) => keyword(one, modifiers, path));
  if (values.every(isObject) && modifiers.size === 0)
    return each((one) => compileFields(one as { readonly [key: string]: unknown }, path, field));
  if (modifiers.has("fieldref")) return each((one) => reference(field, one, modifiers, path));
  if (modifiers.has("exists")) {
    const [exists] = values;
    if (typeof exists !== "boolean" || values.length > 1) throw new SigmaError(path, "exists takes true or false");
    return presence(field, exists);
  }
  const scalars = values.map((one) => scalarOf(one, path));
  const given = scalars.filter((one) => one !== null);
  const hasNull = given.length < scalars.length;
  if (hasNull && [...modifiers].some((one) => one !== "neq" && one !== "all" && one !== "cased")) {
    throw new SigmaError(path, "null goes only with the modifier neq");
  }
  const conditions: Condition[] = hasNull ? [presence(field, false)] : [];
  const tests = given.map((one) => testOf(one, modifiers, path));
  // A list's values become one condition, in which equality tests are looked up together.
  if (quantity === "any" && tests.length > 0) conditions.push({ kind: "text", path: field, tests: merged(tests) });
  if (quantity === "all")
    conditions.push(...tests.map((test): Condition => ({ kind: "text", path: field, tests: [test] })));
  return joined(quantity, conditions);
}

/** Modifiers that say what is done with a value: one at most, except that fieldref also takes a place to look at. */
const KINDS: readonly Modifier[] = [
  "contains",
  "startswith",
  "endswith",
  "re",
  "cidr",
  "exists",
  "fieldref",
  "lt",
  "lte",
  "gt",
  "gte",
];
const PLACES: readonly Modifier[] = ["contains", "startswith", "endswith"];
const REGEX_FLAGS: readonly Modifier[] = ["i", "ignorecase", "m", "multiline", "s", "dotall"];

function refuseContradictions(modifiers: ReadonlySet<Modifier>, isKeyword: boolean, path: readonly string[]): void {
  const given = (among: readonly Modifier[]) => among.filter((modifier) => modifiers.has(modifier));
  const refuse = (a: string, b: string): never => {
    throw new SigmaError(path, `the modifiers ${a} and ${b} do not go together`);
  };
  const [first, second, third] = given(KINDS);
  if (second !== undefined) {
    const isReference = modifiers.has("fieldref") && given(PLACES).length === 1 && third === undefined;
    if (!isReference) refuse(first ?? "", second);
  }
  const [flag] = given(REGEX_FLAGS);
  if (flag !== undefined && !modifiers.has("re")) throw new SigmaError(path, `the modifier ${flag} goes only with re`);
  const [caseless] = given(["re", "cidr", "exists", "lt", "lte", "gt", "gte"]);
  if (modifiers.has("cased") && caseless !== undefined) refuse("cased", caseless);
  if (modifiers.has("all") && modifiers.has("exists")) refuse("all", "exists");
  const [misplaced] = given(["cidr", "exists", "fieldref", "lt", "lte", "gt", "gte"]);
  if (isKeyword && misplaced !== undefined) throw new SigmaError(path, `the modifier ${misplaced} needs a field`);
}

function modifierOf(name: string, path: readonly string[]): Modifier {
  const known = MODIFIERS.find((modifier) => modifier === name);
  if (known === undefined) throw new SigmaError(path, `the modifier ${JSON.stringify(name)} is not supported`);
  return known;
}

function keyword(value: unknown, modifiers: ReadonlySet<Modifier>, path: readonly string[]): Condition {
  const scalar = scalarOf(value, path);
  if (scalar === null) throw new SigmaError(path, "null is no keyword");
  const isPlaced = [...PLACES, "re" as const].some((modifier) => modifiers.has(modifier));
  const test = testOf(scalar, isPlaced ? modifiers : new Set([...modifiers, "contains" as const]), path);
  return { kind: "text", path: [], tests: [test] };
}

function reference(
  field: FieldPath,
  value: unknown,
  modifiers: ReadonlySet<Modifier>,
  path: readonly string[],
): Condition {
  if (typeof value !== "string" || value === "") throw new SigmaError(path, "fieldref takes the name of a field");
  const relation = modifiers.has("contains")
    ? "contains"
    : modifiers.has("startswith")
      ? "prefix"
      : modifiers.has("endswith")
        ? "suffix"
        : "equals";
  return { kind: "related", path: field, other: value.split("."), relation, fold: !modifiers.has("cased") };
}

/** A field that holds anything but null. */
function presence(path: FieldPath, exists: boolean): Condition {
  const there: Condition = { kind: "text", path, tests: [{ kind: "present" }] };
  return exists ? there : { kind: "not", of: there };
}

function scalarOf(value: unknown, path: readonly string[]): Scalar {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  throw new SigmaError(path, "takes text, numbers, true, false or null");
}

function testOf(value: Exclude<Scalar, null>, modifiers: ReadonlySet<Modifier>, path: readonly string[]): ValueTest {
  if (modifiers.has("re")) {
    const flags = {
      ...((modifiers.has("i") || modifiers.has("ignorecase")) && { i: true }),
      ...((modifiers.has("m") || modifiers.has("multiline")) && { m: true }),
      ...((modifiers.has("s") || modifiers.has("dotall")) && { s: true }),
    };
    try {
      compileRegex(String(value), flags);
    } catch (error) {
      if (error instanceof RegexError) throw new SigmaError(path, error.message);
      throw error;
    }
    return { kind: "regex", source: String(value), flags };
  }
  if (modifiers.has("cidr")) return { kind: "cidr", block: blockOf(String(value), path) };
  for (const [modifier, operator] of [
    ["lt", "<"],
    ["lte", "<="],
    ["gt", ">"],
    ["gte", ">="],
  ] as const) {
    if (!modifiers.has(modifier)) continue;
    if (typeof value !== "number") throw new SigmaError(path, `${modifier} takes a number`);
    return { kind: "compare", operator, value };
  }
  const parts = partsOf(String(value));
  if (modifiers.has("contains") || modifiers.has("endswith")) parts.unshift("");
  if (modifiers.has("contains") || modifiers.has("startswith")) parts.push("");
  const fold = !modifiers.has("cased");
  return simplified(parts, fold);
}

function blockOf(text: string, path: readonly string[]): string {
  if (isBlock(text)) return text;
  const wanted = "an address and a prefix length such as 10.0.0.0/8";
  throw new SigmaError(path, `cidr takes ${wanted}, not ${JSON.stringify(text)}`);
}

/**
 * The text between the stars of a value; `?` stands for any one character. A backslash in front of `*`, `?` or another
 * backslash makes it an ordinary character; in front of anything else it is an ordinary character itself.
 */
function partsOf(value: string): string[] {
  const parts = [""];
  for (let i = 0; i < value.length; i++) {
    let character = value.charAt(i);
    if (character === "*") {
      parts.push("");
      continue;
    }
    if (character === "?") character = ANY_CHARACTER;
    else if (character === "\\" && /[*?\\]/.test(value.charAt(i + 1))) character = value.charAt(++i);
    parts[parts.length - 1] += character;
  }
  return parts;
}

/** The simplest test for parts between stars: equality, beginning, end, content, or all of them. */
function simplified(parts: readonly string[], fold: boolean): ValueTest {
  const folding = fold ? ({ fold: true } as const) : {};
  // Consecutive stars are one star.
  const kept = parts.filter((part, i) => part !== "" || i === 0 || i === parts.length - 1);
  const [first = "", second = "", third] = kept;
  const isPlain = !kept.some((part) => part.includes(ANY_CHARACTER));
  if (kept.length === 1 && isPlain) return { kind: "equals", texts: [first], ...folding };
  if (kept.length === 2 && isPlain && second === "") return { kind: "prefix", text: first, ...folding };
  if (kept.length === 2 && isPlain && first === "") return { kind: "suffix", text: second, ...folding };
  if (kept.length === 3 && isPlain && first === "" && third === "")
    return { kind: "contains", text: second, ...folding };
  return { kind: "wildcard", parts: kept, ...folding };
}

/** The equality tests of one list become one test, so that a long list costs one look-up. */
function merged(tests: readonly ValueTest[]): readonly ValueTest[] {
  const equal = tests.filter((test) => test.kind === "equals");
  const others = tests.filter((test) => test.kind !== "equals");
  const [first] = equal;
  return first === undefined ? others : [{ ...first, texts: equal.flatMap(({ texts }) => texts) }, ...others];
}
