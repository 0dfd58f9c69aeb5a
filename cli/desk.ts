import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type LogObject, placeOf } from "../lambda/core/envelope/log-object.ts";
import type { LedgerSettings } from "../lambda/core/ledger/run.ts";
import type { FetchedObject } from "../lambda/core/log-file/fetched.ts";
import type { KnownAccounts } from "../lambda/core/rules/accounts.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { DESK_DEPLOYMENT, type Deployment, fillSelf } from "../lambda/core/rules/self.ts";
import type { TestedRule } from "../lambda/rule-files/rule-file.ts";
import { loadRules } from "../lambda/rule-files/rule-files.ts";
import { changedRules, knownAccounts } from "../lib/rule-bundle.ts";
import { NEW_TRAIL, readDeskSettings, SETTINGS_FILE } from "../lib/settings.ts";

/** The project's folder, which holds what commands find without being told. */
export const PROJECT = fileURLToPath(new URL("..", import.meta.url));

/** What a deployment with the project's trailbell.config.yaml would use. */
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
  const loaded = paths.length > 0 ? loadRules(paths) : changedRules(loadRules(deskPacks()), settings, SETTINGS_FILE);
  const isAdopted = settings.source !== undefined && settings.source !== NEW_TRAIL;
  const deployment = { ...DESK_DEPLOYMENT, ...(isAdopted && { logBucket: settings.source }) };
  const filled = fillSelf(
    loaded.map(({ rule }) => rule),
    deployment,
  );
  return {
    rules: loaded.map(({ tests }, i) => ({ rule: filled[i] as Rule, tests })),
    settings: { ...withoutWeek(settings), known: knownAccounts(settings) },
    deployment,
    known: knownAccounts(settings),
  };
}

/** A desk tells of what it is given, not of weeks. */
function withoutWeek({ roundUpDay: _, ...settings }: ReturnType<typeof deskSettings>) {
  return settings;
}

/** The rule packs of the project's settings. */
export function deskPacks(): readonly string[] {
  return deskSettings().packs.map((pack) => resolve(PROJECT, pack));
}

function deskSettings() {
  return readDeskSettings(join(PROJECT, SETTINGS_FILE));
}

/** Opens log objects in a folder, as `DIR/<bucket>/<key>`. */
export function fetchFromFolder(folder: string): (logObject: LogObject) => Promise<FetchedObject> {
  return async (logObject) => {
    const path = join(folder, logObject.bucket, logObject.key);
    if (relative(folder, path).startsWith("..") || !existsSync(path)) {
      const error = new Error(`${placeOf(logObject)}: NoSuchKey: there is no ${path}`);
      throw Object.assign(error, { isPermanent: true });
    }
    return { bytes: readFileSync(path) };
  };
}
