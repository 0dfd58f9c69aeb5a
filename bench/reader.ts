import { gunzipSync, gzipSync } from "node:zlib";
import { readLogFile } from "../lambda/core/log-file/reader.ts";
import { compileRules } from "../lambda/core/rules/rule-set.ts";
import { recordsOf, shippedRules } from "./rules.ts";

const PLACE = { bucket: "bench", key: "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/bench.json.gz" };

/** What it costs to read a log file and match its records with the shipped rules, against gunzip and JSON.parse alone. */
export async function benchReader(): Promise<void> {
  const rules = compileRules(shippedRules());
  console.log(
    `\nreading a log file and matching ${rules.rules.length} shipped rules, CPU against gunzip and JSON.parse alone`,
  );
  for (const count of [100, 2_000, 20_000]) {
    const file = gzipSync(JSON.stringify({ Records: recordsOf(count) }));
    const parsed = await best(async () => JSON.parse(gunzipSync(file).toString()).Records.length);
    const read = await best(async () => {
      let matches = 0;
      for await (const { candidates } of readLogFile(PLACE, file)) {
        for (const { record } of candidates) matches += rules.match(record, 0).matched.length;
      }
      return matches;
    });
    console.log(`  ${String(count).padStart(6)} records ${(read / parsed).toFixed(2).padStart(25)} x`);
  }
}

/** CPU time in microseconds, the best of several runs. */
async function best(run: () => Promise<number>): Promise<number> {
  const runs: number[] = [];
  for (let i = 0; i < 7; i++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    runs.push(user + system);
  }
  return Math.min(...runs);
}
