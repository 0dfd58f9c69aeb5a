import { readFileSync } from "node:fs";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { partsOf } from "../../cli/doctor/parts.ts";
import { NO_COUNTS } from "../../lambda/core/ledger/run.ts";
import { SEVERITIES } from "../../lambda/core/rules/severity.ts";
import { recipientsOf } from "../../lib/recipients.ts";
import { readSettings } from "../../lib/settings.ts";
import { SETTINGS_FILE } from "../../lib/settings-file.ts";
import { everyCall, testDesk } from "../support/desk-pipeline.ts";
import { record } from "../support/log-files.ts";
import { first, sampled } from "../support/runs.ts";
import { SETTINGS } from "../support/settings.ts";
import { synth, synthesized, synthIamWatch } from "../support/synth.ts";

const ADOPTED = { source: "my-log-bucket", emails: "a@example.com,b@example.com", phones: "+14155550100" };
const KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const WITH_KEY_AND_PREFIX = { ...ADOPTED, logKey: KEY, prefix: "trails/main" };

type Statement = { Action: string | string[]; Effect: string; Sid?: string; [key: string]: unknown };

function onlyResource(template: Template, type: string, props?: object) {
  const found = Object.values(template.findResources(type, props && { Properties: props }));
  expect(found).toHaveLength(1);
  return found[0] as { Properties: { [name: string]: unknown }; [key: string]: unknown };
}

function statementsOf(resource: { Properties: { [name: string]: unknown } }): readonly Statement[] {
  return (resource.Properties.PolicyDocument as { Statement: Statement[] }).Statement;
}

let own: Template;
let adopted: Template;
beforeAll(() => {
  own = synth(SETTINGS);
  adopted = synth(ADOPTED);
});

test("cdk-nag's AwsSolutions pack has no open finding, whatever the settings", () => {
  expect(() => synth(WITH_KEY_AND_PREFIX)).not.toThrow();
  expect(() => synth({ ...SETTINGS, phones: "+14155550100", smsFrom: "high", alarms: "full" })).not.toThrow();
  expect(() => synthIamWatch("eu-central-1")).not.toThrow();
});

test("cdk-nag does look: an open bucket is found", () => {
  expect(() => synthesized(SETTINGS, true)).toThrow(/AwsSolutions-S10|SSL/);
});

test("a new trail records all regions with validation, into a bucket of its own that is kept", () => {
  const trail = onlyResource(own, "AWS::CloudTrail::Trail");
  expect(trail.Properties).toMatchObject({
    IsLogging: true,
    IsMultiRegionTrail: true,
    IncludeGlobalServiceEvents: true,
    EnableLogFileValidation: true,
  });
  expect(trail.DependsOn).toEqual([expect.stringMatching(/LogBucketPolicy/)]);
  const bucket = onlyResource(own, "AWS::S3::Bucket", { VersioningConfiguration: { Status: "Enabled" } });
  expect(bucket).toMatchObject({ DeletionPolicy: "Retain" });
  expect(bucket.Properties).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
    },
    LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365, Status: "Enabled" }] },
    LoggingConfiguration: { DestinationBucketName: expect.anything() },
  });
});

test("only this trail may write into the bucket, and only over TLS", () => {
  const policies = Object.values(own.findResources("AWS::S3::BucketPolicy"));
  const statements = policies.flatMap((policy) => statementsOf(policy as never));
  const fromCloudTrail = statements.filter(({ Principal }) =>
    JSON.stringify(Principal).includes("cloudtrail.amazonaws.com"),
  );
  expect(fromCloudTrail.map(({ Action }) => Action).sort()).toEqual(["s3:GetBucketAcl", "s3:PutObject"]);
  for (const { Condition } of fromCloudTrail) {
    expect(JSON.stringify(Condition)).toContain(":trail/Trailbell-trail");
    expect(Condition).toMatchObject({ StringEquals: { "aws:SourceArn": expect.anything() } });
  }
  const overTls = statements.filter(
    ({ Effect, Condition }) => Effect === "Deny" && JSON.stringify(Condition).includes("SecureTransport"),
  );
  expect(overTls).toHaveLength(2);
});

test("an adopted bucket gets no trail, no second bucket and no policy", () => {
  adopted.resourceCountIs("AWS::CloudTrail::Trail", 0);
  adopted.resourceCountIs("AWS::S3::Bucket", 0);
  adopted.resourceCountIs("AWS::S3::BucketPolicy", 0);
});

test.each([
  ["a new trail", () => own, "AWSLogs/"],
  ["an adopted bucket", () => adopted, "AWSLogs/"],
  ["a prefix", () => synth(WITH_KEY_AND_PREFIX), "trails/main/AWSLogs/"],
  [
    "a prefix as S3 wants it encoded",
    () => synth({ ...ADOPTED, prefix: "security logs/k=v+50%/Zürich" }),
    "security+logs/k%3Dv%2B50%25/Z%C3%BCrich/AWSLogs/",
  ],
])("each new log file invokes the function: %s", (_, template, prefix) => {
  template().hasResourceProperties("Custom::S3BucketNotifications", {
    NotificationConfiguration: {
      LambdaFunctionConfigurations: [
        {
          Events: ["s3:ObjectCreated:*"],
          Filter: {
            Key: {
              FilterRules: Match.arrayWith([
                { Name: "suffix", Value: ".json.gz" },
                { Name: "prefix", Value: prefix },
              ]),
            },
          },
        },
      ],
    },
  });
  template().hasResourceProperties("AWS::Lambda::Permission", {
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
    SourceAccount: { Ref: "AWS::AccountId" },
  });
});

test("the functions may read log files, list that prefix, publish, write their log, hand over failures and look at the way out: nothing else", () => {
  const actions = (template: Template) => {
    const policy = onlyResource(template, "AWS::IAM::Policy", { PolicyName: Match.stringLikeRegexp("^AlerterRole") });
    return statementsOf(policy).flatMap(({ Action, Resource }) => {
      // CloudTrail's public keys are no resource.
      if (Action !== "cloudtrail:ListPublicKeys") expect(Resource).not.toBe("*");
      return Action;
    });
  };
  const expected = [
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrail",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:ListPublicKeys",
    "dynamodb:BatchGetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "events:DescribeRule",
    "events:ListTargetsByRule",
    "lambda:GetFunctionConcurrency",
    "lambda:InvokeFunction",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:GetBucketNotification",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:ListBucket",
    "sns:GetSubscriptionAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:SendMessage",
  ];
  expect(actions(own).sort()).toEqual(expected);
  // There the trail is somebody else's.
  const others = [...expected.filter((action) => !action.startsWith("cloudtrail:Get")), "kms:Decrypt"].sort();
  expect(actions(synth(WITH_KEY_AND_PREFIX)).sort()).toEqual(others);
  const ofProof = ["cloudtrail:ListPublicKeys", "lambda:InvokeFunction"];
  const without = expected.filter((action) => !ofProof.includes(action));
  expect(actions(synth({ source: "new-trail", emails: "you@example.com", proveLogs: "false" })).sort()).toEqual(
    without,
  );
  own.hasResourceProperties("AWS::IAM::Policy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ["s3:GetObject", "s3:GetObjectVersion"],
          Resource: { "Fn::Join": ["", [Match.anyValue(), "/AWSLogs/*"]] },
        }),
        Match.objectLike({ Action: "s3:ListBucket", Condition: { StringLike: { "s3:prefix": "AWSLogs/*" } } }),
      ]),
    },
  });
  const roles = Object.entries(
    own.findResources("AWS::IAM::Role", { Properties: { ManagedPolicyArns: Match.absent() } }),
  );
  const trusted = roles.map(([id, role]) => [id.slice(0, 9), JSON.stringify(role).match(/\w+\.amazonaws\.com/)?.[0]]);
  expect(trusted.sort()).toEqual([
    ["AlerterRo", "lambda.amazonaws.com"],
    // Whom its own account lets in.
    ["MuteRole8", undefined],
    ["SelfWatch", "events.amazonaws.com"],
    ["SelfWatch", "events.amazonaws.com"],
  ]);
});

test("the function runs on node 24 and arm64, retries twice and hands failures to a queue that keeps them 14 days", () => {
  own.hasResourceProperties("AWS::Lambda::Function", {
    Runtime: "nodejs24.x",
    Architectures: ["arm64"],
    Environment: {
      Variables: { ALERT_TOPIC_ARN: Match.anyValue(), SMS_TOPIC_ARN: Match.anyValue(), DEPLOYMENT: Match.anyValue() },
    },
    LoggingConfig: { LogGroup: Match.anyValue() },
  });
  own.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
    MaximumRetryAttempts: 2,
    DestinationConfig: {
      OnFailure: { Destination: { "Fn::GetAtt": [Match.stringLikeRegexp("^DeadLetters"), "Arn"] } },
    },
  });
  own.hasResourceProperties("AWS::SQS::Queue", { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  own.hasResourceProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 });
});

test("each further dead letter rings too, and so does an invocation that Lambda lost", () => {
  const metrics = ["NumberOfMessagesSent", "DestinationDeliveryFailures", "AsyncEventsDropped"];
  for (const MetricName of metrics) {
    own.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName,
      Statistic: "Sum",
      Threshold: 1,
      AlarmActions: [{ Ref: Match.stringLikeRegexp("^HealthTopic") }],
    });
  }
});

test("the tick runs every minute, is not retried, and has alarms of its own", () => {
  own.hasResourceProperties("AWS::Events::Rule", {
    ScheduleExpression: "rate(1 minute)",
    State: "ENABLED",
    Targets: [
      {
        Arn: { "Fn::GetAtt": [Match.stringLikeRegexp("^Tick"), "Arn"] },
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    ],
  });
  own.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
    FunctionName: { Ref: Match.stringLikeRegexp("^Tick") },
    MaximumRetryAttempts: 0,
    DestinationConfig: Match.absent(),
  });
  own.hasResourceProperties("AWS::CloudWatch::Alarm", {
    MetricName: "Invocations",
    Dimensions: [{ Name: "FunctionName", Value: { Ref: Match.stringLikeRegexp("^Tick") } }],
    ComparisonOperator: "LessThanThreshold",
    Threshold: 1,
    Period: 300,
    TreatMissingData: "breaching",
  });
});

test("alarms watch what waits and what the ledger says, where the functions put their metrics", () => {
  const functions = Object.values(
    own.findResources("AWS::Lambda::Function", { Properties: { Runtime: "nodejs24.x" } }),
  );
  const namespaces = functions.map(({ Properties }) => Properties.Environment.Variables.METRICS_NAMESPACE);
  expect(namespaces).toEqual(["Trailbell/Trailbell", "Trailbell/Trailbell"]);
  for (const [MetricName, Threshold] of [
    ["oldestPendingSeconds", 600],
    ["ledgerFailures", 3],
    ["unreadableItems", 1],
  ] as const) {
    own.hasResourceProperties("AWS::CloudWatch::Alarm", {
      MetricName,
      Namespace: "Trailbell/Trailbell",
      Threshold,
      AlarmActions: [{ Ref: Match.stringLikeRegexp("^HealthTopic") }],
    });
    // A metric that no function writes would never ring.
    expect(Object.keys(NO_COUNTS)).toContain(MetricName);
  }
});

test("the ledger is a table on demand, whose items expire and whose index holds only what is due", () => {
  own.hasResourceProperties("AWS::DynamoDB::Table", {
    BillingMode: "PAY_PER_REQUEST",
    TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
    GlobalSecondaryIndexes: [
      {
        IndexName: "due",
        KeySchema: [
          { AttributeName: "queue", KeyType: "HASH" },
          { AttributeName: "dueAt", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "KEYS_ONLY" },
      },
    ],
  });
});

test("the ledger outlives the stack, can be restored, and nobody deletes it by mistake", () => {
  const table = onlyResource(own, "AWS::DynamoDB::Table");
  expect(table).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  expect(table.Properties).toMatchObject({
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
});

test("nobody but the functions' role may write to the ledger, and that of mutes may put, whatever else allows it", () => {
  const table = onlyResource(own, "AWS::DynamoDB::Table");
  const { PolicyDocument } = table.Properties.ResourcePolicy as { PolicyDocument: { Statement: Statement[] } };
  expect(PolicyDocument.Statement).toEqual([
    {
      Sid: expect.any(String),
      Effect: "Deny",
      Principal: { AWS: "*" },
      // Transactions are authorized by what they are made of, statements of PartiQL by what they do.
      Action: expect.arrayContaining([
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
        "dynamodb:PartiQLDelete",
      ]),
      Resource: "*",
      Condition: {
        ArnNotEquals: { "aws:PrincipalArn": { "Fn::GetAtt": [expect.stringMatching(/^AlerterRole/), "Arn"] } },
      },
    },
    {
      Sid: expect.any(String),
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "dynamodb:PutItem",
      Resource: "*",
      Condition: {
        ArnNotEquals: {
          "aws:PrincipalArn": [
            { "Fn::GetAtt": [expect.stringMatching(/^AlerterRole/), "Arn"] },
            { "Fn::GetAtt": [expect.stringMatching(/^MuteRole/), "Arn"] },
          ],
        },
      },
    },
  ]);
  const roles = Object.values(
    own.findResources("AWS::Lambda::Function", { Properties: { Runtime: "nodejs24.x" } }),
  ).map(({ Properties }) => Properties.Role);
  expect(roles).toHaveLength(2);
  for (const Role of roles) {
    expect(PolicyDocument.Statement[0]?.Condition).toEqual({ ArnNotEquals: { "aws:PrincipalArn": Role } });
  }
});

test("the role of mutes puts and reads the items of mutes, reads what they swallowed, and may nothing else", () => {
  const policy = onlyResource(own, "AWS::IAM::Policy", { PolicyName: Match.stringLikeRegexp("^MuteRole") });
  const Resource = { "Fn::GetAtt": [expect.stringMatching(/^Ledger/), "Arn"] };
  const places = (key: string) => [key, `${key}~`, `${key}~~`, `${key}~~~`];
  const keys = (...of: readonly string[]) => ({
    "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": of.flatMap(places) },
  });
  expect(statementsOf(policy)).toEqual([
    { Effect: "Allow", Action: "dynamodb:BatchGetItem", Resource, Condition: keys("mutes", "swallowed") },
    { Effect: "Allow", Action: "dynamodb:PutItem", Resource, Condition: keys("mutes") },
  ]);
  own.hasOutput("MuteRole", { Value: { "Fn::GetAtt": [Match.stringLikeRegexp("^MuteRole"), "Arn"] } });
});

test("the functions use the ledger by its table and the index of what is due, and neither scan it nor delete from it", () => {
  const policy = onlyResource(own, "AWS::IAM::Policy", { PolicyName: Match.stringLikeRegexp("^AlerterRole") });
  const onLedger = statementsOf(policy).filter(({ Action }) => JSON.stringify(Action).includes("dynamodb:"));
  const arn = { "Fn::GetAtt": [expect.stringMatching(/^Ledger/), "Arn"] };
  expect(onLedger.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], arn],
    ["dynamodb:Query", { "Fn::Join": ["", [arn, "/index/due"]] }],
  ]);
});

test("a dead letter rings on the health topic, on which CloudWatch may publish for this account", () => {
  own.hasResourceProperties("AWS::CloudWatch::Alarm", {
    Namespace: "AWS/SQS",
    MetricName: "ApproximateNumberOfMessagesVisible",
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    AlarmActions: [{ Ref: Match.stringLikeRegexp("^HealthTopic") }],
  });
  const health = onlyResource(own, "AWS::SNS::TopicPolicy", {
    Topics: [{ Ref: Match.stringLikeRegexp("^HealthTopic") }],
  });
  expect(statementsOf(health)).toContainEqual(
    expect.objectContaining({
      Effect: "Allow",
      Action: "sns:Publish",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
    }),
  );
});

test("nobody but the function may publish alerts, and on one topic the guard of the self-watch", () => {
  const role = (id: RegExp) => ({ "Fn::GetAtt": [expect.stringMatching(id), "Arn"] });
  for (const [topic, ...publishers] of [
    ["^AlertingAlertTopic", role(/^AlerterRole/), role(/^SelfWatchGuardRole/)],
    ["^AlertingSmsTopic", role(/^AlerterRole/)],
  ] as const) {
    const policy = onlyResource(own, "AWS::SNS::TopicPolicy", { Topics: [{ Ref: Match.stringLikeRegexp(topic) }] });
    expect(statementsOf(policy)).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Action: "sns:Publish",
        Principal: { AWS: "*" },
        Condition: { ArnNotEquals: { "aws:PrincipalArn": publishers } },
      }),
    );
  }
});

test("addresses get alerts and health, phones get text messages, and the topics of phones have no name to put before them", () => {
  const subscriptions = Object.values(adopted.findResources("AWS::SNS::Subscription")).map(
    ({ Properties: { Protocol, Endpoint, TopicArn } }) =>
      `${Protocol} ${Endpoint} ${TopicArn.Ref.replace(/[0-9A-F]{8}$/, "")}`,
  );
  expect(subscriptions.sort()).toEqual([
    "email a@example.com AlertingAlertTopic",
    "email a@example.com HealthTopic",
    "email b@example.com AlertingAlertTopic",
    "email b@example.com HealthTopic",
    "sms +14155550100 AlertingSmsTopic",
  ]);
  const names = Object.entries(adopted.findResources("AWS::SNS::Topic")).map(
    ([id, { Properties }]) => `${id.replace(/[0-9A-F]{8}$/, "")}: ${Properties?.DisplayName}`,
  );
  expect(names.sort()).toEqual([
    "AlertingAlertTopic: Trailbell",
    "AlertingSmsTopic: undefined",
    "HealthSmsTopic: undefined",
    "HealthTopic: Trailbell health",
  ]);
});

/** The topic that a recipient belongs to, by what its resource is called. */
const TOPIC_IDS = {
  alert: "AlertingAlertTopic",
  sms: "AlertingSmsTopic",
  health: "HealthTopic",
  "health-sms": "HealthSmsTopic",
};

const PEOPLED: readonly { readonly [name: string]: string }[] = [
  SETTINGS,
  ADOPTED,
  { source: "new-trail", phones: "+14155550100" },
  { ...ADOPTED, healthSmsFrom: "high" },
];

test.each(sampled(PEOPLED))("whom the tick and doctor look for are those who are subscribed: %j", (settings) => {
  const recipients = recipientsOf(readSettings(SETTINGS_FILE, (name) => settings[name]));
  const wanted = recipients.map(({ topic, protocol, endpoint }) => `${protocol} ${endpoint} ${TOPIC_IDS[topic]}`);
  const subscribed = Object.values(synth(settings).findResources("AWS::SNS::Subscription")).map(
    ({ Properties: { Protocol, Endpoint, TopicArn } }) =>
      `${Protocol} ${Endpoint} ${TopicArn.Ref.replace(/[0-9A-F]{8}$/, "")}`,
  );
  expect(wanted.sort()).toEqual(subscribed.sort());
});

test("the tick knows by name whom it looks after, in its environment and in its rights", () => {
  const tick = Object.entries(own.findResources("AWS::Lambda::Function")).find(([id]) => id.startsWith("Tick"));
  const deliveryPath = JSON.stringify(tick?.[1].Properties.Environment.Variables.DELIVERY_PATH);
  expect(deliveryPath).toContain(":function:Trailbell-Alerter");
  expect(deliveryPath).toContain(":trail/Trailbell-trail");
  const rules = Object.values(
    own.findResources("AWS::Events::Rule", { Properties: { EventPattern: Match.anyValue() } }),
  );
  const ruleNames = rules.map(({ Properties }) => Properties.Name as string);
  expect(ruleNames.length).toBeGreaterThan(10);
  for (const name of ruleNames) expect(deliveryPath).toContain(`\\"${name}\\"`);
  own.hasResourceProperties("AWS::Lambda::Function", { FunctionName: "Trailbell-Alerter" });
  const policy = onlyResource(own, "AWS::IAM::Policy", { PolicyName: Match.stringLikeRegexp("^AlerterRole") });
  const resourceOf = (action: string) =>
    JSON.stringify(statementsOf(policy).find(({ Action }) => [Action].flat().includes(action))?.Resource);
  expect(resourceOf("lambda:GetFunctionConcurrency")).toContain(":function:Trailbell-Alerter");
  for (const action of ["GetTrailStatus", "GetTrail", "GetEventSelectors"]) {
    expect(resourceOf(`cloudtrail:${action}`)).toContain(":trail/Trailbell-trail");
  }
  for (const action of ["DescribeRule", "ListTargetsByRule"]) {
    for (const name of ruleNames) expect(resourceOf(`events:${action}`)).toContain(`:rule/${name}"`);
  }
  for (const action of ["sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes", "sns:Publish"]) {
    for (const id of Object.values(TOPIC_IDS)) expect(resourceOf(action)).toContain(`"${id}`);
  }
});

test("doctor finds each part of the stack by its type and by what it is called", () => {
  const resources = Object.entries((own.toJSON() as { Resources: { [id: string]: { Type: string } } }).Resources).map(
    ([logicalId, { Type: type }]) => ({ type, logicalId, physicalId: logicalId }),
  );
  const stack = { name: "Trailbell", region: "us-east-1", accountId: "1", partition: "aws", status: "", outputs: {} };
  const { alarms, chatTopic, bus, ...parts } = partsOf({ ...stack, resources });
  // There only where the settings ask for them.
  expect([chatTopic, bus]).toEqual([undefined, undefined]);
  expect(Object.entries(parts).filter(([, id]) => id === undefined)).toEqual([]);
  expect(new Set(Object.values(parts)).size).toBe(Object.keys(parts).length);
  expect(alarms).toHaveLength(Object.keys(own.findResources("AWS::CloudWatch::Alarm")).length);
  // They are how the deployed stack is told from another edition of it, and how its bucket is found.
  for (const output of ["LogBucket", "Version", "Rules"]) own.hasOutput(output, {});
});

/** The alarms that phones hear, by the severity that their descriptions begin with. */
function textedAlarms(settings: { readonly [name: string]: string }) {
  const alarms = Object.values(synth(settings).findResources("AWS::CloudWatch::Alarm"));
  const heard = { texted: new Set<string>(), untexted: new Set<string>() };
  for (const { Properties } of alarms) {
    const { AlarmDescription, AlarmActions, OKActions } = Properties;
    expect(OKActions).toEqual(AlarmActions);
    const topics = AlarmActions.map(({ Ref }: { Ref: string }) => Ref.replace(/[0-9A-F]{8}$/, ""));
    expect(topics[0]).toBe("HealthTopic");
    const [, severity = ""] = /^\[([A-Z]+)\] /.exec(AlarmDescription) ?? [];
    (topics.includes("HealthSmsTopic") ? heard.texted : heard.untexted).add(severity);
  }
  return { texted: [...heard.texted].sort(), untexted: [...heard.untexted].sort() };
}

const ALONE = { source: "new-trail", phones: "+14155550100", alarms: "full" };
const PEOPLE = { ...ADOPTED, alarms: "full" };

test.each<[string, { readonly [name: string]: string }, readonly string[]]>(
  first(2, [
    ["all, where phones are alone", ALONE, ["CRITICAL", "HIGH", "LOW", "MEDIUM"]],
    ["nothing beside addresses", PEOPLE, []],
    ["what the setting says", { ...PEOPLE, healthSmsFrom: "high" }, ["CRITICAL", "HIGH"]],
    ["the worst alone", { ...PEOPLE, healthSmsFrom: "critical" }, ["CRITICAL"]],
    ["nothing, where the setting says so", { ...ALONE, healthSmsFrom: "none" }, []],
    ["nothing, where there is no phone", { ...SETTINGS, alarms: "full", healthSmsFrom: "info" }, []],
  ]),
)("of alarms phones hear %s", (_, settings, texted) => {
  const all = ["CRITICAL", "HIGH", "LOW", "MEDIUM"];
  expect(textedAlarms(settings)).toEqual({ texted, untexted: all.filter((severity) => !texted.includes(severity)) });
  const phones = settings.phones === undefined ? 0 : 1;
  const count = texted.length > 0 ? phones + 1 : phones;
  synth(settings).resourcePropertiesCountIs("AWS::SNS::Subscription", { Protocol: "sms" }, count);
});

test("that texts on health do not arrive rings too, and the dashboard counts them", () => {
  const texted = synth({ ...ADOPTED, healthSmsFrom: "critical" });
  const isOfTexts = { Dimensions: [{ Name: "TopicName", Value: { "Fn::GetAtt": [Match.anyValue(), "TopicName"] } }] };
  texted.resourcePropertiesCountIs(
    "AWS::CloudWatch::Alarm",
    { MetricName: "NumberOfNotificationsFailed", ...isOfTexts },
    4,
  );
  expect(JSON.stringify(onlyResource(texted, "AWS::CloudWatch::Dashboard"))).toContain("HealthSms");
  expect(JSON.stringify(onlyResource(adopted, "AWS::CloudWatch::Dashboard"))).not.toContain("HealthSms");
});

test("silence rings: no log object for the hours of the setting, and no data at all", () => {
  synth({ ...ADOPTED, silentAfterHours: "6" }).hasResourceProperties("AWS::CloudWatch::Alarm", {
    Namespace: "Trailbell/Trailbell",
    MetricName: "heard",
    Statistic: "Sum",
    Period: 3600,
    EvaluationPeriods: 6,
    Threshold: 1,
    ComparisonOperator: "LessThanThreshold",
    TreatMissingData: "breaching",
  });
});

test("text messages ring before their limit, where there are any", () => {
  synth({ ...ADOPTED, smsSpendLimit: "2.5" }).hasResourceProperties("AWS::CloudWatch::Alarm", {
    Namespace: "AWS/SNS",
    MetricName: "SMSMonthToDateSpentUSD",
    Threshold: 2,
  });
  own.resourcePropertiesCountIs("AWS::CloudWatch::Alarm", { MetricName: "SMSMonthToDateSpentUSD" }, 0);
});

/** Each alarm looks at one metric, and CloudWatch charges by these. */
const alarmMetrics = (template: Template) => Object.keys(template.findResources("AWS::CloudWatch::Alarm")).length;

test("the alarms cost what docs/cost.md says", () => {
  const [, few, many] =
    /alarms on (\d+) metrics .* or on (\d+) with `alarms: full` \(six more/.exec(
      readFileSync("docs/cost.md", "utf8"),
    ) ?? [];
  const full = { ...ADOPTED, alarms: "full" };
  expect([alarmMetrics(adopted), alarmMetrics(synth(full))]).toEqual([Number(few), Number(many)]);
  const more = { healthSmsFrom: "critical" };
  expect(alarmMetrics(synth({ ...ADOPTED, ...more }))).toBe(Number(few) + 1);
  expect(alarmMetrics(synth({ ...full, ...more }))).toBe(Number(many) + 6);
});

test("each alarm looks at one metric, and has a state while that has no data", () => {
  for (const { Properties } of Object.values(
    synth({ ...ADOPTED, alarms: "full" }).findResources("AWS::CloudWatch::Alarm"),
  )) {
    expect(Properties.Metrics).toBeUndefined();
    expect(Properties).toMatchObject({
      MetricName: expect.any(String),
      TreatMissingData: expect.stringMatching(/^(?:notB|b)reaching$/),
    });
  }
});

test("each kind of filter rings on each topic, and each rule of the self-watch that cannot tell", () => {
  const template = synth({ ...ADOPTED, alarms: "full", healthSmsFrom: "high" });
  const alarms = Object.values(template.findResources("AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
  const filtered = alarms.filter(({ MetricName }) => MetricName.startsWith("NumberOfNotificationsFilteredOut"));
  expect(new Set(filtered.map(({ MetricName }) => MetricName.split("-")[1]))).toEqual(
    new Set([undefined, "NoMessageAttributes", "InvalidAttributes", "MessageBody", "InvalidMessageBody"]),
  );
  expect(filtered).toHaveLength(4 * 5);
  const watched = alarms.filter(({ MetricName }) => MetricName === "FailedInvocations");
  const rules = Object.values(
    template.findResources("AWS::Events::Rule", { Properties: { EventPattern: Match.anyValue() } }),
  );
  expect(watched.length).toBeGreaterThan(10);
  expect(watched).toHaveLength(rules.length);
});

test("the full set also rings when it gets tight", () => {
  const full = JSON.stringify(synth({ ...ADOPTED, alarms: "full" }).findResources("AWS::CloudWatch::Alarm"));
  for (const metric of [
    "AsyncEventAge",
    "Duration",
    "memoryPercent",
    "WriteThrottleEvents",
    "NumberOfNotificationsFilteredOut",
  ]) {
    expect(full).toContain(`"${metric}"`);
    expect(JSON.stringify(adopted.findResources("AWS::CloudWatch::Alarm"))).not.toContain(`"${metric}"`);
  }
});

test("the function has a concurrency of its own only where the settings name one", () => {
  const reserved = { ReservedConcurrentExecutions: 5 };
  synth({ ...ADOPTED, reservedConcurrency: "5" }).resourcePropertiesCountIs("AWS::Lambda::Function", reserved, 1);
  adopted.resourcePropertiesCountIs("AWS::Lambda::Function", { ReservedConcurrentExecutions: Match.anyValue() }, 0);
});

test("the dashboard shows the matches by severity out of the function's own lines", async () => {
  const body = JSON.stringify(onlyResource(adopted, "AWS::CloudWatch::Dashboard").Properties.DashboardBody);
  for (const severity of SEVERITIES) expect(body).toContain(`sum(bySeverity.${severity}) as ${severity}`);
  const desk = testDesk([everyCall("high"), { ...everyCall("low"), name: "another" }]);
  await desk.deliver([record(), record({ eventName: "DeleteUser" })]);
  expect(desk.lines[0]?.bySeverity).toEqual({ high: 2, low: 2 });
});

test("the dashboard is there unless the settings say otherwise", () => {
  adopted.resourceCountIs("AWS::CloudWatch::Dashboard", 1);
  synth({ ...ADOPTED, dashboard: "false" }).resourceCountIs("AWS::CloudWatch::Dashboard", 0);
});

test("after the deployment the outputs say what to do next", () => {
  const next = Object.entries(adopted.findOutputs("*")).filter(([id]) => id.startsWith("Next"));
  expect(next.map(([, { Value }]) => Value)).toEqual([
    expect.stringMatching(/Confirm .* within 48 hours/),
    expect.stringMatching(/verified numbers/),
    expect.stringMatching(/create an SNS topic and delete it/),
  ]);
});

test("a new trail records who touches the log files and the ledger, if the settings say so, and all management events", () => {
  const trail = onlyResource(synth({ ...SETTINGS, ownDataEvents: "true" }), "AWS::CloudTrail::Trail");
  const selectors = trail.Properties.AdvancedEventSelectors as { readonly FieldSelectors: readonly object[] }[];
  expect(trail.Properties.EventSelectors).toBeUndefined();
  const [management, objects, many, items] = selectors.map(({ FieldSelectors }) => FieldSelectors);
  expect(management).toEqual([{ Field: "eventCategory", Equals: ["Management"] }]);
  expect(objects).toContainEqual({ Field: "eventName", Equals: ["DeleteObject"] });
  expect(many).toContainEqual({ Field: "eventName", Equals: ["DeleteObjects"] });
  expect(JSON.stringify(objects)).toContain("/AWSLogs/");
  expect(items).toContainEqual({ Field: "resources.type", Equals: ["AWS::DynamoDB::Table"] });
  const [others] = (items ?? []).filter((one) => "NotStartsWith" in one);
  expect(JSON.stringify(others)).toMatch(/^\{"Field":"userIdentity\.arn".*:assumed-role\/.*AlerterRole.*"\/"/);
  expect(onlyResource(own, "AWS::CloudTrail::Trail").Properties.AdvancedEventSelectors).toBeUndefined();
});
