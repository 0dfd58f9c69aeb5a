import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type LogObject, placeOf } from "../lambda/core/envelope/log-object.ts";
import type { LedgerSettings } from "../lambda/core/ledger/run.ts";
import type { FetchedObject } from "../lambda/core/log-file/fetched.ts";
import type { KnownAccounts } from "../lambda/core/rules/accounts.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { DESK_DEPLOYMENT, type Deployment, fillSelf } from "../lambda/core/rules/self.ts";
import type { TestedRule } from "../lambda/rule-files/rule-file.ts";
import { PACKAGE } from "../lib/package-folder.ts";
import { loadPacks, packPath } from "../lib/packs.ts";
import { changedRules, knownAccounts } from "../lib/rule-bundle.ts";
import { NEW_TRAIL, readDeskSettings, SETTINGS_FILE } from "../lib/settings.ts";

/** What a deployment with the settings here would use. */
export interface Desk {
  readonly rules: readonly TestedRule[];
  readonly settings: LedgerSettings;
  readonly deployment: Deployment;
  readonly known: KnownAccounts;
}

/**
 * Loads rules (the settings' packs unless `paths` are given) and the settings of alerts. Names of the deployment are made
 * up, but for an adopted bucket's.
 * @throws RuleFilesError, SettingsError
 */
export function readDesk(paths: readonly string[]): Desk {
  const settings = deskSettings();
  const loaded =
    paths.length > 0
      ? loadPacks(paths)
      : changedRules(loadPacks(settings.packs, dirname(settingsFile())), settings, SETTINGS_FILE);
  const isAdopted = settings.source !== undefined && settings.source !== NEW_TRAIL;
  const deployment = { ...DESK_DEPLOYMENT, ...(isAdopted && { logBucket: settings.source }) };
  const filled = fillSelf(
    loaded.map(({ rule }) => rule),
    deployment,
  );
  return {
    rules: loaded.map(({ tests }, i) => ({ rule: filled[i] as Rule, tests })),
    settings: { ...settings, known: knownAccounts(settings) },
    deployment,
    known: knownAccounts(settings),
  };
}

/** The rule packs of the settings here. */
export function deskPacks(): readonly string[] {
  return deskSettings().packs.map((pack) => packPath(pack, dirname(settingsFile())));
}

/** The settings of the folder in which a command is run, or else those of this checkout; either may be missing. */
export function settingsFile(): string {
  return existsSync(SETTINGS_FILE) ? SETTINGS_FILE : join(PACKAGE, SETTINGS_FILE);
}

function deskSettings() {
  return readDeskSettings(settingsFile());
}

/** A file or folder here, or, by the same name, one that came with Trailbell: `events/one-log-file.json`. */
export function sampleOr(path: string): string {
  const sample = join(PACKAGE, path);
  return !existsSync(path) && /^events[/\\]/.test(path) && existsSync(sample) ? sample : path;
}

/** Opens log objects in a folder, as `DIR/<bucket>/<key>`. */
export function fetchFromFolder(folder: string): (logObject: LogObject) => Promise<FetchedObject> {
  return async (logObject) => {
    const path = join(folder, logObject.bucket, logObject.key);
    if (relative(folder, path).startsWith("..") || !existsSync(path)) {
      const error = new Error(`${placeOf(logObject)}: NoSuchKey: there is no ${path}`);
      throw Object.assign(error, { isPermanent: true });
    }
    return { content: readFileSync(path) };
  };
}
