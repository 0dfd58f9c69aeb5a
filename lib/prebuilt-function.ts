import { cpSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { ASSET_FILE } from "../lambda/asset.ts";
import type { FunctionCode } from "./function-code.ts";
import { PACKAGE } from "./package-folder.ts";

/** Takes a function's code as `npm run build` bundled it, so that neither the sources nor esbuild are needed. */
export const prebuiltFunction: FunctionCode = (scope, id, entry, asset, props) => {
  const built = join(PACKAGE, "dist", "functions", entry);
  if (!existsSync(built)) throw new Error(`there is no ${built}: npm run build makes it`);
  const folder = mkdtempSync(join(tmpdir(), "trailbell-"));
  cpSync(built, folder, { recursive: true });
  writeFileSync(join(folder, ASSET_FILE), JSON.stringify(asset));
  return new LambdaFunction(scope, id, { ...props, handler: "index.handler", code: Code.fromAsset(folder) });
};
