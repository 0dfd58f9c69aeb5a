import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { LogSource } from "./log-source.ts";

/** What the tick reads to know whether alerts can arrive, and where it reports that they cannot. */
export interface LookedAfter {
  readonly topics: readonly ITopic[];
  readonly source: LogSource;
  readonly alerterArn: string;
  /** The names of the self-watch's rules. */
  readonly watchRules: readonly string[];
}

/** Lets the functions' role look, but change nothing. */
export function grantLook(role: Role, { topics, source, alerterArn, watchRules }: LookedAfter): void {
  const grant = (actions: readonly string[], resources: readonly string[]) =>
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  // SNS checks the rights for a subscription on its topic.
  grant(
    ["sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes"],
    topics.map(({ topicArn }) => topicArn),
  );
  grant(["s3:GetBucketNotification"], [source.bucket.bucketArn]);
  if (source.trail !== undefined) {
    grant(["cloudtrail:GetTrailStatus", "cloudtrail:GetTrail", "cloudtrail:GetEventSelectors"], [source.trail.arn]);
  }
  grant(["lambda:GetFunctionConcurrency"], [alerterArn]);
  const { stack } = role;
  const ruleArns = watchRules.map((resourceName) =>
    stack.formatArn({ service: "events", resource: "rule", resourceName }),
  );
  grant(["events:DescribeRule", "events:ListTargetsByRule"], ruleArns);
}
