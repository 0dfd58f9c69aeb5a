import { join } from "node:path";
import { SETTINGS, synth } from "./synth.ts";

/** A function as it would be deployed. */
export interface BundledFunction {
  /** The folder with its index.mjs and rules.json. */
  readonly asset: string;
  /** Its environment in the template. */
  readonly variables: { readonly [name: string]: unknown };
}

const bundles = new Map<string, ReturnType<typeof bundle>>();

/** Both functions, bundled once for each settings. */
export function bundledFunctions(settings: { readonly [name: string]: string } = {}) {
  const key = JSON.stringify(settings);
  const known = bundles.get(key) ?? bundle(settings);
  bundles.set(key, known);
  return known;
}

function bundle(settings: { readonly [name: string]: string }) {
  const { template, directory } = synth({ ...SETTINGS, ...settings }, { bundle: true });
  const functions = Object.entries(template.findResources("AWS::Lambda::Function"));
  const bundled = (prefix: string): BundledFunction => {
    const [, resource] =
      functions.find(([id, { Properties }]) => id.startsWith(prefix) && Properties.Environment) ?? [];
    const { Code, Environment } = resource?.Properties ?? {};
    return { asset: join(directory, `asset.${Code.S3Key.replace(".zip", "")}`), variables: Environment.Variables };
  };
  return { alerter: bundled("Alerter"), tick: bundled("Tick") };
}
