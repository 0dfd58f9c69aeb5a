import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { corpusOf } from "./corpus.ts";
import { shippedRules } from "./rules.ts";

interface Row {
  readonly what: string;
  readonly files: number;
  /** In each file. */
  readonly records: number;
  /** Folders that are read after the first one. */
  readonly rounds: number;
}

const ROWS: readonly Row[] = [
  { what: "100 records", files: 1, records: 100, rounds: 40 },
  { what: "2,000 records", files: 1, records: 2_000, rounds: 8 },
  { what: "20,000 records", files: 1, records: 20_000, rounds: 4 },
  { what: "200,000 records", files: 1, records: 200_000, rounds: 1 },
  { what: "4,000 objects of 8", files: 4_000, records: 8, rounds: 1 },
];

/**
 * What it costs a warm function to read log files, with all shipped rules, sessions and first-seen values, against what most
 * samples do: gunzip, JSON.parse, and a look at the name of each call.
 */
export async function benchReader(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-bench-"));
  try {
    const child = join(folder, "reading.mjs");
    await build({
      entryPoints: ["bench/reading.ts"],
      outfile: child,
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "error",
    });
    const rules = join(folder, "rules.json");
    const shipped = shippedRules();
    writeFileSync(rules, JSON.stringify(shipped));
    console.log(
      `\nreading log files with ${shipped.length} shipped rules; CPU against gunzip, JSON.parse and a look at each name`,
    );
    console.log("                         CPU   records parsed   peak memory   of the samples' way");
    for (const row of ROWS) {
      const folders = await makeFolders(join(folder, String(row.files * row.records)), row);
      const own = run(child, "function", rules, folders);
      const samples = run(child, "samples", rules, folders);
      rmSync(join(folder, String(row.files * row.records)), { recursive: true });
      const ratio = median(own.cpu) / median(samples.cpu);
      const share = (100 * own.parsed) / own.records;
      console.log(
        `  ${row.what.padEnd(19)} ${ratio.toFixed(2).padStart(5)} x ${share.toFixed(0).padStart(12)} % ${megabytes(own.peak)} ${megabytes(samples.peak)}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function makeFolders(parent: string, { files, records, rounds }: Row): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let round = 0; round <= rounds; round++) {
    const folder = join(parent, String(round));
    mkdirSync(folder, { recursive: true });
    folders.push(folder);
    for (let file = 0; file < files; file++) {
      const path = join(folder, `${String(file).padStart(5, "0")}.json.gz`);
      const seed = round * files + file;
      if (records <= 20_000) writeFileSync(path, gzipSync(JSON.stringify({ Records: [...corpusOf(records, seed)] })));
      else await writeLarge(path, records, seed);
    }
  }
  return folders;
}

async function writeLarge(path: string, records: number, seed: number): Promise<void> {
  const gzip = createGzip();
  const file = gzip.pipe(createWriteStream(path));
  let separator = '{"Records":[';
  for (const record of corpusOf(records, seed)) {
    if (!gzip.write(`${separator}${JSON.stringify(record)}`)) await once(gzip, "drain");
    separator = ",";
  }
  gzip.end("]}");
  await once(file, "close");
}

function run(child: string, way: string, rules: string, folders: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [child, way, rules, ...folders], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { cpu: number[]; peak: number; records: number; parsed: number };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0).padStart(10)} MB`;
}
