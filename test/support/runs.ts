/** How many random cases a test tries: all of them where THOROUGH is set, as in CI, else a tenth. */
export function runs(all: number): number {
  return process.env.THOROUGH ? all : Math.ceil(all / 10);
}

/** Of costly cases of one kind all where THOROUGH is set, as in CI, else the first few. */
export function first<T>(few: number, cases: readonly T[]): T[] {
  return cases.slice(0, process.env.THOROUGH ? cases.length : few);
}
