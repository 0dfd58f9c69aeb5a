import { Annotations, Stack } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { z } from "zod";
import { isSelfProtection } from "../lambda/rule-files/rule-files.ts";
import { AlertPath } from "./alert-stack.ts";
import { IAM_REGION, iamWayTo } from "./iam-watch.ts";
import { needNotes } from "./own-needs.ts";
import { prebuiltFunction } from "./prebuilt-function.ts";
import { assetOf } from "./rule-bundle.ts";
import { SettingsError, settingsOf } from "./settings.ts";
import { notesOn, placeNotes } from "./settings-notes.ts";
import type { settingsSchema } from "./settings-schema.ts";
import { byKnown, tokensOf, withoutTokens } from "./tokens.ts";

/** The settings of trailbell.config.yaml, by the same names and checked by the same code; the stack has its name already. */
export type TrailbellProps = Omit<z.input<typeof settingsSchema>, "stackName"> & {
  /** `new-trail`, or the name of the bucket that holds the log files. */
  readonly source: string;
};

/** What this project's templates are made with, whatever flags an app has: without, bucket policies would differ. */
export const FLAGS = ["@aws-cdk/aws-iam:minimizePolicies", "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"];

/** All of Trailbell, for a stack of an app of one's own. */
export class Trailbell extends Construct {
  /** Carries the alerts; whoever is subscribed besides the settings' recipients hears them, too. */
  readonly alertTopic: ITopic;
  /** Tells what is wrong with Trailbell itself. */
  readonly healthTopic: ITopic;

  /**
   * @throws SettingsError whose message names every setting that is wrong or missing; RuleFilesError, every fault in rules
   */
  constructor(scope: Construct, id: string, props: TrailbellProps) {
    super(scope, id);
    for (const flag of FLAGS) this.node.setContext(flag, true);
    const place = this.node.path;
    if ("stackName" in props) throw new SettingsError(`${place}: stackName: the stack is yours, and so is its name`);
    const { stackName } = Stack.of(this);
    const settings = { ...settingsOf(withoutTokens(props, place), place, stackName), ...tokensOf(props) };
    // Paths are relative to the folder of cdk.json, in which cdk runs an app.
    const all = assetOf(settings, place, ".");
    const asset = { ...all, recipients: byKnown(all.recipients).known };
    const path = new AlertPath(this, "Default", settings, asset, prebuiltFunction);
    this.alertTopic = path.alertTopic;
    this.healthTopic = path.healthTopic;

    const notes = notesOn(settings, new Map(Object.keys(props).map((name) => [name, place])));
    const { account, region } = Stack.of(this);
    for (const note of [...notes, ...needNotes(asset.rules, settings), ...placeNotes(settings, account, region)]) {
      if (note.startsWith("warning: ")) this.#warn(note);
      else Annotations.of(this).addInfo(note.replace(/^\w+: /, ""));
    }
    if (!asset.rules.some(isSelfProtection)) {
      this.#warn("packs leaves out trailbell/rules/self-protection.yaml: nobody is told when the alerter is stopped");
    }
    if (settings.watchIam) this.#noteIam(Stack.of(this));
  }

  #warn(note: string): void {
    Annotations.of(this).addWarningV2("trailbell:settings", note.replace(/^\w+: /, ""));
  }

  /** Says what is missing where IAM's calls do not surface; the second stack is the app's to add. */
  #noteIam({ region, stackName }: Stack): void {
    if (iamWayTo(region) !== "sent") return;
    Annotations.of(this).addInfo(
      `changes to the functions' role ring outside ${IAM_REGION} only with a second stack, by trailbell/iam-watch: new IamWatch(app, "${stackName}", "${region}")`,
    );
  }
}
