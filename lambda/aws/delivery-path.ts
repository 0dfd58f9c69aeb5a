import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { parseXML } from "@aws-sdk/xml-builder";
import { type Arrival, type ArrivalSight, isOwnTopic } from "../core/health/arrival.ts";
import type { FunctionState } from "../core/health/concurrency.ts";
import type { DeliveryPath, Sight } from "../core/health/delivery-path.ts";
import { answered } from "../core/health/finding.ts";
import type { BucketNotification, KeyFilter } from "../core/health/notification.ts";
import type { WatchRule } from "../core/health/self-watch.ts";
import { isConfirmed, isOf, type Recipient, type Subscription } from "../core/health/subscriptions.ts";
import { setupOf, type TrailSetup, type TrailStatus } from "../core/health/trail.ts";
import { textAt, valueAt } from "../core/record/record.ts";
import { type Caller, signedCall } from "./signed-call.ts";

/** For all reads of one look together, in milliseconds. */
const TIME = 8_000;

/** Pages of a hundred subscriptions; who subscribes thousands must not hold the tick up. */
const MAX_PAGES = 10;

/** Reads the state of the way out, in parallel; says so of anything that cannot be read in time. */
export async function seeDeliveryPath(sns: SNSClient, deliveryPath: DeliveryPath, time = TIME): Promise<Sight> {
  const signal = AbortSignal.timeout(time);
  const { topics, recipients, trailArn } = deliveryPath;
  const subscribed = (topic: keyof typeof topics) =>
    answered(
      readSubscriptions(
        sns,
        topics[topic],
        recipients.filter((recipient) => recipient.topic === topic),
        signal,
      ),
    );
  const isOurs = trailArn !== "";
  const watched = async (rule: string) => [rule, await answered(readWatchRule(sns.config, rule, signal))] as const;
  const [alert, sms, health, healthSms, notification, trail, trailSetup, alerter, watchRules, ways, arrival] =
    await Promise.all([
      subscribed("alert"),
      subscribed("sms"),
      subscribed("health"),
      subscribed("health-sms"),
      deliveryPath.arrival === undefined
        ? answered(readNotification(sns.config, deliveryPath.logBucket, signal))
        : undefined,
      isOurs ? answered(readTrail(sns.config, trailArn, signal)) : undefined,
      isOurs ? answered(readTrailSetup(sns.config, trailArn, signal)) : undefined,
      answered(readFunction(sns, deliveryPath.alerterArn, signal)),
      Promise.all(deliveryPath.watchRules.map(watched)),
      Promise.all(
        (deliveryPath.ways ?? []).map(({ topicArn }) => answered(readSubscriptions(sns, topicArn, [], signal))),
      ),
      deliveryPath.arrival === undefined ? undefined : seeArrival(sns, deliveryPath, deliveryPath.arrival, signal),
    ]);
  const subscriptions = { alert, sms, health, "health-sms": healthSms };
  return {
    subscriptions,
    ...(notification !== undefined && { notification }),
    ...(arrival !== undefined && { arrival }),
    ways,
    alerter,
    watchRules: new Map(watchRules),
    ...(trail !== undefined && { trail }),
    ...(trailSetup !== undefined && { trailSetup }),
  };
}

/** What can be asked from here of how log files are announced. */
async function seeArrival(
  sns: SNSClient,
  { logBucket, alerterArn }: DeliveryPath,
  { rule, topicArn, isElsewhere }: Arrival,
  signal: AbortSignal,
): Promise<ArrivalSight> {
  const isOwn = topicArn !== undefined && isOwnTopic(topicArn, alerterArn);
  const [ruled, notification, subscriptions] = await Promise.all([
    rule === undefined ? undefined : answered(readWatchRule(sns.config, rule, signal)),
    rule === undefined || isElsewhere ? undefined : answered(readNotification(sns.config, logBucket, signal)),
    isOwn ? answered(readSubscriptions(sns, topicArn, [], signal)) : undefined,
  ]);
  return {
    ...(ruled !== undefined && { rule: ruled }),
    ...(notification !== undefined && { notification }),
    ...(subscriptions !== undefined && { subscriptions }),
  };
}

/** The subscriptions of a topic, with the filter policies of those recipients. */
export async function readSubscriptions(
  sns: SNSClient,
  TopicArn: string,
  recipients: readonly Recipient[],
  abortSignal: AbortSignal,
): Promise<readonly Subscription[]> {
  const found: Subscription[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES && (page === 0 || NextToken !== undefined); page++) {
    const answer = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }), { abortSignal });
    for (const { Protocol = "", Endpoint = "", SubscriptionArn = "" } of answer.Subscriptions ?? []) {
      found.push({ protocol: Protocol, endpoint: Endpoint, arn: SubscriptionArn });
    }
    NextToken = answer.NextToken;
  }
  return Promise.all(
    found.map(async (one) => {
      const isOwn = isConfirmed(one) && recipients.some((recipient) => isOf(recipient, one));
      return isOwn ? { ...one, filterPolicy: await answered(readFilterPolicy(sns, one.arn, abortSignal)) } : one;
    }),
  );
}

async function readFilterPolicy(sns: SNSClient, SubscriptionArn: string, abortSignal: AbortSignal): Promise<string> {
  const asked = sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }), { abortSignal });
  return (await asked).Attributes?.FilterPolicy ?? "";
}

/** What a bucket notifies of its objects (S3 API Reference, "GetBucketNotificationConfiguration"). */
export async function readNotification(
  caller: Caller,
  bucket: string,
  signal: AbortSignal,
): Promise<BucketNotification> {
  const call = { service: "s3", method: "GET", path: `/${bucket}`, query: "notification" } as const;
  const answer: unknown = parseXML(await signedCall(caller, call, signal));
  const entries = (name: string) => listOf(valueAt(answer, "NotificationConfiguration", name));
  const functions = entries("CloudFunctionConfiguration").map((entry) => ({
    functionArn: textAt(entry, "CloudFunction") ?? "",
    events: listOf(valueAt(entry, "Event")).map(String),
    filter: filterOf(listOf(valueAt(entry, "Filter", "S3Key", "FilterRule"))),
  }));
  const others = ["QueueConfiguration", "TopicConfiguration", "EventBridgeConfiguration"].flatMap(entries);
  const sendsEvents = entries("EventBridgeConfiguration").length > 0;
  return { functions, others: others.length, ...(sendsEvents && { sendsEvents }) };
}

/** XML does not distinguish one element from a list of one. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** S3 answers `Prefix` where `prefix` was written. */
function filterOf(rules: readonly unknown[]): KeyFilter {
  const named = (name: string) => rules.find((rule) => textAt(rule, "Name")?.toLowerCase() === name);
  const [prefix, suffix] = [textAt(named("prefix"), "Value"), textAt(named("suffix"), "Value")];
  return { ...(prefix !== undefined && { prefix }), ...(suffix !== undefined && { suffix }) };
}

async function readTrail(caller: Caller, trailArn: string, signal: AbortSignal): Promise<TrailStatus> {
  const status = await jsonCall(caller, "cloudtrail", "GetTrailStatus", { Name: trailArn }, signal);
  const deliveryError = textAt(status, "LatestDeliveryError");
  const digestError = textAt(status, "LatestDigestDeliveryError");
  return {
    isLogging: valueAt(status, "IsLogging") === true,
    ...(deliveryError !== undefined && { deliveryError }),
    ...(digestError !== undefined && { digestError }),
  };
}

async function readTrailSetup(caller: Caller, trailArn: string, signal: AbortSignal): Promise<TrailSetup> {
  const [trail, selectors] = await Promise.all([
    jsonCall(caller, "cloudtrail", "GetTrail", { Name: trailArn }, signal),
    jsonCall(caller, "cloudtrail", "GetEventSelectors", { TrailName: trailArn }, signal),
  ]);
  return setupOf(trail, selectors);
}

async function readWatchRule(caller: Caller, rule: string, signal: AbortSignal): Promise<WatchRule> {
  const [described, listed] = await Promise.all([
    jsonCall(caller, "events", "DescribeRule", { Name: rule }, signal),
    jsonCall(caller, "events", "ListTargetsByRule", { Rule: rule }, signal),
  ]);
  return {
    isEnabled: textAt(described, "State") === "ENABLED",
    targets: listOf(valueAt(listed, "Targets")).map((target) => textAt(target, "Arn") ?? ""),
  };
}

/** How services that speak JSON call themselves in the header that names the operation. */
const JSON_SERVICES = { cloudtrail: "CloudTrail_20131101", events: "AWSEvents" } as const;

async function jsonCall(
  caller: Caller,
  service: keyof typeof JSON_SERVICES,
  operation: string,
  request: object,
  signal: AbortSignal,
): Promise<unknown> {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `${JSON_SERVICES[service]}.${operation}`,
  };
  const call = { service, method: "POST", path: "/", headers, body: JSON.stringify(request) } as const;
  return JSON.parse(await signedCall(caller, call, signal));
}

async function readFunction({ config }: SNSClient, arn: string, signal: AbortSignal): Promise<FunctionState> {
  const path = `/2019-09-30/functions/${encodeURIComponent(arn)}/concurrency`;
  const answer: unknown = JSON.parse(await signedCall(config, { service: "lambda", method: "GET", path }, signal));
  const reserved = valueAt(answer, "ReservedConcurrentExecutions");
  return typeof reserved === "number" ? { reserved } : {};
}
