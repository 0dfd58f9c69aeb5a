/** A regular expression that is not understood, or cannot run in linear time. */
export class RegexError extends Error {
  override readonly name = "RegexError";
}

/** Flags: i ignores case, m lets ^ and $ match at line ends, s lets the dot match line ends. */
export interface RegexFlags {
  readonly i?: boolean;
  readonly m?: boolean;
  readonly s?: boolean;
}

/** Code points from the first to the second, inclusive. */
export type Range = readonly [number, number];

/** What a place between two characters must be. */
export type Assertion = "start" | "end" | "lineStart" | "lineEnd" | "word" | "noWord";

/** A parsed expression. */
export type Node =
  | { readonly kind: "char"; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "sequence"; readonly of: readonly Node[] }
  | { readonly kind: "choice"; readonly of: readonly Node[] }
  | { readonly kind: "repeat"; readonly of: Node; readonly min: number; readonly max: number };

const MAX_GROUPS = 100;
const DIGITS: readonly Range[] = [[0x30, 0x39]];
export const WORD: readonly Range[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: readonly Range[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
export const LINE_ENDS: readonly Range[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/**
 * Parses an expression.
 * @throws RegexError for what is wrong, and for what cannot be done in linear time
 */
export function parseRegex(source: string, outer: RegexFlags): Node {
  const flags = { ...outer };
  const characters = Array.from(source);
  let at = 0;
  let groups = 0;
  const fail = (what: string): never => {
    throw new RegexError(`regular expression /${source.slice(0, 80)}/: ${what}`);
  };

  const inline = /^\(\?([ims]+)\)/.exec(source);
  if (inline !== null) {
    const given = inline[1] ?? "";
    Object.assign(flags, Object.fromEntries(Array.from(given, (flag) => [flag, true])));
    if (given.includes("i") && !outer.i) fail("write the flag i as the modifier |re|i");
    at = inline[0].length;
  }
  const tree = choice();
  if (at < characters.length) fail("a ) has no (");
  return tree;

  function choice(): Node {
    const of = [sequence()];
    while (characters[at] === "|") {
      at++;
      of.push(sequence());
    }
    const [only] = of;
    return of.length === 1 && only ? only : { kind: "choice", of };
  }

  function sequence(): Node {
    const of: Node[] = [];
    while (at < characters.length && characters[at] !== "|" && characters[at] !== ")") of.push(repeated(atom()));
    return { kind: "sequence", of };
  }

  function repeated(node: Node): Node {
    let repeat = node;
    for (;;) {
      const bounds = quantifier();
      if (bounds === undefined) return repeat;
      if (repeat !== node) fail("two quantifiers in a row");
      const [min, max] = bounds;
      if (max < min || min > 1000 || (max > 1000 && max !== Number.POSITIVE_INFINITY))
        fail("a repetition out of bounds");
      if (characters[at] === "?") at++; // lazy or greedy makes no difference to whether there is a match
      if (characters[at] === "+") fail("possessive quantifiers are not supported");
      repeat = { kind: "repeat", of: node, min, max };
    }
  }

  function quantifier(): readonly [number, number] | undefined {
    switch (characters[at]) {
      case "*":
        at++;
        return [0, Number.POSITIVE_INFINITY];
      case "+":
        at++;
        return [1, Number.POSITIVE_INFINITY];
      case "?":
        at++;
        return [0, 1];
      case "{": {
        const [whole, min = "", comma, max] = /^\{(\d+)(,?)(\d*)\}/.exec(characters.slice(at, at + 20).join("")) ?? [];
        if (whole === undefined) return undefined; // a brace that opens no repetition is a character
        at += whole.length;
        return [Number(min), comma === "" ? Number(min) : max === "" ? Number.POSITIVE_INFINITY : Number(max)];
      }
      default:
        return undefined;
    }
  }

  function atom(): Node {
    const character = characters[at++] ?? "";
    switch (character) {
      case "(":
        return group();
      case "[":
        return set();
      case ".":
        return { kind: "char", negated: true, ranges: flags.s ? [] : LINE_ENDS };
      case "^":
        return { kind: "assert", what: flags.m ? "lineStart" : "start" };
      case "$":
        return { kind: "assert", what: flags.m ? "lineEnd" : "end" };
      case "*":
      case "+":
      case "?":
        return fail(`${character} has nothing to repeat`);
      case "\\":
        return escapeSequence();
      default:
        return literal(character.codePointAt(0) ?? 0);
    }
  }

  function group(): Node {
    if (++groups > MAX_GROUPS) fail(`more than ${MAX_GROUPS} groups`);
    if (characters[at] === "?") {
      const [named] = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(characters.slice(at, at + 60).join("")) ?? [];
      if (named === undefined) fail("look-around and inline options are not supported");
      at += (named ?? "").length;
    }
    const inner = choice();
    if (characters[at++] !== ")") fail("a ( is not closed");
    return inner;
  }

  function escapeSequence(): Node {
    const character = characters[at++];
    switch (character) {
      case undefined:
        return fail("it ends in a backslash");
      case "A":
        return { kind: "assert", what: "start" };
      case "z":
      case "Z":
        return { kind: "assert", what: "end" };
      case "b":
        return { kind: "assert", what: "word" };
      case "B":
        return { kind: "assert", what: "noWord" };
      default: {
        const ranges = classOf(character);
        if (ranges !== undefined) return { kind: "char", negated: character === character.toUpperCase(), ranges };
        return literal(escaped(character));
      }
    }
  }

  function escaped(character: string): number {
    const control = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, 0: 0 }[character];
    if (control !== undefined) return control;
    if (character === "x" || character === "u") {
      const digits = characters.slice(at, at + (character === "x" ? 2 : 4)).join("");
      if (!/^(?:[0-9a-f]{2}|[0-9a-f]{4})$/i.test(digits)) fail(`\\${character} needs hex digits`);
      at += digits.length;
      return Number.parseInt(digits, 16);
    }
    if (/[A-Za-z0-9]/.test(character)) fail(`\\${character} is not supported`);
    return character.codePointAt(0) ?? 0;
  }

  function set(): Node {
    const negated = characters[at] === "^";
    if (negated) at++;
    const ranges: Range[] = [];
    for (let first = true; characters[at] !== "]" || first; first = false) {
      if (at >= characters.length) fail("a [ is not closed");
      const low = member();
      if (typeof low !== "number") {
        ranges.push(...low);
      } else if (characters[at] === "-" && characters[at + 1] !== "]" && at + 1 < characters.length) {
        at++;
        const high = member();
        if (typeof high !== "number" || high < low) fail("a range in [ ] is upside down");
        ranges.push([low, high as number]);
      } else {
        ranges.push([low, low]);
      }
    }
    at++;
    return { kind: "char", negated, ranges };
  }

  function member(): number | readonly Range[] {
    const character = characters[at++] ?? "";
    if (character === "[" && characters[at] === ":") fail("[:classes:] are not supported");
    if (character !== "\\") return character.codePointAt(0) ?? 0;
    const next = characters[at++] ?? fail("it ends in a backslash");
    if (next === "b") return 0x08;
    const ranges = classOf(next);
    if (ranges === undefined) return escaped(next);
    return next === next.toUpperCase() ? complement(ranges) : ranges;
  }
}

function literal(code: number): Node {
  return { kind: "char", negated: false, ranges: [[code, code]] };
}

function classOf(letter: string): readonly Range[] | undefined {
  switch (letter.toLowerCase()) {
    case "d":
      return DIGITS;
    case "w":
      return WORD;
    case "s":
      return SPACE;
    default:
      return undefined;
  }
}

function complement(ranges: readonly Range[]): readonly Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const [low, high] of ranges) {
    if (low > from) gaps.push([from, low - 1]);
    from = high + 1;
  }
  return [...gaps, [from, 0x10ffff]];
}
