import { Stack, Validations } from "aws-cdk-lib";
import { EventField, type EventPattern, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { watchPrefix } from "../lambda/core/rules/self.ts";
import type { Severity } from "../lambda/core/rules/severity.ts";
import type { Told } from "./alerting.ts";
import { deploymentRolesOf, type Pattern } from "./self-watch/own-deployment.ts";
import { guardName, type OwnNames } from "./self-watch/own-names.ts";
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
  readonly #ruleNames: string[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.role = watchRole(this, "Role", `${watchPrefix(stackName)}*`);
    this.guardRole = watchRole(this, "GuardRole", guardName(stackName));
    // Topics that were there before are of this account and region: SNS and alarms reach no others.
    Validations.of(this).acknowledge({
      id: "Annotation::@aws-cdk/aws-events:ruleUnresolvedEnvironment",
      reason: "the topics are of the environment that the stack is deployed to",
    });
  }

  /** The names of its rules, once they are made. */
  get ruleNames(): readonly string[] {
    return this.#ruleNames;
  }

  /** Makes a rule for each watch, which tells where its severity says, and the guard. Returns their names by their ids. */
  watch(
    names: Omit<OwnNames, "watchRoleName" | "guardRoleName">,
    toldOf: (severity: Severity) => Told,
    guardTold: Told,
  ): { readonly [id: string]: string } {
    const own = { ...names, watchRoleName: this.role.roleName, guardRoleName: this.guardRole.roleName };
    const roles = deploymentRolesOf(Stack.of(this));
    const rules = watchesOf(own, roles).map((watch) => this.#tell(watch, toldOf(watch.severity), this.role));
    const all = [...rules, this.#tell(guardOf(own, roles), guardTold, this.guardRole)];
    return Object.fromEntries(all.map(({ node, ruleName }) => [node.id, ruleName]));
  }

  #tell(watch: Watch, { mails, texts }: Told, role: IRole): Rule {
    const { name, section, severity, detail } = watch;
    const { stackName, region } = Stack.of(this);
    const [mail, text] = [mailOf(watch), textOf(watch, `${stackName} ${region}`)];
    const ruleName = `${watchPrefix(stackName)}${name}`;
    this.#ruleNames.push(ruleName);
    return new Rule(this, idOf(name), {
      ruleName,
      description: `[${severity.toUpperCase()}] ${section}. What to do: docs/runbook.md, "${section}".`,
      eventPattern: callsRecorded(detail),
      targets: [
        ...mails.map((topic) => new SnsTopic(topic, { role, message: mail })),
        ...texts.map((topic) => new SnsTopic(topic, { role, message: text })),
      ],
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

/** A field of the event's CloudTrail record; nothing if the record lacks it. */
function field(path: string): string {
  return EventField.fromPath(`$.detail.${path}`);
}

/**
 * The mail; each line is in quotes (EventBridge User Guide, "Amazon EventBridge input transformation"). Error message
 * and user agent are left out: callers can write into them.
 */
function mailOf({ section, severity, on }: Watch): RuleTargetInput {
  const targets = on.map((path) => field(`requestParameters.${path}`)).join(" ");
  return RuleTargetInput.fromMultilineText(
    [
      `[${severity.toUpperCase()}] Trailbell: ${lowerFirst(section)}.`,
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

/**
 * The text message: two parts at most, whoever calls whatever. EventBridge cannot cut a value, so it holds only fields
 * that are short by themselves: of the caller the name of the user or the role and the principal's id, which ends in the
 * session's name, not the ARN, which has a path.
 */
function textOf({ section }: Watch, where: string): RuleTargetInput {
  const caller = [
    field("userIdentity.type"),
    `${field("userIdentity.userName")}${field("userIdentity.sessionContext.sessionIssuer.userName")}`,
    field("userIdentity.principalId"),
  ];
  const text = `HEALTH ${where}: ${lowerFirst(section)}: ${field("eventName")} by ${caller.join(" ")} [${field("errorCode")}]`;
  return RuleTargetInput.fromText(text);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function idOf(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
