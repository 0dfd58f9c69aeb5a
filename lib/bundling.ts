import type { BuildOptions } from "esbuild";

/** How esbuild bundles a function, at synth or for the package. */
export const BUNDLING = {
  target: "node24",
  minify: true,
  // Without it Lambda reports errors of type "t".
  keepNames: true,
  mainFields: ["module", "main"],
} as const;

/** The SDK's CommonJS parts call require. */
export const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** The same for esbuild itself. */
export const FUNCTION_BUILD: BuildOptions = {
  ...BUNDLING,
  mainFields: [...BUNDLING.mainFields],
  bundle: true,
  platform: "node",
  format: "esm",
  banner: { js: BANNER },
};
