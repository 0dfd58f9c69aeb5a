import { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { type AddAlarm, FIVE_MINUTES, ownMetric, type Watched } from "./alarm.ts";

/** What `alarms: full` adds: alarms that ring before something is lost. */
export function addFullAlarms(alarm: AddAlarm, watched: Watched): void {
  watchLoad(alarm, watched);
  watchFilters(alarm, watched);
  watchSelfWatch(alarm, watched);
}

/** Rings when limits come near: nothing is lost yet. */
function watchLoad(alarm: AddAlarm, watched: Watched): void {
  const { alerter, tick, timeout, table } = watched;
  const oldest = alerter.metric("AsyncEventAge", { period: FIVE_MINUTES, statistic: "Maximum" });
  alarm("EventsWait", oldest, {
    severity: "medium",
    what: "A log file waited for Lambda for more than ten minutes: alerts come late.",
    threshold: Duration.minutes(10).toMilliseconds(),
  });
  alarm("Slow", alerter.metricDuration({ period: FIVE_MINUTES, statistic: "Maximum" }), {
    severity: "low",
    what: "An invocation took nine tenths of the time that it has. What it does not reach is tried again.",
    threshold: 0.9 * timeout.toMilliseconds(),
  });
  alarm("MemoryShort", ownMetric(watched, "memoryPercent", "Maximum"), {
    severity: "low",
    what: "A function of Trailbell used 85 % of its memory. At 100 % Lambda ends it.",
    threshold: 85,
  });
  alarm("TickBusy", tick.metricDuration({ period: FIVE_MINUTES, statistic: "Average" }), {
    severity: "low",
    what: "For a quarter of an hour the tick has had more to send than it may: alerts wait their turn, the worst go first.",
    // Then it waits for the budget as often as it may: three times, twelve seconds each (lambda/core/ledger/due.ts).
    threshold: Duration.seconds(36).toMilliseconds(),
    evaluationPeriods: 3,
  });
  for (const kind of ["Read", "Write"]) {
    const throttled = new Metric({
      namespace: "AWS/DynamoDB",
      metricName: `${kind}ThrottleEvents`,
      dimensionsMap: { TableName: table.tableName },
      statistic: "Sum",
      period: FIVE_MINUTES,
    });
    alarm(`Ledger${kind}Throttled`, throttled, {
      severity: "low",
      section: "LedgerThrottled",
      what: "DynamoDB throttles Trailbell's table. The functions try again.",
      threshold: 10,
    });
  }
}

/** SNS counts each kind of filtering by itself (SNS Developer Guide, "Monitoring Amazon SNS topics using CloudWatch"). */
const FILTERED_OUT = {
  "": "",
  NoAttributes: "-NoMessageAttributes",
  InvalidAttributes: "-InvalidAttributes",
  Body: "-MessageBody",
  InvalidBody: "-InvalidMessageBody",
};

/** Rings when a subscription's filter holds messages back: no subscription should have a filter. */
function watchFilters(alarm: AddAlarm, watched: Watched): void {
  for (const [name, topic] of Object.entries(watched.topics)) {
    for (const [kind, end] of Object.entries(FILTERED_OUT)) {
      const metricName = `NumberOfNotificationsFilteredOut${end}`;
      alarm(`${name}FilteredOut${kind}`, topic.metric(metricName, { period: FIVE_MINUTES, statistic: "Sum" }), {
        severity: "high",
        section: "FilteredOut",
        what: `A subscription's filter keeps messages of Trailbell's ${name.toLowerCase()} topic from somebody. None has one by itself.`,
      });
    }
  }
}

/** Rings when a rule of the self-watch saw something but could not tell it. */
function watchSelfWatch(alarm: AddAlarm, watched: Watched): void {
  for (const [id, RuleName] of Object.entries(watched.watchRules)) {
    const failures = new Metric({
      namespace: "AWS/Events",
      metricName: "FailedInvocations",
      dimensionsMap: { RuleName },
      statistic: "Sum",
      period: FIVE_MINUTES,
    });
    alarm(`WatchFails${id}`, failures, {
      severity: "critical",
      section: "WatchFails",
      what: "EventBridge saw somebody change a part of Trailbell, and could not publish it.",
    });
  }
}
