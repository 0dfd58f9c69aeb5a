import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { mayHoldRecords, whyNotALogFile } from "../../lambda/core/envelope/log-object.ts";
import { type DeskFile, localFile, STDIN } from "./desk-file.ts";
import { whyUnread } from "./fault.ts";

/** The files that a command reads, and those that were named but cannot be read: `path: why`. */
export interface Inputs {
  readonly files: readonly DeskFile[];
  readonly faults: readonly string[];
}

/**
 * Files as named; from folders, at any depth, behind links too, and sorted by name, every file that ends like JSON and is no
 * digest.
 */
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
      const before = faults.length;
      const below = logFilesBelow(path, faults);
      if (below.length === 0 && faults.length === before)
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

function logFilesBelow(folder: string, faults: string[]): readonly string[] {
  return filesBelow(folder, faults)
    .map((file) => relative(folder, file))
    .filter((name) => mayHoldRecords(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => !file.split("/").includes("AWSLogs") || whyNotALogFile(file) === undefined);
}

/** Each folder once, whatever links lead to it; one that cannot be read stops no other. */
function filesBelow(folder: string, faults: string[], met = new Set<string>()): readonly string[] {
  try {
    const real = realpathSync(folder);
    if (met.has(real)) return [];
    met.add(real);
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return isFolder(entry, path) ? filesBelow(path, faults, met) : [path];
    });
  } catch (cause) {
    faults.push(`${folder}: ${whyUnread(cause)}`);
    return [];
  }
}

function isFolder(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // whoever reads it says what is wrong with the link
  }
}
