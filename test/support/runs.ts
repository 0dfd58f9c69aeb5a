/** How many random cases a test tries: all of them where THOROUGH is set, as in CI, else a tenth, or the few of costly ones. */
export function runs(all: number, few = Math.ceil(all / 10)): number {
  return process.env.THOROUGH ? all : few;
}

/** Of many cases each where THOROUGH is set, else every third. */
export function sampled<T>(cases: readonly T[]): T[] {
  return cases.filter((_, i) => process.env.THOROUGH !== undefined || i % 3 === 0);
}

/** Of costly cases of one kind all where THOROUGH is set, as in CI, else the first few. */
export function first<T>(few: number, cases: readonly T[]): T[] {
  return cases.slice(0, runs(cases.length, few));
}
