import { readFileSync } from "node:fs";
import { App, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { AlertStack } from "../../lib/alert-stack.ts";
import { assetOf } from "../../lib/rule-bundle.ts";
import { readSettings, SETTINGS_FILE } from "../../lib/settings.ts";

const CONTEXT = JSON.parse(readFileSync("cdk.json", "utf8")).context as { [flag: string]: unknown };

/** The settings that a test deploys with unless it says otherwise. */
export const SETTINGS = { source: "new-trail", emails: "you@example.com" };

/**
 * Synthesizes the stack as `cdk synth -c ...` does, checked by cdk-nag. Without `bundle` esbuild is left out, which is
 * quicker; `spoil` adds what cdk-nag must find.
 */
export function synth(
  settings: { readonly [name: string]: string },
  options: { readonly bundle?: boolean; readonly spoil?: boolean } = {},
) {
  const app = new App({ context: { ...CONTEXT, ...(!options.bundle && { "aws:cdk:bundling-stacks": [] }) } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const read = readSettings(SETTINGS_FILE, (name) => settings[name]);
  const stack = new AlertStack(app, "Trailbell", read, assetOf(read, SETTINGS_FILE));
  if (options.spoil) new Bucket(stack, "Spoiled");
  const assembly = app.synth();
  return { template: Template.fromStack(stack), directory: assembly.directory, stack };
}
