import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { TestedRule } from "../lambda/rule-files/rule-file.ts";
import { loadRules } from "../lambda/rule-files/rule-files.ts";
import { PACKAGE } from "./package-folder.ts";

/** The pack of the rules that come with Trailbell, wherever it is installed. */
export const SHIPPED_PACK = "trailbell/rules";

/** The shipped rules as `npm run build` read them; a checkout has none, for its rules are edited. */
export const COMPILED_RULES = join(PACKAGE, "dist", "rules.json");

/** Where a pack is: `trailbell/rules`, or a file or folder in it, with Trailbell; anything else relative to a folder. */
export function packPath(pack: string, folder = "."): string {
  const isShipped = pack === SHIPPED_PACK || pack.startsWith(`${SHIPPED_PACK}/`);
  return isShipped ? join(PACKAGE, pack.slice("trailbell/".length)) : resolve(folder, pack);
}

/**
 * The rules of packs.
 * @throws RuleFilesError with every fault
 */
export function loadPacks(packs: readonly string[], folder = "."): readonly TestedRule[] {
  const [pack] = packs;
  // Reading 60 files of YAML takes half a second.
  if (packs.length === 1 && pack === SHIPPED_PACK && isInstalled()) {
    return JSON.parse(readFileSync(COMPILED_RULES, "utf8")) as readonly TestedRule[];
  }
  return loadRules(packs.map((one) => packPath(one, folder)));
}
