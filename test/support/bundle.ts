import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { transform } from "esbuild";
import { commandProcess } from "./command.ts";
import { SETTINGS } from "./settings.ts";

/** A function as it would be deployed. */
export interface BundledFunction {
  /** The folder with its index.mjs and rules.json. */
  readonly asset: string;
  /** The same index.mjs as CommonJS, with `moduleUrl` for its address: it is compiled once for many instances. */
  readonly script: string;
  /** Its environment in the template. */
  readonly variables: { readonly [name: string]: unknown };
}

/** Of this run of jest, see global-setup.mjs. */
const FOLDER = process.env.SYNTH_FOLDER ?? "";
const READY = join(FOLDER, "synth.log");

/** Both functions, for an account that is named "prod", by the first suite of a run that asks; the others wait for it. */
export async function bundledFunctions() {
  const isFirst = mkdirSync(FOLDER, { recursive: true }) !== undefined;
  if (isFirst) await synthesize();
  while (!existsSync(READY)) await sleep(100);
  const said = readFileSync(READY, "utf8");
  const template = join(FOLDER, "Trailbell.template.json");
  if (!existsSync(template)) throw new Error(`the stack was not synthesized: ${said}`);
  const { Resources } = JSON.parse(readFileSync(template, "utf8"));
  const bundled = (prefix: string): BundledFunction => {
    const id = Object.keys(Resources).find((id) => id.startsWith(prefix) && Resources[id].Properties?.Code);
    const { Code, Environment } = Resources[id ?? ""].Properties;
    const asset = join(FOLDER, `asset.${Code.S3Key.replace(".zip", "")}`);
    return { asset, script: scriptOf(asset), variables: Environment.Variables };
  };
  return { alerter: bundled("Alerter"), tick: bundled("Tick") };
}

const scriptOf = (asset: string) => `${asset}.cjs`;

/** What `cdk synth` runs, but for CloudFormation's rules, see synth.ts. */
async function synthesize(): Promise<void> {
  const { context } = JSON.parse(readFileSync("cdk.json", "utf8"));
  const { stderr } = await commandProcess("app", [], {
    CDK_OUTDIR: FOLDER,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...SETTINGS, accounts: "111122223333=prod" }),
    CDK_VALIDATION: "false",
    CDK_DISABLE_STACK_TRACE: "1",
  });
  for (const asset of assetsWithCode()) {
    const { code } = await transform(readFileSync(join(asset, "index.mjs"), "utf8"), {
      format: "cjs",
      define: { "import.meta.url": "moduleUrl" },
    });
    writeFileSync(scriptOf(asset), code);
  }
  writeFileSync(`${READY}.new`, stderr);
  renameSync(`${READY}.new`, READY);
}

function assetsWithCode(): readonly string[] {
  return readdirSync(FOLDER)
    .map((name) => join(FOLDER, name))
    .filter((path) => existsSync(join(path, "index.mjs")));
}
