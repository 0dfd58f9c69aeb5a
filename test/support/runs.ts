/** True where all cases are asked for, as in CI. */
export const IS_THOROUGH = process.env.THOROUGH !== undefined;

/** How many random cases a test tries: all of them where THOROUGH is set, as in CI, else a tenth, or the few of costly ones. */
export function runs(all: number, few = Math.ceil(all / 10)): number {
  return IS_THOROUGH ? all : few;
}

/** Of many cases each where THOROUGH is set, else every third. */
export function sampled<T>(cases: readonly T[]): T[] {
  return cases.filter((_, i) => IS_THOROUGH || i % 3 === 0);
}

/** Of costly cases of one kind all where THOROUGH is set, as in CI, else the first few. */
export function first<T>(few: number, cases: readonly T[]): T[] {
  return cases.slice(0, runs(cases.length, few));
}

/** A test that is skipped, and says in its name what it needs. */
export function skippedTest(need: string): jest.It {
  const skipped = (name: string) => test.skip(`${name} (${need})`, () => undefined);
  return Object.assign(skipped, { each: () => skipped }) as never;
}

/** A test of the kind given where THOROUGH is set, as in CI; else one that says that it was skipped. */
export function thorough(kind: jest.It): jest.It {
  return IS_THOROUGH ? kind : skippedTest("with THOROUGH=1");
}

/** A costly test of behaviour that others of its suite stand for. */
export const thoroughTest = thorough(test);
