import { closest, distance } from "fastest-levenshtein";

/** `; did you mean check?`, if one of the words is near enough. */
export function nearestText(word: string, words: readonly string[]): string {
  // Two letters that changed places are the commonest mistake, and the distance counts them twice.
  const swapped = words.find((one) => one !== word && one.length === word.length && isSwapped(one, word));
  if (swapped !== undefined) return `; did you mean ${swapped}?`;
  const guess = words.length === 0 ? "" : closest(word, words);
  // Of a short word, two letters are most of it.
  const limit = Math.min(Math.max(2, word.length / 3), Math.floor(word.length / 2));
  return guess !== "" && distance(word, guess) <= limit ? `; did you mean ${guess}?` : "";
}

function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, i) => letter !== b[i]);
  return at >= 0 && a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}
