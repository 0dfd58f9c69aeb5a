import { type Arrival, type ArrivalSight, arrivalFindings } from "./arrival.ts";
import { type FunctionState, functionFindings } from "./concurrency.ts";
import type { Answer, Finding } from "./finding.ts";
import { type BucketNotification, notificationFindings, sampleKey } from "./notification.ts";
import { type WayTopic, wayTopicFindings } from "./other-topics.ts";
import { selfWatchFindings, type WatchRule } from "./self-watch.ts";
import {
  missingOf,
  type Recipient,
  type Subscription,
  subscriptionFindings,
  TOPICS,
  type TopicName,
} from "./subscriptions.ts";
import { setupFindings, type TrailSetup, type TrailStatus, trailFindings } from "./trail.ts";

/** What a deployment's alerts pass on the way from the trail to people. */
export interface DeliveryPath {
  readonly topics: { readonly [T in TopicName]: string };
  readonly recipients: readonly Recipient[];
  readonly logBucket: string;
  /** How the keys of log files begin. */
  readonly logPrefix: string;
  /** Empty if the trail is not ours. */
  readonly trailArn: string;
  readonly alerterArn: string;
  /** Absent if the bucket's own notification invokes the function. */
  readonly arrival?: Arrival;
  /** Topics of routes and of a chat. */
  readonly ways?: readonly WayTopic[];
  /** The names of the EventBridge rules that report changes to the alerter. */
  readonly watchRules: readonly string[];
}

/** What AWS says of it at one moment. */
export interface Sight {
  readonly subscriptions: { readonly [T in TopicName]: Answer<readonly Subscription[]> };
  /** Absent if log files are announced in another way, which is then seen instead. */
  readonly notification?: Answer<BucketNotification>;
  readonly arrival?: ArrivalSight;
  /** In the order of `ways`. */
  readonly ways?: readonly Answer<readonly Subscription[]>[];
  /** Absent if the trail is not ours. */
  readonly trail?: Answer<TrailStatus>;
  readonly trailSetup?: Answer<TrailSetup>;
  readonly alerter: Answer<FunctionState>;
  /** By the names of the rules. */
  readonly watchRules: ReadonlyMap<string, Answer<WatchRule>>;
}

/** What is wrong with the way out, in the order in which alerts pass it, from its end. */
export function deliveryPathFindings(deliveryPath: DeliveryPath, sight: Sight): readonly Finding[] {
  const { recipients, logBucket: bucket, logPrefix: prefix, trailArn, alerterArn: functionArn } = deliveryPath;
  const [, , , region = "", accountId = ""] = functionArn.split(":");
  const wanted = { bucket, functionArn, prefix, sampleKey: sampleKey(prefix, accountId, region) };
  return [
    ...TOPICS.flatMap((topic) => subscriptionFindings(topic, recipients, sight.subscriptions[topic])),
    ...wayTopicFindings(deliveryPath.ways ?? [], sight.ways ?? []),
    ...(sight.notification === undefined ? [] : notificationFindings(wanted, sight.notification)),
    ...(sight.arrival === undefined || deliveryPath.arrival === undefined
      ? []
      : arrivalFindings(deliveryPath.arrival, bucket, functionArn, sight.arrival)),
    ...(sight.trail === undefined ? [] : trailFindings(trailArn, sight.trail)),
    ...(sight.trailSetup === undefined ? [] : setupFindings(trailArn, { bucket, logPrefix: prefix }, sight.trailSetup)),
    ...functionFindings("alerter", functionArn, sight.alerter),
    ...selfWatchFindings(sight.watchRules, Object.values(deliveryPath.topics)),
  ];
}

/** How many recipients in the settings receive nothing at one of their topics, as far as that was seen. */
export function recipientsMissing({ recipients }: Pick<DeliveryPath, "recipients">, { subscriptions }: Sight): number {
  const missing = TOPICS.map((topic) => {
    const answer = subscriptions[topic];
    const own = recipients.filter((recipient) => recipient.topic === topic);
    return "value" in answer ? missingOf(own, answer.value) : 0;
  });
  return missing.reduce((sum, count) => sum + count, 0);
}
