import { Aws, CfnCondition, CfnResource, Fn, Stack } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnPermission, type IFunction } from "aws-cdk-lib/aws-lambda";
import { EventType, type IBucket } from "aws-cdk-lib/aws-s3";
import { LambdaDestination } from "aws-cdk-lib/aws-s3-notifications";
import { CfnSubscription } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { LOG_SUFFIX } from "../../lambda/core/envelope/log-object.ts";
import type { Arrival } from "../../lambda/core/health/arrival.ts";
import { encodedFilter, sampleKey, selects } from "../../lambda/core/health/notification.ts";
import { acknowledge } from "../acknowledge.ts";
import { type Settings, SettingsError } from "../settings.ts";
import { bound } from "../vpc-and-boundary.ts";
import { topicOf } from "./source-settings.ts";

/** CDK's singleton that writes bucket notifications; its id is part of CDK's contract with deployed stacks. */
const NOTIFICATIONS_HANDLER = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834";

/** The name of the rule that hands on EventBridge's events of log files. */
export function arrivalRuleName(stackName: string): string {
  return `${stackName}-log-files`;
}

/** How log files are announced, where the bucket does not invoke the function by itself. */
export function arrivalOf(stackName: string, settings: Settings): { readonly arrival?: Arrival } {
  const { announcedBy, bucketAccount, bucketRegion } = settings;
  const isElsewhere = bucketAccount !== undefined || bucketRegion !== undefined;
  if (announcedBy === "s3" && !isElsewhere) return {};
  return {
    arrival: {
      ...(announcedBy === "eventbridge" && { rule: arrivalRuleName(stackName) }),
      ...(topicOf(announcedBy) !== undefined && { topicArn: announcedBy }),
      isElsewhere,
    },
  };
}

/**
 * Invokes a function for each new log file, in the way that the settings say. `scope` is the source; what is announced
 * and cannot be handed over ends in the queue.
 */
export function announce(
  scope: Construct,
  settings: Settings,
  bucket: IBucket,
  logs: string,
  reader: IFunction,
  deadLetters: IQueue,
): void {
  const { announcedBy, bucketAccount } = settings;
  const topic = topicOf(announcedBy);
  if (topic !== undefined) bySubscription(scope, topic, reader);
  else if (announcedBy === "eventbridge") byEventBridge(scope, settings, bucket, logs, reader, deadLetters);
  else if (bucketAccount !== undefined) byForeignBucket(bucketAccount, bucket, reader);
  else byNotification(settings, bucket, logs, reader);
}

function byNotification(settings: Settings, bucket: IBucket, logs: string, reader: IFunction): void {
  const filter = { prefix: encodedFilter(logs), suffix: LOG_SUFFIX };
  const key = sampleKey(logs, "111122223333", "us-east-1");
  if (!selects(filter, key)) throw new SettingsError(`prefix: the filter ${filter.prefix} would not select ${key}`);
  bucket.addEventNotification(EventType.OBJECT_CREATED, new LambdaDestination(reader), filter);
  const handler = Stack.of(reader).node.tryFindChild(NOTIFICATIONS_HANDLER);
  if (handler !== undefined) {
    const policy = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    acknowledge(handler, `AwsSolutions-IAM4[${policy}]`, "CDK's own function, which runs at deployment only");
    bound(handler, settings);
  }
}

/** The bucket's owner sets the notification: this side only lets S3 invoke the function for that owner's bucket. */
function byForeignBucket(sourceAccount: string, bucket: IBucket, reader: IFunction): void {
  reader.addPermission("BucketInvokes", {
    principal: new ServicePrincipal("s3.amazonaws.com"),
    sourceArn: bucket.bucketArn,
    sourceAccount,
  });
}

/** A topic that announces log files already: the bucket's own notification, or CloudTrail's delivery. */
function bySubscription(scope: Construct, topic: { arn: string; region: string }, reader: IFunction): void {
  new CfnSubscription(scope, "Announcements", {
    topicArn: topic.arn,
    protocol: "lambda",
    endpoint: reader.functionArn,
    // Of the topic; a function may be subscribed to a topic of another region.
    region: topic.region,
  });
  reader.addPermission("TopicInvokes", {
    principal: new ServicePrincipal("sns.amazonaws.com"),
    sourceArn: topic.arn,
  });
  if (!SNS_OPT_IN.includes(topic.region)) return;
  const expression = Fn.conditionNot(Fn.conditionEquals(Aws.REGION, topic.region));
  const invoking = new CfnPermission(scope, "OptInTopicInvokes", {
    action: "lambda:InvokeFunction",
    functionName: reader.functionArn,
    principal: `sns.${topic.region}.amazonaws.com`,
    sourceArn: topic.arn,
  });
  invoking.cfnOptions.condition = new CfnCondition(scope, "TopicIsElsewhere", { expression });
}

/**
 * Regions out of which SNS invokes functions of other regions under a name of its own, and into which it invokes none (SNS
 * Developer Guide, "Sending Amazon SNS messages to an Amazon SQS queue or AWS Lambda function in a different Region").
 */
const SNS_OPT_IN: readonly string[] = [
  ...["af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-4"],
  ...["ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2"],
  ...["il-central-1", "me-central-1", "me-south-1", "mx-central-1"],
];

function byEventBridge(
  scope: Construct,
  settings: Settings,
  bucket: IBucket,
  logs: string,
  reader: IFunction,
  deadLetterQueue: IQueue,
): void {
  const stack = Stack.of(scope);
  const { bucketAccount } = settings;
  new Rule(scope, "LogFiles", {
    ruleName: arrivalRuleName(stack.stackName),
    description: "Invokes Trailbell's function for each new log file",
    eventPattern: {
      source: ["aws.s3"],
      detailType: ["Object Created"],
      // Events of other accounts reach a bus only if its policy lets them.
      account: [bucketAccount ?? stack.account],
      detail: { bucket: { name: [bucket.bucketName] }, object: { key: keysBelow(logs) } },
    },
    targets: [new LambdaFunction(reader, { deadLetterQueue })],
  });
  if (bucketAccount === undefined) return;
  // CDK's own class warns of a property that is not used here.
  new CfnResource(scope, "BucketAccountSends", {
    type: "AWS::Events::EventBusPolicy",
    properties: {
      EventBusName: "default",
      StatementId: `${stack.stackName}-log-files`,
      Statement: {
        Effect: "Allow",
        Principal: { AWS: `arn:${stack.partition}:iam::${bucketAccount}:root` },
        Action: "events:PutEvents",
        Resource: stack.formatArn({ service: "events", resource: "event-bus", resourceName: "default" }),
        Condition: { StringEquals: { "events:source": "aws.s3", "events:detail-type": "Object Created" } },
      },
    },
  });
}

/** EventBridge's keys are said to be unencoded; S3's own events have them encoded, so that both readings are met. */
export function keysBelow(logs: string): readonly { wildcard: string }[] {
  const readings = new Set([logs, encodedFilter(logs)]);
  return [...readings].map((start) => ({ wildcard: `${start.replaceAll("\\", "\\\\")}*${LOG_SUFFIX}` }));
}
