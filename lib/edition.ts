import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Asset } from "../lambda/asset.ts";
import { PACKAGE } from "./package-folder.ts";

/** What is deployed: the package's version, and sixteen hex digits for its rules and settings. */
export interface Edition {
  readonly version: string;
  readonly rules: string;
}

/** The edition of this checkout; the stack's outputs keep it, and doctor compares. */
export function editionOf(asset: Asset): Edition {
  return {
    version: packageVersion(),
    rules: createHash("sha256").update(JSON.stringify(asset)).digest("hex").slice(0, 16),
  };
}

export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
