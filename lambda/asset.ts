import type { AlertSettings } from "./core/alert/alert.ts";
import type { Rule } from "./core/rules/rule.ts";

/** The name of the file beside the bundled handler. */
export const ASSET_FILE = "rules.json";

/** What synth writes beside the handler: validated rules, and how alerts name things. */
export interface Asset {
  readonly rules: readonly Rule[];
  readonly settings: AlertSettings;
}
