/** How many random cases a test tries: all of them where THOROUGH is set, as in CI, else a tenth. */
export function runs(all: number): number {
  return process.env.THOROUGH ? all : Math.ceil(all / 10);
}
