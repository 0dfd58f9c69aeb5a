import { fileURLToPath } from "node:url";
import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { LogLevel, NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Asset } from "../lambda/asset.ts";
import type { FunctionEnvironment, KnownDeployment } from "../lambda/environment.ts";
import { acknowledge } from "./acknowledge.ts";
import { Alerting } from "./alerting.ts";
import { Health } from "./health.ts";
import { LogSource } from "./log-source.ts";
import { bundleWith } from "./rule-bundle.ts";
import type { Settings } from "./settings.ts";

/** Everything that is deployed, in the order in which a log file becomes an alert. */
export class AlertStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings, asset: Asset, props?: StackProps) {
    super(scope, id, props);
    const source = new LogSource(this, "Source", settings);
    const alerting = new Alerting(this, "Alerting", settings);
    const health = new Health(this, "Health", settings);

    const deadLetters = new Queue(this, "DeadLetters", {
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    // A role of our own: the managed policy that CDK would attach allows writing to every log group.
    const role = new Role(this, "AlerterRole", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const alerter = this.#alerter(settings, asset, role, deadLetters, {
      ALERT_TOPIC_ARN: alerting.alertTopic.topicArn,
      SMS_TOPIC_ARN: alerting.smsTopic.topicArn,
      DEPLOYMENT: this.toJsonString({
        logBucket: source.bucket.bucketName,
        trailName: source.trail?.name ?? "",
        trailArn: source.trail?.arn ?? "",
        roleName: role.roleName,
        roleArn: role.roleArn,
        alertTopicArn: alerting.alertTopic.topicArn,
        smsTopicArn: alerting.smsTopic.topicArn,
        healthTopicArn: health.topic.topicArn,
        deadLetterQueueUrl: deadLetters.queueUrl,
        accountId: this.account,
        region: this.region,
      } satisfies KnownDeployment),
    });
    acknowledge(deadLetters, "AwsSolutions-SQS3", "it is itself where Lambda hands what it gave up on");
    alerting.grantPublishOnlyTo(alerter);
    source.grantRead(alerter);
    source.notify(alerter);
    health.watchDeadLetters(deadLetters);
    health.watchLostInvocations(alerter);

    this.#sayWhatIsNext(settings);
    this.#say("LogBucket", source.bucket.bucketName);
    this.#say("AlertTopic", alerting.alertTopic.topicArn);
    this.#say("DeadLetterQueue", deadLetters.queueUrl);
    this.#say("Function", alerter.functionName);
  }

  #sayWhatIsNext({ emails, phones }: Settings): void {
    const confirm = "Confirm the two mails that AWS Notifications sends to each address, within 48 hours.";
    const steps = [
      ...(emails.length > 0
        ? [`${confirm} After that they are deleted, and redeploying does not bring them back.`]
        : []),
      ...(phones.length > 0
        ? ["A new account sends text messages to verified numbers only: verify yours under SNS, Text messaging."]
        : []),
      "Ring it once: create an SNS topic and delete it again. The alerts come within about ten minutes.",
    ];
    for (const [i, step] of steps.entries()) this.#say(`Next${i + 1}`, step);
  }

  #alerter(
    settings: Settings,
    asset: Asset,
    role: Role,
    deadLetters: Queue,
    environment: FunctionEnvironment,
  ): NodejsFunction {
    const logGroup = new LogGroup(this, "AlerterLog", {
      retention: settings.functionLogDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    return new NodejsFunction(this, "Alerter", {
      description: "Reads CloudTrail log files as they land in S3 and publishes alerts",
      entry: fileURLToPath(new URL("../lambda/handler.ts", import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // One vCPU, and room for four files at the reader's limits.
      memorySize: 1769,
      timeout: Duration.minutes(2),
      role,
      logGroup,
      environment: { ...environment },
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(deadLetters),
      bundling: {
        format: OutputFormat.ESM,
        target: "node24",
        bundleAwsSDK: true,
        minify: true,
        // Without it Lambda reports errors of type "t".
        keepNames: true,
        mainFields: ["module", "main"],
        // The SDK's CommonJS parts call require.
        banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        logLevel: LogLevel.ERROR,
        commandHooks: bundleWith(asset),
      },
    });
  }

  #say(id: string, value: string): void {
    new CfnOutput(this, id, { value });
  }
}
