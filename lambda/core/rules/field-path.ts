import { type CloudTrailRecord, isObject } from "../record/record.ts";

export type Scalar = string | number | boolean | null;

/** A path of field names. It crosses arrays on its way and leads to every element. */
export type FieldPath = readonly string[];

/** Arrays nested deeper than this are not searched: no service nests so, and recursion must end. */
const MAX_NESTED_ARRAYS = 64;

/** Stands for what takes a search: lists on the way or at the end, and fields with dots in their names. */
export const SEVERAL = Symbol("several");

/** The value at a path that leads through plain objects only, as nearly all do; undefined if there is none. */
export function onlyAt(object: unknown, path: FieldPath): unknown {
  let value = object;
  // Counted by hand, because this runs for each field that rules ask of a record.
  for (let i = 0; i < path.length; i++) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) || isDotted(value)) return SEVERAL;
    const field = path[i] as string;
    if (field === "__proto__") return SEVERAL;
    value = (value as CloudTrailRecord)[field];
  }
  if (Array.isArray(value)) return SEVERAL;
  return typeof value === "function" ? undefined : value; // inherited by every object
}

/** The objects that were looked at last, and whether they have fields with dots: fields lie in few objects. */
const LOOKED_AT: (object | undefined)[] = [undefined, undefined, undefined, undefined];
const DOTTED = [false, false, false, false];
let oldest = 0;

function isDotted(object: object): boolean {
  for (let i = 0; i < LOOKED_AT.length; i++) if (LOOKED_AT[i] === object) return DOTTED[i] as boolean;
  const dotted = hasDottedField(object);
  LOOKED_AT[oldest] = object;
  DOTTED[oldest] = dotted;
  oldest = (oldest + 1) % LOOKED_AT.length;
  return dotted;
}

function hasDottedField(object: object): boolean {
  for (const field in object) if (field.includes(".")) return true;
  return false;
}

/** True when `test` accepts some scalar at the path; null counts as a scalar, objects do not. */
export function someScalar(value: unknown, path: FieldPath, test: (scalar: Scalar) => boolean): boolean {
  const only = onlyAt(value, path);
  if (only !== SEVERAL) return !isObject(only) && only !== undefined && test(only as Scalar);
  return someAt(value, path, (found) => !isObject(found) && found !== undefined && test(found as Scalar));
}

/** The scalars at a path, through all arrays. */
export function scalarsAt(value: unknown, path: FieldPath): readonly Scalar[] {
  const found: Scalar[] = [];
  someScalar(value, path, (scalar) => {
    found.push(scalar);
    return false;
  });
  return found;
}

/** The objects at a path, through all arrays. */
export function objectsAt(value: unknown, path: FieldPath): readonly CloudTrailRecord[] {
  const found: CloudTrailRecord[] = [];
  someObject(value, path, (object) => {
    found.push(object);
    return false;
  });
  return found;
}

/** True when `test` accepts some object at the path. */
export function someObject(value: unknown, path: FieldPath, test: (object: CloudTrailRecord) => boolean): boolean {
  const only = onlyAt(value, path);
  if (only !== SEVERAL) return isObject(only) && test(only);
  return someAt(value, path, (found) => isObject(found) && test(found));
}

/** True when `test` accepts the number of elements of some list at the path; any other value but null counts as one. */
export function someSize(value: unknown, path: FieldPath, test: (size: number) => boolean, from = 0): boolean {
  if (from === path.length) {
    if (value === null || value === undefined) return false;
    return test(Array.isArray(value) ? value.length : 1);
  }
  if (Array.isArray(value)) {
    return value.some((element) => !Array.isArray(element) && someSize(element, path, test, from));
  }
  return isObject(value) && someSize(step(value, path[from] ?? ""), path, test, from + 1);
}

/** True when `test` accepts a value at the path; it tries every element of an array on the way or at the end. */
function someAt(value: unknown, path: FieldPath, test: (value: unknown) => boolean, from = 0, nested = 0): boolean {
  if (Array.isArray(value)) {
    return nested < MAX_NESTED_ARRAYS && value.some((element) => someAt(element, path, test, from, nested + 1));
  }
  if (from === path.length) return test(value);
  return isObject(value) && someAt(step(value, path[from] ?? ""), path, test, from + 1);
}

/**
 * True when `test` accepts a text at the path. Numbers and booleans count as text, null as nothing. The field's own
 * texts (`isOwn`) are its scalar or the scalars of its list; the JSON of an object or list is a text too, and so is
 * each scalar within it.
 */
export function someText(
  value: unknown,
  path: FieldPath,
  test: (text: string, isOwn: boolean) => boolean,
  from = 0,
  nested = 0,
): boolean {
  // For a whole record, the values are meant: its JSON would hold every field's name.
  if (path.length === 0) return isObject(value) && someTextWithin(value, false, test, 0);
  if (from === path.length) return someTextOf(value, test);
  if (Array.isArray(value)) {
    return nested < MAX_NESTED_ARRAYS && value.some((element) => someText(element, path, test, from, nested + 1));
  }
  return isObject(value) && someText(step(value, path[from] ?? ""), path, test, from + 1);
}

function someTextOf(value: unknown, test: (text: string, isOwn: boolean) => boolean): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== "object") return test(String(value), true);
  return test(jsonOf(value), false) || someTextWithin(value, Array.isArray(value), test, 0);
}

function someTextWithin(
  value: object,
  isOwn: boolean,
  test: (text: string, isOwn: boolean) => boolean,
  depth: number,
): boolean {
  if (depth > MAX_NESTED_ARRAYS) return false;
  return Object.values(value).some((inner: unknown) => {
    if (inner === null || inner === undefined) return false;
    if (typeof inner !== "object") return test(String(inner), isOwn);
    return someTextWithin(inner, isOwn && Array.isArray(inner), test, depth + 1);
  });
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return ""; // too deeply nested to print
  }
}

/**
 * The value of a field; a field named "a.b" counts as the field b of a, as in event patterns.
 * Source: event-ruler, which compares whole paths joined by dots.
 */
function step(object: CloudTrailRecord, field: string): unknown {
  const own = Object.hasOwn(object, field) ? object[field] : undefined;
  let dotted: { [rest: string]: unknown } | undefined;
  for (const name in object) {
    if (name.length > field.length && name.charCodeAt(field.length) === 46 && name.startsWith(field)) {
      dotted ??= Object.create(null) as { [rest: string]: unknown };
      dotted[name.slice(field.length + 1)] = object[name];
    }
  }
  if (dotted === undefined) return own;
  return own === undefined ? dotted : [{ ...(isObject(own) ? own : {}), ...dotted }, own];
}
