import { Duration, Stack } from "aws-cdk-lib";
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { SEVERITIES } from "../lambda/core/rules/severity.ts";
import type { Watched } from "./alarm.ts";

const HOUR = Duration.hours(1);

/** One page on what came in, what went out, how long it took, what failed, and what costs money. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, watched: Watched, provesLogs: boolean) {
    super(scope, id);
    const { alerter, tick, table, topics } = watched;
    const own = (statistic: string, ...names: readonly string[]) =>
      names.map((metricName) => new Metric({ namespace: watched.namespace, metricName, statistic, period: HOUR }));
    const units = new Metric({
      namespace: "AWS/DynamoDB",
      metricName: "ConsumedWriteCapacityUnits",
      dimensionsMap: { TableName: table.tableName },
      statistic: "Sum",
      period: HOUR,
    });
    const spent = new Metric({
      namespace: "AWS/SNS",
      metricName: "SMSMonthToDateSpentUSD",
      statistic: "Maximum",
      period: HOUR,
    });
    new CloudWatchDashboard(this, "Dashboard", {
      dashboardName: Stack.of(this).stackName,
      widgets: [
        [new TextWidget({ markdown: "What the alarms mean, and what to do: docs/runbook.md", width: 24, height: 1 })],
        [
          graph("What came in", own("Sum", "objects", "skipped", "failed", "records")),
          graph("What met rules", own("Sum", "matches", "excepted", "belowThreshold", "duplicates", "conflicts")),
          graph("Alerts, and the incidents that they begin", own("Sum", "alerts", "incidents")),
        ],
        ...(provesLogs
          ? [
              [
                graph("Percent of the last day's hours proven by digests", own("Minimum", "provenPercent")),
                graph("Log files read late, because only a digest named them", own("Sum", "recovered")),
              ],
            ]
          : []),
        [new LogQueryWidget({ title: "Matches by severity", ...matchesBySeverity(watched.log), width: 24, height: 6 })],
        [
          graph("Seconds from S3's announcement to the end of the invocation", own("Maximum", "deliveryLagSeconds")),
          graph("Seconds that the oldest alert has waited", own("Maximum", "oldestPendingSeconds")),
          graph("Failures", [
            ...own("Sum", "publishFailures", "ledgerFailures", "unreadableItems", "ownDenied", "unrecorded"),
            alerter.metricErrors({ period: HOUR, label: "invocations that failed" }),
            tick.metricErrors({ period: HOUR, label: "ticks that failed" }),
          ]),
        ],
        [
          graph("Charged by: invocations", [alerter.metricInvocations({ period: HOUR })]),
          graph("Charged by: milliseconds of work", [
            alerter.metricDuration({ period: HOUR, statistic: "Sum", label: "log files" }),
            tick.metricDuration({ period: HOUR, statistic: "Sum", label: "tick" }),
          ]),
          graph("Charged by: units written to the ledger", [units]),
        ],
        [
          graph(
            "Messages delivered",
            Object.entries(topics).map(([label, topic]) =>
              topic.metricNumberOfNotificationsDelivered({ period: HOUR, label }),
            ),
          ),
          graph("Dollars for text messages this month, of the account", [spent]),
        ],
      ],
    });
  }
}

/** From the function's own log lines: a metric for each severity would cost more than all these queries. */
function matchesBySeverity(log: ILogGroup) {
  const sums = SEVERITIES.map((severity) => `sum(bySeverity.${severity}) as ${severity}`).join(", ");
  return {
    logGroupNames: [log.logGroupName],
    queryLines: ["filter ispresent(records)", `stats ${sums} by bin(1h)`],
    view: LogQueryVisualizationType.STACKEDAREA,
  };
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, leftYAxis: { min: 0, showUnits: false } });
}
