import {
  type Assertion,
  LINE_ENDS,
  type Node,
  parseRegex,
  type Range,
  RegexError,
  type RegexFlags,
  WORD,
} from "./syntax.ts";

/** What a state of the machine demands before it moves on. */
type Instruction =
  | { readonly kind: "char"; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "split"; a: number; b: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "assert"; readonly what: Assertion }
  | { readonly kind: "match" };

const MAX_INSTRUCTIONS = 5_000;

/**
 * Compiles a regular expression into a test that finds it anywhere in a text, in time proportional to the text times the
 * expression whatever both are: all ways through the expression are followed at once, and none is ever taken back. What
 * cannot be done so (look-around, back-references) is refused.
 * Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach".
 * @throws RegexError
 */
export function compileRegex(source: string, flags: RegexFlags): (text: string) => boolean {
  const tree = parseRegex(source, flags);
  const program = assemble(tree);
  const demanded = flags.i ? "" : literalIn(tree);
  return (text) => text.includes(demanded) && run(program, text, flags.i ?? false);
}

/** The longest run of plain characters that every match holds: most texts are told apart by it at once. */
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
  const place = (node: Node): void => {
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

/** Follows all ways at once: each state is entered at most once per character. */
function run(program: readonly Instruction[], text: string, ignoreCase: boolean): boolean {
  const enteredAt = new Int32Array(program.length).fill(-1);
  let current: number[] = [];
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const stack: number[] = [];

  /** Adds a state and all that it leads to without a character; true when the end is reached. */
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
      for (const state of current) {
        const instruction = program[state] as Instruction & { kind: "char" };
        if (accepts(instruction, code, ignoreCase) && enter(state + 1, at, here)) return true;
      }
    }
    if (enter(0, at, here)) return true;
    current = here;
  }
  return false;
}

function accepts(
  { negated, ranges }: { negated: boolean; ranges: readonly Range[] },
  code: number,
  ignoreCase: boolean,
): boolean {
  const isIn = (one: number) => ranges.some(([low, high]) => one >= low && one <= high);
  return (isIn(code) || (ignoreCase && casesOf(code).some(isIn))) !== negated;
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
