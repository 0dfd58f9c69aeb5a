import { App } from "aws-cdk-lib";
import { RuleFilesError } from "../lambda/rule-files/fault.ts";
import { AlertStack } from "./alert-stack.ts";
import { assetOf } from "./rule-bundle.ts";
import { readSettings, refuseUnknownSettings, SETTINGS_FILE, SettingsError } from "./settings.ts";

const app = new App();
try {
  refuseUnknownSettings(Object.keys(app.node.getAllContext()));
  const settings = readSettings(SETTINGS_FILE, (name) => app.node.tryGetContext(name));
  new AlertStack(app, "Trailbell", settings, assetOf(settings, SETTINGS_FILE));
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof RuleFilesError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
