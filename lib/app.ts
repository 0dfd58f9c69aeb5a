import { App, Stage } from "aws-cdk-lib";
import { RuleFilesError } from "../lambda/rule-files/fault.ts";
import { isSelfProtection } from "../lambda/rule-files/rule-files.ts";
import { AlertStack } from "./alert-stack.ts";
import { IAM_REGION, IamWatch, knownRegion, needsIamWatch } from "./iam-watch.ts";
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
  const { stackName } = new AlertStack(app, "Trailbell", settings, asset);
  if (settings.watchIam) watchIam(stackName, knownRegion(process.env));
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof RuleFilesError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** In a stage of its own, so that `cdk deploy` by itself still means the one stack. */
function watchIam(mainStack: string, region: string | undefined): void {
  const unwatched = `changes to the functions' role surface in ${IAM_REGION} only`;
  if (region === undefined) {
    console.error(
      `warning: the region is not known yet. Elsewhere than in ${IAM_REGION}, ${unwatched} (README.md, "In another region")`,
    );
  } else if (needsIamWatch(region)) {
    new IamWatch(new Stage(app, "Iam"), mainStack, region);
    console.error(`note: ${unwatched}; deploy what sends them here, once: npx cdk deploy Iam/${mainStack}Iam`);
  }
}
