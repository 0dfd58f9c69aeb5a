import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Asset } from "../lambda/asset.ts";
import { AlertPath } from "./alert-stack.ts";
import { bundledFunction } from "./bundled-function.ts";
import type { Settings } from "./settings.ts";

/** The stack that a checkout deploys: all of Trailbell, and nothing else. */
export class AlertStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings, asset: Asset, props?: StackProps) {
    super(scope, id, { ...(settings.stackName !== undefined && { stackName: settings.stackName }), ...props });
    // CDK leaves this id out of logical ids: they are those of stacks that were deployed before there was a construct.
    new AlertPath(this, "Default", settings, asset, bundledFunction);
  }
}
