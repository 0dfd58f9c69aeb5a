import { ADDRESS_KINDS, type AddressKind } from "../../record/address-kind.ts";
import { isObject } from "../../record/record.ts";
import { NEARNESS, type Nearness } from "../accounts.ts";
import { isBlock } from "../address.ts";
import type { Scalar } from "../field-path.ts";
import type { NumericBound, ValueTest } from "../operators.ts";
import { NAMEABLE, namesResource } from "../resource-name.ts";
import { EventPatternError } from "./error.ts";

/** What one element of a field's list asks for: a value that passes a test, no value, or a list of some size. */
type Asked =
  | ValueTest
  | { readonly kind: "absent" }
  | { readonly kind: "size"; readonly bounds: readonly NumericBound[] };

/**
 * Reads one element of a field's list: a literal, or an object with exactly one operator.
 * Source: EventBridge User Guide, "Comparison operators for use in event patterns"; where it is silent, event-ruler 2.0.1.
 * Those of OPERATORS that are not EventBridge's are Trailbell's own.
 * @throws EventPatternError naming the path and what is wrong
 */
export function parseOperator(element: unknown, path: string): Asked {
  if (isScalar(element)) return { kind: "in", values: [literal(element, path)] };
  if (!isObject(element)) {
    throw new EventPatternError(path, "a list holds strings, numbers, true, false, null or {operator: ...} objects");
  }
  const [operator, argument] = single(element, path);
  // In event-ruler, though not in AWS's documentation.
  if (operator === "exactly") return { kind: "in", values: [text(argument, operator, path)] };
  if (!isOperator(operator)) throw unknownOperator(operator, path);
  switch (operator) {
    case "exists":
      if (typeof argument !== "boolean") throw new EventPatternError(path, "exists takes true or false");
      return argument ? { kind: "present" } : { kind: "absent" };
    case "prefix":
    case "suffix":
      return affix(operator, argument, path);
    case "equals-ignore-case":
      return { kind: "equals", texts: [text(argument, operator, path)], fold: true };
    case "wildcard":
      return wildcard(text(argument, operator, path), path);
    case "anything-but":
      return { kind: "none-of", tests: anythingBut(argument, path) };
    case "numeric":
      return { kind: "numeric", bounds: numeric(argument, operator, path) };
    case "number":
      return { kind: "numeric", bounds: numeric(argument, operator, path), ofText: true };
    case "flag":
      if (typeof argument !== "boolean") throw new EventPatternError(path, "flag takes true or false");
      return { kind: "in", values: [argument, ...spellingsOf(argument)] };
    case "cidr":
      return { kind: "cidr", block: cidr(text(argument, operator, path), path) };
    case "address":
      if (!ADDRESS_KINDS.includes(argument as AddressKind)) {
        throw new EventPatternError(path, `address takes one of ${ADDRESS_KINDS.join(", ")}`);
      }
      return { kind: "address", is: argument as AddressKind };
    case "account":
      if (!NEARNESS.includes(argument as Nearness)) {
        throw new EventPatternError(path, `account takes one of ${NEARNESS.join(", ")}`);
      }
      return { kind: "account", nearness: argument as Nearness };
    case "cidr-wider-than":
      if (!Number.isInteger(argument) || (argument as number) < 1 || (argument as number) > 128) {
        throw new EventPatternError(path, "cidr-wider-than takes the length of a prefix, 1 to 128");
      }
      return { kind: "cidr-wider-than", bits: argument as number };
    case "internet":
      if (argument !== true) throw new EventPatternError(path, "internet takes true");
      return { kind: "block" };
    case "size":
      return { kind: "size", bounds: numeric(argument, operator, path) };
    case "equals-field":
      return { kind: "equals-field", path: text(argument, operator, path).split(".") };
    case "names-resource":
      return { kind: "names-resource", arn: resource(text(argument, operator, path), path) };
    default:
      return operator satisfies never;
  }
}

/** What tools that pass records on write for true and false. */
function spellingsOf(flag: boolean): readonly string[] {
  const text = String(flag);
  return [text, text.charAt(0).toUpperCase() + text.slice(1), text.toUpperCase()];
}

function isOperator(word: string): word is (typeof OPERATORS)[number] {
  return (OPERATORS as readonly string[]).includes(word);
}

function unknownOperator(operator: string, path: string): EventPatternError {
  const text = `unknown operator ${JSON.stringify(operator)}; one of ${OPERATORS.join(", ")}`;
  return new EventPatternError(path, text, { word: operator, known: OPERATORS });
}

/** The operators of EventBridge. */
export const EVENT_BRIDGE_OPERATORS = [
  "exists",
  "prefix",
  "suffix",
  "equals-ignore-case",
  "wildcard",
  "anything-but",
  "numeric",
  "cidr",
] as const;

/** All operators. What they ask of a value is in operators.ts. */
export const OPERATORS = [
  ...EVENT_BRIDGE_OPERATORS,
  "address",
  "account",
  "cidr-wider-than",
  "internet",
  "number",
  "flag",
  "size",
  "equals-field",
  "names-resource",
] as const;

function affix(kind: "prefix" | "suffix", argument: unknown, path: string): ValueTest {
  if (!isObject(argument)) return { kind, text: text(argument, kind, path) };
  const [operator, inner] = single(argument, path);
  if (operator !== "equals-ignore-case") {
    throw new EventPatternError(path, `${kind} takes a string or {equals-ignore-case: string}, not {${operator}: ...}`);
  }
  return { kind, text: text(inner, operator, path), fold: true };
}

function wildcard(source: string, path: string): ValueTest & { kind: "wildcard" } {
  const parts = [""];
  for (let i = 0; i < source.length; i++) {
    let character = source.charAt(i);
    if (character === "*") {
      if (source[i + 1] === "*") throw new EventPatternError(path, "wildcard has two * in a row; one is enough");
      parts.push("");
      continue;
    }
    if (character === "\\") {
      character = source.charAt(++i);
      if (character !== "*" && character !== "\\") {
        throw new EventPatternError(path, "wildcard knows only the escapes \\* and \\\\");
      }
    }
    parts[parts.length - 1] += character;
  }
  return { kind: "wildcard", parts };
}

function anythingBut(argument: unknown, path: string): readonly ValueTest[] {
  if (isObject(argument)) {
    const [operator, inner] = single(argument, path);
    // Only an empty prefix or suffix would exclude everything; event-ruler refuses just these two.
    const textIn = operator === "prefix" || operator === "suffix" ? nonEmpty : text;
    const texts = (Array.isArray(inner) ? inner : [inner]).map((one) => textIn(one, `anything-but ${operator}`, path));
    if (texts.length === 0) throw new EventPatternError(path, `anything-but ${operator} takes at least one string`);
    switch (operator) {
      case "prefix":
      case "suffix":
        return texts.map((one) => ({ kind: operator, text: one }));
      case "equals-ignore-case":
        return texts.map((one) => ({ kind: "equals", texts: [one], fold: true }));
      case "wildcard":
        return texts.map((one) => wildcard(one, path));
      case "names-resource":
        return texts.map((one) => ({ kind: operator, arn: resource(one, path) }));
      default:
        throw new EventPatternError(
          path,
          `anything-but takes values, prefix, suffix, equals-ignore-case, wildcard or names-resource, not ${JSON.stringify(operator)}`,
        );
    }
  }
  const values: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  const allTexts = values.every((value) => typeof value === "string");
  const allNumbers = values.every((value) => typeof value === "number");
  if (values.length === 0 || !(allTexts || allNumbers)) {
    throw new EventPatternError(path, "anything-but takes strings only, or numbers only");
  }
  return [{ kind: "in", values: values.map((value) => literal(value as Scalar, path)) }];
}

function numeric(argument: unknown, word: string, path: string): readonly NumericBound[] {
  if (!Array.isArray(argument) || argument.length === 0 || argument.length % 2 !== 0 || argument.length > 4) {
    throw new EventPatternError(path, `${word} takes [operator, number] or a range such as [">", 0, "<=", 5]`);
  }
  const bounds: NumericBound[] = [];
  for (let i = 0; i < argument.length; i += 2) {
    const operator: unknown = argument[i];
    if (operator !== "=" && operator !== "<" && operator !== "<=" && operator !== ">" && operator !== ">=") {
      throw new EventPatternError(path, `${word} knows =, <, <=, > and >=, not ${JSON.stringify(operator)}`);
    }
    const value: unknown = argument[i + 1];
    if (typeof value !== "number") throw new EventPatternError(path, `${word} ${operator} takes a number`);
    bounds.push({ operator, value: literal(value, path) as number });
  }
  const [bottom, top] = bounds;
  if (bottom && top) {
    if (!bottom.operator.startsWith(">") || !top.operator.startsWith("<")) {
      throw new EventPatternError(path, `a range of ${word} has a lower bound (> or >=), then an upper one (< or <=)`);
    }
    if (bottom.value >= top.value) throw new EventPatternError(path, `a range of ${word} has the smaller bound first`);
  }
  return bounds;
}

function cidr(block: string, path: string): string {
  if (isBlock(block)) return block;
  const wanted = "an address and a prefix length such as 10.0.0.0/8";
  throw new EventPatternError(path, `cidr takes ${wanted}, not ${JSON.stringify(block)}`);
}

function resource(arn: string, path: string): string {
  if (namesResource(arn) !== undefined) return arn;
  const wanted = `the ARN of a resource of ${NAMEABLE.join(", ")}`;
  throw new EventPatternError(path, `names-resource takes ${wanted}, not ${JSON.stringify(arn)}`);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function literal(value: Scalar, path: string): Scalar {
  if (typeof value === "number" && !Number.isFinite(value)) throw new EventPatternError(path, "a number is too large");
  return value;
}

function single(object: { readonly [key: string]: unknown }, path: string): readonly [string, unknown] {
  const entries = Object.entries(object);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw new EventPatternError(path, "an operator object has exactly one key");
  }
  return entry;
}

function text(argument: unknown, operator: string, path: string): string {
  if (typeof argument !== "string") throw new EventPatternError(path, `${operator} takes a string`);
  return argument;
}

function nonEmpty(argument: unknown, operator: string, path: string): string {
  const value = text(argument, operator, path);
  if (value === "") throw new EventPatternError(path, `${operator} takes no empty string`);
  return value;
}
