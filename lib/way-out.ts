import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Recipient } from "../lambda/core/health/subscriptions.ts";
import type { LogSource } from "./log-source.ts";
import type { Settings } from "./settings.ts";

/** The settings that say who receives what. */
type Peopled = Pick<Settings, "emails" | "phones" | "healthSms">;

/** Who is subscribed to which topic; the tick and doctor compare it with what exists. */
export function recipientsOf(settings: Peopled): readonly Recipient[] {
  const { emails, phones } = settings;
  const mail = (topic: Recipient["topic"]) =>
    emails.map((endpoint): Recipient => ({ topic, protocol: "email", endpoint }));
  const texts = (topic: Recipient["topic"]) =>
    phones.map((endpoint): Recipient => ({ topic, protocol: "sms", endpoint }));
  return [...mail("alert"), ...texts("sms"), ...mail("health"), ...(hasHealthTexts(settings) ? texts("health") : [])];
}

/**
 * Whether phones get texts about the alerter's own health: whoever gave only a phone number must hear of it as well.
 */
export function hasHealthTexts({ emails, healthSms = emails.length === 0 }: Peopled): boolean {
  return healthSms;
}

/** What the tick reads to know whether alerts can arrive, and where it reports that they cannot. */
export interface LookedAfter {
  readonly topics: readonly ITopic[];
  readonly healthTopic: ITopic;
  readonly source: LogSource;
  readonly alerterArn: string;
}

/** Lets the functions' role look, but change nothing. */
export function grantLook(role: Role, { topics, healthTopic, source, alerterArn }: LookedAfter): void {
  const grant = (actions: readonly string[], resources: readonly string[]) =>
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  // SNS checks the rights for a subscription on its topic.
  grant(
    ["sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes"],
    [...topics, healthTopic].map(({ topicArn }) => topicArn),
  );
  grant(["s3:GetBucketNotification"], [source.bucket.bucketArn]);
  if (source.trail !== undefined) grant(["cloudtrail:GetTrailStatus"], [source.trail.arn]);
  grant(["lambda:GetFunctionConcurrency"], [alerterArn]);
}
