/** `1 match`, `2 matches`: a number with its noun. */
export function quantity(count: number, noun: string, plural = "s"): string {
  return `${count} ${noun}${count === 1 ? "" : plural}`;
}
