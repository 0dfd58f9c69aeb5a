import { distance } from "fastest-levenshtein";

/** The known names that a name may misspell, of those equally near; none where there are many. */
export function similarNames(name: string, known: Iterable<string>, limit = 1): readonly string[] {
  const words = wordsOf(name);
  let least = limit;
  let nearest: string[] = [];
  for (const candidate of known) {
    const far = nameDistance(words, wordsOfKnown(candidate), least);
    if (far > least) continue;
    if (far < least) nearest = [];
    least = far;
    nearest.push(candidate);
  }
  return nearest.length > MAX_NEAREST ? [] : nearest;
}

const MAX_NEAREST = 3;

/** Caches the words of known names. */
const WORDS = new Map<string, readonly string[]>();

/** `PutDBInstance` -> put, db, instance. */
function wordsOf(name: string): readonly string[] {
  return Array.from(name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+/g) ?? [], (word) => word.toLowerCase());
}

function wordsOfKnown(name: string): readonly string[] {
  const words = WORDS.get(name) ?? wordsOf(name);
  WORDS.set(name, words);
  return words;
}

/**
 * The distance between two names by their words: one word more or less is 1, a wholly different word 2, a word with a
 * wrong letter or two little. People confuse names by their words, and mistype them by their letters.
 */
function nameDistance(a: readonly string[], b: readonly string[], limit: number): number {
  // A name in one case has no words: createusr.
  const [only, another] = a;
  if (only !== undefined && another === undefined && b.length > 1) return distance(only, b.join("")) / 4;
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, word] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      const replaced = (row[j] ?? 0) + wordDistance(word, other);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return Number.POSITIVE_INFINITY;
    row = next;
  }
  return row.at(-1) ?? 0;
}

function wordDistance(a: string, b: string): number {
  return a === b ? 0 : (2 * distance(a, b)) / Math.max(a.length, b.length);
}
