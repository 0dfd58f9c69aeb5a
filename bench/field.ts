import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { byTurns, megabytes, readingIn, type Told, TURNS, undisturbed } from "./child.ts";
import { shippedRules } from "./rules.ts";

const ROUNDS = 5;

/** What others do with the same files: one condition on each record, start included. */
const OTHERS: readonly (readonly [tool: string, what: string, command: (files: string) => string])[] = [
  [
    "jq",
    "zcat | jq, one condition",
    (files) => `zcat ${files} | jq -c '.Records[] | select(.eventName == "DeleteTrail")'`,
  ],
  [
    "duckdb",
    "DuckDB read_json, one condition",
    (files) =>
      `duckdb -c "SELECT count(*) FROM (SELECT unnest(Records, recursive := true) FROM read_json([${quoted(files)}], maximum_object_size = 1073741824)) WHERE eventName = 'DeleteTrail'"`,
  ],
  [
    "python3",
    "python, gzip and json, one condition",
    (files) =>
      `python3 -c 'import gzip, json, sys; print(sum(r.get("eventName") == "DeleteTrail" for f in sys.argv[1:] for r in json.load(gzip.open(f))["Records"]))' ${files}`,
  ],
];

/** What `npx trailbell` runs, once `npm run build` has made it. */
const COMMAND = "dist/bin.js";

/**
 * What it costs to read a folder of log files, gzipped or not in folders below, in other ways and in this one. CPU seconds
 * of whole processes where they start for it; the function is warm, and has read the same files once before.
 */
export async function benchField(source: string): Promise<void> {
  if (!existsSync(COMMAND)) throw new Error(`there is no ${COMMAND}: npm run build makes it`);
  const folder = mkdtempSync(join(tmpdir(), "trailbell-field-"));
  try {
    const files = join(folder, "files");
    mkdirSync(files);
    const found = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json.gz"),
    );
    if (found.length === 0) throw new Error(`${source} holds no .json.gz files`);
    for (const name of found) copyFileSync(join(source, name), join(files, name.split("/").pop() ?? name));
    const paths = readdirSync(files).map((name) => join(files, name));
    const packed = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    const plain = paths.map((path) => gunzipSync(readFileSync(path)).length).reduce((sum, size) => sum + size, 0);
    const rules = join(folder, "rules.json");
    writeFileSync(rules, JSON.stringify(shippedRules()));
    const read = await readingIn(folder);
    const again = Array.from({ length: ROUNDS + 1 }, () => files);
    const [own, samples] = byTurns(
      TURNS,
      () => read("function", rules, again),
      () => read("samples", rules, again),
    );
    const { records, parsed, peak } = own[0] as Told;
    const count = records / ROUNDS;
    console.log(
      `\n${paths.length} files, ${count} records, ${megabytes(packed)} gzipped, ${megabytes(plain)} plain; CPU seconds`,
    );
    const baseline = undisturbed(samples) / 1e6;
    const row = (name: string, seconds: number) =>
      console.log(
        `  ${name.padEnd(52)} ${seconds.toFixed(3).padStart(8)} ${(seconds / baseline).toFixed(2).padStart(7)} x`,
      );
    row(
      "gunzip",
      cpuOf(() => paths.forEach((path) => void gunzipSync(readFileSync(path)))),
    );
    row("gunzip, JSON.parse, a look at each name (baseline)", baseline);
    for (const [tool, what, command] of OTHERS) {
      const seconds = timeOf(tool, command(paths.map((path) => `'${path}'`).join(" ")));
      if (seconds === undefined) console.log(`  ${what.padEnd(52)} skipped, ${tool} is not here`);
      else row(what, seconds);
    }
    row(`this function, warm, ${shippedRules().length} rules`, undisturbed(own) / 1e6);
    const replay = `XDG_CACHE_HOME='${folder}' node ${COMMAND} replay '${files}'`;
    // The first run keeps what it has made of the rules and of the code.
    const [, seconds = Number.NaN] = [0, 1].map(() => timeOf("node", replay));
    row("npx trailbell replay, start and all rules included", seconds);
    console.log(`  of the records ${((100 * parsed) / records).toFixed(1)} % are parsed; peak ${megabytes(peak)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function quoted(files: string): string {
  return files.replaceAll("' '", "', '");
}

function cpuOf(run: () => void): number {
  run();
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** CPU seconds of a shell's pipeline with all its processes; undefined without the tool. */
function timeOf(tool: string, command: string): number | undefined {
  if (spawnSync("bash", ["-c", `command -v ${tool}`]).status !== 0) return undefined;
  const script = `TIMEFORMAT='%U %S'; time { ${command} > /dev/null; }`;
  const { stderr, status } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${tool}: ${stderr}`);
  const [user = 0, system = 0] = stderr.trim().split("\n").pop()?.split(" ").map(Number) ?? [];
  return user + system;
}
