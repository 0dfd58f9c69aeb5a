import { isObject } from "../../record/record.ts";
import { isBlock } from "../address.ts";
import { type Condition, joined } from "../condition.ts";
import type { FieldPath } from "../field-path.ts";
import { compileRegex } from "../regex/regex.ts";
import { RegexError } from "../regex/syntax.ts";
import { ANY_CHARACTER, type Scalar, type ValueTest } from "../value-test.ts";
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

/** A map of fields, relative to a field in which it may stand itself. */
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
  const quantity = modifiers.has("all") ? "all" : "any";
  if (field === "")
    return joined(
      quantity,
      values.map((one) => keyword(one, modifiers, path)),
    );
  const fieldPath = [...parent, ...field.split(".")];
  if (values.every(isObject) && modifiers.size === 0) {
    return joined(
      "any",
      values.map((one) => compileFields(one, path, fieldPath)),
    );
  }
  if (modifiers.has("fieldref"))
    return joined(
      quantity,
      values.map((one) => reference(fieldPath, one, modifiers, path)),
    );
  if (modifiers.has("exists")) {
    if (typeof value !== "boolean") throw new SigmaError(path, "exists takes true or false");
    return presence(fieldPath, value);
  }
  const scalars = values.map((one) => scalarOf(one, path));
  const isNull = (one: Scalar) => one === null;
  const conditions: Condition[] = scalars.some(isNull) ? [presence(fieldPath, false)] : [];
  const tests = scalars.filter((one) => !isNull(one)).map((one) => testOf(one, modifiers, path));
  // Values of a list become one condition, whose equal ones are looked up together.
  if (quantity === "any" && tests.length > 0) conditions.push({ kind: "text", path: fieldPath, tests: merged(tests) });
  if (quantity === "all")
    conditions.push(...tests.map((test): Condition => ({ kind: "text", path: fieldPath, tests: [test] })));
  const condition = joined(quantity, conditions);
  return modifiers.has("neq") ? { kind: "not", of: condition } : condition;
}

function modifierOf(name: string, path: readonly string[]): Modifier {
  const known = MODIFIERS.find((modifier) => modifier === name);
  if (known === undefined) throw new SigmaError(path, `the modifier ${JSON.stringify(name)} is not supported`);
  return known;
}

function keyword(value: unknown, modifiers: ReadonlySet<Modifier>, path: readonly string[]): Condition {
  const scalar = scalarOf(value, path);
  if (scalar === null) throw new SigmaError(path, "null is no keyword");
  const test = modifiers.has("re")
    ? testOf(scalar, modifiers, path)
    : testOf(scalar, new Set([...modifiers, "contains"]), path);
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
 * backslash makes it an ordinary character, in front of anything else it is one itself.
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

/** The plainest test for parts between stars: equality, beginning, end, content, or all of them. */
function simplified(parts: readonly string[], fold: boolean): ValueTest {
  const folding = fold ? ({ fold: true } as const) : {};
  // Stars in a row are one star.
  const kept = parts.filter((part, i) => part !== "" || i === 0 || i === parts.length - 1);
  const [first = "", second = "", third] = kept;
  const isPlain = !kept.some((part) => part.includes(ANY_CHARACTER));
  if (kept.length === 1 && isPlain)
    return fold ? { kind: "equals", texts: [first], fold: true } : { kind: "in", values: [first] };
  if (kept.length === 2 && isPlain && second === "") return { kind: "prefix", text: first, ...folding };
  if (kept.length === 2 && isPlain && first === "") return { kind: "suffix", text: second, ...folding };
  if (kept.length === 3 && isPlain && first === "" && third === "")
    return { kind: "contains", text: second, ...folding };
  return { kind: "wildcard", parts: kept, ...folding };
}

/** Equal values of one list become one test, so that a long list costs one look-up. */
function merged(tests: readonly ValueTest[]): readonly ValueTest[] {
  const texts = tests.flatMap((test) => (test.kind === "equals" ? test.texts : []));
  const others = tests.filter((test) => test.kind !== "equals");
  return texts.length === 0 ? others : [{ kind: "equals", texts, fold: true }, ...others];
}
