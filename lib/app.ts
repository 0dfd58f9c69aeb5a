import { App, Stage } from "aws-cdk-lib";
import { RuleFilesError } from "../lambda/rule-files/fault.ts";
import { isSelfProtection } from "../lambda/rule-files/rule-files.ts";
import { AlertStack } from "./checkout-stack.ts";
import { IAM_REGION, IamWatch, iamWayTo } from "./iam-watch.ts";
import { needNotes } from "./own-needs.ts";
import { assetOf } from "./rule-bundle.ts";
import { placesOf, readSettings, refuseUnknownSettings, type Settings, SettingsError } from "./settings.ts";
import { SETTINGS_FILE } from "./settings-file.ts";
import { notesOn, placeNotes } from "./settings-notes.ts";
import { bound } from "./vpc-and-boundary.ts";

const app = new App();
try {
  refuseUnknownSettings(Object.keys(app.node.getAllContext()));
  const override = (name: string) => app.node.tryGetContext(name);
  const settings = readSettings(SETTINGS_FILE, override);
  for (const note of notesOn(settings, placesOf(SETTINGS_FILE, override))) console.error(note);
  const asset = assetOf(settings, SETTINGS_FILE);
  if (!asset.rules.some(isSelfProtection)) {
    console.error(
      "warning: packs leaves out rules/self-protection.yaml: nobody is told when the alerter itself is stopped",
    );
  }
  for (const note of needNotes(asset.rules, settings)) console.error(note);
  const { stackName } = new AlertStack(app, "Trailbell", settings, asset);
  const region = process.env.CDK_DEFAULT_REGION ?? "";
  for (const note of placeNotes(settings, process.env.CDK_DEFAULT_ACCOUNT ?? "", region)) console.error(note);
  if (settings.watchIam) watchIam(stackName, region, settings);
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof RuleFilesError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * Adds the second stack where it is needed, in a stage of its own, so that a plain `cdk deploy` still means the main
 * stack. `region` is the region of the command line's credentials, as cdk passes it to its app.
 */
function watchIam(mainStack: string, region: string, settings: Settings): void {
  const unseen = "changes to the functions' role do not ring by themselves";
  const way = iamWayTo(region);
  switch (way) {
    case "here":
      return;
    case "sent":
      bound(new IamWatch(new Stage(app, "Iam"), mainStack, region), settings);
      console.error(`note: ${unseen} outside ${IAM_REGION}; for that deploy once: npx cdk deploy Iam/${mainStack}Iam`);
      return;
    case "never":
      console.error(`warning: ${unseen} in ${region}: IAM's calls surface elsewhere, and cannot be sent here`);
      return;
    case "unknown":
      console.error(
        `warning: the region is not known; outside ${IAM_REGION} ${unseen} (docs/deploying.md, "In another region")`,
      );
      return;
    default:
      way satisfies never;
  }
}
