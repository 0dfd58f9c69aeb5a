import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../core/alert/alert.ts";
import { messageEnvelope } from "../core/alert/machine.ts";

/** Publishes an alert to the topic of emails and machines, each with a body of its own. */
export function publishTo(sns: SNSClient, topicArn: string): (alert: Alert) => Promise<void> {
  return async ({ subject, json, email }) => {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: messageEnvelope(json, email),
        MessageStructure: "json",
      }),
    );
  };
}

/**
 * Publishes an alert's text message to the SMS topic, which has no DisplayName: it would stand before every text.
 * Alerts without one are not for this topic.
 */
export function publishSmsTo(sns: SNSClient, topicArn: string): (alert: Alert) => Promise<void> {
  return async ({ sms }) => {
    if (sms !== undefined) await sns.send(new PublishCommand({ TopicArn: topicArn, Message: sms }));
  };
}
