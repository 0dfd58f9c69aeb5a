import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Builds the commands once, for tsx would take half a second each time, and names where the stack is synthesized once. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default async function globalSetup() {
  // What commands keep between runs is nobody's own here.
  process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), "trailbell-cache-"));
  process.env.SYNTH_FOLDER = join(mkdtempSync(join(tmpdir(), "trailbell-")), "synth");
  await build({
    entryPoints: ["cli/*.ts"],
    // One folder below the project's, like cli/, for commands find the project by where they stand.
    outdir: ".commands",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
}
