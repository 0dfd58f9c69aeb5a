import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Arrival } from "../lambda/core/health/arrival.ts";
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
