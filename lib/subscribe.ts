import { type ITopic, Subscription, SubscriptionProtocol } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { hashOf } from "../lambda/core/store/seen.ts";

/** Subscribes addresses and https endpoints to a topic: to the bodies of mails and of machines. */
export function subscribe(
  topic: ITopic,
  { emails, endpoints }: { readonly emails: readonly string[]; readonly endpoints: readonly string[] },
): void {
  for (const email of emails) topic.addSubscription(new EmailSubscription(email));
  for (const endpoint of endpoints) {
    // CDK's own UrlSubscription makes an id of the address, which may hold a key, and ids stand in events and in reports.
    const id = `Endpoint${hashOf(endpoint).slice(0, 8)}`;
    new Subscription(topic, id, { topic, protocol: SubscriptionProtocol.HTTPS, endpoint });
  }
}
