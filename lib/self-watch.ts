import { Stack } from "aws-cdk-lib";
import { EventField, type EventPattern, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { deploymentRolesOf, type Pattern } from "./self-watch/own-deployment.ts";
import { guardName, type OwnNames, watchPrefix } from "./self-watch/own-names.ts";
import type { Watch } from "./self-watch/watch.ts";
import { guardOf, watchesOf } from "./self-watch/watches.ts";

/**
 * Tells of changes to the alerter without using the alerter: EventBridge publishes straight to the health topic when
 * somebody changes the functions, their role, topics, table, bucket or anything else that alerts need. One more rule,
 * the guard, tells another topic of changes to the health topic and to the watch. EventBridge gets a call within
 * seconds, but only where a trail of the account records it (EventBridge User Guide, "AWS service events delivered by
 * CloudTrail"), and gets IAM's calls in only one region of the partition (iam-watch.ts).
 */
export class SelfWatch extends Construct {
  /**
   * The rules publish with this role. SNS topic policies support no conditions for EventBridge, so only a role can tell
   * these rules from other people's (EventBridge User Guide, "Using resource-based policies", "Amazon SNS
   * permissions").
   */
  readonly role: IRole;
  readonly guardRole: IRole;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.role = watchRole(this, "Role", `${watchPrefix(stackName)}*`);
    this.guardRole = watchRole(this, "GuardRole", guardName(stackName));
  }

  /** Makes a rule for each watch, which tells `topic`, and the guard, which tells `guardTopic`. Returns their names. */
  watch(
    names: Omit<OwnNames, "watchRoleName" | "guardRoleName">,
    topic: ITopic,
    guardTopic: ITopic,
  ): readonly string[] {
    const own = { ...names, watchRoleName: this.role.roleName, guardRoleName: this.guardRole.roleName };
    const roles = deploymentRolesOf(Stack.of(this));
    const rules = watchesOf(own, roles).map((watch) => this.#tell(watch, topic, this.role));
    return [...rules, this.#tell(guardOf(own, roles), guardTopic, this.guardRole)].map(({ ruleName }) => ruleName);
  }

  #tell({ name, section, detail, on }: Watch, topic: ITopic, role: IRole): Rule {
    return new Rule(this, idOf(name), {
      ruleName: `${watchPrefix(Stack.of(this).stackName)}${name}`,
      description: `${section}. What to do: docs/runbook.md, "${section}".`,
      eventPattern: callsRecorded(detail),
      targets: [new SnsTopic(topic, { role, message: textOf(section, on) })],
    });
  }
}

/** A role that only rules of this name can use (EventBridge User Guide, "Cross-service confused deputy prevention"). */
export function watchRole(scope: Construct, id: string, rules: string): Role {
  const stack = Stack.of(scope);
  const arn = stack.formatArn({ service: "events", resource: "rule", resourceName: rules });
  return new Role(scope, id, {
    assumedBy: new ServicePrincipal("events.amazonaws.com", {
      conditions: { ArnLike: { "aws:SourceArn": arn }, StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  });
}

/**
 * AWS's own events for calls whose record looks like this. Nobody else may send from sources with this beginning
 * (EventBridge API Reference, "PutEventsRequestEntry").
 */
export function callsRecorded(detail: Pattern): EventPattern {
  // CDK's type for a source has no operators.
  const source = [{ prefix: "aws." }] as unknown as string[];
  return { source, detailType: ["AWS API Call via CloudTrail"], detail };
}

/**
 * The mail. A field that a record lacks stays empty, and each line is in quotes (EventBridge User Guide, "Amazon
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
      `Who    ${field("userIdentity.type")} ${field("userIdentity.arn")} of ${field("userIdentity.accountId")} ${field("userIdentity.invokedBy")}`,
      `From   ${field("sourceIPAddress")}`,
      `Where  account ${EventField.account}, ${field("awsRegion")}`,
      `When   ${field("eventTime")}`,
      `Error  [${field("errorCode")}], or [] if the call was carried out`,
      `Event  ${field("eventID")}`,
      `Do     docs/runbook.md, ${section}. If it was nobody of yours: npx cdk deploy --revert-drift`,
    ].join("\n"),
  );
}

function idOf(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
