import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { whyNotALogFile } from "../../lambda/core/envelope/log-object.ts";

/** The files that a replay reads, and those that were named but cannot be read: `path: why`. */
export interface Inputs {
  readonly files: readonly string[];
  readonly faults: readonly string[];
}

/** Files as named; from folders, at any depth and sorted by name, every file that ends like JSON and is no digest. */
export function inputsOf(paths: readonly string[]): Inputs {
  const files: string[] = [];
  const faults: string[] = [];
  for (const path of paths) {
    try {
      if (statSync(path).isDirectory()) files.push(...filesBelow(path));
      else files.push(path);
    } catch (cause) {
      faults.push(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return { files, faults };
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:json|jsonl|ndjson)(?:\.gz)?$/.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => !file.split("/").includes("AWSLogs") || whyNotALogFile(file) === undefined);
}
