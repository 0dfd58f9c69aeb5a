import fc from "fast-check";
import { dynamoStore } from "../../../lambda/aws/dynamodb.ts";
import { createMemoryStore } from "../../../lambda/core/ledger/memory.ts";
import type { LedgerStore } from "../../../lambda/core/ledger/store.ts";
import { HISTORIES, play } from "../../support/histories.ts";
import { motoTest, startMoto } from "../../support/moto.ts";
import { runs } from "../../support/runs.ts";

const RUNS = Number(process.env.HISTORIES ?? runs(2000));
const RUNS_IN_DYNAMODB = runs(50);

async function playAll(name: string, numRuns: number, makeStore: () => Promise<LedgerStore>): Promise<void> {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  process.stdout.write(`histories ${name}: ${numRuns}, SEED=${seed}\n`);
  let publishes = 0;
  let crashes = 0;
  await fc.assert(
    fc.asyncProperty(HISTORIES, async (history) => {
      const aftermath = await play(history, await makeStore());
      publishes += aftermath.publishes;
      crashes += aftermath.crashes;
      expect(aftermath.violations).toEqual([]);
    }),
    { numRuns, seed },
  );
  // Histories in which nothing happens would prove nothing.
  expect(publishes).toBeGreaterThan(numRuns);
  expect(crashes).toBeGreaterThan(numRuns / 2);
}

test("whatever comes twice, crashes, is refused or loses its answer: each match is told exactly once", async () => {
  await playAll("in memory", RUNS, async () => createMemoryStore());
});

motoTest("the same holds in DynamoDB", async () => {
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
