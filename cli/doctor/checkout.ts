import type { Hearer, Recipient } from "../../lambda/core/health/subscriptions.ts";
import { RuleFilesError } from "../../lambda/rule-files/fault.ts";
import { editionOf, packageVersion } from "../../lib/edition.ts";
import { hearersOf, recipientsOf } from "../../lib/recipients.ts";
import { assetOf } from "../../lib/rule-bundle.ts";
import { readDeskSettings, type Settings, SettingsError } from "../../lib/settings.ts";
import { settingsFile } from "../here.ts";
import { UsageError } from "../usage.ts";
import type { KnownEdition } from "./engine.ts";

/** What a deployment is compared with: the project's settings. */
export interface Checkout {
  /** Nobody where the settings name nobody: whoever deployed gave them by `-c`. */
  readonly recipients: readonly Recipient[];
  /** Who should hear the topics of routes, by the routes' names. */
  readonly routeHearers: { readonly [route: string]: readonly Hearer[] };
  readonly prefix: string | undefined;
  /** As the settings call the stack. */
  readonly stackName?: string | undefined;
  readonly edition: KnownEdition;
  /** Why settings or rules cannot be read. */
  readonly fault?: string;
}

/**
 * Reads trailbell.config.yaml, overridden by what was deployed with `-c`, and the rules of its packs.
 * @throws UsageError for what `-c` gives
 */
export function readCheckout(given: ReadonlyMap<string, string>): Checkout {
  const file = settingsFile();
  const edition = { version: packageVersion(), rules: undefined };
  const unknown = { recipients: [], routeHearers: {}, prefix: undefined, edition };
  try {
    const settings = readDeskSettings(file, (name) => given.get(name));
    const recipients = recipientsOf(settings);
    const { source } = settings;
    // Whoever deployed with -c and does not say so here has other settings: no edition is compared.
    const isWhole = source !== undefined && recipients.length > 0;
    const edition = isWhole ? editionOf(assetOf(settings as Settings, file)) : unknown.edition;
    const { prefix, stackName } = settings;
    const routeHearers = Object.fromEntries(settings.routes.map((route) => [route.name, hearersOf(route)]));
    return { recipients, routeHearers, prefix, stackName, edition };
  } catch (error) {
    if (!(error instanceof SettingsError || error instanceof RuleFilesError)) throw error;
    // What is wrong with a file is a finding; what was typed is to be typed again.
    if (error.message.startsWith("-c ")) throw new UsageError(error.message);
    return { ...unknown, fault: error.message };
  }
}
