import type { Rule } from "../../../../lambda/core/rules/rule.ts";
import { compileRules } from "../../../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT, fillSelf, SelfError } from "../../../../lambda/core/rules/self.ts";

function matches(
  rule: Partial<Rule>,
  record: { readonly [field: string]: unknown },
  now = "2026-11-20T12:00:00Z",
): boolean {
  const whole: Rule = { name: "r", place: "p:1", severity: "low", ...rule };
  return compileRules(fillSelf([whole], DESK_DEPLOYMENT)).match(record, Date.parse(now)).matched.length === 1;
}

const called = (source: string, eventName: string) => ({ eventSource: `${source}.amazonaws.com`, eventName });

test.each([
  ["iam:CreateUser", called("iam", "CreateUser"), true],
  ["iam:CreateUser", called("iam", "CreateUserX"), false],
  ["iam:CreateUser", called("workmail", "CreateUser"), false],
  ["IAM:createuser", called("iam", "CreateUser"), true],
  ["iam.amazonaws.com:CreateUser", called("iam", "CreateUser"), true],
  ["lambda:DeleteFunction", called("lambda", "DeleteFunction20150331"), true],
  ["lambda:DeleteFunction20150331", called("lambda", "DeleteFunction"), true],
  ["lambda:GetFunction", called("lambda", "GetFunctionConfiguration20150331v2"), false],
  ["lambda:GetFunction*", called("lambda", "GetFunctionConfiguration20150331v2"), true],
  ["lambda:*", called("lambda", "Anything"), true],
  ["lambda:*", called("lambda.evil", "Anything"), false],
  ["*:Delete*", called("s3", "DeleteBucket"), true],
  ["ec2-*:SendSSHPublicKey", called("ec2-instance-connect", "SendSSHPublicKey "), true],
  ["cloudwatch:DeleteAlarms", called("monitoring", "DeleteAlarms"), true],
  ["application-autoscaling:RegisterScalableTarget", called("autoscaling", "RegisterScalableTarget"), true],
  ["rds-data:ExecuteStatement", called("rdsdata", "ExecuteStatement"), true],
  ["tag:TagResources", called("tagging", "TagResources"), true],
  ["lambda:InvokeFunction", called("lambda", "Invoke"), true],
  ["s3:ListAllMyBuckets", called("s3", "ListBuckets"), true],
  ["s3:PutLifecycleConfiguration", called("s3", "PutBucketLifecycle"), true],
  ["s3:PutPublicAccessBlock", called("s3", "PutBucketPublicAccessBlock"), true],
  ["s3:PutBucketNotificationConfiguration", called("s3", "PutBucketNotification"), true],
  ["*:*", { eventName: "X" }, true],
  ["*:*", { eventSource: "iam.amazonaws.com" }, false],
])("%s and %j: %s", (entry, record, expected) => {
  expect(matches({ calls: [entry] }, record)).toBe(expected);
});

const failed = { ...called("iam", "CreateUser"), errorCode: "EntityAlreadyExists" };
const denied = { ...called("iam", "CreateUser"), errorCode: "AccessDenied" };
const dryRun = { ...called("iam", "CreateUser"), errorCode: "DryRunOperation" };

test.each([
  ["any", [true, true, true, true]],
  ["success", [true, false, false, false]],
  ["denied", [false, true, false, false]],
  ["failed", [false, false, true, false]],
  ["failure", [false, true, true, false]],
] as const)("outcome %s lets through success, denied, failed, dry-run: %j", (outcome, expected) => {
  const records = [called("iam", "CreateUser"), denied, failed, dryRun];
  expect(records.map((record) => matches({ calls: ["iam:CreateUser"], outcome }, record))).toEqual(expected);
});

test("an exception leaves records out until the end of its last day", () => {
  const byJob = { ...called("iam", "CreateUser"), userIdentity: { userName: "job" } };
  const pattern = { userIdentity: { userName: ["job"] } };
  const rule = {
    calls: ["iam:*"],
    except: [{ reason: "a job", until: "2026-11-20", calls: ["iam:CreateUser"], pattern }],
  };
  expect(matches(rule, byJob)).toBe(false);
  expect(matches(rule, { ...byJob, eventName: "DeleteUser" })).toBe(true);
  expect(matches(rule, called("iam", "CreateUser"))).toBe(true);
  expect(matches(rule, byJob, "2026-11-20T23:59:59Z")).toBe(false);
  expect(matches(rule, byJob, "2026-11-21T00:00:00Z")).toBe(true);
});

test("{ self: ... } stands for this deployment's name, in rules and in exceptions, also inside operators", () => {
  const onLogBucket = { pattern: { requestParameters: { bucketName: [{ self: "logBucket" }] } } };
  expect(matches(onLogBucket, { requestParameters: { bucketName: "trail-bucket" } })).toBe(true);
  expect(matches(onLogBucket, { requestParameters: { bucketName: "other" } })).toBe(false);
  const prefixed = { pattern: { a: [{ prefix: { self: "roleArn" } }] } };
  expect(matches(prefixed, { a: `${DESK_DEPLOYMENT.roleArn}/x` })).toBe(true);
  expect(
    matches(
      { calls: ["s3:*"], except: [{ reason: "r", ...onLogBucket }] },
      { ...called("s3", "X"), requestParameters: { bucketName: "trail-bucket" } },
    ),
  ).toBe(false);
  expect(() => matches({ pattern: { a: [{ self: "nonsense" }] } }, {})).toThrow(SelfError);
});

test("a name that a deployment does not have matches nothing", () => {
  const [rule] = fillSelf([{ name: "r", place: "p:1", severity: "low", pattern: { a: [{ self: "trailName" }] } }], {
    ...DESK_DEPLOYMENT,
    trailName: "",
  });
  const ruleSet = compileRules([rule as Rule]);
  for (const a of ["", "Trailbell-trail", null]) expect(ruleSet.match({ a }, 0).matched).toEqual([]);
});
