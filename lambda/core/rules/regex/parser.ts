import { classOf, complement, LINE_ENDS } from "./characters.ts";
import { type Node, type Range, RegexError, type RegexFlags } from "./syntax.ts";

const MAX_GROUPS = 100;

/**
 * Parses an expression by this grammar, each line of which is a function below:
 *
 *     choice     = sequence { "|" sequence }
 *     sequence   = { repeated }
 *     repeated   = atom [ quantifier [ "?" ] ]
 *     quantifier = "*" | "+" | "?" | "{" digits [ "," [ digits ] ] "}"
 *     atom       = group | set | "." | "^" | "$" | "\" escaping | character
 *     group      = "(" [ "?:" | "?<name>" ] choice ")"
 *     set        = "[" [ "^" ] { member [ "-" member ] } "]"
 *
 * In front may stand flags for all of it: `(?i)`.
 * @throws RegexError for what is wrong, with its place, and for what cannot be done in linear time
 */
export function parseRegex(source: string, outer: RegexFlags): Node {
  const flags = { ...outer };
  const characters = Array.from(source);
  let at = 0;
  let groups = 0;
  /** The column is that of the last character read, unless another is given. */
  const fail = (what: string, column = Math.min(at, characters.length)): never => {
    throw new RegexError(`regular expression /${source.slice(0, 80)}/, column ${column}: ${what}`);
  };

  const inline = /^\(\?([ims]+)\)/.exec(source);
  if (inline !== null) {
    const given = inline[1] ?? "";
    Object.assign(flags, Object.fromEntries(Array.from(given, (flag) => [flag, true])));
    if (given.includes("i") && !outer.i) fail("write the flag i as the modifier |re|i", 1);
    at = inline[0].length;
  }
  const tree = choice();
  if (at < characters.length) fail("a ) has no (", at + 1);
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
      if (characters[at] === "+") fail("possessive quantifiers are not supported", at + 1);
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
        return escaping();
      default:
        return literal(character.codePointAt(0) ?? 0);
    }
  }

  function group(): Node {
    if (++groups > MAX_GROUPS) fail(`more than ${MAX_GROUPS} groups`);
    if (characters[at] === "?") {
      const [named] = /^\?(?::|P?<[A-Za-z_]\w*>)/.exec(characters.slice(at, at + 60).join("")) ?? [];
      if (named === undefined) fail("look-around and inline options are not supported", at + 1);
      at += (named ?? "").length;
    }
    const inner = choice();
    if (characters[at++] !== ")") fail("a ( is not closed");
    return inner;
  }

  function escaping(): Node {
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
