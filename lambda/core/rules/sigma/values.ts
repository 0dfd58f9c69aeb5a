import { isBlock } from "../address.ts";
import type { Scalar } from "../field-path.ts";
import { ANY_CHARACTER, type ValueTest } from "../operators.ts";
import { compileRegex } from "../regex/regex.ts";
import { RegexError } from "../regex/syntax.ts";
import { SigmaError } from "./error.ts";
import type { Modifier } from "./modifiers.ts";

/** A value of a search that is no map. */
export function scalarOf(value: unknown, path: readonly string[]): Scalar {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  throw new SigmaError(path, "takes text, numbers, true, false or null");
}

/** The test that a value and its modifiers make. */
export function testOf(
  value: Exclude<Scalar, null>,
  modifiers: ReadonlySet<Modifier>,
  path: readonly string[],
): ValueTest {
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
export function merged(tests: readonly ValueTest[]): readonly ValueTest[] {
  const equal = tests.filter((test) => test.kind === "equals");
  const others = tests.filter((test) => test.kind !== "equals");
  const [first] = equal;
  return first === undefined ? others : [{ ...first, texts: equal.flatMap(({ texts }) => texts) }, ...others];
}
