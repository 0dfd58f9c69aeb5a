import { compileCondition } from "../../../lambda/core/rules/condition.ts";
import { compileEventPattern } from "../../../lambda/core/rules/event-pattern/event-pattern.ts";
import type { EventPattern } from "../../../lambda/core/rules/rule.ts";
import { withoutEnvelope } from "../../../lambda/rule-files/event-bridge-envelope.ts";

test.each<[string, EventPattern, EventPattern]>([
  ["a pattern over the record", { eventName: ["X"] }, { eventName: ["X"] }],
  [
    "an API call",
    { source: ["aws.iam"], "detail-type": ["AWS API Call via CloudTrail"], detail: { eventName: ["X"] } },
    { eventName: ["X"], eventSource: ["iam.amazonaws.com"], eventType: ["AwsApiCall"] },
  ],
  [
    "a sign-in without detail",
    { "detail-type": ["AWS Console Sign In via CloudTrail"] },
    { eventType: ["AwsConsoleSignIn"] },
  ],
  ["a service event", { "detail-type": ["AWS Service Event via CloudTrail"] }, { eventType: ["AwsServiceEvent"] }],
  ["a console action", { "detail-type": ["AWS Console Action via CloudTrail"] }, { eventType: ["AwsConsoleAction"] }],
  [
    "an Insights event, whose record names no event source",
    { source: ["aws.cloudtrail"], "detail-type": ["AWS Insight via CloudTrail"] },
    { eventType: ["AwsCloudTrailInsight"] },
  ],
  [
    "account and region",
    { account: ["111122223333"], region: ["us-east-1"], detail: { eventName: ["X"] } },
    { eventName: ["X"], recipientAccountId: ["111122223333"], awsRegion: ["us-east-1"] },
  ],
  [
    "a source beside the detail's own: both must hold",
    { source: ["aws.iam", "aws.sts"], detail: { eventSource: [{ prefix: "sts" }] } },
    { eventSource: ["sts.amazonaws.com"] },
  ],
])("%s is translated", (_, pattern, expected) => {
  expect(withoutEnvelope(pattern)).toEqual(expected);
  expect(() => compileCondition(compileEventPattern(withoutEnvelope(pattern)))).not.toThrow();
});

test.each<[string, EventPattern, string]>([
  [
    "a field of the envelope alone",
    { detail: { a: [1] }, resources: ["x"] },
    "pattern.resources: is part of EventBridge's envelope",
  ],
  [
    "a source that is no service",
    { detail: { a: [1] }, source: ["my.app"] },
    'pattern.source: "my.app" cannot be mapped',
  ],
  [
    "a source by prefix",
    { detail: { a: [1] }, source: [{ prefix: "aws." }] },
    "cannot be mapped onto a CloudTrail record",
  ],
  ["another detail-type", { "detail-type": ["EC2 Instance State-change Notification"] }, "cannot be mapped"],
  [
    "a contradiction",
    { source: ["aws.iam"], detail: { eventSource: ["s3.amazonaws.com"] } },
    "contradicts detail.eventSource",
  ],
  ["a detail that is none", { detail: ["x"] }, "pattern.detail: must be an object"],
])("%s is refused with the reason", (_, pattern, message) => {
  expect(() => withoutEnvelope(pattern)).toThrow(message);
});
