import fc from "fast-check";
import { dynamoStore } from "../../../lambda/aws/dynamodb.ts";
import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import type { LedgerStore } from "../../../lambda/core/store/store.ts";
import { HISTORIES, play, TO_BE_MET } from "../../support/histories.ts";
import { motoTest, startMoto } from "../../support/moto.ts";
import { runs, thorough } from "../../support/runs.ts";

const RUNS = Number(process.env.HISTORIES ?? runs(5000, 10));
const RUNS_IN_DYNAMODB = 50;

/** Returns how many histories have met what. */
async function playAll(
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

test("whatever comes twice, crashes, is refused or loses its answer: each match is told exactly once", async () => {
  const met = await playAll("in memory", RUNS, async () => createMemoryStore());
  const counts = TO_BE_MET.map((what) => [what, met.get(what) ?? 0] as const);
  process.stdout.write(`met: ${counts.map(([what, count]) => `${what} ${count}`).join(", ")}\n`);
  if (RUNS >= 1_000) expect(counts.filter(([, count]) => count < 5)).toEqual([]);
});

test("the same holds with routes, a bus and a chat, and no route hears of another's", async () => {
  await playAll("with other ways", Math.ceil(RUNS / 5), async () => createMemoryStore(), true);
});

thorough(motoTest)("the same holds in DynamoDB", async () => {
  const moto = await startMoto();
  try {
    let tables = 0;
    await playAll("in DynamoDB", RUNS_IN_DYNAMODB, async () => {
      await moto.createTable(`ledger-${++tables}`);
      return dynamoStore(moto.client, `ledger-${tables}`);
    });
  } finally {
    await moto.stop();
  }
});
