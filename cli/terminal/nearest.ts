import { closest, distance } from "fastest-levenshtein";

/** `; did you mean check?`, if one of the words is near enough. */
export function nearestText(word: string, words: readonly string[]): string {
  const guess = words.length === 0 ? "" : closest(word, words);
  return guess !== "" && distance(word, guess) <= Math.max(2, word.length / 3) ? `; did you mean ${guess}?` : "";
}
