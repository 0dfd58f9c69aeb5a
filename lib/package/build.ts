import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { pageParts, SHIPPED_PARTS } from "../../cli/replay/html/page.ts";
import { FUNCTION_BUILD } from "../bundling.ts";
import { SHIPPED_PACK } from "../pack-path.ts";
import { loadPacks } from "../packs.ts";

/** What the package holds that is made: commands, construct with its types, bundled functions, rules. */
const DIST = "dist";

/** Commands and construct; `index` is what `import "trailbell"` gets, `bin` what `npx trailbell` runs. */
const ENTRIES = { index: "lib/trailbell.ts", "iam-watch": "lib/iam-watch.ts", bin: "cli/trailbell.ts" };

/** What is also made as CommonJS: `cdk init` makes apps that require. */
const REQUIRED = ["index", "iam-watch"] as const;

const COMMON = {
  bundle: true,
  platform: "node",
  target: "node20",
  packages: "external",
  outdir: DIST,
  metafile: true,
  logLevel: "warning",
} as const satisfies BuildOptions;

/**
 * Makes dist/ anew, in the working directory, which is the project's. Returns the packages that what it made imports.
 * @throws RuleFilesError if a shipped rule has a fault
 */
export async function buildPackage(): Promise<readonly string[]> {
  rmSync(DIST, { recursive: true, force: true });
  const modules = await build({ ...COMMON, entryPoints: ENTRIES, format: "esm", splitting: true });
  const required = await build({
    ...COMMON,
    entryPoints: Object.fromEntries(REQUIRED.map((name) => [name, ENTRIES[name]])),
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  await build({
    ...FUNCTION_BUILD,
    entryPoints: { "handler/index": "lambda/handler.ts", "tick/index": "lambda/tick.ts" },
    outExtension: { ".js": ".mjs" },
    outdir: join(DIST, "functions"),
    logLevel: "warning",
  });
  writeFileSync(join(DIST, "rules.json"), JSON.stringify(loadPacks([SHIPPED_PACK])));
  writeFileSync(SHIPPED_PARTS, JSON.stringify(pageParts()));
  declare();
  return [...new Set([modules, required].flatMap(({ metafile }) => packagesIn(metafile)))].sort();
}

/** The packages that outputs import, without node's own. */
function packagesIn({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ path, external }) => external === true && !path.startsWith("node:"))
    .map(({ path }) => /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path);
}

/** Writes the types of what can be imported, for import and for require, and of the modules that these types name. */
function declare(): void {
  const made = mkdtempSync(join(tmpdir(), "trailbell-types-"));
  const files = REQUIRED.map((name) => resolve(ENTRIES[name]));
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: made,
    rootDir: resolve(),
    types: ["node"],
    typeRoots: [resolve("node_modules/@types")],
  };
  const config = join(made, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ extends: resolve("tsconfig.json"), compilerOptions, include: [], files }));
  const tsc = spawnSync("npx", ["tsc", "-p", config], { stdio: "inherit" });
  if (tsc.status !== 0) throw new Error("tsc made no types");
  const done = new Set<string>();
  const copy = (source: string, name: string) => {
    if (done.has(source)) return;
    done.add(source);
    const text = readFileSync(join(made, source.replace(/\.ts$/, ".d.ts")), "utf8");
    const imported = /from "(\.[^"]+)\.ts"/g;
    for (const [, path = ""] of text.matchAll(imported))
      copy(`${join(dirname(source), path)}.ts`, path.replace("./", ""));
    writeFileSync(join(DIST, `${name}.d.ts`), text.replace(imported, 'from "$1.js"'));
    writeFileSync(join(DIST, `${name}.d.cts`), text.replace(imported, 'from "$1.cjs"'));
  };
  for (const name of REQUIRED) copy(ENTRIES[name], name);
  rmSync(made, { recursive: true });
}
