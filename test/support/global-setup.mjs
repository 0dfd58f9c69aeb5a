import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import suites from "./suites.cjs";

/** The commands, the app that cdk runs, what makes a release, and what reads rules. */
const ENTRIES = readdirSync("cli")
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `cli/${name}`)
  .concat("lib/app.ts", "lib/package/run-release.ts", "lib/packs.ts", "lambda/rule-files/rule-files.ts");

/** What is built has modules in common, and finds the project by where it stands: one folder below it, like cli/ and lib/. */
const COMMON = {
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  logLevel: "error",
};

/**
 * Builds the commands and the suites once, with what they import, for tsx would take half a second or more each time and
 * the SDK's many files a quarter, and names where the stack is synthesized once.
 */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default async function globalSetup(globalConfig) {
  prepare();
  await Promise.all([buildCommands(), buildSuites(globalConfig)]);
  // What `npm run build` puts beside its modules, too: nobody reads the YAML of the shipped pack again.
  rmSync(".commands/rules.json", { force: true });
  const { loadPacks } = await import(pathToFileURL(".commands/packs.mjs").href);
  const compiled = JSON.stringify(loadPacks(["trailbell/rules"]));
  for (const folder of [".commands", suites.FOLDER]) writeFileSync(join(folder, "rules.json"), compiled);
  const { loadRules } = await import(pathToFileURL(".commands/rule-files.mjs").href);
  const folders = ["rules", "test/support/rules"].map((folder) => [folder, loadRules([folder])]);
  writeFileSync(process.env.LOADED_RULES, JSON.stringify(Object.fromEntries(folders)));
}

/** Folders of a run, which go when it ends, and where it finds what was built. */
export function prepare() {
  const folder = mkdtempSync(join(tmpdir(), "trailbell-tests-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // Whatever suites and their children make for a while, they make in it.
  process.env.TMPDIR = folder;
  // What commands keep between runs is nobody's own here.
  process.env.XDG_CACHE_HOME = join(folder, "cache");
  process.env.SYNTH_FOLDER = join(folder, "synth");
  process.env.LOADED_RULES = resolve(suites.FOLDER, "loaded-rules.json");
}

function buildCommands() {
  return build({
    ...COMMON,
    entryPoints: ENTRIES.map((entry) => ({ in: entry, out: parse(entry).name })),
    outdir: ".commands",
    external: ["aws-cdk-lib", "constructs", "esbuild"],
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
  });
}

/** Those that were asked for, or all where only jest can tell which; support/runtime.cjs runs them. */
function buildSuites({ rootDir, testPathPatterns, findRelatedTests }) {
  const asked = testPathPatterns.toExecutor({ rootDir });
  const paths = readdirSync("test", { recursive: true })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("test", name))
    .filter((path) => findRelatedTests || asked.isMatch(resolve(path)));
  return build({
    ...COMMON,
    entryPoints: paths.map((path) => ({ in: path, out: suites.nameOf(path) })),
    outdir: suites.FOLDER,
    packages: "external",
    sourcemap: "linked",
    sourcesContent: false,
  });
}
