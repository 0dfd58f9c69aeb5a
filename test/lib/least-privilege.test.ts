import { readFileSync } from "node:fs";
import { isObject } from "../../lambda/core/record/record.ts";
import { SETTINGS } from "../support/settings.ts";
import { synth, synthIamWatch } from "../support/synth.ts";

/** What needs a right: a call in a file of ours, or somebody else's work. */
type Need = { readonly call: string; readonly in: string } | { readonly by: string };

const DYNAMODB = "lambda/aws/dynamodb.ts";
const WAY_OUT = "lambda/aws/way-out.ts";

/** Each right that a policy gives, by the resource that has the policy, and what needs it. */
const ALLOWED: { readonly [right: string]: Need } = {
  // What the functions do.
  "AlerterRoleDefaultPolicy s3:GetObject": { call: "new GetObjectCommand(", in: "lambda/aws/s3.ts" },
  "AlerterRoleDefaultPolicy s3:GetObjectVersion": { call: "VersionId", in: "lambda/aws/s3.ts" },
  "AlerterRoleDefaultPolicy s3:ListBucket": { by: "S3, which else answers 403 for an object that is missing" },
  "AlerterRoleDefaultPolicy kms:Decrypt": { by: "S3, on behalf of whoever calls GetObject" },
  "AlerterRoleDefaultPolicy dynamodb:BatchGetItem": { call: "new BatchGetItemCommand(", in: DYNAMODB },
  "AlerterRoleDefaultPolicy dynamodb:PutItem": { call: "new PutItemCommand(", in: DYNAMODB },
  "AlerterRoleDefaultPolicy dynamodb:UpdateItem": { call: "new UpdateItemCommand(", in: DYNAMODB },
  "AlerterRoleDefaultPolicy dynamodb:Query": { call: "new QueryCommand(", in: DYNAMODB },
  "AlerterRoleDefaultPolicy sns:Publish": { call: "new PublishCommand(", in: "lambda/aws/sns.ts" },
  "AlerterRoleDefaultPolicy logs:CreateLogStream": { by: "Lambda, for what the functions print" },
  "AlerterRoleDefaultPolicy logs:PutLogEvents": { by: "Lambda, for what the functions print" },
  "AlerterRoleDefaultPolicy sqs:SendMessage": { by: "Lambda, for an event that it gives up" },
  "AlerterRoleDefaultPolicy sqs:GetQueueUrl": { by: "CDK's grantSendMessages" },
  "AlerterRoleDefaultPolicy sqs:GetQueueAttributes": { by: "CDK's grantSendMessages" },
  // What the hourly look reads.
  "AlerterRoleDefaultPolicy sns:ListSubscriptionsByTopic": {
    call: "new ListSubscriptionsByTopicCommand(",
    in: WAY_OUT,
  },
  "AlerterRoleDefaultPolicy sns:GetSubscriptionAttributes": {
    call: "new GetSubscriptionAttributesCommand(",
    in: WAY_OUT,
  },
  "AlerterRoleDefaultPolicy s3:GetBucketNotification": { call: 'query: "notification"', in: WAY_OUT },
  "AlerterRoleDefaultPolicy cloudtrail:GetTrailStatus": { call: '"GetTrailStatus"', in: WAY_OUT },
  "AlerterRoleDefaultPolicy cloudtrail:GetTrail": { call: '"GetTrail"', in: WAY_OUT },
  "AlerterRoleDefaultPolicy cloudtrail:GetEventSelectors": { call: '"GetEventSelectors"', in: WAY_OUT },
  "AlerterRoleDefaultPolicy events:DescribeRule": { call: '"DescribeRule"', in: WAY_OUT },
  "AlerterRoleDefaultPolicy events:ListTargetsByRule": { call: '"ListTargetsByRule"', in: WAY_OUT },
  "AlerterRoleDefaultPolicy lambda:GetFunctionConcurrency": { call: "/concurrency", in: WAY_OUT },
  // Who may act as which role.
  "AlerterRole sts:AssumeRole": { by: "Lambda, as which the functions run" },
  "SelfWatchRole sts:AssumeRole": { by: "EventBridge, for the rules of the self-watch" },
  "SelfWatchGuardRole sts:AssumeRole": { by: "EventBridge, for the rule that watches these rules" },
  "Role sts:AssumeRole": { by: "EventBridge in us-east-1, for the second stack's rule" },
  "GuardRole sts:AssumeRole": { by: "EventBridge in us-east-1, for the rule that watches that rule" },
  // What others do.
  "SelfWatchRoleDefaultPolicy sns:Publish": { by: "EventBridge, for the rules of the self-watch" },
  "SelfWatchGuardRoleDefaultPolicy sns:Publish": { by: "EventBridge, for the rule that watches these rules" },
  "RoleDefaultPolicy events:PutEvents": { by: "EventBridge in us-east-1, to the region of the main stack" },
  "GuardRoleDefaultPolicy events:PutEvents": { by: "EventBridge in us-east-1, to the region of the main stack" },
  "HealthTopicPolicy sns:Publish": { by: "CloudWatch's alarms" },
  "HealthSmsTopicPolicy sns:Publish": { by: "CloudWatch's alarms" },
  "SourceLogBucketPolicy s3:GetBucketAcl": { by: "CloudTrail, before it writes" },
  "SourceLogBucketPolicy s3:PutObject": { by: "CloudTrail, which writes log files" },
  "SourceAccessLogBucketPolicy s3:PutObject": { by: "S3, which writes who accessed the log files" },
  "SourceLogBucketAllowBucketNotificationsToTrailbellAlerter2C41F1B8 lambda:InvokeFunction": {
    by: "S3, for each log file",
  },
  "TickScheduleAllowEventRuleTrailbellTickD06ECD4D lambda:InvokeFunction": { by: "EventBridge, every minute" },
  // At deployments, CDK's own function writes the bucket's notification.
  "BucketNotificationsHandlerRole sts:AssumeRole": { by: "Lambda, as which CDK's function runs" },
  "SourceLogBucketNotificationsHandlerPolicy s3:PutBucketNotification": { by: "CDK's function" },
  "SourceLogBucketNotificationsHandlerPolicy s3:GetBucketNotification": {
    by: "CDK's function, to keep other people's",
  },
};

/** Statements that take rights away, by the resource that has the policy and what they are for. */
const DENIED: { readonly [statement: string]: string } = {
  "SourceLogBucketPolicy s3:*": "only over TLS",
  "SourceAccessLogBucketPolicy s3:*": "only over TLS",
  "DeadLettersPolicy sqs:*": "only over TLS",
  "AlertingAlertTopicPolicy sns:Publish": "only over TLS, only the functions",
  "AlertingSmsTopicPolicy sns:Publish": "only over TLS, only the functions",
  "HealthTopicPolicy sns:Publish": "only over TLS, only the functions, the self-watch and the alarms",
  "HealthSmsTopicPolicy sns:Publish": "only over TLS, only the functions, the self-watch and the alarms",
  ...Object.fromEntries(
    ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"].map(
      (action) => [`LedgerTable dynamodb:${action}`, "only the functions"],
    ),
  ),
};

const ADOPTED = {
  source: "my-log-bucket",
  emails: "a@example.com",
  phones: "+14155550100",
  healthSmsFrom: "high",
  logKey: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
};

/** Stacks that have, together, every statement there is. */
const stacks = () => [synth({ ...SETTINGS, ownDataEvents: "true" }), synth(ADOPTED), synthIamWatch("eu-central-1")];

interface Statement {
  readonly holder: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: unknown;
}

/** Every statement of every policy, wherever a resource has one, and the permissions on functions. */
function statements(): readonly Statement[] {
  return stacks().flatMap((stack) => {
    const { Resources } = stack.toJSON() as {
      Resources: { [id: string]: { Type: string; Properties?: { [name: string]: unknown } } };
    };
    return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
      // CDK's own singleton has a hash in the middle of its ids, too.
      const holder = id.replace(/[0-9A-F]{8}$/, "").replace(/050a0587[0-9a-f]{24}/, "");
      if (Type === "AWS::Lambda::Permission") {
        return [{ holder, Effect: "Allow", Action: [String(Properties.Action)] }];
      }
      return documentsIn(Properties).map((one) => ({ ...one, holder, Action: [one.Action].flat() }));
    });
  }) as readonly Statement[];
}

function documentsIn(value: unknown): readonly { readonly Effect: string; readonly Action: string | string[] }[] {
  if (Array.isArray(value)) return value.flatMap(documentsIn);
  if (!isObject(value)) return [];
  if (Array.isArray(value.Statement) && value.Version !== undefined) return value.Statement;
  return Object.values(value).flatMap(documentsIn);
}

const rightsOf = (effect: string) => [
  ...new Set(
    statements()
      .filter(({ Effect }) => Effect === effect)
      .flatMap(({ holder, Action }) => Action.map((action) => `${holder} ${action}`)),
  ),
];

test("every right that a policy gives is listed with what needs it, and nothing is listed that is not given", () => {
  expect(rightsOf("Allow").sort()).toEqual(Object.keys(ALLOWED).sort());
});

test("every statement that takes rights away is listed", () => {
  expect(rightsOf("Deny").sort()).toEqual(Object.keys(DENIED).sort());
});

test.each(
  Object.entries(ALLOWED).flatMap(([right, need]) => ("call" in need ? [[right, need.call, need.in] as const] : [])),
)("%s: %s stands in %s", (_, call, file) => {
  expect({ call, file, stands: readFileSync(file, "utf8").includes(call) }).toEqual({ call, file, stands: true });
});

test("no right is given on everything", () => {
  const wide = statements().filter(({ Effect, Resource, Action }) => {
    return Effect === "Allow" && ([Resource].flat().includes("*") || Action.some((action) => action.includes("*")));
  });
  expect(wide).toEqual([]);
});
