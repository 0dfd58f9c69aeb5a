import { spawnSync } from "node:child_process";
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { deployed, ofType } from "../support/deployed-template.ts";
import { HAS_MOTO, type Moto, startMoto } from "../support/moto.ts";
import { IS_THOROUGH, skippedTest, thorough } from "../support/runs.ts";
import { SETTINGS } from "../support/settings.ts";
import { synth } from "../support/synth.ts";

/** CDK's function that writes bucket notifications is in Python, and calls S3 by boto3, which comes with moto. */
const HAS_BOTO = IS_THOROUGH && HAS_MOTO && spawnSync("python3", ["-c", "import boto3"]).status === 0;
const botoTest = thorough(HAS_BOTO ? test : skippedTest('needs moto_server and boto3: pip install "moto[server]"'));

const BUCKET = "my-log-bucket";
const PLACE = { account: "111122223333", region: "us-east-1", stack: "Trailbell" };
const STACK_ID = "arn:aws:cloudformation:us-east-1:111122223333:stack/Trailbell/0a1b2c3d";

let moto: Moto;
let s3: S3Client;
beforeAll(async () => {
  if (!HAS_BOTO) return;
  moto = await startMoto();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  s3 = new S3Client({ endpoint: moto.endpoint, region: "us-east-1", forcePathStyle: true, credentials });
});
afterAll(async () => {
  s3?.destroy();
  await moto?.stop();
});

/** What a stack's custom resource asks for, and the code of the function that does it. */
function notificationsOf(settings: { readonly [name: string]: string }) {
  const resources = deployed(synth(settings).toJSON(), PLACE);
  const [custom] = ofType(resources, "Custom::S3BucketNotifications");
  const own = ofType(resources, "AWS::Lambda::Function").find(({ id }) => id.startsWith("BucketNotifications"));
  const { ZipFile = "" } = (own?.properties.Code ?? {}) as { ZipFile?: string };
  return { properties: { ...custom?.properties, BucketName: BUCKET }, code: ZipFile };
}

/** Runs it as CloudFormation does, in a process of its own each time. Nobody waits for its answer. */
function run(RequestType: "Create" | "Delete", code: string, properties: object): void {
  const event = {
    RequestType,
    StackId: STACK_ID,
    RequestId: "1",
    LogicalResourceId: "Notifications",
    ResponseURL: `${moto.endpoint}/nowhere`,
    // CloudFormation makes texts of what is true or false.
    ResourceProperties: Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, typeof value === "boolean" ? String(value) : value]),
    ),
  };
  const script = `${code}\nimport sys\nclass Context: log_stream_name = "log"\nhandler(json.loads(sys.stdin.read()), Context())`;
  const { status, stderr } = spawnSync("python3", ["-c", script], {
    input: JSON.stringify(event),
    encoding: "utf8",
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
}

async function notification() {
  const { $metadata, ...found } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }));
  return found;
}

/** Somebody else's notifications: a queue, a function, EventBridge. */
const THEIRS = {
  QueueConfigurations: [
    { Id: "theirs", QueueArn: "arn:aws:sqs:us-east-1:111122223333:theirs", Events: ["s3:ObjectRemoved:*" as const] },
  ],
  LambdaFunctionConfigurations: [
    {
      Id: "theirs too",
      LambdaFunctionArn: "arn:aws:lambda:us-east-1:111122223333:function:theirs",
      Events: ["s3:ObjectCreated:*" as const],
      Filter: { Key: { FilterRules: [{ Name: "prefix" as const, Value: "reports/" }] } },
    },
  ],
  EventBridgeConfiguration: {},
};

botoTest("destroy takes the function's notification from an adopted bucket, and leaves everybody else's", async () => {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration: THEIRS }));
  const before = await notification();
  expect(before.LambdaFunctionConfigurations).toHaveLength(1);
  const { properties, code } = notificationsOf({ source: BUCKET, emails: "you@example.com" });
  run("Create", code, properties);
  const { LambdaFunctionConfigurations: during = [], ...others } = await notification();
  expect(during.map(({ LambdaFunctionArn }) => LambdaFunctionArn?.split(":").pop()).sort()).toEqual([
    "Trailbell-Alerter",
    "theirs",
  ]);
  expect(others).toEqual({ ...before, LambdaFunctionConfigurations: undefined });
  run("Delete", code, properties);
  expect(await notification()).toEqual(before);
});

botoTest("destroy leaves no notification on the bucket of a new trail, which is kept", async () => {
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: BUCKET, NotificationConfiguration: {} }));
  const { properties, code } = notificationsOf(SETTINGS);
  run("Create", code, properties);
  expect((await notification()).LambdaFunctionConfigurations).toHaveLength(1);
  run("Delete", code, properties);
  expect(await notification()).toEqual({});
});
