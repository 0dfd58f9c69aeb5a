import { Stack, type StackProps } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { EventBus as EventBusTarget } from "aws-cdk-lib/aws-events-targets";
import type { Construct } from "constructs";
import { deploymentRolesOf, exceptOwnDeployment } from "./own-deployment.ts";
import { anyOf, iamWatchName, startingWith, watchPrefix } from "./own-names.ts";
import { startingWithAws, watchRole } from "./self-watch.ts";

/**
 * Where EventBridge has IAM's calls, in AWS's first partition (IAM User Guide, "Logging IAM and AWS STS API calls with
 * AWS CloudTrail"). In China and GovCloud events cannot be sent to another region's bus.
 */
export const IAM_REGION = "us-east-1";

/**
 * The optional second stack, for a main stack in another region: sends IAM's calls on the main stack's roles to the
 * default event bus there, whose rules tell of them. Changes to this stack are sent too.
 */
export class IamWatch extends Stack {
  constructor(scope: Construct, mainStack: string, mainRegion: string, props: StackProps = {}) {
    const name = iamWatchName(mainStack);
    super(scope, name, { ...props, stackName: name, env: { ...props.env, region: IAM_REGION } });
    const bus = EventBus.fromEventBusArn(
      this,
      "MainBus",
      this.formatArn({ service: "events", region: mainRegion, resource: "event-bus", resourceName: "default" }),
    );
    const rule = { name: startingWith(watchPrefix(mainStack)), rule: startingWith(watchPrefix(mainStack)) };
    const stackName = [name, { wildcard: `*:stack/${name}/*` }];
    new Rule(this, "Rule", {
      ruleName: `${watchPrefix(mainStack)}iam`,
      description: `Sends IAM's calls on the roles of ${mainStack} to ${mainRegion}, where its self-watch tells of them`,
      eventPattern: {
        source: startingWithAws(),
        detailType: ["AWS API Call via CloudTrail"],
        detail: {
          eventSource: ["iam.amazonaws.com", "events.amazonaws.com", "cloudformation.amazonaws.com"],
          userIdentity: exceptOwnDeployment(deploymentRolesOf(this)),
          requestParameters: anyOf({
            // The roles' whole names are not known in this region; the rule of the main stack knows them.
            roleName: [mainStack, name].map((own) => ({ prefix: { "equals-ignore-case": `${own}-` } })),
            ...rule,
            stackName,
          }),
        },
      },
      targets: [new EventBusTarget(bus, { role: watchRole(this, mainStack) })],
    });
  }
}

/**
 * The region of the stack if the command line's credentials and profile tell it, as `cdk` says it to its app; undefined
 * where it is not known before the deployment.
 */
export function knownRegion(variables: { readonly [name: string]: string | undefined }): string | undefined {
  return variables.CDK_DEFAULT_REGION || undefined;
}

/** True where IAM's calls do not surface, and can be sent. */
export function needsIamWatch(region: string): boolean {
  return region !== IAM_REGION && !/^(?:cn|us-gov)-/.test(region);
}
