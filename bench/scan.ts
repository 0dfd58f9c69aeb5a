import { gunzipSync, gzipSync } from "node:zlib";
import { createPlainScanner } from "../lambda/core/log-file/scan/plain-scanner.ts";
import type { Scanner } from "../lambda/core/log-file/scan/scanner.ts";
import { createWasmScanner } from "../lambda/core/log-file/scan/wasm-scanner.ts";
import { busyWeek } from "./busy-week/week.ts";
import { cpuOf, print } from "./measure.ts";

const COUNT = 5_000;
const CHUNK = 256 * 1024;

/** What it costs to find and sketch records without parsing them, per record, against gunzip of the same bytes. */
export function benchScan(): void {
  const bytes = Buffer.from(`${recordTexts().join(",")}]`);
  const file = gzipSync(bytes);
  const gunzip = cpuOf(() => gunzipSync(file, { chunkSize: CHUNK }), COUNT);
  const row = (name: string, run: () => unknown): [string, number, number] => {
    const cost = cpuOf(run, COUNT);
    return [name, cost, cost / gunzip];
  };
  print(`scanning records of ${Math.round(bytes.length / COUNT)} bytes, each`, [
    ["gunzip (baseline)", gunzip, 1],
    row("scanner in WebAssembly", scanAll(createWasmScanner(), bytes)),
    row("plain scanner", scanAll(createPlainScanner(), bytes)),
    row("JSON.parse", () => JSON.parse(`[${bytes}`)),
  ]);
}

/** Records of a busy team's Monday. */
function recordTexts(): readonly string[] {
  const texts: string[] = [];
  for (const { acts } of busyWeek({ seed: 1, days: 1, learningDays: 0, share: 1 })) {
    texts.push(...acts.map(({ record }) => JSON.stringify(record)));
    if (texts.length >= COUNT) break;
  }
  return texts.slice(0, COUNT);
}

/** Scans all, in chunks as a reader does, and takes every sketch. */
function scanAll(scanner: Scanner, bytes: Buffer): () => number {
  return () => {
    let found = 0;
    let next = 0;
    while (found < COUNT) {
      const scanned = scanner.scan(bytes, next, Math.min(next + CHUNK, bytes.length), found === 0);
      for (let index = 0; index < scanned.count; index++) scanner.sketchOf(index);
      if (scanned.count === 0) throw new Error(`the scan ends at ${next}: ${scanned.because}`);
      found += scanned.count;
      next = scanned.next;
    }
    return found;
  };
}
