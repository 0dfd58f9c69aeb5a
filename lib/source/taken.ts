import { LOG_SUFFIX } from "../../lambda/core/envelope/log-object.ts";
import { encodedFilter, selects } from "../../lambda/core/health/notification.ts";
import { isObject, textAt, valueAt } from "../../lambda/core/record/record.ts";

/** One entry of a bucket's notification, as `aws s3api get-bucket-notification-configuration` prints it. */
interface Entry {
  readonly kind: "topic" | "queue" | "function";
  readonly arn: string;
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

const KINDS = [
  ["topic", "TopicConfigurations", "TopicArn"],
  ["queue", "QueueConfigurations", "QueueArn"],
  ["function", "LambdaFunctionConfigurations", "LambdaFunctionArn"],
] as const;

/** What is asked of a bucket's notification. */
export interface Asked {
  readonly bucket: string;
  readonly announcedBy: string;
  /** How the keys of log files begin. */
  readonly logs: string;
  readonly stackName: string;
}

/**
 * What stands against the way in which log files are to be announced, and which ways there are; undefined if nothing
 * does. S3 takes no two entries for the same events whose prefixes and suffixes overlap (S3 User Guide, "Configuring
 * event notifications using object key name filtering").
 */
export function notificationFault(
  notification: unknown,
  { bucket, announcedBy, logs, stackName }: Asked,
): string | undefined {
  const entries = entriesOf(notification);
  const sendsEvents = isObject(valueAt(notification, "EventBridgeConfiguration"));
  const prefix = encodedFilter(logs);
  const inTheWay = entries.filter(
    (entry) => !isOwn(entry, stackName) && overlap(entry, { prefix, suffix: LOG_SUFFIX }) && isOfCreation(entry.events),
  );
  const usable = entries.filter(
    ({ kind, arn, ...entry }) =>
      kind === "topic" && !arn.endsWith(".fifo") && isOfCreation(entry.events) && takesAll(entry, prefix),
  );
  const ways = [
    ...usable.map(({ arn }) => `announcedBy: ${arn}    the topic that the bucket notifies of them already`),
    sendsEvents
      ? "announcedBy: eventbridge    the bucket sends its events there already"
      : `announcedBy: eventbridge    once the bucket sends its events there: ${switchOn(bucket)}`,
    "announcedBy: TOPIC_ARN    the topic of the trail, where CloudTrail announces its deliveries (aws cloudtrail update-trail --sns-topic-name)",
  ];
  const listed = `\n    ${ways.join("\n    ")}`;
  if (announcedBy === "s3" && inTheWay.length > 0) {
    const taken = inTheWay.map(({ kind, arn }) => `the ${kind} ${arn}`).join(" and ");
    return `the notification of ${bucket} is taken: ${taken} gets the same objects, and S3 takes no second entry for them. Write one of${listed}`;
  }
  if (announcedBy === "eventbridge" && !sendsEvents) {
    return `${bucket} does not send its events to EventBridge. ${switchOn(bucket)}`;
  }
  const topics = entries.filter(({ kind }) => kind === "topic").map(({ arn }) => arn);
  if (topics.includes(announcedBy) && !usable.some(({ arn }) => arn === announcedBy)) {
    return `${bucket} notifies ${announcedBy} of other objects than all log files below ${logs}. Change the filter of that entry, or write one of${listed}`;
  }
  return undefined;
}

function switchOn(bucket: string): string {
  return `in the properties of ${bucket}, Amazon EventBridge: On; or add "EventBridgeConfiguration": {} to what get-bucket-notification-configuration prints, and put it back`;
}

function entriesOf(notification: unknown): readonly Entry[] {
  return KINDS.flatMap(([kind, list, arn]) => {
    const entries = valueAt(notification, list);
    if (!Array.isArray(entries)) return [];
    return entries.map((entry: unknown): Entry => {
      const rules = valueAt(entry, "Filter", "Key", "FilterRules");
      const ruled = (name: string) => {
        const rule = Array.isArray(rules)
          ? rules.find((one) => textAt(one, "Name")?.toLowerCase() === name)
          : undefined;
        return textAt(rule, "Value") ?? "";
      };
      const events = valueAt(entry, "Events");
      return {
        kind,
        arn: textAt(entry, arn) ?? "",
        events: Array.isArray(events) ? events.map(String) : [],
        prefix: ruled("prefix"),
        suffix: ruled("suffix"),
      };
    });
  });
}

/** What an earlier deployment has set. */
function isOwn({ kind, arn }: Entry, stackName: string): boolean {
  return kind === "function" && arn.endsWith(`:function:${stackName}-Alerter`);
}

function isOfCreation(events: readonly string[]): boolean {
  return events.some((event) => /^s3:ObjectCreated:(?:\*|Put)$/.test(event));
}

function overlap(a: Pick<Entry, "prefix" | "suffix">, b: Pick<Entry, "prefix" | "suffix">): boolean {
  const prefixes = a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix);
  return prefixes && (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix));
}

/** True if an entry is for every log file. */
function takesAll({ prefix, suffix }: Pick<Entry, "prefix" | "suffix">, wanted: string): boolean {
  return selects({ prefix, suffix }, `${wanted}111122223333/CloudTrail/x${LOG_SUFFIX}`) && wanted.startsWith(prefix);
}
