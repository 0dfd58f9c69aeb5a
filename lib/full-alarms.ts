import { Duration } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { type AddAlarm, FIVE_MINUTES, ownMetric, sumOf, type Watched } from "./alarm.ts";

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
  const throttled = (metricName: string) =>
    new Metric({
      namespace: "AWS/DynamoDB",
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: "Sum",
      period: FIVE_MINUTES,
    });
  const throttles = { reads: throttled("ReadThrottleEvents"), writes: throttled("WriteThrottleEvents") };
  alarm("LedgerThrottled", sumOf(throttles), {
    severity: "low",
    what: "DynamoDB throttles Trailbell's table. The functions try again.",
    threshold: 10,
  });
}

/** Rings when a subscription's filter holds messages back: no subscription should have a filter. */
function watchFilters(alarm: AddAlarm, watched: Watched): void {
  const kinds = { attributes: "", none: "-NoMessageAttributes", invalid: "-InvalidAttributes", body: "-MessageBody" };
  for (const [name, topic] of Object.entries(watched.topics)) {
    const filtered = Object.entries(kinds).map(([kind, end]) => [
      kind,
      topic.metric(`NumberOfNotificationsFilteredOut${end}`, { period: FIVE_MINUTES, statistic: "Sum" }),
    ]);
    alarm(`${name}FilteredOut`, sumOf(Object.fromEntries(filtered)), {
      severity: "high",
      section: "FilteredOut",
      what: `A subscription's filter keeps messages of Trailbell's ${name.toLowerCase()} topic from somebody. None has one by itself.`,
    });
  }
}

/** Rings when the self-watch saw something but could not tell it. */
function watchSelfWatch(alarm: AddAlarm, watched: Watched): void {
  const failures = watched.watchRules.map((RuleName, i) => [
    `rule${i}`,
    new Metric({
      namespace: "AWS/Events",
      metricName: "FailedInvocations",
      dimensionsMap: { RuleName },
      statistic: "Sum",
      period: FIVE_MINUTES,
    }),
  ]);
  // An alarm takes ten metrics (CloudWatch User Guide, "Create an alarm based on a metric math expression").
  for (let start = 0; start < failures.length; start += 10) {
    alarm(start === 0 ? "WatchFails" : "WatchFailsToo", sumOf(Object.fromEntries(failures.slice(start, start + 10))), {
      severity: "critical",
      section: "WatchFails",
      what: "EventBridge saw somebody change a part of Trailbell, and could not publish it.",
    });
  }
}
