import { fileURLToPath } from "node:url";
import { ArnFormat, Duration, Lazy, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { LogLevel, NodejsFunction, type NodejsFunctionProps, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Asset } from "../lambda/asset.ts";
import type {
  FunctionEnvironment,
  HandlerEnvironment,
  KnownDeployment,
  TickEnvironment,
  WatchedWay,
} from "../lambda/environment.ts";
import { acknowledge } from "./acknowledge.ts";
import { Alarms } from "./alarms.ts";
import { Alerting } from "./alerting.ts";
import { Dashboard } from "./dashboard.ts";
import { editionOf } from "./edition.ts";
import { Health } from "./health.ts";
import { LedgerTable } from "./ledger-table.ts";
import { LogSource } from "./log-source.ts";
import { MuteRole } from "./mute-role.ts";
import { Outputs } from "./outputs.ts";
import { bundleWith } from "./rule-bundle.ts";
import { SelfWatch } from "./self-watch.ts";
import type { Settings } from "./settings.ts";
import { grantLook } from "./way-out.ts";

/** The limits of an invocation. */
const TIMEOUT = Duration.minutes(2);

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
    const ledger = new LedgerTable(this, "Ledger");
    const mute = new MuteRole(this, "Mute");
    mute.grant(ledger);
    ledger.grantUseOnlyTo(role, mute.role);
    if (settings.ownDataEvents) source.logOwnDataEvents(ledger.table, role);
    const logGroups = {
      Alerter: this.#logGroup("Alerter", settings, role),
      Tick: this.#logGroup("Tick", settings, role),
    };
    const environment: FunctionEnvironment = {
      ALERT_TOPIC_ARN: alerting.alertTopic.topicArn,
      SMS_TOPIC_ARN: alerting.smsTopic.topicArn,
      HEALTH_TOPIC_ARN: health.topic.topicArn,
      HEALTH_SMS_TOPIC_ARN: health.smsTopic.topicArn,
      LEDGER_TABLE: ledger.table.tableName,
      METRICS_NAMESPACE: `Trailbell/${this.stackName}`,
    };
    // The alerter knows the tick by reference and the tick looks after the alerter, whose name cannot be left to
    // CloudFormation therefore.
    const alerterName = `${this.stackName}-Alerter`;
    const alerterArn = this.formatArn({
      service: "lambda",
      resource: "function",
      resourceName: alerterName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const wayOut = {
      logBucket: source.bucket.bucketName,
      logPrefix: source.logs,
      trailArn: source.trail?.arn ?? "",
      alerterArn,
      // The rules watch the tick, so they are made after it.
      watchRules: Lazy.list({ produce: () => [...selfWatch.ruleNames] }),
    } satisfies WatchedWay;
    const selfWatch = new SelfWatch(this, "SelfWatch");
    const tickEnvironment = { ...environment, WAY_OUT: this.toJsonString(wayOut) } satisfies TickEnvironment;
    const tick = this.#function("Tick", asset, role, logGroups.Tick, tickEnvironment, {
      description: "Sends every minute what is due, and looks every hour whether alerts can arrive",
      entry: entryOf("tick"),
      memorySize: 512,
      timeout: TIMEOUT,
      // The next minute is the retry. The setting holds for scheduled invocations too, so the tick is a function of its own.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    const schedule = new Rule(this, "TickSchedule", {
      description: "Runs Trailbell's tick",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(tick, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    const deployment = {
      logBucket: source.bucket.bucketName,
      accessLogBucket: source.accessLogBucket?.bucketName ?? "",
      trailName: source.trail?.name ?? "",
      trailArn: source.trail?.arn ?? "",
      roleName: role.roleName,
      roleArn: role.roleArn,
      muteRoleArn: mute.role.roleArn,
      alertTopicArn: alerting.alertTopic.topicArn,
      smsTopicArn: alerting.smsTopic.topicArn,
      healthTopicArn: health.topic.topicArn,
      healthSmsTopicArn: health.smsTopic.topicArn,
      deadLetterQueueUrl: deadLetters.queueUrl,
      tickFunctionName: tick.functionName,
      tickFunctionArn: tick.functionArn,
      scheduleName: schedule.ruleName,
      ledgerTableName: ledger.table.tableName,
      ledgerTableArn: ledger.table.tableArn,
      functionLogGroup: logGroups.Alerter.logGroupName,
      tickLogGroup: logGroups.Tick.logGroupName,
      stackName: this.stackName,
      alarmPrefix: `${this.stackName}-`,
      logKeyArn: settings.logKey ?? "",
      accountId: this.account,
      region: this.region,
    } satisfies KnownDeployment;
    const alerter = this.#function(
      "Alerter",
      asset,
      role,
      logGroups.Alerter,
      { ...environment, DEPLOYMENT: this.toJsonString(deployment) } satisfies HandlerEnvironment,
      {
        description: "Reads CloudTrail log files as they land in S3 and publishes alerts",
        functionName: alerterName,
        entry: entryOf("handler"),
        // One vCPU, and room for four files at the reader's limits.
        memorySize: 1769,
        timeout: TIMEOUT,
        retryAttempts: 2,
        maxEventAge: Duration.hours(6),
        onFailure: new SqsDestination(deadLetters),
        ...(settings.reservedConcurrency !== undefined && {
          reservedConcurrentExecutions: settings.reservedConcurrency,
        }),
      },
    );
    acknowledge(deadLetters, "AwsSolutions-SQS3", "it is itself where Lambda hands what it gave up on");
    const guardTold = alerting.guardTold(health.isTexted);
    alerting.grantPublishOnlyTo(role, selfWatch.guardRole, guardTold);
    source.grantRead(alerter);
    source.notify(alerter);
    health.grantPublish(role);
    health.grantPublish(selfWatch.role);
    const names = {
      ...deployment,
      functionName: alerter.functionName,
      functionArn: alerter.functionArn,
      deadLetterQueueName: deadLetters.queueName,
    };
    const watched = {
      alerter,
      tick,
      log: logGroups.Alerter,
      timeout: TIMEOUT,
      deadLetters,
      table: ledger.table,
      topics: {
        Alert: alerting.alertTopic,
        ...(settings.phones.length > 0 && { Sms: alerting.smsTopic }),
        Health: health.topic,
        ...(health.isTexted && { HealthSms: health.smsTopic }),
      },
      watchRules: selfWatch.watch(names, (severity) => health.toldOf(severity), guardTold),
      namespace: environment.METRICS_NAMESPACE,
    };
    grantLook(role, {
      topics: [alerting.alertTopic, alerting.smsTopic, health.topic, health.smsTopic],
      source,
      alerterArn,
      watchRules: selfWatch.ruleNames,
    });
    new Alarms(this, "Alarms", settings, health, watched);
    if (settings.dashboard) new Dashboard(this, "Dashboard", watched);

    new Outputs(this, "Outputs", settings, names, {
      ...editionOf(asset),
      watchRole: selfWatch.role.roleName,
      logPrefix: source.logs,
    });
  }

  #logGroup(id: string, settings: Settings, role: Role): LogGroup {
    const logGroup = new LogGroup(this, `${id}Log`, {
      retention: settings.functionLogDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(role);
    return logGroup;
  }

  #function(
    id: string,
    asset: Asset,
    role: Role,
    logGroup: LogGroup,
    environment: HandlerEnvironment | TickEnvironment,
    props: NodejsFunctionProps,
  ): NodejsFunction {
    return new NodejsFunction(this, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      logGroup,
      environment: { ...environment },
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
      ...props,
    });
  }
}

function entryOf(name: "handler" | "tick"): string {
  return fileURLToPath(new URL(`../lambda/${name}.ts`, import.meta.url));
}
