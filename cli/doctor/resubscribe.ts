import { inert } from "../../lambda/core/alert/text.ts";
import { answered } from "../../lambda/core/health/finding.ts";
import { type Hearer, isConfirmed, isOf, nameOf, TOPICS } from "../../lambda/core/health/subscriptions.ts";
import { topicArns } from "./look-at-topics.ts";
import type { Patient } from "./patient.ts";

/**
 * Subscribes those of the settings' recipients who receive nothing, and has the mail that asks to confirm sent again.
 * @returns what was done, a line each
 */
export async function resubscribe(patient: Patient): Promise<readonly string[]> {
  const { checkout, aws } = patient;
  if (checkout.recipients.length === 0) {
    return [
      `nobody was subscribed: trailbell.config.yaml ${checkout.fault === undefined ? "names nobody" : "cannot be read"}`,
    ];
  }
  const arns = topicArns(patient);
  const done: string[] = [];
  for (const topic of TOPICS) {
    const arn = arns[topic];
    const own = checkout.recipients.filter((recipient) => recipient.topic === topic);
    if (arn === undefined || own.length === 0) continue;
    const subscriptions = await answered(aws.topics.subscriptions(arn, []));
    if ("refused" in subscriptions) {
      done.push(`nobody was subscribed to the ${topic} topic: ${inert(subscriptions.refused, 300)}`);
      continue;
    }
    for (const recipient of own) {
      if (subscriptions.value.some((one) => isOf(recipient, one) && isConfirmed(one))) continue;
      const subscribed = await answered(aws.topics.subscribe(arn, recipient));
      if ("refused" in subscribed) {
        done.push(`${nameOf(recipient)} was not subscribed to the ${topic} topic: ${inert(subscribed.refused, 300)}`);
        continue;
      }
      done.push(`subscribed ${nameOf(recipient)} to the ${topic} topic${NEXT[recipient.protocol]}`);
    }
  }
  return done.length === 0 ? ["nobody was subscribed: all are already"] : done;
}

/** What comes next, by protocol. */
const NEXT: { readonly [P in Hearer["protocol"]]: string } = {
  email: "; the mail of AWS Notifications asks to confirm within 48 hours",
  https: "; the endpoint confirms by fetching SubscribeURL, as services that know SNS do by themselves",
  sms: "",
};
