import { isObject } from "../../record/record.ts";
import { type Condition, joined } from "../condition.ts";
import type { FieldPath } from "../field-path.ts";
import type { ValueTest } from "../operators.ts";
import { EventPatternError } from "./error.ts";
import { EVENT_BRIDGE_OPERATORS, parseOperator } from "./parse-operator.ts";

/** What a pattern asks of one field; its path starts at the record. */
type OfField = Extract<Condition, { readonly kind: "field" | "absent" | "size" }>;

/** Conditions that must all be met; each combination of $or branches makes one set. */
type Alternative = readonly OfField[];

/** EventBridge allows this many combinations of $or branches (EventBridge User Guide, "Using or in event patterns"). */
const MAX_ALTERNATIVES = 1000;
const MAX_DEPTH = 100;

/**
 * Compiles an EventBridge event pattern over one record. Fields are ANDed, lists ORed; where fields lie under one array,
 * the same element must meet all of them.
 * Source: EventBridge User Guide, "Event patterns"; the same semantics as aws/event-ruler 2.0.1, but address families are
 * never mixed in cidr.
 * @throws EventPatternError naming the field and what is wrong
 */
export function compileEventPattern(pattern: unknown): Condition {
  return joined("any", alternativesOf(pattern, []).map(conditionOf));
}

function alternativesOf(pattern: unknown, path: FieldPath, isInOr = false): readonly Alternative[] {
  const place = path.join(".");
  if (!isObject(pattern)) {
    const list = typeof pattern === "string" && path.length > 0 ? `a list: [${pattern}]` : "an object or a list";
    throw new EventPatternError(place, `must be ${list}`);
  }
  if (path.length > MAX_DEPTH) throw new EventPatternError(place, `is nested more than ${MAX_DEPTH} levels deep`);
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw new EventPatternError(place, "an object needs at least one field");
  return fields.reduce<readonly Alternative[]>(
    (all, [field, inner]) => {
      if (isInOr && RESERVED.has(field)) {
        const what = `${field} is reserved: no field in $or may have this name; a path with a dot, such as a.${field}, may end with it`;
        throw new EventPatternError([...path, "$or"].join("."), what);
      }
      const these = field === "$or" ? branchesOf(inner, path) : alternativesOfField(field, inner, path, isInOr);
      if (all.length * these.length > MAX_ALTERNATIVES) {
        throw new EventPatternError(place, `$or makes more than ${MAX_ALTERNATIVES} combinations`);
      }
      return all.flatMap((left) => these.map((right) => combined(left, right, field === "$or", place)));
    },
    [[]],
  );
}

/** Both alternatives' conditions. A field both in $or and beside it is for the branch to decide, as in event-ruler. */
function combined(left: Alternative, right: Alternative, overrides: boolean, place: string): Alternative {
  const later = new Set(right.map(({ path }) => path.join(".")));
  const kept = left.filter(({ path }) => !later.has(path.join(".")));
  if (kept.length < left.length && !overrides) throw new EventPatternError(place, "names one field twice");
  return [...kept, ...right];
}

function alternativesOfField(
  field: string,
  inner: unknown,
  parent: FieldPath,
  isInOr: boolean,
): readonly Alternative[] {
  // "a.b" is the field b of a, as in event-ruler.
  const path = [...parent, ...field.split(".")];
  if (!Array.isArray(inner)) return alternativesOf(inner, path, isInOr);
  const place = path.join(".");
  if (inner.length === 0) throw new EventPatternError(place, "an empty list matches nothing");
  const asked = inner.map((element) => parseOperator(element, place));
  const lone = asked.find(({ kind }) => kind === "size" || kind === "block");
  if (lone !== undefined && asked.length > 1) {
    throw new EventPatternError(place, `${lone.kind === "size" ? "size" : "internet"} must be alone in its list`);
  }
  if (lone?.kind === "size") return [[{ ...lone, path }]];
  const tests = merged(asked.filter((one) => one.kind !== "absent" && one.kind !== "size"));
  const present: Alternative = [{ kind: "field", path, tests }];
  const absent: Alternative = [{ kind: "absent", path }];
  if (tests.length === 0) return [absent];
  return asked.some(({ kind }) => kind === "absent") ? [absent, present] : [present];
}

function branchesOf(branches: unknown, path: FieldPath): readonly Alternative[] {
  const place = [...path, "$or"].join(".");
  if (!Array.isArray(branches) || branches.length < 2 || !branches.every(isObject)) {
    throw new EventPatternError(place, "takes a list of at least two objects");
  }
  return branches.flatMap((branch) => alternativesOf(branch, path, true));
}

/**
 * Names that no field within $or may have, at any depth: those of operators, and those reserved for later ones.
 * Source: event-ruler, Constants.RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP.
 */
const RESERVED: ReadonlySet<string> = new Set([
  ...EVENT_BRIDGE_OPERATORS,
  ...`exactly = < <= > >= regex not-wildcard not-equals-ignore-case date-after date-on-or-after date-before
  date-on-or-before in-date-range ip-address-in-range ip-address-not-in-range`.split(/\s+/),
]);

/** The conditions as a tree by path, so that those below one array apply to the same element. */
interface Tree {
  readonly conditions: Condition[];
  readonly fields: Map<string, Tree>;
}

function conditionOf(alternative: Alternative): Condition {
  const root = emptyTree();
  for (const one of alternative) {
    const depth = depthOf(one, alternative);
    const tree = one.path.slice(0, depth).reduce(descend, root);
    tree.conditions.push({ ...one, path: one.path.slice(depth) });
  }
  const condition = joined("all", conditionsBelow(root, []));
  const blocks = alternative.filter((one) => one.kind === "field" && one.tests.some(({ kind }) => kind === "block"));
  if (blocks.length > 1)
    throw new EventPatternError(blocks[1]?.path.join(".") ?? "", "internet works on one field only");
  return blocks.length === 0 ? condition : { kind: "internet", of: condition };
}

function depthOf(one: OfField, alternative: Alternative): number {
  switch (one.kind) {
    case "size":
      return one.path.length - 1;
    case "field":
      return one.path.length;
    case "absent":
      return depthOfAbsence(one.path, alternative);
    default:
      return one satisfies never;
  }
}

/**
 * How far down the tree a missing field is looked for. event-ruler goes through the fields in the order of their names.
 * A field that it has already met fixes the array element in which a later field must be missing; without one, the
 * field must be missing in every element.
 */
function depthOfAbsence(absent: FieldPath, alternative: Alternative): number {
  const name = absent.join(".");
  const earlier = alternative.filter(({ kind, path }) => kind === "field" && path.join(".") < name);
  return Math.max(0, ...earlier.map(({ path }) => commonDepth(path, absent)));
}

function commonDepth(a: FieldPath, b: FieldPath): number {
  const difference = a.findIndex((field, i) => field !== b[i]);
  return Math.min(difference === -1 ? a.length - 1 : difference, b.length - 1);
}

function emptyTree(): Tree {
  return { conditions: [], fields: new Map() };
}

function descend(tree: Tree, field: string): Tree {
  let next = tree.fields.get(field);
  if (next === undefined) {
    next = emptyTree();
    tree.fields.set(field, next);
  }
  return next;
}

/** The conditions of a tree, relative to an object above it; `path` leads from that object to the tree. */
function conditionsBelow(tree: Tree, path: FieldPath): readonly Condition[] {
  const fields = tree.conditions.filter((condition) => condition.kind === "field");
  const others = tree.conditions.filter((condition) => condition.kind !== "field");
  const here = fields.map((field): Condition => ({ ...field, path }));
  const below = [...tree.fields];
  const [only] = below;
  if (below.length === 1 && only && others.length === 0) {
    return [...here, ...conditionsBelow(only[1], [...path, only[0]])];
  }
  const inner = [...others, ...below.flatMap(([field, child]) => conditionsBelow(child, [field]))];
  if (inner.length === 0) return here;
  return path.length === 0 ? [...here, ...inner] : [...here, { kind: "within", path, of: joined("all", inner) }];
}

/** A list's literals become one test, so that a long list costs one look-up. */
function merged(tests: readonly ValueTest[]): readonly ValueTest[] {
  const values = tests.flatMap((test) => (test.kind === "in" ? test.values : []));
  const others = tests.filter((test) => test.kind !== "in");
  return values.length === 0 ? others : [{ kind: "in", values }, ...others];
}
