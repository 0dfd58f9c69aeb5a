import { Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription, SmsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { denyPlainText } from "./alerting.ts";
import type { Settings } from "./settings.ts";

/** Who watches the watcher: alarms about the alerter itself, on a topic of their own. */
export class Health extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { emails, phones }: Settings) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { displayName: "Trailbell health" });
    this.topic.addToResourcePolicy(denyPlainText(this.topic));
    // A topic with a policy of its own no longer has SNS's default one, and SnsAction adds no permission: without this
    // statement alarms change their state and nobody hears of it.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsPublish",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
    // Somebody who has given a phone number only must hear of it as well.
    if (emails.length === 0) for (const phone of phones) this.topic.addSubscription(new SmsSubscription(phone));
  }

  /** Rings when an invocation was given up, which means that alerts are waiting in the queue, and for each further one. */
  watchDeadLetters(queue: IQueue): void {
    const waiting = queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: "Maximum",
    });
    const text = "Trailbell gave up on an invocation: alerts of the log files in it were not sent.";
    this.#alarm("DeadLetters", waiting, `${text} They wait in the dead-letter queue.`);
    // The alarm above stays as it is while a letter waits; a letter that comes then is told by this one.
    const arrived = queue.metricNumberOfMessagesSent({ period: Duration.minutes(5) });
    this.#alarm("DeadLetterArrived", arrived, text);
  }

  /** Rings when Lambda could not even hand over what it gave up on. */
  watchLostInvocations(alerter: IFunction): void {
    const text = "Lambda dropped an invocation of Trailbell: alerts of the log files in it are lost.";
    for (const metricName of ["DestinationDeliveryFailures", "AsyncEventsDropped"]) {
      const lost = alerter.metric(metricName, { period: Duration.minutes(5), statistic: "Sum" });
      this.#alarm(metricName, lost, text);
    }
  }

  /** Rings when the minute's run does not come, or fails again and again: what is due would wait. */
  watchTick(tick: IFunction): void {
    const period = Duration.minutes(5);
    const late = "Trailbell's tick has not run for five minutes: follow-ups, round-ups and retries wait.";
    this.#alarm("TickLate", tick.metricInvocations({ period }), `${late} Is its schedule enabled?`, {
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
    this.#alarm("TickFails", tick.metricErrors({ period }), "Trailbell's tick fails: what is due waits.", {
      threshold: 3,
    });
  }

  /** Rings when alerts wait for long, when the ledger cannot be used, and when something in it cannot be read. */
  watchLedger(namespace: string): void {
    const metric = (metricName: string, statistic: string) =>
      new Metric({ namespace, metricName, statistic, period: Duration.minutes(5) });
    this.#alarm(
      "OldestPending",
      metric("oldestPendingSeconds", "Maximum"),
      "An alert of Trailbell waits for more than ten minutes: SNS takes none, or too many came at once.",
      { threshold: 600 },
    );
    this.#alarm(
      "LedgerFails",
      metric("ledgerFailures", "Sum"),
      "Trailbell could not use its ledger: critical and high alerts were sent at once and may repeat, others wait.",
      { threshold: 3 },
    );
    this.#alarm(
      "LedgerItemUnreadable",
      metric("unreadableItems", "Sum"),
      "An item in Trailbell's ledger cannot be read: somebody else wrote to the table, or an older version runs beside a newer one. It is kept, and stepped past.",
    );
  }

  /** Rings when AWS refuses the functions what they need: their own denied calls are no alerts. */
  watchOwnCalls(namespace: string): void {
    const denied = new Metric({ namespace, metricName: "ownDenied", statistic: "Sum", period: Duration.minutes(5) });
    this.#alarm("OwnCallsDenied", denied, "AWS denied Trailbell's functions a call that they need.");
  }

  #alarm(id: string, metric: IMetric, what: string, options: Partial<AlarmProps> = {}): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${what} What to do: docs/delivery.md, "What the alarms mean".`,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No data is what all is well looks like in most of these metrics.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }
}
