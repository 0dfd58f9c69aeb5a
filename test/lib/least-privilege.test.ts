import { readFileSync } from "node:fs";
import { isObject } from "../../lambda/core/record/record.ts";
import { Recipe } from "../support/recipe.ts";
import { SETTINGS } from "../support/settings.ts";
import { synth, synthIamWatch } from "../support/synth.ts";

/** What needs a right: a call in a file of ours, or somebody else's work. */
type Need = { readonly call: string; readonly in: string } | { readonly by: string };

const DYNAMODB = "lambda/aws/dynamodb.ts";
const DELIVERY_PATH = "lambda/aws/delivery-path.ts";

const READS = ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"];
const INTERFACES = [
  ...["CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface"],
  ...["AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"],
].map((action) => `ec2:${action}`);

/** The same for each of some rights of one policy. */
function ofEach<T>(holder: string, actions: readonly string[], told: T): { readonly [right: string]: T } {
  return Object.fromEntries(actions.map((action) => [`${holder} ${action}`, told]));
}

/** Each right that a policy gives, by the resource that has the policy, and what needs it. */
const ALLOWED: { readonly [right: string]: Need } = {
  // What the functions do.
  "AlerterRoleDefaultPolicy s3:GetObject": { call: "new GetObjectCommand(", in: "lambda/aws/s3-object.ts" },
  "AlerterRoleDefaultPolicy s3:GetObjectVersion": { call: "VersionId", in: "lambda/aws/s3-object.ts" },
  "AlerterRoleDefaultPolicy s3:ListBucket": { by: "S3, which else answers 403 for an object that is missing" },
  "AlerterRoleDefaultPolicy kms:Decrypt": {
    by: "S3, on behalf of whoever calls GetObject; SNS, of whoever publishes on a topic under a key",
  },
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
  // What some deployments do.
  "AlerterRoleDefaultPolicy sts:AssumeRole": { call: 'Action: "AssumeRole"', in: "lambda/aws/assumed-role.ts" },
  "AlerterRoleDefaultPolicy events:PutEvents": { call: "AWSEvents.PutEvents", in: "lambda/aws/event-bus.ts" },
  "AlerterRoleDefaultPolicy kms:GenerateDataKey": { by: "SNS, of whoever publishes on a topic under a key" },
  ...ofEach("AlerterRoleDefaultPolicy", INTERFACES, { by: "Lambda, which puts the functions into the subnets" }),
  // What the hourly look reads.
  "AlerterRoleDefaultPolicy sns:ListSubscriptionsByTopic": {
    call: "new ListSubscriptionsByTopicCommand(",
    in: DELIVERY_PATH,
  },
  "AlerterRoleDefaultPolicy sns:GetSubscriptionAttributes": {
    call: "new GetSubscriptionAttributesCommand(",
    in: DELIVERY_PATH,
  },
  "AlerterRoleDefaultPolicy s3:GetBucketNotification": { call: 'query: "notification"', in: DELIVERY_PATH },
  "AlerterRoleDefaultPolicy cloudtrail:GetTrailStatus": { call: '"GetTrailStatus"', in: DELIVERY_PATH },
  "AlerterRoleDefaultPolicy cloudtrail:GetTrail": { call: '"GetTrail"', in: DELIVERY_PATH },
  "AlerterRoleDefaultPolicy cloudtrail:GetEventSelectors": { call: '"GetEventSelectors"', in: DELIVERY_PATH },
  "AlerterRoleDefaultPolicy events:DescribeRule": { call: '"DescribeRule"', in: DELIVERY_PATH },
  "AlerterRoleDefaultPolicy events:ListTargetsByRule": { call: '"ListTargetsByRule"', in: DELIVERY_PATH },
  "AlerterRoleDefaultPolicy lambda:GetFunctionConcurrency": { call: "/concurrency", in: DELIVERY_PATH },
  "AlerterRoleDefaultPolicy cloudtrail:ListPublicKeys": {
    call: "CloudTrail_20131101.ListPublicKeys",
    in: "lambda/aws/public-keys.ts",
  },
  "AlerterRoleDefaultPolicy lambda:InvokeFunction": { call: "/invocations", in: "lambda/aws/invoke.ts" },
  // Who may act as which role.
  "AlerterRole sts:AssumeRole": { by: "Lambda, as which the functions run" },
  "SelfWatchRole sts:AssumeRole": { by: "EventBridge, for the rules of the self-watch" },
  "SelfWatchGuardRole sts:AssumeRole": { by: "EventBridge, for the rule that watches these rules" },
  "Role sts:AssumeRole": { by: "EventBridge in us-east-1, for the second stack's rule" },
  "GuardRole sts:AssumeRole": { by: "EventBridge in us-east-1, for the rule that watches that rule" },
  "MuteRole sts:AssumeRole": { by: "whoever runs npm run mute and may assume it" },
  // What the desk does with that role.
  "MuteRoleDefaultPolicy dynamodb:BatchGetItem": { call: "new BatchGetItemCommand(", in: DYNAMODB },
  "MuteRoleDefaultPolicy dynamodb:PutItem": { call: "new PutItemCommand(", in: DYNAMODB },
  // What others do.
  "SelfWatchRoleDefaultPolicy sns:Publish": { by: "EventBridge, for the rules of the self-watch" },
  "SelfWatchGuardRoleDefaultPolicy sns:Publish": { by: "EventBridge, for the rule that watches these rules" },
  "RoleDefaultPolicy events:PutEvents": { by: "EventBridge in us-east-1, to the region of the main stack" },
  "GuardRoleDefaultPolicy events:PutEvents": { by: "EventBridge in us-east-1, to the region of the main stack" },
  ...ofEach("SelfWatchRoleDefaultPolicy", ["kms:Decrypt", "kms:GenerateDataKey"], {
    by: "SNS, for a topic under a key",
  }),
  ...ofEach("SelfWatchGuardRoleDefaultPolicy", ["kms:Decrypt", "kms:GenerateDataKey"], {
    by: "SNS, for a topic under a key",
  }),
  "HealthTopicPolicy sns:Publish": { by: "CloudWatch's alarms" },
  "HealthSmsTopicPolicy sns:Publish": { by: "CloudWatch's alarms" },
  "SourceLogBucketPolicy s3:GetBucketAcl": { by: "CloudTrail, before it writes" },
  "SourceLogBucketPolicy s3:PutObject": { by: "CloudTrail, which writes log files" },
  "SourceAccessLogBucketPolicy s3:PutObject": { by: "S3, which writes who accessed the log files" },
  "SourceLogBucketAllowBucketNotificationsToTrailbellAlerter2C41F1B8 lambda:InvokeFunction": {
    by: "S3, for each log file",
  },
  "AlerterBucketInvokes lambda:InvokeFunction": { by: "S3, for each log file in another account's bucket" },
  "AlerterTopicInvokes lambda:InvokeFunction": { by: "SNS, for each announcement on a topic" },
  "SourceLogFilesAllowEventRuleTrailbellAlerter2C41F1B8 lambda:InvokeFunction": {
    by: "EventBridge, for each log file",
  },
  "DeadLettersPolicy sqs:SendMessage": { by: "EventBridge, for a log file's event that it could not hand over" },
  "SourceBucketAccountSends events:PutEvents": { by: "the rule in the bucket's account, onto this bus" },
  "SourceLogKey kms:*": { by: "CDK's Key: the account's own policies say who may do what with it" },
  "SourceLogKey kms:GenerateDataKey*": { by: "CloudTrail, which encrypts log files and digests" },
  "SourceLogKey kms:DescribeKey": { by: "CloudTrail, before it writes" },
  "TickScheduleAllowEventRuleTrailbellTickD06ECD4D lambda:InvokeFunction": { by: "EventBridge, every minute" },
  // At deployments, CDK's own function writes the bucket's notification.
  "BucketNotificationsHandlerRole sts:AssumeRole": { by: "Lambda, as which CDK's function runs" },
  "SourceLogBucketNotificationsHandlerPolicy s3:PutBucketNotification": { by: "CDK's function" },
  "SourceLogBucketNotificationsHandlerPolicy s3:GetBucketNotification": {
    by: "CDK's function, to keep other people's",
  },
  // What the other side is asked to allow.
  ...ofEach("OtherBucketPolicy", READS, { by: "the functions, which have the same right here" }),
  ...ofEach("OtherRolePolicy", [...READS, "kms:Decrypt"], { by: "the functions, with that role" }),
  "OtherRoleTrust sts:AssumeRole": { by: "the functions, which have the same right here" },
  "OtherKeyPolicy kms:Decrypt": { by: "the functions, which have the same right here" },
  "OtherKeyPolicy kms:GenerateDataKey*": { by: "CloudTrail, which encrypts log files and digests" },
  "OtherKeyPolicy kms:DescribeKey": { by: "CloudTrail, before it writes" },
  "OtherTopicPolicy sns:Subscribe": { by: "CloudFormation, which subscribes the function" },
  "OtherEventRule sts:AssumeRole": { by: "EventBridge, for the rule there" },
  "OtherEventRule events:PutEvents": { by: "EventBridge, for the rule there, onto the bus here" },
  "OtherAlertTopicPolicy sns:Publish": { by: "the functions and the guard, which have the same right here" },
  "OtherHealthTopicPolicy sns:Publish": { by: "CloudWatch's alarms, the functions and the self-watch" },
  ...Object.fromEntries(
    ["OtherAlertTopicPolicy", "OtherHealthTopicPolicy"].map((policy) => [
      `${policy} sns:ListSubscriptionsByTopic`,
      { by: "the hourly look, which has the same right here" },
    ]),
  ),
  ...ofEach("OtherTopicKeyPolicy", ["kms:Decrypt", "kms:GenerateDataKey*"], { by: "CloudWatch's alarms" }),
};

/** Statements that take rights away, by the resource that has the policy and what they are for. */
const DENIED: { readonly [statement: string]: string } = {
  "SourceLogBucketPolicy s3:*": "only over TLS",
  "SourceAccessLogBucketPolicy s3:*": "only over TLS",
  "DeadLettersPolicy sqs:*": "only over TLS",
  "AthenaResultsPolicy s3:*": "only over TLS",
  "WaysChatTopicPolicy sns:Publish": "only over TLS, only the functions",
  "WaysGravePolicy sns:Publish": "only over TLS, only the functions",
  ...ofEach("AlerterRoleDefaultPolicy", INTERFACES, "not the functions' own code"),
  "AlertingAlertTopicPolicy sns:Publish": "only over TLS, only the functions",
  "AlertingSmsTopicPolicy sns:Publish": "only over TLS, only the functions",
  "HealthTopicPolicy sns:Publish": "only over TLS, only the functions, the self-watch and the alarms",
  "HealthSmsTopicPolicy sns:Publish": "only over TLS, only the functions, the self-watch and the alarms",
  ...ofEach(
    "LedgerTable",
    ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"].map(
      (action) => `dynamodb:${action}`,
    ),
    "only the functions",
  ),
};

/** Rights on everything, or on calls by a part of their name, and why there is no other way. */
const WIDE: { readonly [right: string]: string } = {
  "AlerterRoleDefaultPolicy cloudtrail:ListPublicKeys": "CloudTrail's public keys are no resource",
  ...ofEach("AlerterRoleDefaultPolicy", INTERFACES, "Lambda names network interfaces when it makes them"),
  ...ofEach("SourceLogKey", ["kms:*", "kms:GenerateDataKey*", "kms:DescribeKey"], "in a key's policy, it is the key"),
  ...ofEach("OtherKeyPolicy", ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"], "the same"),
  ...ofEach("OtherTopicKeyPolicy", ["kms:Decrypt", "kms:GenerateDataKey*"], "the same"),
};

const ADOPTED = {
  source: "my-log-bucket",
  emails: "a@example.com",
  phones: "+14155550100",
  healthSmsFrom: "high",
  logKey: "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
};

const KEY = "arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const topic = (name: string, account = "111122223333") => `arn:aws:sns:eu-central-1:${account}:${name}`;
const THERE = { source: "org-logs", emails: "a@example.com", bucketAccount: "444455556666", logKey: KEY };
const ROUTES = [{ name: "grave", severity: "critical", emails: ["b@example.com"] }];

/** Settings whose stacks have, together, every statement there is. */
const ALL: readonly { readonly [name: string]: string }[] = [
  {
    ...SETTINGS,
    ownDataEvents: "true",
    routes: JSON.stringify(ROUTES),
    chatFrom: "high",
    bus: "default",
    athena: "true",
  },
  ADOPTED,
  {
    ...SETTINGS,
    logKey: "new",
    organization: "o-exampleorgid",
    organizationTrail: "true",
    subnets: "subnet-0123456789abcdef0",
    securityGroups: "sg-0123456789abcdef0",
  },
  {
    ...SETTINGS,
    logKey: ADOPTED.logKey,
    alertTopic: topic("alerts", "444455556666"),
    healthTopic: topic("operations"),
    topicKey: KEY,
  },
  { ...THERE, announcedBy: topic("log-files", "444455556666") },
  { ...THERE, announcedBy: "eventbridge", readRole: "arn:aws:iam::444455556666:role/reader" },
  THERE,
];

interface Statement {
  readonly holder: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource?: unknown;
}

/** Every statement of every policy, wherever a resource or an output for the other side has one, and the permissions on functions. */
function statements(): readonly Statement[] {
  const printed = ALL.flatMap((settings) => {
    const recipe = new Recipe(settings);
    const names = Object.keys(recipe.template.Outputs).filter((name) => name.startsWith("Other"));
    return names.flatMap((name) => statementsIn(recipe.output(name)).map((one) => ({ ...one, holder: name })));
  });
  const templates = [...ALL.map((settings) => synth(settings)), synthIamWatch("eu-central-1")];
  const held = templates.flatMap((template) => {
    const { Resources } = template.toJSON() as {
      Resources: { [id: string]: { Type: string; Properties?: { [name: string]: unknown } } };
    };
    return Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
      // CDK's own singleton has a hash in the middle of its ids, too.
      const holder = id.replace(/[0-9A-F]{8}$/, "").replace(/050a0587[0-9a-f]{24}/, "");
      if (Type === "AWS::Lambda::Permission") return [{ holder, Effect: "Allow", Action: String(Properties.Action) }];
      return statementsIn(Properties).map((one) => ({ ...one, holder }));
    });
  });
  return [...held, ...printed].map((one) => ({ ...one, Action: [one.Action].flat() }));
}

function statementsIn(value: unknown): readonly { readonly Effect: string; readonly Action: string | string[] }[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (!isObject(value)) return [];
  if (typeof value.Effect === "string" && value.Action !== undefined) return [value as never];
  return Object.values(value).flatMap(statementsIn);
}

const ALL_STATEMENTS = statements();

const rightsOf = (effect: string) => [
  ...new Set(
    ALL_STATEMENTS.filter(({ Effect }) => Effect === effect).flatMap(({ holder, Action }) =>
      Action.map((action) => `${holder} ${action}`),
    ),
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

test("no right is given on everything, but where no less can be said", () => {
  const wide = ALL_STATEMENTS.filter(({ Effect }) => Effect === "Allow").flatMap(({ holder, Action, Resource }) =>
    Action.filter((action) => [Resource].flat().includes("*") || action.includes("*")).map(
      (action) => `${holder} ${action}`,
    ),
  );
  expect([...new Set(wide)].sort()).toEqual(Object.keys(WIDE).sort());
});
