import fc from "fast-check";
import type { LedgerStore } from "../../lambda/core/store/store.ts";
import { HISTORIES, play } from "./histories.ts";

/** Returns how many histories have met what. */
export async function playAll(
  name: string,
  numRuns: number,
  makeStore: () => Promise<LedgerStore>,
  hasWays = false,
): Promise<ReadonlyMap<string, number>> {
  // The same on each day, so that what fails is what was changed; others are tried by hand.
  const seed = Number(process.env.SEED ?? 7);
  process.stdout.write(`histories ${name}: ${numRuns}, SEED=${seed}\n`);
  let publishes = 0;
  let crashes = 0;
  const met = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(HISTORIES, async (history) => {
      const aftermath = await play(history, await makeStore(), hasWays);
      publishes += aftermath.publishes;
      crashes += aftermath.crashes;
      for (const what of aftermath.met) met.set(what, (met.get(what) ?? 0) + 1);
      expect(aftermath.violations).toEqual([]);
    }),
    { numRuns, seed },
  );
  // Histories in which nothing happens would prove nothing.
  expect(publishes).toBeGreaterThan(numRuns);
  expect(crashes).toBeGreaterThan(numRuns / 2);
  return met;
}
