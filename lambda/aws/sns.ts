import { setTimeout as sleep } from "node:timers/promises";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../core/alert/alert.ts";
import { snsMessage } from "../core/alert/machine.ts";
import type { HealthMessage } from "../core/health/message.ts";

/**
 * SNS suspends an email subscription that gets more than 10 messages a second, and deletes it after two days (SNS Developer
 * Guide, "Email notifications"): publishes of one function instance keep this distance in milliseconds.
 */
const PACE = 125;

/** Publishes an alert to the topic of emails and machines, each with a body of its own. */
export function publishTo(sns: SNSClient, topicArn: string): (alert: Alert) => Promise<void> {
  const nextTurn = pace();
  return async ({ subject, json, email }) => {
    await nextTurn();
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: snsMessage(json, email),
        MessageStructure: "json",
      }),
    );
  };
}

/** Publishes an alert's text message to the SMS topic. Alerts without one are not for this topic. */
export function publishSmsTo(sns: SNSClient, topicArn: string): (alert: Alert) => Promise<void> {
  const publish = publishTextTo(sns);
  return async ({ sms }) => {
    if (sms !== undefined) await publish(sms, topicArn);
  };
}

/** Publishes a copy of an alert on the topic of health. */
export function publishCopyTo(sns: SNSClient, topicArn: string): (alert: Alert) => Promise<void> {
  const publish = publishHealthTo(sns);
  return (alert) => publish({ ...alert, sms: shortOf(alert) }, topicArn);
}

/** Publishes a copy of an alert for phones that hear of the alerter's health. */
export function publishSmsCopyTo(sns: SNSClient, topicArn: string): (alert: Alert) => Promise<void> {
  const publish = publishTextTo(sns);
  return (alert) => publish(shortOf(alert), topicArn);
}

/** Publishes an alert's message for a chat. Alerts without one are not for this topic. */
export function publishChatTo(sns: SNSClient, TopicArn: string): (alert: Alert) => Promise<void> {
  return async ({ chat }) => {
    if (chat !== undefined) await sns.send(new PublishCommand({ TopicArn, Message: chat }));
  };
}

function shortOf({ sms, subject }: Alert): string {
  return sms ?? subject;
}

/** Publishes a text message; its topic has no DisplayName, which would stand before every text. */
export function publishTextTo(sns: SNSClient): (text: string, topicArn: string) => Promise<void> {
  // Carriers hold promotional texts back (SNS Developer Guide, "Publishing SMS messages").
  const MessageAttributes = { "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" } };
  return async (Message, TopicArn) => {
    await sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
  };
}

function pace(): () => Promise<void> {
  let next = 0;
  return async () => {
    const wait = next - Date.now();
    next = Math.max(next, Date.now()) + PACE;
    if (wait > 0) await sleep(wait);
  };
}

type Bodies = Pick<HealthMessage, "subject" | "email" | "json" | "sms">;

/** Publishes a message about the alerter itself. */
export function publishHealthTo(sns: SNSClient): (message: Bodies, topicArn: string) => Promise<void> {
  return async ({ subject, email, json, sms }, topicArn) => {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        Message: JSON.stringify({ default: json, email, sms }),
        MessageStructure: "json",
      }),
    );
  };
}
