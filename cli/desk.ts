import { dirname } from "node:path";
import type { LedgerSettings } from "../lambda/core/ledger/run.ts";
import type { KnownAccounts } from "../lambda/core/rules/accounts.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { DESK_DEPLOYMENT, type Deployment, fillSelf } from "../lambda/core/rules/self.ts";
import type { TestedRule } from "../lambda/rule-files/plain-rule.ts";
import { packPath } from "../lib/pack-path.ts";
import { loadPacks } from "../lib/packs.ts";
import { changedRules, knownAccounts } from "../lib/rule-bundle.ts";
import { NEW_TRAIL, readDeskSettings } from "../lib/settings.ts";
import { SETTINGS_FILE } from "../lib/settings-file.ts";
import { settingsFile } from "./here.ts";

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
    settings: { ...withoutWeek(settings), known: knownAccounts(settings) },
    deployment,
    known: knownAccounts(settings),
  };
}

/** A desk tells of what it is given, not of weeks. */
function withoutWeek({ roundUpDay: _, ...settings }: ReturnType<typeof deskSettings>) {
  return settings;
}

/** The rule packs of the settings here. */
export function deskPacks(): readonly string[] {
  return deskSettings().packs.map((pack) => packPath(pack, dirname(settingsFile())));
}

function deskSettings() {
  return readDeskSettings(settingsFile());
}
