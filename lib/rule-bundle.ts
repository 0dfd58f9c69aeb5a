import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { ICommandHooks } from "aws-cdk-lib/aws-lambda-nodejs";
import { ASSET_FILE, type Asset } from "../lambda/asset.ts";
import type { KnownAccounts } from "../lambda/core/rules/accounts.ts";
import { RuleFilesError } from "../lambda/rule-files/fault.ts";
import type { TestedRule } from "../lambda/rule-files/rule-file.ts";
import { isSelfProtection, loadRules, type RuleChanges, withChanges } from "../lambda/rule-files/rule-files.ts";
import type { Settings } from "./settings.ts";
import { healthTextsFrom, recipientsOf } from "./way-out.ts";

/**
 * What goes beside the bundled handler: the rules of the settings' packs, and how alerts name things.
 * @throws RuleFilesError naming every fault: a broken rule never deploys
 */
export function assetOf(settings: Settings, settingsFile: string): Asset {
  const textsFrom = healthTextsFrom(settings);
  const packs = settings.packs.map((pack) => resolve(dirname(settingsFile), pack));
  return {
    rules: changedRules(loadRules(packs), settings, settingsFile).map(({ rule }) =>
      isSelfProtection(rule) ? { ...rule, isAboutSelf: true } : rule,
    ),
    known: knownAccounts(settings),
    accepted: {
      ...(settings.onlyAccounts !== undefined && { accounts: settings.onlyAccounts }),
      ...(settings.organization !== undefined && { organization: settings.organization }),
    },
    recipients: recipientsOf(settings),
    accountSilentAfterHours: settings.accountSilentAfterHours,
    settings: {
      accounts: settings.accounts,
      smsFrom: settings.smsFrom,
      ...(textsFrom !== undefined && { healthTextsFrom: textsFrom }),
      roundUpHour: settings.roundUpHour,
      ...(settings.roundUpDay !== "none" && { roundUpDay: settings.roundUpDay }),
      followSessions: settings.followSessions,
      learningDays: settings.learningDays,
      ...(settings.timeZone !== undefined && { timeZone: settings.timeZone }),
    },
  };
}

/** The accounts that the settings name: what a rule takes for one's own. */
export function knownAccounts({ accounts, onlyAccounts = [], organization }: Partial<Settings>): KnownAccounts {
  return {
    accounts: [...new Set([...Object.keys(accounts ?? {}), ...onlyAccounts])],
    ...(organization !== undefined && { organization }),
  };
}

/**
 * Rules as the settings change them; without `firstSeen`, those that need its memory are left out.
 * @throws RuleFilesError for a rule that does not exist or must not be changed
 */
export function changedRules(
  rules: readonly TestedRule[],
  { firstSeen = true, ...changes }: RuleChanges & { readonly firstSeen?: boolean },
  file: string,
): readonly TestedRule[] {
  const changed = withChanges(rules, changes, file);
  if (changed.faults.length > 0) throw new RuleFilesError(changed.faults);
  return firstSeen ? changed.rules : changed.rules.filter(({ rule }) => rule.first === undefined);
}

/** Copies the asset's file into the bundle once esbuild is done. */
export function bundleWith(asset: Asset): ICommandHooks {
  return {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (_, outputDir) => {
      const file = join(mkdtempSync(join(tmpdir(), "trailbell-")), ASSET_FILE);
      writeFileSync(file, JSON.stringify(asset));
      const copy = process.platform === "win32" ? "copy" : "cp";
      return [`${copy} "${file}" "${join(outputDir, ASSET_FILE)}"`];
    },
  };
}
