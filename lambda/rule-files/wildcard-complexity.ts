import type { Condition } from "../core/rules/condition.ts";
import type { ValueTest } from "../core/rules/operators.ts";
import type { FieldDoubt } from "./doubt.ts";
import { fieldsOf } from "./fields-of.ts";

/** A wildcard, as the texts between its stars. */
export type WildcardParts = readonly string[];

/**
 * EventBridge's limit. It is not documented; the service was seen to take 9 and to refuse 11 (`*:*:*:*:*:event-bus/*`).
 */
export const MAX_COMPLEXITY = 10;

/** Sets of beginnings examined before giving up; no wildcard that people write comes near. */
const MAX_SETS = 5_000;

/**
 * The fields for which an event pattern has more wildcards than EventBridge takes, in words. The same field in several
 * arms of $or counts as one list; event-ruler does so only where everything before the field is equal.
 */
export function doubtsOfWildcards(pattern: Condition): readonly FieldDoubt[] {
  const byField = new Map<string, Map<string, readonly WildcardParts[]>>();
  for (const { path, tests } of fieldsOf(pattern)) {
    const known = byField.get(path.join(".")) ?? new Map();
    byField.set(path.join("."), known);
    for (const wildcards of tests.map(wildcardsOf).filter(({ length }) => length > 0)) {
      known.set(JSON.stringify(wildcards), wildcards);
    }
  }
  return [...byField]
    .filter(([, wildcards]) => wildcardComplexity([...wildcards.values()]) > MAX_COMPLEXITY)
    .map(([field]) => ({
      text: `EventBridge refuses wildcards such as those on ${field} as too complex; Trailbell runs them`,
      field: field.split("."),
    }));
}

function wildcardsOf(test: ValueTest): readonly WildcardParts[] {
  if (test.kind === "none-of") return test.tests.flatMap(wildcardsOf);
  if (test.kind !== "wildcard") return [];
  // event-ruler puts texts in quotes.
  const last = test.parts.length - 1;
  return [test.parts.map((part, i) => `${i === 0 ? '"' : ""}${part}${i === last ? '"' : ""}`)];
}

/** One beginning of a wildcard, up to and including a token. */
interface Beginning {
  /** The key for counting: equal beginnings in one anything-but list count once. */
  readonly key: number;
  /** The beginning that is one token longer, and that token. */
  readonly next: number | undefined;
  readonly token: string;
  /** True after a star: any text may follow and still match. */
  readonly loops: boolean;
}

/**
 * How many beginnings of one field's wildcards a single text can match at once, which is event-ruler's measure of a
 * rule's cost; `MAX_COMPLEXITY + 1` for anything more. Each inner list holds the wildcards of one test; only
 * anything-but has several. Texts are compared by UTF-16 units, where event-ruler takes bytes.
 * Source: event-ruler, MachineComplexityEvaluator; EventBridge User Guide, "Event pattern complexity when using wildcard
 * matching".
 */
export function wildcardComplexity(tests: readonly (readonly WildcardParts[])[]): number {
  const { beginnings, starts } = beginningsOf(tests);
  let greatest = 0;
  const seen = new Set<string>();
  const pending = [withStars(starts, beginnings)];
  for (let set = pending.pop(); set !== undefined && seen.size < MAX_SETS; set = pending.pop()) {
    // Only the stars react to a letter that no beginning waits for.
    for (const letter of new Set([...set.map((at) => beginnings[at]?.token ?? STAR), STAR])) {
      const next = withStars(
        set.flatMap((at) => {
          const { loops, token, next: longer } = beginnings[at] ?? NONE;
          return [
            ...(loops ? [at] : []),
            ...(token === letter && token !== STAR && longer !== undefined ? [longer] : []),
          ];
        }),
        beginnings,
      );
      const met = new Set(next.map((at) => beginnings[at]?.key)).size;
      if (met > MAX_COMPLEXITY) return met;
      greatest = Math.max(greatest, met);
      const key = next.join();
      if (seen.has(key)) continue;
      seen.add(key);
      pending.push(next);
    }
  }
  return greatest;
}

const STAR = "*";
const NONE: Beginning = { key: 0, next: undefined, token: STAR, loops: false };

function beginningsOf(tests: readonly (readonly WildcardParts[])[]) {
  const beginnings: Beginning[] = [];
  const starts: number[] = [];
  for (const [i, test] of tests.entries()) {
    const keys = new Map<string, number>();
    for (const parts of test) {
      const tokens = parts.flatMap((part, j) => [...(j > 0 ? [STAR] : []), ...part.split("").map(literal)]);
      starts.push(beginnings.length);
      let key = -1 - i;
      for (let length = 0; length <= tokens.length; length++) {
        const isWhole = length === tokens.length;
        // What is counted by is the beginning one token shorter, and the token; of whole wildcards that they are whole.
        const path = isWhole ? "whole" : `${key} ${tokens[length - 1]}`;
        key = keys.get(path) ?? beginnings.length;
        keys.set(path, key);
        beginnings.push({
          key,
          next: isWhole ? undefined : beginnings.length + 1,
          token: tokens[length] ?? STAR,
          loops: length > 0 && tokens[length - 1] === STAR,
        });
      }
    }
  }
  return { beginnings, starts };
}

/** A star in a text is not a star of the wildcard. */
function literal(letter: string): string {
  return letter === STAR ? "\\*" : letter;
}

/** The beginnings, and those that end with a star after them: a star may stand for nothing. */
function withStars(set: readonly number[], beginnings: readonly Beginning[]): readonly number[] {
  const all = new Set(set);
  for (const at of all) {
    const { token, next } = beginnings[at] ?? NONE;
    if (token === STAR && next !== undefined) all.add(next);
  }
  return [...all].sort((a, b) => a - b);
}
