import { closest, distance } from "fastest-levenshtein";

/** `; did you mean check?`, if one of the words is near enough. */
export function nearestText(word: string, words: readonly string[]): string {
  const guess = words.length === 0 ? "" : closest(word, words);
  // Of a short word, two letters are most of it.
  const limit = Math.min(Math.max(2, word.length / 3), Math.floor(word.length / 2));
  return guess !== "" && distance(word, guess) <= limit ? `; did you mean ${guess}?` : "";
}
