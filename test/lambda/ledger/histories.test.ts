import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { TO_BE_MET } from "../../support/histories.ts";
import { playAll } from "../../support/play-histories.ts";
import { runs } from "../../support/runs.ts";

const RUNS = Number(process.env.HISTORIES ?? runs(5000, 10));

test("whatever comes twice, crashes, is refused or loses its answer: each match is told exactly once", async () => {
  const met = await playAll("in memory", RUNS, async () => createMemoryStore());
  const counts = TO_BE_MET.map((what) => [what, met.get(what) ?? 0] as const);
  process.stdout.write(`met: ${counts.map(([what, count]) => `${what} ${count}`).join(", ")}\n`);
  if (RUNS >= 1_000) expect(counts.filter(([, count]) => count < 5)).toEqual([]);
});

test("the same holds with routes, a bus and a chat, and no route hears of another's", async () => {
  await playAll("with other ways", Math.ceil(RUNS / 5), async () => createMemoryStore(), true);
});
