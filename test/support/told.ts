import { type CloudTrailRecord, textAt, valueAt } from "../../lambda/core/record/record.ts";
import { compileCondition } from "../../lambda/core/rules/condition.ts";
import { compileEventPattern } from "../../lambda/core/rules/event-pattern/event-pattern.ts";
import { type DeployedResource, ofType, type Place } from "./deployed-template.ts";
import { verdictOf } from "./policy.ts";

interface Target {
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap: { readonly [name: string]: string };
    readonly InputTemplate: string;
  };
}

/** Somebody who hears of it, by which rule or alarm, and in which words. */
export interface Told {
  readonly by: string;
  /** What it goes over: the topic and the role. */
  readonly over: readonly string[];
  readonly endpoint: string;
  readonly text: string;
}

/** A record as EventBridge has it (EventBridge User Guide, "AWS service events delivered by CloudTrail"). */
export function eventOf(record: CloudTrailRecord): CloudTrailRecord {
  return {
    version: "0",
    id: "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${textAt(record, "eventSource")?.split(".")[0]}`,
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: record,
  };
}

/** The EventBridge rules of a stack whose pattern an event meets. */
export function rulesMeeting(stack: readonly DeployedResource[], event: CloudTrailRecord): readonly DeployedResource[] {
  return ofType(stack, "AWS::Events::Rule").filter(({ properties: { EventPattern: pattern } }) => {
    return pattern !== undefined && conditionOf(pattern as object)(event, event);
  });
}

const conditions = new WeakMap<object, ReturnType<typeof compileCondition>>();

function conditionOf(pattern: object): ReturnType<typeof compileCondition> {
  const condition = conditions.get(pattern) ?? compileCondition(compileEventPattern(pattern));
  conditions.set(pattern, condition);
  return condition;
}

/** Who hears of an event past the functions: rule, target, role, topic's policy, subscription, each as it is deployed. */
export function toldOf(stack: readonly DeployedResource[], place: Place, event: CloudTrailRecord): readonly Told[] {
  return rulesMeeting(stack, event).flatMap((rule) => {
    const targets = rule.properties.Targets as readonly Target[];
    return targets.flatMap((target) => {
      const ruleArn = `arn:aws:events:${place.region}:${place.account}:rule/${rule.ref}`;
      if (!mayPublish(stack, place, ruleArn, target)) return [];
      const text = target.InputTransformer === undefined ? "" : transformed(target.InputTransformer, event);
      return subscribersOf(stack, target.Arn).map((endpoint) => ({
        by: rule.ref,
        over: [target.Arn, target.RoleArn?.split("/").pop() ?? ""],
        endpoint,
        text,
      }));
    });
  });
}

/** Who hears of an alarm of the stack. */
export function toldOfAlarm(
  stack: readonly DeployedResource[],
  place: Place,
  alarm: DeployedResource,
): readonly Told[] {
  const topics = alarm.properties.AlarmActions as readonly string[];
  const text = String(alarm.properties.AlarmDescription);
  const isLet = (topic: string) =>
    verdictOf(topicPolicy(stack, topic), {
      action: "sns:Publish",
      resource: topic,
      principal: ["Service", "cloudwatch.amazonaws.com"],
      context: { ...byService, "aws:SourceAccount": place.account },
    }) === "Allow";
  return topics
    .filter((topic) => alarm.properties.ActionsEnabled !== false && isLet(topic))
    .flatMap((topic) =>
      subscribersOf(stack, topic).map((endpoint) => ({ by: alarm.ref, over: [topic], endpoint, text })),
    );
}

const byService = { "aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "true" };

/** True where the rule may use the target's role, the role may publish, and the topic refuses neither. */
function mayPublish(stack: readonly DeployedResource[], { account }: Place, ruleArn: string, target: Target): boolean {
  const role = ofType(stack, "AWS::IAM::Role").find(({ ref }) => target.RoleArn?.endsWith(`:role/${ref}`));
  if (role === undefined) return false;
  const assumed = verdictOf(role.properties.AssumeRolePolicyDocument, {
    action: "sts:AssumeRole",
    resource: "",
    principal: ["Service", "events.amazonaws.com"],
    context: { "aws:SourceArn": ruleArn, "aws:SourceAccount": account },
  });
  const publish = {
    action: "sns:Publish",
    resource: target.Arn,
    principal: ["AWS", target.RoleArn ?? ""],
    context: {
      "aws:SecureTransport": "true",
      "aws:PrincipalIsAWSService": "false",
      "aws:PrincipalArn": target.RoleArn ?? "",
    },
  } as const;
  const policies = ofType(stack, "AWS::IAM::Policy").filter(({ properties }) =>
    (properties.Roles as readonly string[]).includes(role.ref),
  );
  const byIdentity = policies.map(({ properties }) => verdictOf(properties.PolicyDocument, publish));
  return (
    assumed === "Allow" && byIdentity.includes("Allow") && verdictOf(topicPolicy(stack, target.Arn), publish) !== "Deny"
  );
}

/** The policy of a topic. */
export function topicPolicy(stack: readonly DeployedResource[], topic: string): unknown {
  const policy = ofType(stack, "AWS::SNS::TopicPolicy").find(({ properties }) =>
    (properties.Topics as readonly string[]).includes(topic),
  );
  return policy?.properties.PolicyDocument;
}

function subscribersOf(stack: readonly DeployedResource[], topic: string): readonly string[] {
  return ofType(stack, "AWS::SNS::Subscription")
    .filter(({ properties }) => properties.TopicArn === topic)
    .map(({ properties }) => String(properties.Endpoint));
}

/** What EventBridge makes of an event: what is not there leaves nothing. */
function transformed(
  { InputPathsMap, InputTemplate }: NonNullable<Target["InputTransformer"]>,
  event: CloudTrailRecord,
) {
  return InputTemplate.replace(/<([\w-]+)>/g, (_, name: string) => {
    const path =
      InputPathsMap[name]
        ?.replace(/^\$\./, "")
        .split(/[.[\]]+/)
        .filter(Boolean) ?? [];
    const value = path.reduce<unknown>((at, key) => (Array.isArray(at) ? at[Number(key)] : valueAt(at, key)), event);
    return value === undefined || value === null ? "" : String(value);
  });
}
