import { readFileSync } from "node:fs";
import type { TestedRule } from "../../lambda/rule-files/plain-rule.ts";
import { loadRules } from "../../lambda/rule-files/rule-files.ts";

/**
 * The rules of a folder with the tests inside them, as loadRules reads them. In a run of jest they come out of the JSON that
 * global-setup.mjs makes of them, for to read YAML takes each suite half a second: they are of the files as the run began.
 */
export function loadedRules(folder: "rules" | "test/support/rules"): readonly TestedRule[] {
  const made = process.env.LOADED_RULES;
  return made === undefined ? loadRules([folder]) : JSON.parse(readFileSync(made, "utf8"))[folder];
}
