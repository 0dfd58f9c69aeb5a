import { isObject, valueAt } from "../core/record/record.ts";
import type { FieldPath } from "../core/rules/field-path.ts";

/** A part of a rule: a path in it, and, where that part asks for fields of the record, which of these. */
export interface RulePart {
  readonly at: readonly PropertyKey[];
  readonly field?: FieldPath;
}

/** What a rule may contain but its author probably did not mean, in words, and which field of the record it is about. */
export interface FieldDoubt {
  readonly text: string;
  readonly field?: FieldPath;
}

/** The same, with the part of the rule. */
export interface Doubt extends RulePart {
  readonly text: string;
}

/** Where a part of a rule stands, as `file:line`. */
export type PlaceOf = (part: RulePart) => string;

/** The path, in a rule as it is written, of a part; that of the nearest thing above it where the part is not found. */
export function pathOfPart(rule: unknown, { at, field }: RulePart): readonly PropertyKey[] {
  if (field === undefined) return at;
  const holder = partAt(rule, at);
  const inner =
    below(["pattern"], pathOfField(valueAt(holder, "pattern"), field)) ??
    below(["detection"], pathInSearches(valueAt(holder, "detection"), field)) ??
    below(["each"], pathInEach(valueAt(holder, "each"), field));
  return [...at, ...(inner ?? [])];
}

/** What stands at a path. */
export function partAt(rule: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>((value, part) => Object(value)[part], rule);
}

function below(above: readonly string[], path: readonly PropertyKey[] | undefined) {
  return path && [...above, ...path];
}

/** The keys of a pattern that add nothing to a field's path. */
const TRANSPARENT = new Set(["$or", "detail"]);

/** The path to what a pattern as it is written asks of a field. */
export function pathOfField(pattern: unknown, field: FieldPath): readonly PropertyKey[] | undefined {
  if (field.length === 0) return [];
  if (Array.isArray(pattern)) return firstOf(pattern.entries(), (branch) => pathOfField(branch, field));
  if (!isObject(pattern)) return undefined;
  return firstOf(Object.entries(pattern), (inner, key) => {
    const names = key.split(".");
    if (names.every((name, i) => field[i] === undefined || field[i] === name)) {
      return pathOfField(inner, field.slice(names.length));
    }
    return TRANSPARENT.has(key) ? pathOfField(inner, field) : undefined;
  });
}

/** A Sigma rule's searches have the whole path in one key, with modifiers behind it. */
function pathInSearches(searches: unknown, field: FieldPath): readonly PropertyKey[] | undefined {
  const path = field.join(".");
  const within = (search: unknown): readonly PropertyKey[] | undefined =>
    Array.isArray(search)
      ? firstOf(search.entries(), within)
      : firstOf(Object.entries(Object(search)), (_, key) => (key.split("|")[0] === path ? [] : undefined));
  return firstOf(Object.entries(Object(searches)), within);
}

function pathInEach(each: unknown, field: FieldPath): readonly PropertyKey[] | undefined {
  const list = valueAt(each, "in");
  const above = typeof list === "string" ? list.split(".") : [];
  if (!above.every((name, i) => field[i] === undefined || field[i] === name)) return undefined;
  return field.length <= above.length
    ? ["in"]
    : below(["pattern"], pathOfField(valueAt(each, "pattern"), field.slice(above.length)));
}

/** The path to the first entry below which something is found. */
function firstOf<K extends PropertyKey>(
  entries: Iterable<readonly [K, unknown]>,
  find: (value: unknown, key: K) => readonly PropertyKey[] | undefined,
): readonly PropertyKey[] | undefined {
  for (const [key, value] of entries) {
    const found = find(value, key);
    if (found !== undefined) return [key, ...found];
  }
  return undefined;
}
