import { type CloudTrailRecord, isObject } from "../../record/record.ts";

/** One statement of a policy document, in one form whatever its spelling. Texts are as in the document. */
export interface Statement {
  readonly isAllow: boolean;
  readonly sid?: string;
  /** The Principal or NotPrincipal element; undefined if there is none, as in identity policies. */
  readonly principal?: unknown;
  readonly isNotPrincipal: boolean;
  readonly actions: readonly string[];
  readonly isNotAction: boolean;
  /** Empty if the document names none, as in trust policies. */
  readonly resources: readonly string[];
  readonly isNotResource: boolean;
  readonly tests: readonly ConditionTest[];
}

/** One operator of one key in a Condition element. */
export interface ConditionTest {
  /** In lower case, without quantifier and IfExists: `stringlike`. */
  readonly operator: string;
  /** True if the test passes when the request lacks the key: IfExists, ForAllValues. */
  readonly passesWithout: boolean;
  /** In lower case: `aws:principalorgid`. */
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * A statement in one form: names of elements, operators and keys are compared without case, and single values are lists
 * of one. Undefined for what is no IAM statement: one allows or denies, and names actions.
 * Source: IAM User Guide, "IAM JSON policy elements reference".
 */
export function readStatement(source: unknown): Statement | undefined {
  if (!isObject(source)) return undefined;
  const element = elementsOf(source);
  const notPrincipal = element("notprincipal");
  const [notAction, notResource] = [element("notaction"), element("notresource")];
  const effect = loweredText(element("effect"));
  const sid = element("sid");
  const named = [element("action"), notAction, element("resource"), notResource];
  if (
    (effect !== "allow" && effect !== "deny") ||
    !named.every((one) => isTexts(one)) ||
    !isPrincipal(notPrincipal ?? element("principal"))
  ) {
    return undefined;
  }
  if (element("action") === undefined && notAction === undefined) return undefined;
  return {
    isAllow: effect === "allow",
    ...(typeof sid === "string" && { sid }),
    principal: notPrincipal ?? element("principal"),
    isNotPrincipal: notPrincipal !== undefined,
    actions: textsOf(notAction ?? element("action")),
    isNotAction: notAction !== undefined,
    resources: textsOf(notResource ?? element("resource")),
    isNotResource: notResource !== undefined,
    tests: testsOf(element("condition")),
  };
}

/** Looks up an object's elements by lower-case name; if two names differ only by case, returns the values of both. */
export function elementsOf(object: CloudTrailRecord): (name: string) => unknown {
  const elements = new Map<string, unknown[]>();
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined || value === null) continue;
    const name = key.trim().toLowerCase();
    elements.set(name, [...(elements.get(name) ?? []), value]);
  }
  return (name) => {
    const [first, ...more] = elements.get(name) ?? [];
    return more.length === 0 ? first : [first, ...more].flat();
  };
}

/** The values of an element: one value, or a list, which some tools nest. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flat(3) : [value];
}

/** The texts of an element that is one value or a list; numbers and booleans count as text. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value)
    .filter((one) => one !== null && ["string", "number", "boolean"].includes(typeof one))
    .map(String);
}

/** A text in lower case, without space around it; undefined for other values. */
export function loweredText(value: unknown): string | undefined {
  return typeof value === "string" ? value.trim().toLowerCase() : undefined;
}

function isTexts(value: unknown, types: readonly string[] = ["string"]): boolean {
  return listOf(value).every((one) => one === undefined || types.includes(typeof one));
}

/** Account numbers may lack quotes. */
function isPrincipal(value: unknown): boolean {
  const types = ["string", "number"];
  return listOf(value).every((one) =>
    isObject(one) ? Object.values(one).every((of) => isTexts(of, types)) : isTexts(one, types),
  );
}

function testsOf(condition: unknown): readonly ConditionTest[] {
  const blocks: readonly unknown[] = Array.isArray(condition) ? condition : [condition];
  return blocks.filter(isObject).flatMap((block) =>
    Object.entries(block).flatMap(([name, keys]) => {
      const [, quantifier, operator = "", ifExists] =
        /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(name.trim().toLowerCase()) ?? [];
      const passesWithout = quantifier === "forallvalues" || ifExists !== undefined;
      return isObject(keys)
        ? Object.entries(keys).map(([key, values]) => ({
            // A negation for any value passes without the key, and is none of those that are known.
            operator: quantifier === "foranyvalue" && operator.includes("not") ? name : operator,
            passesWithout,
            key: key.trim().toLowerCase(),
            values: textsOf(values),
          }))
        : [];
    }),
  );
}
