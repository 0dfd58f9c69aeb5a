import { readFileSync } from "node:fs";
import type { TestedRule } from "../../lambda/rule-files/plain-rule.ts";

/**
 * The rules of a folder with the tests inside them, as loadRules reads them: out of the JSON that global-setup.mjs makes of
 * them, for to read YAML takes each suite half a second. They are of the files as the run began.
 */
export function loadedRules(folder: "rules" | "test/support/rules"): readonly TestedRule[] {
  return JSON.parse(readFileSync(process.env.LOADED_RULES ?? "", "utf8"))[folder];
}
