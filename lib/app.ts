import { App } from "aws-cdk-lib";
import { RuleFilesError } from "../lambda/rule-files/fault.ts";
import { isSelfProtection } from "../lambda/rule-files/rule-files.ts";
import { AlertStack } from "./alert-stack.ts";
import { assetOf } from "./rule-bundle.ts";
import { readSettings, refuseUnknownSettings, SETTINGS_FILE, SettingsError } from "./settings.ts";

const app = new App();
try {
  refuseUnknownSettings(Object.keys(app.node.getAllContext()));
  const settings = readSettings(SETTINGS_FILE, (name) => app.node.tryGetContext(name));
  const asset = assetOf(settings, SETTINGS_FILE);
  if (!asset.rules.some(isSelfProtection)) {
    console.error(
      "warning: packs leaves out rules/self-protection.yaml: nobody is told when the alerter itself is stopped",
    );
  }
  new AlertStack(app, "Trailbell", settings, asset);
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof RuleFilesError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
