import {
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  GetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { CLIENT_SETTINGS } from "../../lambda/aws/client-settings.ts";
import { readSubscriptions } from "../../lambda/aws/delivery-path.ts";
import type { Recipient, Subscription } from "../../lambda/core/health/subscriptions.ts";

/** The time for all subscriptions of one topic, in milliseconds. */
const TIME = 30_000;

/** Topics and text messages, as AWS says they are. Reads reject with AWS's errors. */
export function readTopics(region: string) {
  const sns = new SNSClient({ ...CLIENT_SETTINGS, region });
  return {
    subscriptions(topicArn: string, recipients: readonly Recipient[]): Promise<readonly Subscription[]> {
      return readSubscriptions(sns, topicArn, recipients, AbortSignal.timeout(TIME));
    },
    async policy(TopicArn: string): Promise<string> {
      return (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes?.Policy ?? "";
    },
    async texting(): Promise<{ readonly isSandbox: boolean; readonly limit: number }> {
      const { IsInSandbox } = await sns.send(new GetSMSSandboxAccountStatusCommand({}));
      const { attributes } = await sns.send(new GetSMSAttributesCommand({ attributes: ["MonthlySpendLimit"] }));
      // Without one of its own an account has $1 (SNS Developer Guide, "Setting SMS messaging preferences").
      return { isSandbox: IsInSandbox ?? false, limit: Number(attributes?.MonthlySpendLimit ?? 1) };
    },
    /** Subscribes somebody; SNS sends the mail that asks to confirm, again if need be. */
    async subscribe(TopicArn: string, { protocol, endpoint }: Recipient): Promise<void> {
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: protocol, Endpoint: endpoint }));
    },
  };
}
