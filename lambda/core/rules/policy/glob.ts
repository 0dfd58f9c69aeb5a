/**
 * True when some text fits both one of the patterns and the other pattern: `*` stands for any text and `?` for any one
 * character; case is ignored. Where one of the two is a plain text: true when it fits the pattern.
 */
export function someOverlaps(patterns: readonly string[], other: string): boolean {
  const right = tidied(other);
  return allTidied(patterns).some((left) => tidiedOverlap(left, right));
}

/** True when one of the patterns fits whatever the other one fits; patterns that only together do so are not seen. */
export function someCovers(patterns: readonly string[], other: string): boolean {
  return someOverlaps(
    patterns,
    other.replace(/[*?]/g, (wildcard) => ANYTHING[wildcard] ?? ""),
  );
}

/** A text that no pattern names, so that only wildcards fit it; longer than any row of question marks. */
const ANYTHING: { readonly [wildcard: string]: string } = { "*": "\u0001".repeat(97), "?": "\u0001" };

/**
 * True when some ARN fits both one of the patterns and the other: a star does not reach over colons, and parts that
 * are left out are any.
 * Source: IAM User Guide, "IAM JSON policy elements: Resource".
 */
export function someArnOverlaps(patterns: readonly string[], other: string): boolean {
  const right = partsOf(other);
  return allInParts(patterns).some((left) => left.every((part, i) => tidiedOverlap(part, right[i] ?? "*")));
}

/** Results for lists are kept as long as the lists: each is compared with many. */
const tidiedLists = new WeakMap<readonly string[], readonly string[]>();
const listsInParts = new WeakMap<readonly string[], readonly (readonly string[])[]>();

function allTidied(patterns: readonly string[]): readonly string[] {
  const known = tidiedLists.get(patterns);
  if (known !== undefined) return known;
  const all = [...new Set(patterns.map(tidied))];
  tidiedLists.set(patterns, all);
  return all;
}

function allInParts(patterns: readonly string[]): readonly (readonly string[])[] {
  const known = listsInParts.get(patterns);
  if (known !== undefined) return known;
  const all = [...new Set(patterns)].map(partsOf);
  listsInParts.set(patterns, all);
  return all;
}

const PARTS = 6;

function partsOf(arn: string): readonly string[] {
  // The colon in a variable's name separates nothing.
  const parts = arn
    .replace(/\$\{[^{}]*\}/g, (variable) => variable.replaceAll(":", "."))
    .split(":", PARTS * MAX_LENGTH);
  const first = parts.slice(0, PARTS - 1);
  const rest = parts.length < PARTS ? "*" : parts.slice(PARTS - 1).join(":");
  return [...first, ...Array<string>(PARTS - 1 - first.length).fill("*"), rest].map(tidied);
}

function tidiedOverlap(left: string, right: string): boolean {
  if (!hasWildcard(right)) return fits(left, right);
  return hasWildcard(left) ? patternsOverlap(left, right) : fits(right, left);
}

function hasWildcard(text: string): boolean {
  return text.includes("*") || text.includes("?");
}

/** Whether a text fits a pattern; backtracks to the last star only, which is enough. */
function fits(pattern: string, text: string): boolean {
  let [p, t, star, from] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      from = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++from;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

function patternsOverlap(left: string, right: string): boolean {
  // Which beginnings of the right pattern fit the part of the left one that was read so far.
  let fitting = beginningsOf(right);
  for (const character of left) {
    const next = [character === "*" && fitting[0] === true];
    for (let i = 1; i <= right.length; i++) {
      const other = right[i - 1];
      next.push(
        character === "*" || other === "*"
          ? fitting[i] === true || next[i - 1] === true || (character === other && fitting[i - 1] === true)
          : fitting[i - 1] === true && (character === other || character === "?" || other === "?"),
      );
    }
    fitting = next;
  }
  return fitting[right.length] === true;
}

/** How much of a pattern fits the empty text: nothing, and stars. */
function beginningsOf(pattern: string): boolean[] {
  const fitting = [true];
  for (const character of pattern) fitting.push(fitting.at(-1) === true && character === "*");
  return fitting;
}

/** No action and few ARNs are longer; a cut pattern fits at least what the whole one fits. */
const MAX_LENGTH = 256;

/** In lower case, with each run of wildcards in one order: only the number of `?`, and any `*`, counts. */
function tidied(pattern: string): string {
  const cut = pattern.length > MAX_LENGTH ? `${pattern.slice(0, MAX_LENGTH)}*` : pattern;
  return cut
    .trim()
    .toLowerCase()
    .replace(/[*?]{2,}/g, (run) => {
      const inOrder = run.replaceAll("*", "");
      return inOrder.length === run.length ? run : `${inOrder}*`;
    });
}
