import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, GetTemplateCommand, paginateListStackResources } from "@aws-sdk/client-cloudformation";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { wheelFiles } from "../../cli/models/wheel.ts";
import { type Finished, run } from "./command.ts";
import type { Invocation } from "./deployed.ts";
import { type DeployedPackage, runAsLambda } from "./lambda-runtime.ts";
import { type Moto, startMoto } from "./moto.ts";

/** The account that moto gives to whoever asks. */
export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";
const CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };
/** Of a bootstrapped account, with CDK's own qualifier. */
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;

/** An account in moto, into which CDK's command line deploys. */
export class Cloud {
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly cloudFormation: CloudFormationClient;
  readonly lambda: LambdaClient;
  readonly dynamodb: DynamoDBClient;
  readonly #moto: Moto;

  private constructor(moto: Moto) {
    this.#moto = moto;
    this.dynamodb = moto.client;
    const settings = { endpoint: moto.endpoint, region: REGION, credentials: CREDENTIALS };
    this.s3 = new S3Client({ ...settings, forcePathStyle: true });
    this.sns = new SNSClient(settings);
    this.sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
    this.cloudFormation = new CloudFormationClient(settings);
    this.lambda = new LambdaClient(settings);
  }

  static async start(): Promise<Cloud> {
    return new Cloud(await startMoto());
  }

  async stop(): Promise<void> {
    for (const client of [this.s3, this.sns, this.sqs, this.cloudFormation, this.lambda]) client.destroy();
    await this.#moto.stop();
  }

  /**
   * CDK's command line, as `npx cdk` starts it. The app is lib/app.ts, as global-setup.mjs built it; other suites put its
   * templates to CloudFormation's own rules.
   */
  cdk(...args: readonly string[]): Promise<Finished> {
    const app = args.includes("--app") ? [] : ["--app", "node .commands/app.mjs"];
    return run(process.execPath, ["node_modules/aws-cdk/bin/cdk", ...args, ...app], {
      ...this.#variables,
      CDK_VALIDATION: "false",
      // With an address in place of the name, its requests to S3 fail.
      AWS_ENDPOINT_URL: this.#moto.endpoint.replace("127.0.0.1", "localhost"),
    });
  }

  get #variables() {
    return {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
  }

  /** The names of a stack's parts, by their logical ids. */
  async partsOf(StackName: string): Promise<ReadonlyMap<string, string>> {
    const parts = new Map<string, string>();
    for await (const page of paginateListStackResources({ client: this.cloudFormation }, { StackName })) {
      // moto lists what it ignores, too, without a name.
      for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? [])
        if (LogicalResourceId && PhysicalResourceId) parts.set(LogicalResourceId, PhysicalResourceId);
    }
    return parts;
  }

  /** What the deployed template says of the one resource of a type. */
  // biome-ignore lint/suspicious/noExplicitAny: a resource's properties
  async propertiesOf(StackName: string, type: string): Promise<any> {
    const { TemplateBody = "" } = await this.cloudFormation.send(new GetTemplateCommand({ StackName }));
    const resources = Object.values(JSON.parse(TemplateBody).Resources) as { Type: string; Properties: unknown }[];
    return resources.find(({ Type }) => Type === type)?.Properties;
  }

  /** Downloads a function, as it was deployed. moto keeps a package where CDK uploaded it; the hash is of what it took. */
  async download(FunctionName: string): Promise<DeployedPackage> {
    const { Code, Configuration } = await this.lambda.send(new GetFunctionCommand({ FunctionName }));
    const Key = new URL(Code?.Location ?? "").pathname.slice(1);
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: ASSETS, Key }));
    const zip = Buffer.from((await Body?.transformToByteArray()) ?? []);
    const hash = createHash("sha256").update(zip).digest("base64");
    if (hash !== Configuration?.CodeSha256) throw new Error(`${FunctionName}: the package is not what was deployed`);
    const folder = mkdtempSync(join(tmpdir(), "trailbell-task-"));
    writeFileSync(join(folder, "package.zip"), zip);
    for (const { path, read } of wheelFiles(join(folder, "package.zip"))) writeFileSync(join(folder, path), read());
    const { Handler: handler = "", Environment, Timeout: timeout = 0 } = Configuration;
    return { folder, handler, timeout, variables: Environment?.Variables ?? {} };
  }

  /** Runs a function, with a clock that is ahead of this one if need be. */
  invoke(code: DeployedPackage, name: string, event: unknown, minutesAhead = 0): Promise<Invocation> {
    return runAsLambda(code, event, {
      ...this.#variables,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_ENDPOINT_URL: this.#moto.endpoint,
      ...(minutesAhead > 0 && {
        NODE_OPTIONS: "--import=./test/support/clock.mjs",
        CLOCK_AT: new Date(Date.now() + minutesAhead * 60_000).toISOString(),
      }),
    });
  }

  async createQueue(QueueName: string): Promise<{ readonly url: string; readonly arn: string }> {
    const { QueueUrl: url = "" } = await this.sqs.send(new CreateQueueCommand({ QueueName }));
    const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] });
    return { url, arn: (await this.sqs.send(asked)).Attributes?.QueueArn ?? "" };
  }

  /** Subscribes a new queue to a topic. Returns the queue's address. */
  async hear(TopicArn: string, name: string): Promise<string> {
    const { url, arn } = await this.createQueue(name);
    const Attributes = { RawMessageDelivery: "true" };
    await this.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: arn, Attributes }));
    return url;
  }

  /** The bodies of the messages in a queue, which are in it no more. */
  // biome-ignore lint/suspicious/noExplicitAny: JSON of several kinds
  async receive(QueueUrl: string): Promise<readonly any[]> {
    const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    return Messages.map(({ Body = "" }) => JSON.parse(Body));
  }
}
