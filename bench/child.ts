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

/** How often ways are measured by turns that take seconds each. */
export const TURNS = 3;

/**
 * Measures two ways, or more, by turns, so that whatever else the machine does befalls each of them.
 * @returns for each way what its turns told
 */
export function byTurns<W extends readonly (() => unknown)[]>(
  turns: number,
  ...ways: W
): { readonly [way in keyof W]: readonly ReturnType<W[way]>[] } {
  const told = ways.map((): unknown[] => []);
  for (let turn = 0; turn < turns; turn++) for (const [i, way] of ways.entries()) told[i]?.push(way());
  return told as { readonly [way in keyof W]: readonly ReturnType<W[way]>[] };
}

/** The CPU that a way takes undisturbed: what else a machine does adds to it, and takes nothing away. */
export function undisturbed(turns: readonly Pick<Told, "cpu">[]): number {
  return Math.min(...turns.flatMap(({ cpu }) => cpu));
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MB`;
}
