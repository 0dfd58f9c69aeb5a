import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TestedRule } from "../lambda/rule-files/plain-rule.ts";
import { loadRules } from "../lambda/rule-files/rule-files.ts";
import { packPath, SHIPPED_PACK } from "./pack-path.ts";

/** The shipped rules as `npm run build` read them, beside what it made of this module. A checkout's rules are edited. */
const COMPILED_RULES = fileURLToPath(new URL("rules.json", import.meta.url));

/**
 * The rules of packs, each as `packPath` finds it.
 * @throws RuleFilesError with every fault
 */
export function loadPacks(packs: readonly string[], folder?: string): readonly TestedRule[] {
  // To read all of the YAML takes half a second.
  if (packs.length === 1 && packs[0] === SHIPPED_PACK && existsSync(COMPILED_RULES)) {
    return JSON.parse(readFileSync(COMPILED_RULES, "utf8")) as readonly TestedRule[];
  }
  return loadRules(packs.map((pack) => packPath(pack, folder)));
}
