import { dirname } from "node:path";
import type { LedgerSettings } from "../lambda/core/ledger/run.ts";
import type { KnownAccounts } from "../lambda/core/rules/accounts.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { DESK_DEPLOYMENT, type Deployment, fillSelf } from "../lambda/core/rules/self.ts";
import type { TestedRule } from "../lambda/rule-files/plain-rule.ts";
import { packPath } from "../lib/pack-path.ts";
import { loadPacks } from "../lib/packs.ts";
import { aboutSelf, bundledRules, knownAccounts, ledgerSettings } from "../lib/rule-bundle.ts";
import { NEW_TRAIL, readDeskSettings, refuseUnknownSettings, SettingsError } from "../lib/settings.ts";
import { SETTINGS_FILE } from "../lib/settings-file.ts";
import { settingsFile } from "./here.ts";
import { UsageError } from "./usage.ts";

/** What a deployment with the settings here would use. */
export interface Desk {
  readonly rules: readonly TestedRule[];
  readonly settings: LedgerSettings;
  readonly deployment: Deployment;
  readonly known: KnownAccounts;
  readonly told: Told;
}

/** Who would be told, and by which ways. */
export type Told = Pick<
  DeskSettings,
  "emails" | "endpoints" | "phones" | "alertTopic" | "healthTopic" | "routes" | "bus"
>;

/** Settings as `-c name=value` gives them, by name. */
export type Overrides = { readonly [name: string]: string };

type DeskSettings = ReturnType<typeof readDeskSettings>;

/**
 * Loads rules (the settings' packs unless `paths` are given) and the settings of alerts. Names of the deployment are made
 * up, but for an adopted bucket's.
 * @throws RuleFilesError, SettingsError
 */
export function readDesk(paths: readonly string[], overrides: Overrides = {}): Desk {
  const settings = deskSettings(overrides);
  const loaded =
    paths.length > 0
      ? loadPacks(paths).map(aboutSelf)
      : bundledRules(loadPacks(settings.packs, dirname(settingsFile())), settings, SETTINGS_FILE);
  const isAdopted = settings.source !== undefined && settings.source !== NEW_TRAIL;
  const deployment = { ...DESK_DEPLOYMENT, ...(isAdopted && { logBucket: settings.source }) };
  const filled = fillSelf(
    loaded.map(({ rule }) => rule),
    deployment,
  );
  // A desk tells of what it is given, not of weeks.
  const { roundUpDay: _, ...alerts } = ledgerSettings(settings);
  const { emails, endpoints, phones, alertTopic, healthTopic, routes, bus } = settings;
  return {
    rules: loaded.map(({ tests }, i) => ({ rule: filled[i] as Rule, tests })),
    settings: { ...alerts, known: knownAccounts(settings) },
    deployment,
    known: knownAccounts(settings),
    told: { emails, endpoints, phones, alertTopic, healthTopic, routes, bus },
  };
}

/** The rule packs of the settings here. */
export function deskPacks(overrides: Overrides = {}): readonly string[] {
  return deskSettings(overrides).packs.map((pack) => packPath(pack, dirname(settingsFile())));
}

function deskSettings(overrides: Overrides): DeskSettings {
  try {
    refuseUnknownSettings(Object.keys(overrides));
    return readDeskSettings(settingsFile(), (name) => overrides[name]);
  } catch (error) {
    const isTyped = error instanceof SettingsError && error.message.startsWith("-c ");
    throw isTyped ? new UsageError(error.message) : error;
  }
}
