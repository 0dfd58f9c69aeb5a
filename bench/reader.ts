import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGzip, gzipSync } from "node:zlib";
import { byTurns, megabytes, readingIn, type Told, TURNS, undisturbed } from "./child.ts";
import { corpusOf } from "./corpus.ts";
import { rulesOf, shippedRules } from "./rules.ts";

interface Row {
  readonly what: string;
  /** Read one after the other: small ones are so many that the garbage collector comes by in each round. */
  readonly files: number;
  /** In each file. */
  readonly records: number;
  /** Folders that are measured. */
  readonly rounds: number;
  /** What reading may take of the samples' CPU. */
  readonly limit: number;
}

const ROWS: readonly Row[] = [
  { what: "100 records", files: 20, records: 100, rounds: 60, limit: 0.6 },
  { what: "2,000 records", files: 1, records: 2_000, rounds: 80, limit: 0.55 },
  { what: "20,000 records", files: 1, records: 20_000, rounds: 12, limit: 0.6 },
  { what: "200,000 records", files: 1, records: 200_000, rounds: 3, limit: 0.45 },
  { what: "4,000 objects of 8", files: 4_000, records: 8, rounds: 8, limit: 0.85 },
];

/** What a function has read before it is measured: it lives for hours. */
const READ_BEFORE = 200_000;
const LARGE = 20_000;

/** Without limits node takes more memory, for it may. */
const SMALL_HEAP = ["--max-semi-space-size=2", "--max-old-space-size=48"];

/**
 * What it costs a warm function to read log files, with all shipped rules, sessions and first-seen values, against what most
 * samples do: gunzip, JSON.parse, and a look at the name of each call.
 */
export async function benchReader(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-bench-"));
  try {
    const read = await readingIn(folder);
    const written = (name: string, rules: unknown) => {
      const file = join(folder, name);
      writeFileSync(file, JSON.stringify(rules));
      return file;
    };
    const shipped = written("shipped.json", shippedRules());
    console.log(
      `\nreading log files with ${shippedRules().length} shipped rules; CPU against gunzip, JSON.parse and a look at each name`,
    );
    console.log("  least: gunzip and the scan for records alone, without which no reader of this kind can be");
    console.log("                         CPU  at most    least   records parsed   peak memory   of the samples' way");
    const broadest = new Map<string, number>();
    let all = 0;
    for (const row of ROWS) {
      const parent = join(folder, String(row.files * row.records));
      const folders = await makeFolders(parent, row);
      const [own, samples, least] = byTurns(
        TURNS,
        () => read("function", shipped, folders),
        () => read("samples", shipped, folders),
        () => read("least", shipped, folders),
      );
      console.log(line(row, own, samples, least));
      for (const [name, count] of own.flatMap(({ asked }) => Object.entries(asked))) {
        broadest.set(name, (broadest.get(name) ?? 0) + count);
      }
      all += sum(own, "records");
      if (row.records === LARGE) {
        const [few, many] = [10, 1_000].map((count) => written(`${count}.json`, rulesOf(count)));
        const [ten, thousand] = byTurns(
          TURNS,
          () => read("function", few ?? "", folders),
          () => read("function", many ?? "", folders),
        );
        const ratio = undisturbed(thousand) / undisturbed(ten);
        console.log(`    the same with 1,000 rules against 10: ${ratio.toFixed(2)} x`);
      }
      if (row.records > LARGE) {
        const { peak } = read("function", shipped, folders, SMALL_HEAP);
        console.log(`    the same with node's heap held to 50 MB: ${megabytes(peak)} at its peak`);
      }
      rmSync(parent, { recursive: true });
    }
    const first = [...broadest].sort(([, a], [, b]) => b - a).slice(0, 5);
    console.log(`  the rules that most records are put to, of ${all.toLocaleString("en")}:`);
    for (const [name, count] of first)
      console.log(`    ${name.padEnd(36)} ${((100 * count) / all).toFixed(2).padStart(6)} %`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function line(
  { what, limit, records }: Row,
  own: readonly Told[],
  samples: readonly Told[],
  least: readonly Told[],
): string {
  const [ratio = 0, floor = 0] = [own, least].map((way) => undisturbed(way) / undisturbed(samples));
  const share = (100 * sum(own, "parsed")) / sum(own, "records");
  const memory = [own, samples].map((way) => megabytes(Math.max(...way.map(({ peak }) => peak))).padStart(13)).join("");
  // A large file is inflated in one piece there, and its memory costs more than the work.
  const shown = records > LARGE ? "-  " : `${floor.toFixed(2)} x`;
  return `  ${what.padEnd(19)} ${ratio.toFixed(2).padStart(5)} x ${limit.toFixed(2).padStart(6)} x ${shown.padStart(8)} ${share.toFixed(1).padStart(12)} % ${memory}`;
}

function sum(turns: readonly Told[], count: "records" | "parsed"): number {
  return turns.reduce((all, told) => all + told[count], 0);
}

/** The first folder is what was read before. */
async function makeFolders(parent: string, { files, records, rounds }: Row): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let round = 0; round <= rounds; round++) {
    const folder = join(parent, String(round));
    mkdirSync(folder, { recursive: true });
    folders.push(folder);
    const size = Math.min(records, LARGE);
    const [count, each] = round === 0 ? [READ_BEFORE / size, size] : [files, records];
    for (let file = 0; file < count; file++) {
      const path = join(folder, `${String(file).padStart(5, "0")}.json.gz`);
      const seed = round * 100_000 + file;
      if (each <= LARGE) writeFileSync(path, gzipSync(JSON.stringify({ Records: [...corpusOf(each, seed)] })));
      else await writeLarge(path, each, seed);
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
