import { createMemoryStore } from "../../../lambda/core/store/memory.ts";
import { type History, play, TO_BE_MET } from "../../support/histories.ts";
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

test("what an incident holds back is told, though another item stands in its head's place", async () => {
  const left = { rule: "critical", actor: 2, listed: 1, counted: 0, overdue: 0 } as const;
  const history: History = {
    records: [{ call: "critical", actor: 0, age: 0, outcome: "success" }],
    files: [[0]],
    crowd: null,
    groups: [left, { ...left, overdue: 3_000 }],
    steps: [
      { kind: "deliver", files: [0] },
      { kind: "junk", sort: "head", actor: 2, places: 1, isDue: false },
    ],
    isCalm: false,
    faults: [],
    turns: [0],
  };
  expect((await play(history, createMemoryStore())).violations).toEqual([]);
});
