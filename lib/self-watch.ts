import { ArnFormat, Stack } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { deploymentRolesOf } from "./own-deployment.ts";
import { type OwnNames, watchPrefix } from "./own-names.ts";
import { type Watch, watchesOf } from "./watches.ts";

/**
 * Tells of changes to what rings, without what rings: EventBridge publishes straight to the health topic when somebody
 * changes the functions, their role, topics, table, bucket or whatever else the alerts need.
 * EventBridge gets a call within seconds, but only where a trail of the account records it (EventBridge User Guide,
 * "AWS service events delivered by CloudTrail"), IAM's in one region of the partition only (iam-watch.ts).
 */
export class SelfWatch extends Construct {
  /**
   * With it the rules publish: SNS's topic policies know no conditions for EventBridge, so only a role tells these rules
   * from those of others (EventBridge User Guide, "Using resource-based policies", "Amazon SNS permissions").
   */
  readonly role: IRole;
  readonly #topic: ITopic;

  constructor(scope: Construct, id: string, topic: ITopic) {
    super(scope, id);
    this.#topic = topic;
    this.role = watchRole(this);
  }

  /** Makes a rule for each watch. */
  watch(own: Omit<OwnNames, "watchRoleName">): void {
    const stack = Stack.of(this);
    const watches = watchesOf({ ...own, watchRoleName: this.role.roleName }, deploymentRolesOf(stack));
    for (const { name, section, detail, on } of watches) {
      new Rule(this, idOf(name), {
        ruleName: `${watchPrefix(stack.stackName)}${name}`,
        description: `${section}. What to do: docs/runbook.md, "${section}".`,
        // Only AWS sends events from sources of that name.
        eventPattern: { source: startingWithAws(), detailType: ["AWS API Call via CloudTrail"], detail },
        targets: [new SnsTopic(this.#topic, { role: this.role, message: textOf(section, on) })],
      });
    }
  }
}

/** A role that only the watch's rules can use (EventBridge User Guide, "Cross-service confused deputy prevention"). */
export function watchRole(scope: Construct, mainStack = Stack.of(scope).stackName): Role {
  const stack = Stack.of(scope);
  const rules = stack.formatArn({
    service: "events",
    resource: "rule",
    resourceName: `${watchPrefix(mainStack)}*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  return new Role(scope, "Role", {
    assumedBy: new ServicePrincipal("events.amazonaws.com", {
      conditions: { ArnLike: { "aws:SourceArn": rules }, StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  });
}

/** The sources of AWS's own events: nobody else may send such (EventBridge API Reference, "PutEventsRequestEntry"). */
export function startingWithAws(): string[] {
  // CDK's type has no operators here.
  return [{ prefix: "aws." }] as unknown as string[];
}

/**
 * The mail. What is not in a record is left empty, and each line stands in quotes (EventBridge User Guide, "Amazon
 * EventBridge input transformation"). Error message and user agent are left out: callers can write into them.
 */
function textOf(section: string, on: Watch["on"]): RuleTargetInput {
  const field = (path: string) => EventField.fromPath(`$.detail.${path}`);
  const targets = on.map((path) => field(`requestParameters.${path}`)).join(" ");
  return RuleTargetInput.fromMultilineText(
    [
      `Trailbell: ${section.charAt(0).toLowerCase()}${section.slice(1)}.`,
      `Call   ${field("eventSource")} ${field("eventName")}`,
      `On     ${targets}`,
      `Who    ${field("userIdentity.type")} ${field("userIdentity.arn")} ${field("userIdentity.invokedBy")}`,
      `From   ${field("sourceIPAddress")}`,
      `Where  account ${EventField.account}, ${field("awsRegion")}`,
      `When   ${field("eventTime")}`,
      `Error  ${field("errorCode")} (nothing here: the call succeeded)`,
      `Event  ${field("eventID")}`,
      `Do     docs/runbook.md, ${section}. If it was nobody of yours: npx cdk deploy --revert-drift`,
    ].join("\n"),
  );
}

function idOf(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
