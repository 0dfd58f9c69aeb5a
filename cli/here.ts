import { existsSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE } from "../lib/package-folder.ts";
import { SETTINGS_FILE } from "../lib/settings-file.ts";

/** The settings of the folder in which a command is run, or else those of this checkout; either may be missing. */
export function settingsFile(): string {
  return existsSync(SETTINGS_FILE) ? SETTINGS_FILE : join(PACKAGE, SETTINGS_FILE);
}

/** A file or folder here, or, by the same name, one that came with Trailbell: `events/one-log-file.json`. */
export function sampleOr(path: string): string {
  const sample = join(PACKAGE, path);
  return !existsSync(path) && /^events[/\\]/.test(path) && existsSync(sample) ? sample : path;
}
