import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ICommandHooks, LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { ASSET_FILE, type Asset } from "../lambda/asset.ts";
import { BANNER, BUNDLING, OTHER_CREDENTIALS } from "./bundling.ts";
import type { FunctionCode } from "./function-code.ts";

/** Bundles a function from this checkout's sources, at synth. */
export const bundledFunction: FunctionCode = (scope, id, entry, asset, props) =>
  new NodejsFunction(scope, id, {
    entry: fileURLToPath(new URL(`../lambda/${entry}.ts`, import.meta.url)),
    bundling: {
      ...BUNDLING,
      mainFields: [...BUNDLING.mainFields],
      format: OutputFormat.ESM,
      banner: BANNER,
      bundleAwsSDK: true,
      externalModules: [...OTHER_CREDENTIALS],
      logLevel: LogLevel.ERROR,
      commandHooks: bundleWith(asset),
    },
    ...props,
  });

/** Copies the asset's file into the bundle once esbuild is done. */
function bundleWith(asset: Asset): ICommandHooks {
  return {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (_, outputDir) => {
      const file = join(mkdtempSync(join(tmpdir(), "trailbell-")), ASSET_FILE);
      writeFileSync(file, JSON.stringify(asset));
      const copy = process.platform === "win32" ? "copy" : "cp";
      return [`${copy} "${file}" "${join(outputDir, ASSET_FILE)}"`];
    },
  };
}
