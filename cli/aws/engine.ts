import { CloudWatchClient, DescribeAlarmsCommand, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeEventBusCommand,
  DescribeRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import type { WatchRule } from "../../lambda/core/health/self-watch.ts";
import type { Alarm } from "../doctor/alarms.ts";
import type { Bus } from "../doctor/bus.ts";
import type { Table } from "../doctor/engine.ts";

const DAY = 86_400_000;

/** What drives the alerter, as AWS says it is. Reads reject with AWS's errors. */
export function readEngine(region: string) {
  const settings = { ...CLIENT_SETTINGS, region };
  const dynamodb = new DynamoDBClient(settings);
  const events = new EventBridgeClient(settings);
  const cloudwatch = new CloudWatchClient(settings);
  // The queue is in the region of the stack, or wherever AWS_ENDPOINT_URL points.
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  return {
    async table(TableName: string): Promise<Table> {
      const { Table: table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      const { TimeToLiveDescription: ttl } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
      const isOn = ttl?.TimeToLiveStatus === "ENABLED" || ttl?.TimeToLiveStatus === "ENABLING";
      return {
        status: table?.TableStatus ?? "unknown",
        isProtected: table?.DeletionProtectionEnabled ?? false,
        timeToLive: isOn ? ttl?.AttributeName : undefined,
      };
    },
    async rule(Name: string): Promise<WatchRule> {
      const { State } = await events.send(new DescribeRuleCommand({ Name }));
      const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
      return { isEnabled: State === "ENABLED", targets: Targets.map(({ Arn = "" }) => Arn) };
    },
    async bus(Name: string): Promise<Bus> {
      const { Arn = "", Policy = "" } = await events.send(new DescribeEventBusCommand({ Name }));
      const patterns: string[] = [];
      let token: string | undefined;
      do {
        const asked = { EventBusName: Name, ...(token !== undefined && { NextToken: token }) };
        const { Rules = [], NextToken } = await events.send(new ListRulesCommand(asked));
        for (const { State, EventPattern } of Rules)
          if (State?.startsWith("ENABLED") && EventPattern !== undefined) patterns.push(EventPattern);
        token = NextToken;
      } while (token !== undefined);
      return { arn: Arn, policy: Policy, patterns };
    },
    async alarms(names: readonly string[]): Promise<readonly Alarm[]> {
      const found: Alarm[] = [];
      // CloudWatch takes a hundred names at a time (API Reference, "DescribeAlarms").
      for (let at = 0; at < names.length; at += 100) {
        const asked = new DescribeAlarmsCommand({ AlarmNames: names.slice(at, at + 100), MaxRecords: 100 });
        for (const one of (await cloudwatch.send(asked)).MetricAlarms ?? []) {
          found.push({
            name: one.AlarmName ?? "",
            state: one.StateValue ?? "",
            reason: one.StateReason ?? "",
            actionsEnabled: one.ActionsEnabled ?? true,
            actions: one.AlarmActions ?? [],
          });
        }
      }
      return found;
    },
    /** When a function was last invoked within a day, in milliseconds since the epoch, to five minutes. */
    async lastRun(functionName: string, now: number): Promise<number | undefined> {
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/Lambda",
          MetricName: "Invocations",
          Dimensions: [{ Name: "FunctionName", Value: functionName }],
          StartTime: new Date(now - DAY),
          EndTime: new Date(now),
          Period: 300,
          Statistics: ["Sum"],
        }),
      );
      const times = Datapoints.filter(({ Sum = 0 }) => Sum > 0).map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
      return times.length === 0 ? undefined : Math.max(...times);
    },
    /** What text messages have cost this month, in US dollars. */
    async spent(now: number): Promise<number> {
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/SNS",
          MetricName: "SMSMonthToDateSpentUSD",
          StartTime: new Date(now - DAY),
          EndTime: new Date(now),
          Period: 3600,
          Statistics: ["Maximum"],
        }),
      );
      return Math.max(0, ...Datapoints.map(({ Maximum = 0 }) => Maximum));
    },
    async deadLetters(QueueUrl: string): Promise<number> {
      const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes = {} } = await sqs.send(asked);
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },
    async key(KeyId: string): Promise<string> {
      // It is where the log bucket is; KMS knows no key of another region.
      const [, , , home = region] = KeyId.split(":");
      const { KeyMetadata } = await new KMSClient({ ...settings, region: home }).send(
        new DescribeKeyCommand({ KeyId }),
      );
      return KeyMetadata?.KeyState ?? "unknown";
    },
  };
}
