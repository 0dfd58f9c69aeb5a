import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** The commands, the app that cdk runs, and what reads rules. */
const ENTRIES = readdirSync("cli")
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `cli/${name}`)
  .concat("lib/app.ts", "lib/packs.ts", "lambda/rule-files/rule-files.ts");

/**
 * Builds them once, with what they import, for tsx would take half a second or more each time and the SDK's many files a
 * quarter, and names where the stack is synthesized once.
 */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default async function globalSetup() {
  // What commands keep between runs is nobody's own here.
  process.env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), "trailbell-cache-"));
  process.env.SYNTH_FOLDER = join(mkdtempSync(join(tmpdir(), "trailbell-")), "synth");
  await build({
    entryPoints: ENTRIES.map((entry) => ({ in: entry, out: parse(entry).name })),
    // One folder below the project's, like cli/ and lib/, for they find the project by where they stand.
    outdir: ".commands",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    external: ["aws-cdk-lib", "constructs", "esbuild"],
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    logLevel: "error",
  });
  // What `npm run build` puts beside its modules, too: commands read no YAML of the shipped pack.
  const compiled = ".commands/rules.json";
  rmSync(compiled, { force: true });
  const { loadPacks } = await import(pathToFileURL(".commands/packs.mjs").href);
  writeFileSync(compiled, JSON.stringify(loadPacks(["trailbell/rules"])));
  process.env.LOADED_RULES = `${process.env.SYNTH_FOLDER}-rules.json`;
  const { loadRules } = await import(pathToFileURL(".commands/rule-files.mjs").href);
  const folders = ["rules", "test/support/rules"].map((folder) => [folder, loadRules([folder])]);
  writeFileSync(process.env.LOADED_RULES, JSON.stringify(Object.fromEntries(folders)));
}
