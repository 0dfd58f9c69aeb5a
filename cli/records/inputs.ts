import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { mayHoldRecords, whyNotALogFile } from "../../lambda/core/envelope/log-object.ts";
import { type DeskFile, localFile, STDIN } from "./desk-file.ts";
import { whyUnread } from "./fault.ts";

/** The files that a command reads, and those that were named but cannot be read: `path: why`. */
export interface Inputs {
  readonly files: readonly DeskFile[];
  readonly faults: readonly string[];
}

/** Files as named; from folders, at any depth and sorted by name, every file that ends like JSON and is no digest. */
export function inputsOf(paths: readonly string[]): Inputs {
  const files: DeskFile[] = [];
  const faults: string[] = [];
  for (const path of paths) {
    try {
      const stat = path === STDIN ? undefined : statSync(path);
      if (!stat?.isDirectory()) {
        files.push(localFile(path, stat?.isFile() ? stat.size : undefined));
        continue;
      }
      const below = filesBelow(path);
      if (below.length === 0)
        faults.push(`${path}: the folder has no file that ends with .json, .jsonl or .ndjson, compressed or not`);
      for (const file of below) addFound(file, files, faults);
    } catch (cause) {
      faults.push(`${path}: ${whyUnread(cause)}`);
    }
  }
  return { files, faults };
}

/** A link that leads nowhere, or a file that is gone by now, stops no other. */
function addFound(file: string, files: DeskFile[], faults: string[]): void {
  try {
    const stat = statSync(file);
    if (stat.isFile()) files.push({ ...localFile(file, stat.size), isFound: true });
  } catch (cause) {
    faults.push(`${file}: ${whyUnread(cause)}`);
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => mayHoldRecords(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => !file.split("/").includes("AWSLogs") || whyNotALogFile(file) === undefined);
}
