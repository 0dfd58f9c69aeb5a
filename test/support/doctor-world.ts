import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CreateTableCommand, DynamoDBClient, UpdateTimeToLiveCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateTopicCommand,
  SetSMSAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { TopicName } from "../../lambda/core/health/subscriptions.ts";
import { TABLE } from "../../lambda/table.ts";
import { editionOf } from "../../lib/edition.ts";
import { assetOf } from "../../lib/rule-bundle.ts";
import { readSettings } from "../../lib/settings.ts";
import { SETTINGS_FILE } from "../../lib/settings-file.ts";
import { type Moto, startMoto } from "./moto.ts";
import { zipOf } from "./zip.ts";

/** Of whom moto says that it is. */
export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";

export const BUCKET = "trail-logs";
export const ALERTER = "Trailbell-Alerter";
export const TICK = "Trailbell-Tick0A1B2C3D";
export const TRAIL = "Trailbell-trail";
export const TABLE_NAME = "Trailbell-LedgerTable";
export const SCHEDULE = "Trailbell-TickSchedule";
export const WATCH_RULE = "Trailbell-self-watch-topics";
export const ALARM = "Trailbell-HealthTickLate";
export const EMAIL = "you@example.com";
export const PHONE = "+14155550100";
export const BUS = "alerts";
export const ROLE = "Trailbell-AlerterRole";
const ROUTED = "pay@example.com";
export const SETTINGS: { readonly [name: string]: string } = {
  source: "new-trail",
  emails: EMAIL,
  phones: PHONE,
  routes: JSON.stringify([{ name: "payments", severity: "high", emails: [ROUTED] }]),
  chatFrom: "high",
  bus: BUS,
};

/** A stack that is deployed and sound, and the clients to spoil it with. */
export interface World {
  readonly endpoint: string;
  /** moto's time, in milliseconds since the epoch: the clock of the tests may be ahead. */
  readonly now: number;
  readonly clients: Clients;
  readonly topics: { readonly [T in TopicName]: string };
  readonly routeTopic: string;
  readonly chatTopic: string;
  readonly queueUrl: string;
  readonly keyId: string;
  readonly logKey: string;
  /** What is answered where moto lacks the call; a test may change it. */
  readonly lacking: Lacking;
}

/**
 * What moto lacks: the stack (its CloudFormation ignores what Trailbell's stack has most of, and has no outputs), the SMS
 * sandbox, running a function, and subscriptions that wait to be confirmed.
 */
export interface Lacking {
  outputs: { [name: string]: string };
  isSandbox: boolean;
  /** When the stack was deployed. */
  deployedAt: number;
  /** The function's answer, and its error. */
  answer: object;
  functionError: string | undefined;
  /** Where the log bucket is: S3 sends whoever asks elsewhere there. */
  bucketRegion: string;
  /** Topics of which no subscription is confirmed. */
  waiting: string[];
  /** Actions that are refused with AccessDenied. */
  refused: string[];
  /** Beginnings of the logical ids of what the stack does not have. */
  without: string[];
  /** Further alarms of the stack. */
  readonly alarms: string[];
  /** Test events that came. */
  readonly invoked: unknown[];
}

const MINUTE = 60_000;

/** moto, and in front of it a server on 127.0.0.1 that answers what moto lacks. */
export async function startDoctorWorld() {
  const moto = await startMoto();
  const clients = clientsFor(moto.endpoint);
  let world: World | undefined;
  let isSpoiled = false;
  const note = (operation: string) => {
    if (!/^(?:Describe|Get|Head|List)/.test(operation)) isSpoiled = true;
  };
  for (const client of Object.values(clients)) noteOperations(client, note);
  const server = createServer((incoming, outgoing) => void forward(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const own = world && answerOf(world, incoming, body);
    if (own !== undefined) {
      outgoing.writeHead(own.status, own.headers ?? {}).end(own.body);
      return;
    }
    const { method, url: path, headers } = incoming;
    if (method !== "GET" && method !== "HEAD") note(operationOf(incoming, body));
    const { hostname, port } = new URL(moto.endpoint);
    const passed = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    passed.end(body);
  }

  return {
    endpoint,
    /** A stack on which nothing is wrong: made anew, unless nothing of it was written since it was made. */
    async deploy(): Promise<World> {
      if (world !== undefined && !isSpoiled) {
        world = { ...world, lacking: lackingOf(world) };
        return world;
      }
      await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
      world = undefined;
      world = await deployed(moto, endpoint, clients);
      isSpoiled = false;
      return world;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await moto.stop();
    },
  };
}

async function timeOf(endpoint: string): Promise<number> {
  const { headers } = await fetch(`${endpoint}/moto-api/`);
  return Date.parse(headers.get("date") ?? "");
}

function clientsFor(endpoint: string) {
  const config = { endpoint, region: REGION, credentials: { accessKeyId: "local", secretAccessKey: "local" } };
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    lambda: new LambdaClient(config),
    kms: new KMSClient(config),
    events: new EventBridgeClient(config),
    cloudtrail: new CloudTrailClient(config),
    cloudwatch: new CloudWatchClient(config),
    dynamodb: new DynamoDBClient(config),
  };
}

type Clients = ReturnType<typeof clientsFor>;

/** Tells of each operation that a client is about to ask for. */
function noteOperations(client: Clients[keyof Clients], note: (operation: string) => void): void {
  const stack: S3Client["middlewareStack"] = client.middlewareStack as never;
  stack.add(
    (next, { commandName = "" }) =>
      (args) => {
        note(commandName.replace(/Command$/, ""));
        return next(args);
      },
    { step: "initialize" },
  );
}

/** What this version says of itself; all rules are read for it. */
const EDITION = editionOf(
  assetOf(
    readSettings(SETTINGS_FILE, (name) => SETTINGS[name]),
    SETTINGS_FILE,
  ),
);

async function deployed(moto: Moto, endpoint: string, clients: Clients): Promise<World> {
  const { s3, sns, sqs, lambda, kms, events, cloudtrail, cloudwatch, dynamodb } = clients;
  const now = await timeOf(moto.endpoint);
  const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
  const topic = async (Name: string) => (await sns.send(new CreateTopicCommand({ Name }))).TopicArn ?? "";
  const topics = {
    alert: await topic("Trailbell-AlertTopic"),
    sms: await topic("Trailbell-SmsTopic"),
    health: await topic("Trailbell-HealthTopic"),
    "health-sms": await topic("Trailbell-HealthSmsTopic"),
  };
  const routeTopic = await topic("Trailbell-WaysPayments");
  const chatTopic = await topic("Trailbell-WaysChatTopic");
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const keyId = KeyMetadata?.KeyId ?? "";
  const logKey = KeyMetadata?.Arn ?? "";

  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: keyAt(now), Body: "x" }));
  const Role = await roleArn(moto.endpoint);
  const variables: { readonly [name: string]: { readonly [name: string]: string } } = {
    [ALERTER]: { DEPLOYMENT: JSON.stringify({ logKeyArn: logKey }) },
    [TICK]: { DELIVERY_PATH: JSON.stringify({ logPrefix: "AWSLogs/" }) },
  };
  for (const [FunctionName, Variables] of Object.entries(variables)) {
    const Code = { ZipFile: zipOf({ "index.mjs": "export const handler = () => 1;" }) };
    const more = { Role, Handler: "index.handler", Runtime: "nodejs24.x" as const, Environment: { Variables } };
    await lambda.send(new CreateFunctionCommand({ FunctionName, Code, ...more }));
  }
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: ALERTER,
      StatementId: "s3",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
      SourceAccount: ACCOUNT,
      SourceArn: `arn:aws:s3:::${BUCKET}`,
    }),
  );
  await s3.send(new PutBucketNotificationConfigurationCommand(notificationFor("AWSLogs/")));
  await cloudtrail.send(
    new CreateTrailCommand({
      Name: TRAIL,
      S3BucketName: BUCKET,
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
    }),
  );
  await cloudtrail.send(new StartLoggingCommand({ Name: TRAIL }));

  for (const [TopicArn, Protocol, Endpoint] of [
    [topics.alert, "email", EMAIL],
    [topics.sms, "sms", PHONE],
    [topics.health, "email", EMAIL],
    [routeTopic, "email", ROUTED],
    [chatTopic, "https", "https://global.sns-api.chatbot.amazonaws.com"],
  ]) {
    await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
  }
  await sns.send(new SetTopicAttributesCommand(policyOf(topics.health)));
  for (const one of [routeTopic, chatTopic]) await sns.send(new SetTopicAttributesCommand(publishedOnlyBy(ROLE, one)));
  await sns.send(new SetSMSAttributesCommand({ attributes: { MonthlySpendLimit: "10" } }));

  await dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE_NAME,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: TABLE.partitionKey, AttributeType: "S" }],
      KeySchema: [{ AttributeName: TABLE.partitionKey, KeyType: "HASH" }],
      DeletionProtectionEnabled: true,
    }),
  );
  await dynamodb.send(new UpdateTimeToLiveCommand(timeToLive(true)));
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "Trailbell-DeadLetters" }));
  await events.send(new PutRuleCommand({ Name: SCHEDULE, ScheduleExpression: "rate(1 minute)", State: "ENABLED" }));
  await events.send(new PutTargetsCommand({ Rule: SCHEDULE, Targets: [{ Id: "Target0", Arn: functionArn(TICK) }] }));
  await events.send(new PutRuleCommand({ Name: WATCH_RULE, EventPattern: '{"source":["aws.sns"]}', State: "ENABLED" }));
  await events.send(new PutTargetsCommand({ Rule: WATCH_RULE, Targets: [{ Id: "Target0", Arn: topics.health }] }));
  await events.send(new CreateEventBusCommand({ Name: BUS }));
  await events.send(
    new PutRuleCommand({ Name: "to-tickets", EventBusName: BUS, EventPattern: patternOf("trailbell") }),
  );
  await cloudwatch.send(new PutMetricAlarmCommand(alarmOf(topics.health, true)));
  await cloudwatch.send(
    new PutMetricDataCommand({
      Namespace: "AWS/Lambda",
      MetricData: [
        {
          MetricName: "Invocations",
          Dimensions: [{ Name: "FunctionName", Value: ALERTER }],
          Timestamp: new Date(now - MINUTE),
          Value: 1,
        },
      ],
    }),
  );
  const lacking = lackingOf({ now, routeTopic });
  return { endpoint, now, clients, topics, routeTopic, chatTopic, queueUrl: QueueUrl, keyId, logKey, lacking };
}

/** What is answered of a sound stack. */
function lackingOf({ now, routeTopic }: Pick<World, "now" | "routeTopic">): Lacking {
  return {
    deployedAt: now,
    outputs: {
      LogBucket: BUCKET,
      Function: ALERTER,
      Version: EDITION.version,
      Rules: EDITION.rules,
      RouteTopics: JSON.stringify({ payments: routeTopic }),
      Bus: BUS,
    },
    isSandbox: false,
    answer: { objects: 0, matches: 1, listed: 1, alerts: 1, ledgerFailures: 0 },
    functionError: undefined,
    bucketRegion: REGION,
    waiting: [],
    refused: [],
    without: [],
    alarms: [],
    invoked: [],
  };
}

/** The stack's alarm. moto lacks DisableAlarmActions, so a test puts it anew. */
export function alarmOf(topicArn: string, ActionsEnabled: boolean) {
  return {
    AlarmName: ALARM,
    Namespace: "AWS/Lambda",
    MetricName: "Errors",
    Statistic: "Sum" as const,
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: "GreaterThanOrEqualToThreshold" as const,
    ActionsEnabled,
    AlarmActions: [topicArn],
  };
}

/** A log file's key of some time. */
export function keyAt(time: number): string {
  const day = new Date(time).toISOString().slice(0, 10).replaceAll("-", "/");
  const name = `${ACCOUNT}_CloudTrail_${REGION}_${day.replaceAll("/", "")}T0000Z_mB7sKe2UaFf9Jp4D.json.gz`;
  return `AWSLogs/${ACCOUNT}/CloudTrail/${REGION}/${day}/${name}`;
}

export function notificationFor(prefix: string) {
  const FilterRules = [
    { Name: "prefix" as const, Value: prefix },
    { Name: "suffix" as const, Value: ".json.gz" },
  ];
  const LambdaFunctionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${ALERTER}`;
  const Filter = { Key: { FilterRules } };
  const Events = ["s3:ObjectCreated:*" as const];
  const LambdaFunctionConfigurations = [{ LambdaFunctionArn, Events, Filter }];
  return { Bucket: BUCKET, NotificationConfiguration: { LambdaFunctionConfigurations } };
}

export function timeToLive(Enabled: boolean) {
  return { TableName: TABLE_NAME, TimeToLiveSpecification: { AttributeName: TABLE.timeToLive, Enabled } };
}

/** The health topic's policy as lib/health.ts makes it, or for another service. */
export function policyOf(TopicArn: string, service = "cloudwatch.amazonaws.com") {
  const onTopic = { Action: "sns:Publish", Resource: TopicArn };
  const Statement = [
    {
      Effect: "Deny",
      Principal: { AWS: "*" },
      ...onTopic,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Effect: "Allow",
      Principal: { Service: service },
      ...onTopic,
      Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
    },
  ];
  return { TopicArn, AttributeName: "Policy", AttributeValue: JSON.stringify({ Version: "2012-10-17", Statement }) };
}

/** A topic's policy as lib/routes-and-bus.ts makes it, for that role or another. */
export function publishedOnlyBy(role: string, TopicArn: string) {
  const Condition = { ArnNotEquals: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/${role}` } };
  const Statement = [{ Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: TopicArn, Condition }];
  return { TopicArn, AttributeName: "Policy", AttributeValue: JSON.stringify({ Version: "2012-10-17", Statement }) };
}

/** An event pattern for that source. */
export function patternOf(source: string): string {
  return JSON.stringify({ source: [source], detail: { severity: ["critical"] } });
}

/** A role that Lambda may assume: moto asks for one, and no client of IAM's is among the dependencies. */
async function roleArn(endpoint: string): Promise<string> {
  const Statement = [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }];
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: new URLSearchParams({
      Action: "CreateRole",
      Version: "2010-05-08",
      RoleName: ROLE,
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
    }).toString(),
  });
  const [, arn = ""] = /<Arn>(.*?)<\/Arn>/.exec(await answer.text()) ?? [];
  return arn;
}

interface Own {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body: string;
}

/** The name of what is asked for, as the service's protocol has it. */
function operationOf({ url = "", headers }: IncomingMessage, body: Buffer): string {
  const isForm = String(headers["content-type"]).includes("x-www-form-urlencoded");
  const action = isForm ? new URLSearchParams(body.toString()).get("Action") : headers["x-amz-target"];
  return String(action ?? url)
    .split(/[./]/)
    .at(-1) as string;
}

function answerOf(world: World, { url = "", headers }: IncomingMessage, body: Buffer): Own | undefined {
  const { lacking, topics, queueUrl } = world;
  const isForm = String(headers["content-type"]).includes("x-www-form-urlencoded");
  const fields = Object.fromEntries(isForm ? new URLSearchParams(body.toString()) : []);
  const action = fields.Action ?? String(headers["x-amz-target"] ?? url);
  if (lacking.refused.some((one) => action.includes(one))) {
    const text = isForm
      ? "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
      : "{}";
    return { status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" }, body: text };
  }
  const [, region] = /\/(\S+)\/s3\/aws4_request/.exec(String(headers.authorization)) ?? [];
  if (region !== undefined && region.split("/").pop() !== lacking.bucketRegion && url.includes("list-type=2")) {
    const body = "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>";
    return { status: 301, headers: { "x-amz-bucket-region": lacking.bucketRegion }, body };
  }
  if (url.endsWith("/invocations")) {
    lacking.invoked.push(JSON.parse(body.toString()));
    const { functionError, answer } = lacking;
    const marked = functionError !== undefined && { headers: { "x-amz-function-error": functionError } };
    return { status: 200, ...marked, body: JSON.stringify(answer) };
  }
  if (action === "DescribeStacks") {
    if (fields.StackName !== "Trailbell") {
      const said = `Stack with id ${fields.StackName} does not exist`;
      return {
        status: 400,
        body: `<ErrorResponse><Error><Code>ValidationError</Code><Message>${said}</Message></Error></ErrorResponse>`,
      };
    }
    const outputs = Object.entries(lacking.outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    const id = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/Trailbell/5f1d0c3a`;
    return result(
      action,
      `<Stacks><member><StackId>${id}</StackId><StackName>Trailbell</StackName><StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>${new Date(lacking.deployedAt).toISOString()}</CreationTime><Outputs>${outputs.join("")}</Outputs></member></Stacks>`,
    );
  }
  if (action === "ListStackResources") {
    const resources = [
      ["Alerter74B9F8FF", "AWS::Lambda::Function", ALERTER],
      ["Tick0A1B2C3D", "AWS::Lambda::Function", TICK],
      ["AlertingAlertTopic1", "AWS::SNS::Topic", topics.alert],
      ["AlertingSmsTopic1", "AWS::SNS::Topic", topics.sms],
      ["HealthTopic1", "AWS::SNS::Topic", topics.health],
      ["HealthSmsTopic1", "AWS::SNS::Topic", topics["health-sms"]],
      ["WaysChatTopic1", "AWS::SNS::Topic", world.chatTopic],
      ["AlerterRole1", "AWS::IAM::Role", ROLE],
      ["LedgerTable1", "AWS::DynamoDB::Table", TABLE_NAME],
      ["DeadLetters1", "AWS::SQS::Queue", queueUrl],
      ["TickSchedule1", "AWS::Events::Rule", SCHEDULE],
      ["SelfWatchTopics1", "AWS::Events::Rule", WATCH_RULE],
      ["SourceTrail1", "AWS::CloudTrail::Trail", TRAIL],
      ["HealthTickLate1", "AWS::CloudWatch::Alarm", ALARM],
      ...lacking.alarms.map((name) => ["Alarms1", "AWS::CloudWatch::Alarm", name]),
    ];
    const members = resources
      .filter(([logical]) => !lacking.without.some((start) => logical?.startsWith(start)))
      .map(
        ([logical, type, physical]) =>
          `<member><LogicalResourceId>${logical}</LogicalResourceId><ResourceType>${type}</ResourceType><PhysicalResourceId>${physical}</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>`,
      );
    return result(action, `<StackResourceSummaries>${members.join("")}</StackResourceSummaries>`);
  }
  if (action === "GetSMSSandboxAccountStatus") return result(action, `<IsInSandbox>${lacking.isSandbox}</IsInSandbox>`);
  if (action === "ListSubscriptionsByTopic" && lacking.waiting.includes(fields.TopicArn ?? "")) {
    const member = `<Protocol>email</Protocol><Endpoint>${EMAIL}</Endpoint><SubscriptionArn>PendingConfirmation</SubscriptionArn>`;
    return result(action, `<Subscriptions><member>${member}</member></Subscriptions>`);
  }
  return undefined;
}

function result(action: string, text: string): Own {
  const body = `<${action}Response><${action}Result>${text}</${action}Result></${action}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}
