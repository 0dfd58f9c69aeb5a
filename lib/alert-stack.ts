import { Duration, Lazy } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type CfnFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { LogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
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
import { Athena } from "./athena.ts";
import { Dashboard } from "./dashboard.ts";
import { editionOf } from "./edition.ts";
import type { FunctionCode, FunctionEntry, FunctionLimits } from "./function-code.ts";
import { functionLog } from "./function-log.ts";
import { Health } from "./health.ts";
import { LedgerTable } from "./ledger-table.ts";
import { LogSource } from "./log-source.ts";
import { grantLook, grantProof } from "./look-grant.ts";
import { MuteRole } from "./mute-role.ts";
import { functionArn, namingStack } from "./naming-stack.ts";
import { optionalNames } from "./optional-names.ts";
import { Outputs } from "./outputs.ts";
import { recipientsOf } from "./recipients.ts";
import { RoutesAndBus } from "./routes-and-bus.ts";
import { SelfWatch } from "./self-watch.ts";
import type { Settings } from "./settings.ts";
import { arrivalOf } from "./source/announcement.ts";
import { otherSide } from "./source/other-side.ts";
import { byKnown } from "./tokens.ts";
import { bound, putIntoVpc } from "./vpc-and-boundary.ts";

/** The limits of an invocation. */
const TIMEOUT = Duration.minutes(2);

/** Everything that is deployed, in the order in which a log file becomes an alert. */
export class AlertPath extends Construct {
  readonly alertTopic: ITopic;
  readonly healthTopic: ITopic;

  constructor(scope: Construct, id: string, settings: Settings, asset: Asset, code: FunctionCode) {
    super(scope, id);
    const stack = namingStack(this, (other) => other instanceof AlertPath);
    const { stackName } = stack;
    bound(this, settings);
    const source = new LogSource(this, "Source", settings);
    const alerting = new Alerting(this, "Alerting", settings);
    const health = new Health(this, "Health", settings);
    const ways = new RoutesAndBus(this, "Ways", settings);
    const topics = [
      alerting.alertTopic,
      alerting.smsTopic,
      health.topic,
      health.smsTopic,
      ...Object.values(ways.topics),
    ];
    this.alertTopic = alerting.alertTopic;
    this.healthTopic = health.topic;

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
    const logGroups = {
      Alerter: functionLog(this, "Alerter", settings, role),
      Tick: functionLog(this, "Tick", settings, role),
    };
    const environment: FunctionEnvironment = {
      ALERT_TOPIC_ARN: alerting.alertTopic.topicArn,
      SMS_TOPIC_ARN: alerting.smsTopic.topicArn,
      HEALTH_TOPIC_ARN: health.topic.topicArn,
      HEALTH_SMS_TOPIC_ARN: health.smsTopic.topicArn,
      LEDGER_TABLE: ledger.table.tableName,
      METRICS_NAMESPACE: `Trailbell/${stackName}`,
      ...(ways.environment !== undefined && { WAYS: stack.toJsonString(ways.environment) }),
    };
    // The alerter knows the tick by reference and the tick looks after the alerter, whose name cannot be left to
    // CloudFormation therefore.
    const alerterName = `${stackName}-Alerter`;
    const alerterArn = functionArn(stack, alerterName);
    const { unknown } = byKnown(recipientsOf(settings));
    const arrival = arrivalOf(stackName, settings);
    const deliveryPath = {
      logBucket: source.bucket.bucketName,
      logPrefix: source.logs,
      trailArn: source.trail?.arn ?? "",
      alerterArn,
      ...arrival,
      // The rules watch the tick, so they are made after it.
      watchRules: Lazy.list({ produce: () => [...selfWatch.ruleNames] }),
      ...(unknown.length > 0 && { recipients: unknown }),
    } satisfies WatchedWay;
    const selfWatch = new SelfWatch(this, "SelfWatch");
    const tickEnvironment = {
      ...environment,
      DELIVERY_PATH: stack.toJsonString(deliveryPath),
    } satisfies TickEnvironment;
    const make = (id: string, entry: FunctionEntry, logGroup: LogGroup, props: FunctionLimits) =>
      code(this, id, entry, asset, {
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        role,
        logGroup,
        ...props,
      });
    const tick = make("Tick", "tick", logGroups.Tick, {
      description: "Sends every minute what is due, and looks every hour whether alerts can arrive",
      environment: tickEnvironment,
      memorySize: 512,
      timeout: TIMEOUT,
      // The next minute is the retry. The setting holds for scheduled invocations too, so the tick is a function of its own.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
    });
    const schedule = new Rule(this, "TickSchedule", {
      description: "Runs Trailbell's tick",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new FunctionTarget(tick, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    const deployment = {
      logBucket: source.bucket.bucketName,
      accessLogBucket: source.accessLogBucket?.bucketName ?? "",
      trailName: source.trail?.name ?? "",
      trailArn: source.trail?.arn ?? "",
      roleName: role.roleName,
      roleArn: role.roleArn,
      muteRoleArn: mute.role.roleArn,
      deadLetterQueueUrl: deadLetters.queueUrl,
      tickFunctionName: tick.functionName,
      tickFunctionArn: tick.functionArn,
      scheduleName: schedule.ruleName,
      ledgerTableName: ledger.table.tableName,
      ledgerTableArn: ledger.table.tableArn,
      functionLogGroup: logGroups.Alerter.logGroupName,
      tickLogGroup: logGroups.Tick.logGroupName,
      stackName,
      alarmPrefix: `${stackName}-`,
      logKeyArn: source.keyArn,
      ...optionalNames(stack, settings),
      accountId: stack.account,
      region: stack.region,
    } satisfies KnownDeployment;
    const alerter = make("Alerter", "handler", logGroups.Alerter, {
      description: "Reads CloudTrail log files as they land in S3 and publishes alerts",
      environment: { ...environment, DEPLOYMENT: stack.toJsonString(deployment) } satisfies HandlerEnvironment,
      functionName: alerterName,
      // One vCPU, and room for four files at the reader's limits.
      memorySize: 1769,
      timeout: TIMEOUT,
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(deadLetters),
      ...(settings.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: settings.reservedConcurrency,
      }),
    });
    acknowledge(deadLetters, "AwsSolutions-SQS3", "it is itself where Lambda hands what it gave up on");
    const guardTold = alerting.guardTold(health.isTexted);
    alerting.grantPublishOnlyTo(role, selfWatch.guardRole, guardTold);
    source.logDataEvents({
      table: ledger.table,
      role,
      functions: [alerterArn, tick.functionArn],
      topics: topics.map(({ topicArn }) => topicArn),
      queue: deadLetters.queueArn,
    });
    ways.grantPublishOnlyTo(role);
    putIntoVpc([alerter, tick], role, settings);
    source.grantRead(alerter);
    source.notify(alerter, deadLetters);
    health.grantPublish(role);
    health.grantPublish(selfWatch.role);
    const names = {
      ...deployment,
      alertTopicArn: alerting.alertTopic.topicArn,
      smsTopicArn: alerting.smsTopic.topicArn,
      healthTopicArn: health.topic.topicArn,
      healthSmsTopicArn: health.smsTopic.topicArn,
      wayTopics: ways.topicTests,
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
        ...ways.topics,
      },
      watchRules: selfWatch.watch(names, (severity) => health.toldOf(severity), guardTold),
      namespace: environment.METRICS_NAMESPACE,
    };
    grantLook(role, { topics, source, alerterArn, watchRules: selfWatch.ruleNames, ...arrival });
    if (settings.proveLogs) grantProof(role, alerterArn);
    new Alarms(this, "Alarms", settings, health, watched);
    if (settings.dashboard) new Dashboard(this, "Dashboard", watched, settings.proveLogs);
    const athena = settings.athena ? new Athena(this, "Athena", source.bucket, source.records) : undefined;

    new Outputs(this, "Outputs", settings, names, {
      ...editionOf(asset),
      watchRole: selfWatch.role.roleName,
      logPrefix: source.logs,
      athenaWorkGroup: athena?.workGroup ?? "",
      ways: ways.environment ?? {},
      routeTopics: ways.routeTopics,
      idPrefix: stack.getLogicalId(tick.node.defaultChild as CfnFunction).replace(/Tick[0-9A-F]{8}$/, ""),
      otherSide: otherSide(stack, settings, {
        roleArn: role.roleArn,
        watchRoleArn: selfWatch.role.roleArn,
        guardRoleArn: selfWatch.guardRole.roleArn,
        alerterName,
        alerterArn,
        bucket: source.bucket.bucketName,
        logs: source.logs,
        trail: source.trail,
      }),
    });
  }
}
