import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";

/** What bench/reading.ts prints. */
export interface Told {
  readonly cpu: readonly number[];
  readonly peak: number;
  readonly records: number;
  readonly parsed: number;
  readonly asked: { readonly [rule: string]: number };
}

export type Way = "function" | "samples" | "least";

/** Bundles bench/reading.ts into a folder; what it returns runs it. */
export async function readingIn(folder: string) {
  const outfile = join(folder, "reading.mjs");
  const options = { bundle: true, platform: "node", format: "esm", logLevel: "error" } as const;
  await build({ entryPoints: ["bench/reading.ts"], outfile, ...options });
  return (way: Way, rules: string, folders: readonly string[], limits: readonly string[] = []): Told => {
    const told = spawnSync(process.execPath, [...limits, outfile, way, rules, ...folders], { encoding: "utf8" });
    if (told.status !== 0) throw new Error(told.stderr);
    return JSON.parse(told.stdout);
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
