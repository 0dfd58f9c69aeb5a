import { textAt } from "../record/record.ts";

/**
 * What AWS Config publishes besides the state of a delivery channel.
 * Source: AWS Config Developer Guide, "Notifications that AWS Config sends to an Amazon SNS topic".
 */
const CONFIG_MESSAGES = /^(?:Configuration|OversizedConfiguration|Compliance|ConfigRules|ScheduledNotification)/;

/**
 * True for a message that announces no object and is none of anybody's business here: in a landing zone, AWS Config and
 * CloudTrail share one topic (Control Tower User Guide, "Compliance notifications by SNS in the audit account").
 */
export function isOtherMessage(message: unknown): boolean {
  if (CONFIG_MESSAGES.test(textAt(message, "messageType") ?? "")) return true;
  return textAt(message, "source") === "aws.config" && textAt(message, "detail-type") !== undefined;
}
