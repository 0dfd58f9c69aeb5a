import { isAbsolute, join, relative, resolve } from "node:path";
import { PACKAGE } from "./package-folder.ts";

/** The pack of the rules that come with Trailbell, wherever it is installed. */
export const SHIPPED_PACK = "trailbell/rules";

/** Where a pack is: with Trailbell, for `trailbell/rules` and what is in it; relative to a folder, for anything else. */
export function packPath(pack: string, folder = "."): string {
  const isShipped = pack === SHIPPED_PACK || pack.startsWith(`${SHIPPED_PACK}/`);
  return isShipped ? join(PACKAGE, pack.slice("trailbell/".length)) : resolve(folder, pack);
}

/** True for a rule file or a pack, relative to the working directory, that stands with the rules of Trailbell. */
export function isShipped(path: string): boolean {
  const below = relative(join(PACKAGE, "rules"), resolve(path));
  return !below.startsWith("..") && !isAbsolute(below);
}
