import { dirname } from "node:path";
import type { Asset } from "../lambda/asset.ts";
import type { LedgerSettings } from "../lambda/core/ledger/run.ts";
import type { KnownAccounts } from "../lambda/core/rules/accounts.ts";
import { withPins } from "../lambda/core/rules/pinned.ts";
import { RuleFilesError } from "../lambda/rule-files/fault.ts";
import type { TestedRule } from "../lambda/rule-files/plain-rule.ts";
import { isSelfProtection, type RuleChanges, withChanges } from "../lambda/rule-files/rule-files.ts";
import { loadPacks } from "./packs.ts";
import { healthTextsFrom, hearersOf, recipientsOf } from "./recipients.ts";
import { accountsOf } from "./route-settings.ts";
import type { Settings } from "./settings.ts";

/**
 * What goes beside the bundled handler: the rules of the settings' packs, which are relative to `folder`, and how alerts
 * name things.
 * @throws RuleFilesError naming every fault: a broken rule never deploys
 */
export function assetOf(settings: Settings, settingsFile: string, folder = dirname(settingsFile)): Asset {
  return {
    rules: bundledRules(loadPacks(settings.packs, folder), settings, settingsFile).map(({ rule }) => withPins(rule)),
    known: knownAccounts(settings),
    accepted: {
      ...(settings.onlyAccounts !== undefined && { accounts: settings.onlyAccounts }),
      ...(settings.organization !== undefined && { organization: settings.organization }),
    },
    recipients: recipientsOf(settings),
    provesLogs: settings.proveLogs,
    ...(settings.alertTopic !== undefined && { isTopicGiven: true }),
    ...(settings.routes.length > 0 && {
      routeTopics: Object.fromEntries(settings.routes.flatMap(({ name, topic }) => (topic ? [[name, topic]] : []))),
      routeHearers: Object.fromEntries(settings.routes.map((route) => [route.name, hearersOf(route)])),
    }),
    accountSilentAfterHours: settings.accountSilentAfterHours,
    settings: ledgerSettings(settings),
  };
}

/** How the functions tell what they find. */
export function ledgerSettings(settings: Omit<Settings, "source">): LedgerSettings {
  const textsFrom = healthTextsFrom(settings);
  return {
    accounts: settings.accounts,
    smsFrom: settings.smsFrom,
    ...(textsFrom !== undefined && { healthTextsFrom: textsFrom }),
    roundUpHour: settings.roundUpHour,
    ...(settings.roundUpDay !== "none" && { roundUpDay: settings.roundUpDay }),
    followSessions: settings.followSessions,
    learningDays: settings.learningDays,
    ...(settings.routes.length > 0 && {
      routes: settings.routes.map((route) => {
        const accounts = accountsOf(route, settings.tags);
        return {
          name: route.name,
          ...(accounts !== undefined && { accounts }),
          ...(route.severity !== undefined && { severity: route.severity }),
        };
      }),
    }),
    ...(settings.bus !== undefined && { isOnBus: true }),
    ...(settings.chatFrom !== undefined && { chatFrom: settings.chatFrom }),
    ...(settings.timeZone !== undefined && { timeZone: settings.timeZone }),
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
 * Rules as the functions have them: as the settings change them, and marked where they are about the alerter. Without
 * `firstSeen`, those that need its memory are left out.
 * @throws RuleFilesError for a rule that does not exist or must not be changed
 */
export function bundledRules(
  rules: readonly TestedRule[],
  { firstSeen = true, ...changes }: RuleChanges & { readonly firstSeen?: boolean },
  file: string,
): readonly TestedRule[] {
  const changed = withChanges(rules, changes, file);
  if (changed.faults.length > 0) throw new RuleFilesError(changed.faults);
  return changed.rules.filter(({ rule }) => firstSeen || rule.first === undefined).map(aboutSelf);
}

/** A rule that is about the alerter itself is marked so: its alerts go to the topics of health as well. */
export function aboutSelf(tested: TestedRule): TestedRule {
  return isSelfProtection(tested.rule) ? { ...tested, rule: { ...tested.rule, isAboutSelf: true } } : tested;
}
