import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Arrival } from "../lambda/core/health/arrival.ts";
import { acknowledge } from "./acknowledge.ts";
import type { LogSource } from "./log-source.ts";

/** What the tick reads to know whether alerts can arrive, and where it reports that they cannot. */
export interface LookedAfter {
  readonly topics: readonly ITopic[];
  readonly source: LogSource;
  readonly alerterArn: string;
  /** The names of the self-watch's rules. */
  readonly watchRules: readonly string[];
  /** How log files are announced, if not by the bucket itself. */
  readonly arrival?: Arrival;
}

/** Lets the functions' role look, but change nothing. */
export function grantLook(role: Role, { topics, source, alerterArn, watchRules, arrival }: LookedAfter): void {
  const grant = (actions: readonly string[], resources: readonly string[]) =>
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  // SNS checks the rights for a subscription on its topic.
  grant(
    ["sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes"],
    topics.map(({ topicArn }) => topicArn),
  );
  const { topicArn, rule, isElsewhere = false } = arrival ?? {};
  if (topicArn !== undefined) grant(["sns:ListSubscriptionsByTopic"], [topicArn]);
  else if (!isElsewhere) grant(["s3:GetBucketNotification"], [source.bucket.bucketArn]);
  if (source.trail !== undefined) {
    grant(["cloudtrail:GetTrailStatus", "cloudtrail:GetTrail", "cloudtrail:GetEventSelectors"], [source.trail.arn]);
  }
  grant(["lambda:GetFunctionConcurrency"], [alerterArn]);
  const { stack } = role;
  const ruleArns = [...watchRules, ...(rule === undefined ? [] : [rule])].map((resourceName) =>
    stack.formatArn({ service: "events", resource: "rule", resourceName }),
  );
  grant(["events:DescribeRule", "events:ListTargetsByRule"], ruleArns);
}

/**
 * Lets the functions' role ask for CloudTrail's public keys, of which no resource is known, and the tick ask the alerter for
 * digests. Reading and listing the bucket is granted with the log files.
 */
export function grantProof(role: Role, alerterArn: string): void {
  role.addToPolicy(new PolicyStatement({ actions: ["cloudtrail:ListPublicKeys"], resources: ["*"] }));
  acknowledge(role, "AwsSolutions-IAM5[Resource::*]", "CloudTrail's public keys are no resource");
  role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [alerterArn] }));
}
