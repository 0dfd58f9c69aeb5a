import { isObject } from "../../record/record.ts";
import { type Condition, joined } from "../condition.ts";
import type { FieldPath } from "../field-path.ts";
import { SigmaError } from "./error.ts";
import { type Modifier, modifierOf, PLACES, refuseContradictions } from "./modifiers.ts";
import { merged, scalarOf, testOf } from "./values.ts";

const MAX_DEPTH = 20;

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
