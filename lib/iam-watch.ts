import { Stack, type StackProps } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { EventBus as EventBusTarget } from "aws-cdk-lib/aws-events-targets";
import type { Construct } from "constructs";
import { homeRegionOf } from "../lambda/core/record/regions.ts";
import { watchPrefix } from "../lambda/core/rules/self.ts";
import { deploymentRolesOf, exceptOwnDeployment, type Pattern } from "./self-watch/own-deployment.ts";
import { anyOf, iamWatchName, inAnyCase, rolesOfStack } from "./self-watch/own-names.ts";
import { callsRecorded, watchRole } from "./self-watch.ts";

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
    const prefix = watchPrefix(mainStack);
    const roles = {
      Rule: watchRole(this, "Role", `${prefix}iam`),
      Guard: watchRole(this, "GuardRole", `${prefix}iam-guard`),
    };
    const send = (id: keyof typeof roles, ruleName: string, requestParameters: Pattern) =>
      new Rule(this, id, {
        ruleName,
        description: `Sends calls on what ${mainStack} consists of to ${mainRegion}, where its self-watch tells of them`,
        eventPattern: callsRecorded({
          eventSource: ["iam.amazonaws.com", "events.amazonaws.com", "cloudformation.amazonaws.com"],
          userIdentity: exceptOwnDeployment(deploymentRolesOf(this)),
          requestParameters,
        }),
        targets: [new EventBusTarget(bus, { role: roles[id] })],
      });
    // Each sends changes to the other: an event comes when what the call took away sends nothing any more. The main
    // stack's roles have whole names that are not known in this region; the rules there know them.
    const guarded = { name: [`${prefix}iam-guard`], rule: [`${prefix}iam-guard`] };
    const others = [rolesOfStack(mainStack), { prefix: inAnyCase("cdk-") }, inAnyCase(roles.Guard.roleName)];
    send("Rule", `${prefix}iam`, anyOf({ roleName: others, ...guarded }));
    send(
      "Guard",
      `${prefix}iam-guard`,
      anyOf({
        roleName: [inAnyCase(roles.Rule.roleName)],
        name: [`${prefix}iam`],
        rule: [`${prefix}iam`],
        stackName: [name, { wildcard: `*:stack/${name}/*` }],
      }),
    );
  }
}

/** How IAM's calls reach a stack: they surface in its region, can be sent there, cannot, or its region is not known. */
export type IamWay = "here" | "sent" | "never" | "unknown";

/** By the region of the stack; undefined where it is not known before the deployment. */
export function iamWayTo(region: string | undefined): IamWay {
  if (region === undefined || region === "") return "unknown";
  const home = homeRegionOf(region) ?? IAM_REGION;
  if (region === home) return "here";
  return home === IAM_REGION ? "sent" : "never";
}
