import { gunzipSync } from "node:zlib";
import { readLogFile } from "../lambda/core/log-file/reader.ts";
import type { Sieve } from "../lambda/core/log-file/sieve.ts";
import { compileRules, type RuleSet } from "../lambda/core/rules/rule-set.ts";
import { logFilesOf } from "./log-files.ts";
import { peakOf } from "./peak.ts";
import { shippedRules } from "./rules.ts";

const PLACE = { bucket: "bench", key: "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/bench.json.gz" };

/** How many files of how many records are read. */
const SIZES: readonly (readonly [files: number, records: number])[] = [
  [40, 100],
  [4, 2_000],
  [1, 20_000],
  [1, 200_000],
  [4_000, 8],
];

const ROUNDS = 5;

/** Of everything. */
const PASSING: Sieve = { passesOver: () => true };

/** What it costs to read log files and match their records with the shipped rules, against gunzip and JSON.parse alone. */
export async function benchReader(): Promise<void> {
  const rules = compileRules(shippedRules());
  console.log(
    `\nreading log files with ${rules.rules.length} shipped rules, CPU against gunzip and JSON.parse alone: all records matched; none parsed`,
  );
  for (const [count, records] of SIZES) {
    const files = logFilesOf(count, records);
    const ways = [
      async () => void files.map((file) => JSON.parse(gunzipSync(file).toString()).Records.length),
      () => readAll(files, rules),
      () => readAll(files, rules, PASSING),
    ];
    const [base = 0, ...own] = await cpuOf(ways);
    const ratios = own.map((cpu) => `${(cpu / base).toFixed(2).padStart(8)} x`);
    const name = count === 1 ? `${records} records` : `${count} files of ${records}`;
    console.log(`  ${name.padStart(16)} ${ratios.join("")}`);
  }
  const [file = Buffer.alloc(0)] = logFilesOf(1, 200_000);
  const { peak, seen } = await peakOf(file);
  console.log(`  a process that reads ${seen} records, all parsed: at most ${peak} MiB`);
}

async function readAll(files: readonly Buffer[], rules: RuleSet, sieve?: Sieve): Promise<void> {
  for (const file of files) {
    for await (const { candidates } of readLogFile(PLACE, file, sieve)) {
      for (const { record } of candidates) rules.match(record, 0);
    }
  }
}

/** CPU time of each way in microseconds: the median of several rounds, each of which goes all ways. */
async function cpuOf(ways: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const runs: number[][] = ways.map(() => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, way] of ways.entries()) {
      const before = process.cpuUsage();
      await way();
      const { user, system } = process.cpuUsage(before);
      // The first round only warms up.
      if (round > 0) runs[i]?.push(user + system);
    }
  }
  return runs.map((of) => of.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0);
}
