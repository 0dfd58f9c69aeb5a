import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import { corpusOf } from "./corpus.ts";
import { cpuOf } from "./measure.ts";

/** What it costs to hash log files, as the proof of completeness does, beside what reading the same files costs. */
export function benchHash(): void {
  console.log(
    "\nSHA-256 of what a log file holds, a record; against gunzip, and gunzip with JSON.parse, of the same file",
  );
  for (const records of [8, 100, 2_000, 20_000]) {
    const content = Buffer.from(JSON.stringify({ Records: [...corpusOf(records, 1)] }));
    const file = gzipSync(content);
    const unpack = () => gunzipSync(file, { chunkSize: 256 * 1024 });
    const gunzip = cpuOf(unpack, records);
    const parse = cpuOf(() => JSON.parse(unpack().toString()), records);
    const hash = cpuOf(() => createHash("sha256").update(content).digest("hex"), records);
    const share = (of: number) => `${((100 * hash) / of).toFixed(0).padStart(8)} %`;
    const name = `${records.toLocaleString("en")} records`;
    console.log(`  ${name.padEnd(34)} ${hash.toFixed(0).padStart(8)} ns  ${share(gunzip)}${share(parse)}`);
  }
}
