import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** The memory that a process takes at most which reads this log file, in MiB, and how many records it sees. */
export async function peakOf(file: Buffer): Promise<{ readonly peak: number; readonly seen: number }> {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-"));
  try {
    const [driver, log] = [join(folder, "driver.mjs"), join(folder, "log.json.gz")];
    const entryPoints = ["bench/peak-driver.ts"];
    await build({ entryPoints, outfile: driver, bundle: true, format: "esm", platform: "node", logLevel: "error" });
    writeFileSync(log, file);
    return JSON.parse(execFileSync(process.execPath, [driver, log], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
