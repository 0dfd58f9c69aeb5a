import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Settings } from "./settings.ts";

/** What the alarms look at. */
export interface Watched {
  readonly alerter: IFunction;
  readonly tick: IFunction;
  /** What an invocation of a function may take. */
  readonly timeout: Duration;
  readonly deadLetters: IQueue;
  readonly table: ITable;
  /** The topics on which something is sent, by a name for each. */
  readonly topics: { readonly [name: string]: ITopic };
  /** Where the functions' metrics are. */
  readonly namespace: string;
}

const FIVE_MINUTES = Duration.minutes(5);

/** CloudWatch's alarms about the alerter itself; each tells the health topic, and names its section of docs/runbook.md. */
export class Alarms extends Construct {
  readonly #healthTopic: ITopic;
  readonly #watched: Watched;

  constructor(scope: Construct, id: string, settings: Settings, healthTopic: ITopic, watched: Watched) {
    super(scope, id);
    this.#healthTopic = healthTopic;
    this.#watched = watched;
    this.#watchSilence(settings);
    this.#watchInvocations();
    this.#watchTick();
    this.#watchLedger();
    this.#watchDelivery(settings);
    if (settings.alarms === "full") {
      this.#watchLoad();
      this.#watchFilters();
    }
  }

  /** Rings when nothing comes, from the deployment on: no log file, and no digest, of which there is one an hour. */
  #watchSilence({ silentAfterHours }: Settings): void {
    const hour = Duration.hours(1);
    this.#alarm("Silent", this.#watched.alerter.metricInvocations({ period: hour }), {
      what: `Nothing has come from the log bucket for ${silentAfterHours} hours, or nothing yet since the deployment: from there this alarm rings until the first log file comes. The likely reasons, in this order: the trail is off; it writes below another prefix; the notification's filter does not fit; the notification is gone; S3 may not invoke the function; the key does not let CloudTrail write.`,
      evaluationPeriods: silentAfterHours,
      ...whereNothingIsWrong,
    });
  }

  /** Rings when an invocation fails, cannot begin, is given up or lost. */
  #watchInvocations(): void {
    const { alerter, tick, deadLetters } = this.#watched;
    this.#alarm("AlerterFails", alerter.metricErrors({ period: FIVE_MINUTES }), {
      what: "The function that reads log files failed three times in five minutes. Lambda tries each invocation again, twice.",
      threshold: 3,
    });
    for (const [id, throttled] of Object.entries({ AlerterThrottled: alerter, TickThrottled: tick })) {
      this.#alarm(id, throttled.metricThrottles({ period: FIVE_MINUTES }), {
        section: "Throttled",
        what: "Lambda refuses to run a function of Trailbell: the account's concurrency is used up, or the function has none.",
      });
    }
    const waiting = { period: Duration.minutes(1), statistic: "Maximum" };
    const gaveUp =
      "Trailbell gave up on an invocation. What it had written down is told; the rest of its log files is not.";
    this.#alarm("DeadLetters", deadLetters.metricApproximateNumberOfMessagesVisible(waiting), {
      what: `${gaveUp} It waits in the dead-letter queue.`,
    });
    // The alarm above stays as it is while a letter waits; a letter that comes then is told by this one.
    this.#alarm("DeadLetterArrived", deadLetters.metricNumberOfMessagesSent({ period: FIVE_MINUTES }), {
      section: "DeadLetters",
      what: gaveUp,
    });
    for (const metricName of ["DestinationDeliveryFailures", "AsyncEventsDropped"]) {
      this.#alarm(metricName, alerter.metric(metricName, { period: FIVE_MINUTES, statistic: "Sum" }), {
        section: "LostInvocations",
        what: "Lambda dropped an invocation of Trailbell: what it had not written down of its log files is not told.",
      });
    }
  }

  /** Rings when the minute's run does not come, or fails again and again: what is due would wait. */
  #watchTick(): void {
    const { tick } = this.#watched;
    this.#alarm("TickLate", tick.metricInvocations({ period: FIVE_MINUTES }), {
      what: "Trailbell's tick has not run for five minutes: follow-ups, round-ups and retries wait. Is its schedule enabled?",
      ...whereNothingIsWrong,
    });
    this.#alarm("TickFails", tick.metricErrors({ period: FIVE_MINUTES }), {
      what: "Trailbell's tick failed three times in five minutes: what is due waits.",
      threshold: 3,
    });
  }

  /** Rings when alerts wait, when the ledger cannot be used or read, and when AWS refuses the functions what they need. */
  #watchLedger(): void {
    this.#alarm("OldestPending", this.#own("oldestPendingSeconds", "Maximum"), {
      what: "An alert of Trailbell waits for more than ten minutes: SNS takes none, or too many came at once.",
      threshold: 600,
    });
    this.#alarm("LedgerFails", this.#own("ledgerFailures", "Sum"), {
      what: "Trailbell could not use its ledger, three times in five minutes. If it could not use it at all, critical and high alerts were sent at once, marked May repeat; all others wait.",
      threshold: 3,
    });
    this.#alarm("LedgerItemUnreadable", this.#own("unreadableItems", "Sum"), {
      what: "An item in Trailbell's ledger cannot be read: somebody else wrote to the table, or an older version runs beside a newer one. It is kept, and stepped past.",
    });
    this.#alarm("OwnCallsDenied", this.#own("ownDenied", "Sum"), {
      what: "AWS denied Trailbell's functions a call that they need.",
    });
  }

  /** Rings when SNS does not deliver what it took, and before it stops sending text messages. */
  #watchDelivery({ phones, smsSpendLimit }: Settings): void {
    for (const [name, topic] of Object.entries(this.#watched.topics)) {
      this.#alarm(`${name}NotDelivered`, topic.metricNumberOfNotificationsFailed({ period: FIVE_MINUTES }), {
        section: "NotDelivered",
        what: `SNS could not deliver a message of Trailbell's ${name.toLowerCase()} topic to somebody who subscribes to it.`,
      });
    }
    if (phones.length === 0) return;
    const spent = new Metric({
      namespace: "AWS/SNS",
      metricName: "SMSMonthToDateSpentUSD",
      statistic: "Maximum",
      period: Duration.hours(1),
    });
    this.#alarm("SmsSpend", spent, {
      what: `The account has spent 80 % of the $${smsSpendLimit} that the setting smsSpendLimit names for text messages this month. At the limit of the account SNS sends none any more.`,
      threshold: 0.8 * smsSpendLimit,
    });
  }

  /** Rings when it gets tight: nothing is lost yet. */
  #watchLoad(): void {
    const { alerter, tick, timeout, table } = this.#watched;
    const oldest = alerter.metric("AsyncEventAge", { period: FIVE_MINUTES, statistic: "Maximum" });
    this.#alarm("EventsWait", oldest, {
      what: "A log file waited for Lambda for more than ten minutes: alerts come late.",
      threshold: Duration.minutes(10).toMilliseconds(),
    });
    this.#alarm("Slow", alerter.metricDuration({ period: FIVE_MINUTES, statistic: "Maximum" }), {
      what: "An invocation took nine tenths of the time that it has. What it does not reach is tried again.",
      threshold: 0.9 * timeout.toMilliseconds(),
    });
    this.#alarm("MemoryShort", this.#own("memoryPercent", "Maximum"), {
      what: "A function of Trailbell used 85 % of its memory. At 100 % Lambda ends it.",
      threshold: 85,
    });
    this.#alarm("TickBusy", tick.metricDuration({ period: FIVE_MINUTES, statistic: "Average" }), {
      what: "For a quarter of an hour the tick has had more to send than it may: alerts wait their turn, the worst go first.",
      // Then it waits for the budget as often as it may: three times twelve seconds (lambda/core/ledger/due.ts).
      threshold: Duration.seconds(36).toMilliseconds(),
      evaluationPeriods: 3,
    });
    const throttled = (metricName: string) =>
      new Metric({
        namespace: "AWS/DynamoDB",
        metricName,
        dimensionsMap: { TableName: table.tableName },
        statistic: "Sum",
        period: FIVE_MINUTES,
      });
    const throttles = { reads: throttled("ReadThrottleEvents"), writes: throttled("WriteThrottleEvents") };
    this.#alarm("LedgerThrottled", sumOf(throttles), {
      what: "DynamoDB throttles Trailbell's table. The functions try again.",
      threshold: 10,
    });
  }

  /** Rings when a subscription's filter keeps messages back: none has a filter. */
  #watchFilters(): void {
    const kinds = { attributes: "", none: "-NoMessageAttributes", invalid: "-InvalidAttributes", body: "-MessageBody" };
    for (const [name, topic] of Object.entries(this.#watched.topics)) {
      const filtered = Object.entries(kinds).map(([kind, end]) => [
        kind,
        topic.metric(`NumberOfNotificationsFilteredOut${end}`, { period: FIVE_MINUTES, statistic: "Sum" }),
      ]);
      this.#alarm(`${name}FilteredOut`, sumOf(Object.fromEntries(filtered)), {
        section: "FilteredOut",
        what: `A subscription's filter keeps messages of Trailbell's ${name.toLowerCase()} topic from somebody. None has one by itself.`,
      });
    }
  }

  /** A metric that the functions write. */
  #own(metricName: string, statistic: string): Metric {
    return new Metric({ namespace: this.#watched.namespace, metricName, statistic, period: FIVE_MINUTES });
  }

  #alarm(id: string, metric: IMetric, { what, section = id, ...options }: Options): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${what} What to do: docs/runbook.md, "${section}".`,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No data is what all is well looks like in most of these metrics.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
    });
    alarm.addAlarmAction(new SnsAction(this.#healthTopic));
    alarm.addOkAction(new SnsAction(this.#healthTopic));
  }
}

interface Options extends Partial<AlarmProps> {
  /** What it means, in whole sentences. */
  readonly what: string;
  /** The heading in docs/runbook.md where it is not the alarm's id. */
  readonly section?: string;
}

/** Of a metric that is there when all is well. */
const whereNothingIsWrong = {
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.BREACHING,
} as const;

/** Metrics of which there are none as long as nothing happens, added up. */
function sumOf(usingMetrics: { readonly [name: string]: IMetric }): MathExpression {
  const sum = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(" + ");
  return new MathExpression({ expression: sum, usingMetrics, period: FIVE_MINUTES });
}
