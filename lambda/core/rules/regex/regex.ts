import { LINE_ENDS, WORD } from "./characters.ts";
import { parseRegex } from "./parser.ts";
import { type Assertion, type Node, type Range, RegexError, type RegexFlags } from "./syntax.ts";

/** What a state of the machine demands before it moves on. */
type Instruction =
  | { readonly kind: "char"; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "split"; a: number; b: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "match" };

/** How many steps each character of a text may cost: 100 KB of hostile text then take about a second. */
const MAX_INSTRUCTIONS = 1_000;
const MAX_PLACEMENTS = 10_000;

/**
 * Compiles a regular expression into a test that finds it anywhere in a text, in time proportional to the text times the
 * expression whatever both are: it follows all ways through the expression at once and never backtracks. What
 * cannot be done this way (look-around, back-references) is refused.
 * Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach".
 * @throws RegexError
 */
export function compileRegex(source: string, flags: RegexFlags): (text: string) => boolean {
  const tree = parseRegex(source, flags);
  const program = assemble(tree);
  const accepted = program.map((instruction) =>
    instruction.kind === "char" ? acceptance(instruction, flags.i ?? false) : undefined,
  );
  const demanded = flags.i ? "" : literalIn(tree);
  return (text) => text.includes(demanded) && run(program, accepted, text);
}

/** The longest run of plain characters that every match holds: it rules most texts out at once. */
function literalIn(tree: Node): string {
  const nodes = tree.kind === "sequence" ? tree.of : [tree];
  let longest = "";
  let current = "";
  for (const node of nodes) {
    const [[low, high] = [0, 1]] = node.kind === "char" && node.ranges.length === 1 ? node.ranges : [];
    const isPlain = node.kind === "char" && !node.negated && low === high;
    current = isPlain ? current + String.fromCodePoint(low) : "";
    if (current.length > longest.length) longest = current;
  }
  return longest;
}

function assemble(tree: Node): readonly Instruction[] {
  const program: Instruction[] = [];
  const emit = (instruction: Instruction): number => {
    if (program.length >= MAX_INSTRUCTIONS)
      throw new RegexError("regular expression: its repetitions make it too large");
    return program.push(instruction) - 1;
  };
  let placements = 0;
  const place = (node: Node): void => {
    // Repetitions of nothing make no instruction, but still take time.
    if (++placements > MAX_PLACEMENTS) throw new RegexError("regular expression: its repetitions make it too large");
    switch (node.kind) {
      case "char":
      case "assert":
        emit(node);
        return;
      case "sequence":
        node.of.forEach(place);
        return;
      case "choice": {
        const jumps: { kind: "jump"; to: number }[] = [];
        node.of.forEach((branch, i) => {
          if (i === node.of.length - 1) {
            place(branch);
            return;
          }
          const split = { kind: "split" as const, a: program.length + 1, b: 0 };
          emit(split);
          place(branch);
          const jump = { kind: "jump" as const, to: 0 };
          emit(jump);
          jumps.push(jump);
          split.b = program.length;
        });
        for (const jump of jumps) jump.to = program.length;
        return;
      }
      case "repeat": {
        for (let i = 0; i < node.min; i++) place(node.of);
        if (node.max === Number.POSITIVE_INFINITY) {
          const start = program.length;
          const split = { kind: "split" as const, a: start + 1, b: 0 };
          emit(split);
          place(node.of);
          emit({ kind: "jump", to: start });
          split.b = program.length;
          return;
        }
        const splits: { kind: "split"; a: number; b: number }[] = [];
        for (let i = node.min; i < node.max; i++) {
          const split = { kind: "split" as const, a: program.length + 1, b: 0 };
          emit(split);
          splits.push(split);
          place(node.of);
        }
        for (const split of splits) split.b = program.length;
        return;
      }
      default:
        node satisfies never;
    }
  };
  place(tree);
  emit({ kind: "match" });
  return program;
}

/** Follows all ways at once, entering each state at most once per character. */
function run(
  program: readonly Instruction[],
  accepted: readonly (((code: number) => boolean) | undefined)[],
  text: string,
): boolean {
  const enteredAt = new Int32Array(program.length).fill(-1);
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const stack: number[] = [];
  let current: number[] = [];

  /** Adds a state and all states that it leads to without reading a character; true when the end is reached. */
  const enter = (first: number, at: number, states: number[]): boolean => {
    stack.push(first);
    while (stack.length > 0) {
      const state = stack.pop() ?? 0;
      if (enteredAt[state] === at) continue;
      enteredAt[state] = at;
      const instruction = program[state] as Instruction;
      switch (instruction.kind) {
        case "match":
          stack.length = 0;
          return true;
        case "jump":
          stack.push(instruction.to);
          break;
        case "split":
          stack.push(instruction.b, instruction.a);
          break;
        case "assert":
          if (holds(instruction.what, codes, at)) stack.push(state + 1);
          break;
        case "char":
          states.push(state);
          break;
        default:
          instruction satisfies never;
      }
    }
    return false;
  };

  for (let at = 0; at <= codes.length; at++) {
    const here: number[] = [];
    if (at > 0) {
      const code = codes[at - 1] ?? 0;
      for (let i = 0; i < current.length; i++) {
        const state = current[i] ?? 0;
        if (accepted[state]?.(code) && enter(state + 1, at, here)) return true;
      }
    }
    if (enter(0, at, here)) return true;
    current = here;
  }
  return false;
}

/** Whether a state accepts a character; ASCII is looked up, because nearly all text is ASCII. */
function acceptance(
  { negated, ranges }: Instruction & { kind: "char" },
  ignoreCase: boolean,
): (code: number) => boolean {
  const isIn = (one: number) => ranges.some(([low, high]) => one >= low && one <= high);
  const accepts = (code: number) => (isIn(code) || (ignoreCase && casesOf(code).some(isIn))) !== negated;
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => (accepts(code) ? 1 : 0));
  return (code) => (code < 128 ? ascii[code] === 1 : accepts(code));
}

function casesOf(code: number): readonly number[] {
  const character = String.fromCodePoint(code);
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return [lower, upper].filter((one) => one.length === character.length).map((one) => one.codePointAt(0) ?? 0);
}

function holds(what: Assertion, codes: readonly number[], at: number): boolean {
  switch (what) {
    case "start":
      return at === 0;
    case "end":
      return at === codes.length;
    case "lineStart":
      return at === 0 || isLineEnd(codes[at - 1]);
    case "lineEnd":
      return at === codes.length || isLineEnd(codes[at]);
    case "word":
      return isWord(codes[at - 1]) !== isWord(codes[at]);
    case "noWord":
      return isWord(codes[at - 1]) === isWord(codes[at]);
    default:
      return what satisfies never;
  }
}

function isLineEnd(code: number | undefined): boolean {
  return code !== undefined && LINE_ENDS.some(([low, high]) => code >= low && code <= high);
}

function isWord(code: number | undefined): boolean {
  return code !== undefined && WORD.some(([low, high]) => code >= low && code <= high);
}
