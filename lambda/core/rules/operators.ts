import { type AddressKind, addressKindOf } from "../record/address-kind.ts";
import { withoutApiVersion } from "../record/call.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { type KnownAccounts, type Nearness, NOBODY_KNOWN, nearnessIn } from "./accounts.ts";
import { canonicalAddress, inBlock, isWiderThan } from "./address.ts";
import { type FieldPath, type Scalar, someScalar } from "./field-path.ts";
import { compileRegex } from "./regex/regex.ts";
import type { RegexFlags } from "./regex/syntax.ts";
import { namesResource } from "./resource-name.ts";

/**
 * A question about one scalar of a record, as plain data. `fold: true` ignores case. Text tests hold only for strings,
 * numeric ones only for numbers: nothing is converted.
 */
export type ValueTest =
  | { readonly kind: "in"; readonly values: readonly Scalar[] }
  | { readonly kind: "equals"; readonly texts: readonly string[]; readonly fold?: true }
  | { readonly kind: "contains"; readonly text: string; readonly fold?: true }
  | { readonly kind: "regex"; readonly source: string; readonly flags: RegexFlags }
  | { readonly kind: "prefix"; readonly text: string; readonly fold?: true }
  | { readonly kind: "suffix"; readonly text: string; readonly fold?: true }
  | { readonly kind: "wildcard"; readonly parts: readonly string[]; readonly fold?: true }
  | { readonly kind: "call"; readonly names: readonly string[] }
  | { readonly kind: "call-like"; readonly parts: readonly string[] }
  /** `ofText: true` is also for text that is a number. */
  | { readonly kind: "numeric"; readonly bounds: readonly NumericBound[]; readonly ofText?: true }
  /** For text that is a number. */
  | { readonly kind: "compare"; readonly operator: NumericBound["operator"]; readonly value: number }
  | { readonly kind: "cidr"; readonly block: string }
  /** For an address block with a shorter prefix. */
  | { readonly kind: "cidr-wider-than"; readonly bits: number }
  /** For an address of such a network. */
  | { readonly kind: "address"; readonly is: AddressKind }
  /** For a value that is or contains the number of such an account. */
  | { readonly kind: "account"; readonly nearness: Nearness }
  /** For a value that some scalar at a path of the record equals. */
  | { readonly kind: "equals-field"; readonly path: FieldPath }
  /** For a value that names the resource with this ARN, in any way. */
  | { readonly kind: "names-resource"; readonly arn: string }
  /** For an address block that counts towards half of the internet: see the condition of that name. */
  | { readonly kind: "block" }
  | { readonly kind: "present" }
  | { readonly kind: "none-of"; readonly tests: readonly ValueTest[] };

export interface NumericBound {
  readonly operator: "=" | "<" | "<=" | ">" | ">=";
  readonly value: number;
}

/**
 * Lower case for comparing without case, character by character: one that does not survive the way back from upper
 * case (the Kelvin sign, the final sigma) equals only itself, as in event-ruler.
 */
export function folded(text: string): string {
  const lower = text.toLowerCase();
  if (/^[\x20-\x7e]*$/.test(text)) return lower;
  return Array.from(text, (character) => {
    const lower = character.toLowerCase();
    return lower.length === character.length && lower.toUpperCase() === character.toUpperCase() ? lower : character;
  }).join("");
}

/** An event name as calls are compared: without API version, case, and the stray space at the end in some records. */
export function foldedCallName(eventName: string): string {
  return folded(withoutApiVersion(eventName.trim()));
}

/** A text that is a number, as JSON writes one. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A compiled test: asked of a value, in a record or by itself. */
export type ValuePredicate = (value: Scalar, record?: CloudTrailRecord) => boolean;

/** Compiles a test into a function; invalid CIDR blocks and ARNs were refused when the test was made. */
export function compileTest(test: ValueTest, known: KnownAccounts = NOBODY_KNOWN): ValuePredicate {
  switch (test.kind) {
    case "in": {
      const values = new Set(test.values);
      const addresses = new Set(test.values.map((value) => typeof value === "string" && canonicalAddress(value)));
      addresses.delete(false);
      addresses.delete(undefined);
      if (addresses.size === 0) return (value) => values.has(value);
      return (value) => values.has(value) || (typeof value === "string" && addresses.has(canonicalAddress(value)));
    }
    case "equals": {
      const texts = new Set(test.fold ? test.texts.map(folded) : test.texts);
      return onText(test.fold, (text) => texts.has(text));
    }
    case "contains": {
      const part = test.fold ? folded(test.text) : test.text;
      return onText(test.fold, (text) => text.includes(part));
    }
    case "regex":
      return onText(false, compileRegex(test.source, test.flags));
    case "compare":
      return onText(false, (text) => NUMBER.test(text) && holds(Number(text), test));
    case "prefix": {
      const start = test.fold ? folded(test.text) : test.text;
      return onText(test.fold, (text) => text.startsWith(start));
    }
    case "suffix": {
      const end = test.fold ? folded(test.text) : test.text;
      return onText(test.fold, (text) => text.endsWith(end));
    }
    case "wildcard": {
      const parts = test.fold ? test.parts.map(folded) : test.parts;
      return onText(test.fold, (text) => matchesParts(text, parts));
    }
    case "call": {
      const names = new Set(test.names.map(foldedCallName));
      return onText(false, (text) => names.has(foldedCallName(text)));
    }
    case "call-like": {
      const parts = test.parts.map(folded);
      // A name may also fit with its API version: lambda:DeleteFunction2015*.
      return onText(false, (text) => matchesParts(foldedCallName(text), parts) || matchesParts(folded(text), parts));
    }
    case "numeric":
      return (value) =>
        (typeof value === "number" && isWithin(value, test.bounds)) ||
        (test.ofText === true &&
          typeof value === "string" &&
          NUMBER.test(value) &&
          isWithin(Number(value), test.bounds));
    case "cidr":
      return inBlock(test.block);
    case "cidr-wider-than":
      return isWiderThan(test.bits);
    case "address":
      return onText(false, (text) => addressKindOf(text) === test.is);
    case "account":
      return (value, record = {}) => nearnessIn(value, record, known) === test.nearness;
    case "equals-field":
      return (value, record) => value !== null && someScalar(record, test.path, (other) => other === value);
    case "names-resource":
      return namesResource(test.arn) ?? (() => false);
    case "block":
      return (value) => typeof value === "string";
    case "present":
      return () => true;
    case "none-of": {
      const tests = test.tests.map((inner) => compileTest(inner, known));
      return (value, record) => !tests.some((passes) => passes(value, record));
    }
    default:
      return test satisfies never;
  }
}

/** True when a number is within all the bounds. */
export function isWithin(value: number, bounds: readonly NumericBound[]): boolean {
  return bounds.every((bound) => holds(value, bound));
}

function onText(fold: boolean | undefined, passes: (text: string) => boolean): ValuePredicate {
  return fold
    ? (value) => typeof value === "string" && passes(folded(value))
    : (value) => typeof value === "string" && passes(value);
}

/** Stands for any one character in a wildcard's part: a code point that no text holds. */
export const ANY_CHARACTER = "\uffff";

/**
 * True when the parts occur in the text in order, the first at its start and the last at its end. The parts are the
 * text between a wildcard's stars. Each part is looked for once, so that many stars do not make it slow.
 */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text.length === first.length && standsAt(text, first, 0);
  if (text.length < first.length + last.length || !standsAt(text, first, 0)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = indexOfPart(text, part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && standsAt(text, last, text.length - last.length);
}

function indexOfPart(text: string, part: string, from: number): number {
  if (!part.includes(ANY_CHARACTER)) return text.indexOf(part, from);
  for (let at = from; at + part.length <= text.length; at++) if (standsAt(text, part, at)) return at;
  return -1;
}

function standsAt(text: string, part: string, at: number): boolean {
  if (!part.includes(ANY_CHARACTER)) return text.startsWith(part, at);
  for (let i = 0; i < part.length; i++) {
    if (part[i] !== ANY_CHARACTER && part[i] !== text[at + i]) return false;
  }
  return true;
}

function holds(value: number, { operator, value: limit }: Pick<NumericBound, "operator" | "value">): boolean {
  switch (operator) {
    case "=":
      return value === limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    default:
      return operator satisfies never;
  }
}
