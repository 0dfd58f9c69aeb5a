import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Recipient } from "../lambda/core/health/subscriptions.ts";
import type { LogSource } from "./log-source.ts";
import type { Settings } from "./settings.ts";

/** Who is subscribed to which topic; the tick and doctor compare it with what is there. */
export function recipientsOf({ emails, phones }: Pick<Settings, "emails" | "phones">): readonly Recipient[] {
  const mail = (topic: Recipient["topic"]) =>
    emails.map((endpoint): Recipient => ({ topic, protocol: "email", endpoint }));
  const texts = (topic: Recipient["topic"]) =>
    phones.map((endpoint): Recipient => ({ topic, protocol: "sms", endpoint }));
  return [...mail("alert"), ...texts("sms"), ...(emails.length > 0 ? mail("health") : texts("health"))];
}

/** What the tick reads to know whether alerts can arrive, and where it tells that they cannot. */
export interface LookedAfter {
  readonly topics: readonly ITopic[];
  readonly healthTopic: ITopic;
  readonly source: LogSource;
  readonly alerterArn: string;
}

/** Lets the functions' role look, and tell on the health topic. It changes nothing. */
export function grantLook(role: Role, { topics, healthTopic, source, alerterArn }: LookedAfter): void {
  const grant = (actions: readonly string[], resources: readonly string[]) =>
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  // SNS asks for the rights of a subscription on its topic.
  grant(
    ["sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes"],
    [...topics, healthTopic].map(({ topicArn }) => topicArn),
  );
  grant(["sns:Publish"], [healthTopic.topicArn]);
  grant(["s3:GetBucketNotification"], [source.bucket.bucketArn]);
  if (source.trail !== undefined) grant(["cloudtrail:GetTrailStatus"], [source.trail.arn]);
  grant(["lambda:GetFunctionConcurrency"], [alerterArn]);
}
