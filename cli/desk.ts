import { createReadStream, existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { AlertSettings } from "../lambda/core/alert/alert.ts";
import { type LogObject, placeOf } from "../lambda/core/envelope/log-object.ts";
import type { TestedRule } from "../lambda/rule-files/rule-file.ts";
import { loadRules } from "../lambda/rule-files/rule-files.ts";
import { readDeskSettings, SETTINGS_FILE } from "../lib/settings.ts";

/** The project's folder: what commands find without being told stands below it. */
export const PROJECT = fileURLToPath(new URL("..", import.meta.url));

/** What a deployment with the project's trailbell.config.yaml would use. */
export interface Desk {
  readonly rules: readonly TestedRule[];
  readonly settings: AlertSettings;
}

/**
 * Loads rules (the settings' packs unless `paths` are given) and the settings of alerts.
 * @throws RuleFilesError, SettingsError
 */
export function readDesk(paths: readonly string[]): Desk {
  const settings = readDeskSettings(join(PROJECT, SETTINGS_FILE));
  const packs = settings.packs.map((pack) => resolve(PROJECT, pack));
  return { rules: loadRules(paths.length > 0 ? paths : packs), settings };
}

/** Opens log objects in a folder, as `DIR/<bucket>/<key>`. */
export function fetchFromFolder(folder: string): (logObject: LogObject) => Promise<AsyncIterable<Uint8Array>> {
  return async (logObject) => {
    const path = join(folder, logObject.bucket, logObject.key);
    if (relative(folder, path).startsWith("..") || !existsSync(path)) {
      throw new Error(`${placeOf(logObject)}: NoSuchKey: there is no ${path}`);
    }
    return createReadStream(path);
  };
}
