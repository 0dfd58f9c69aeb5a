import type { BuildOptions } from "esbuild";

/** How esbuild bundles a function, at synth or for the package. */
export const BUNDLING = {
  target: "node24",
  // Names of classes get lost: Lambda reports an error by its field `name`, which each of ours has. To keep them, esbuild would
  // set each function's name as it is made, and a function took a twentieth longer to start.
  minify: true,
  mainFields: ["module", "main"],
} as const;

/**
 * Where the SDK looks for credentials when the environment has none; in Lambda it always has. They are left out: with their
 * code a function takes a quarter longer to start.
 */
export const OTHER_CREDENTIALS: readonly string[] = [
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-login",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
  "@aws-sdk/nested-clients/*",
  "@aws-sdk/token-providers",
  "@smithy/credential-provider-imds",
];

/** The SDK's CommonJS parts call require. */
export const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** The same for esbuild itself. */
export const FUNCTION_BUILD: BuildOptions = {
  ...BUNDLING,
  mainFields: [...BUNDLING.mainFields],
  external: [...OTHER_CREDENTIALS],
  bundle: true,
  platform: "node",
  format: "esm",
  banner: { js: BANNER },
};
