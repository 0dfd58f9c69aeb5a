import { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import { type AddAlarm, alarmsTelling, FIVE_MINUTES, ownMetric, type Watched, WHEN_ABSENT } from "./alarm.ts";
import { addFullAlarms } from "./full-alarms.ts";
import type { Health } from "./health.ts";
import type { Settings } from "./settings.ts";

/** CloudWatch's alarms about the alerter itself; each tells of health, and names its section of docs/runbook.md. */
export class Alarms extends Construct {
  readonly #alarm: AddAlarm;
  readonly #watched: Watched;

  constructor(scope: Construct, id: string, settings: Settings, health: Health, watched: Watched) {
    super(scope, id);
    this.#alarm = alarmsTelling(health, this);
    this.#watched = watched;
    this.#watchSilence(settings);
    this.#watchInvocations();
    this.#watchTick();
    this.#watchLedger();
    this.#watchDelivery(settings);
    if (settings.alarms === "full") addFullAlarms(this.#alarm, watched);
  }

  /** Rings when nothing comes, from the deployment on: no log file, and no digest, of which there is one an hour. */
  #watchSilence({ silentAfterHours }: Settings): void {
    const hour = Duration.hours(1);
    // Not the function's invocations, nor all objects: a test alert is one, and other services write to the bucket, too.
    const { namespace } = this.#watched;
    const heard = new Metric({ namespace, metricName: "heard", statistic: "Sum", period: hour });
    this.#alarm("Silent", heard, {
      severity: "critical",
      what: `Nothing has come from the log bucket for ${silentAfterHours} hours, or nothing yet since the deployment: from there this alarm rings until the first log file comes. The likely reasons, in this order: the trail is off; it writes below another prefix; the notification's filter does not fit; the notification is gone; S3 may not invoke the function; the key does not let CloudTrail write.`,
      evaluationPeriods: silentAfterHours,
      ...WHEN_ABSENT,
    });
  }

  /** Rings when an invocation fails, cannot begin, is given up or lost. */
  #watchInvocations(): void {
    const { alerter, tick, deadLetters } = this.#watched;
    this.#alarm("AlerterFails", alerter.metricErrors({ period: FIVE_MINUTES }), {
      severity: "high",
      what: "The function that reads log files failed three times in five minutes. Lambda tries each invocation again, twice.",
      threshold: 3,
    });
    for (const [id, throttled] of Object.entries({ AlerterThrottled: alerter, TickThrottled: tick })) {
      this.#alarm(id, throttled.metricThrottles({ period: FIVE_MINUTES }), {
        severity: "high",
        section: "Throttled",
        what: "Lambda refuses to run a function of Trailbell: the account's concurrency is used up, or the function has none.",
      });
    }
    const waiting = { period: Duration.minutes(1), statistic: "Maximum" };
    const gaveUp =
      "Trailbell gave up on an invocation. What it had written down is told; the rest of its log files is not.";
    this.#alarm("DeadLetters", deadLetters.metricApproximateNumberOfMessagesVisible(waiting), {
      severity: "high",
      what: `${gaveUp} It waits in the dead-letter queue.`,
    });
    // The alarm above stays as it is while a letter waits; a letter that comes then is told by this one.
    this.#alarm("DeadLetterArrived", deadLetters.metricNumberOfMessagesSent({ period: FIVE_MINUTES }), {
      severity: "high",
      section: "DeadLetters",
      what: gaveUp,
    });
    for (const metricName of ["DestinationDeliveryFailures", "AsyncEventsDropped"]) {
      this.#alarm(metricName, alerter.metric(metricName, { period: FIVE_MINUTES, statistic: "Sum" }), {
        severity: "critical",
        section: "LostInvocations",
        what: "Lambda dropped an invocation of Trailbell: what it had not written down of its log files is not told.",
      });
    }
  }

  /** Rings when the minute's run does not come, or fails again and again: what is due would wait. */
  #watchTick(): void {
    const { tick } = this.#watched;
    this.#alarm("TickLate", tick.metricInvocations({ period: FIVE_MINUTES }), {
      severity: "high",
      what: "Trailbell's tick has not run for five minutes: follow-ups, round-ups and retries wait. Is its schedule enabled?",
      ...WHEN_ABSENT,
    });
    this.#alarm("TickFails", tick.metricErrors({ period: FIVE_MINUTES }), {
      severity: "high",
      what: "Trailbell's tick failed three times in five minutes: what is due waits.",
      threshold: 3,
    });
  }

  /** Rings when alerts wait, when the ledger cannot be used or read, and when AWS refuses the functions what they need. */
  #watchLedger(): void {
    this.#alarm("OldestPending", ownMetric(this.#watched, "oldestPendingSeconds", "Maximum"), {
      severity: "high",
      what: "An alert of Trailbell waits for more than ten minutes: SNS takes none, or too many came at once.",
      threshold: 600,
    });
    this.#alarm("LedgerFails", ownMetric(this.#watched, "ledgerFailures", "Sum"), {
      severity: "high",
      what: "Trailbell could not use its ledger, three times in five minutes. If it could not use it at all, critical and high alerts were sent at once, marked May repeat; all others wait.",
      threshold: 3,
    });
    this.#alarm("LedgerItemUnreadable", ownMetric(this.#watched, "unreadableItems", "Sum"), {
      severity: "high",
      what: "An item in Trailbell's ledger cannot be read: somebody else wrote to the table, or an older version runs beside a newer one. It is kept, and stepped past.",
    });
    this.#alarm("OwnCallsDenied", ownMetric(this.#watched, "ownDenied", "Sum"), {
      severity: "high",
      what: "AWS denied Trailbell's functions a call that they need.",
    });
  }

  /** Rings when SNS does not deliver what it took, and before it stops sending text messages. */
  #watchDelivery({ phones, smsSpendLimit }: Settings): void {
    for (const [name, topic] of Object.entries(this.#watched.topics)) {
      this.#alarm(`${name}NotDelivered`, topic.metricNumberOfNotificationsFailed({ period: FIVE_MINUTES }), {
        severity: "high",
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
      severity: "medium",
      what: `The account has spent 80 % of the $${smsSpendLimit} that the setting smsSpendLimit names for text messages this month. At the limit of the account SNS sends none any more.`,
      threshold: 0.8 * smsSpendLimit,
    });
  }
}
