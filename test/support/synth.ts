import { readFileSync } from "node:fs";
import { App, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { AlertStack } from "../../lib/checkout-stack.ts";
import { IamWatch } from "../../lib/iam-watch.ts";
import { readSettings } from "../../lib/settings.ts";
import { SETTINGS_FILE } from "../../lib/settings-file.ts";

const CONTEXT = JSON.parse(readFileSync("cdk.json", "utf8")).context as { [flag: string]: unknown };

const known = new Map<string, Template>();

/** The stack's template as `cdk synth -c ...` makes it, checked by cdk-nag, but without what is beside it: bundles and rules. */
export function synth(settings: { readonly [name: string]: string }): Template {
  const key = JSON.stringify(settings);
  const template = known.get(key) ?? synthesized(settings);
  known.set(key, template);
  return template;
}

/** The same anew; `spoil` adds what cdk-nag must find. */
export function synthesized(settings: { readonly [name: string]: string }, spoil = false): Template {
  const app = checkedApp();
  const read = readSettings(SETTINGS_FILE, (name) => settings[name]);
  const { roundUpDay: _, ...told } = read;
  const stack = new AlertStack(app, "Trailbell", read, {
    rules: [],
    known: { accounts: [] },
    accepted: {},
    recipients: [],
    provesLogs: true,
    accountSilentAfterHours: 26,
    settings: told,
  });
  if (spoil) new Bucket(stack, "Spoiled");
  app.synth();
  return Template.fromStack(stack);
}

/** The template of the second stack, for a main stack in the region given. */
export function synthIamWatch(mainRegion: string, mainStack = "Trailbell"): Template {
  const app = checkedApp();
  const stack = new IamWatch(app, mainStack, mainRegion);
  app.synth();
  return Template.fromStack(stack);
}

function checkedApp(): App {
  // Nobody reads where each resource was made.
  const context = { "aws:cdk:bundling-stacks": [], "aws:cdk:disable-creation-stack-traces": true };
  const app = new App({ context: { ...CONTEXT, ...context } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
