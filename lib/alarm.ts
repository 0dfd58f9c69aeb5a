import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITable } from "aws-cdk-lib/aws-dynamodb";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Severity } from "../lambda/core/rules/severity.ts";
import type { Health } from "./health.ts";

/** What the alarms look at. */
export interface Watched {
  readonly alerter: IFunction;
  readonly tick: IFunction;
  /** The log group of the function that reads log files. */
  readonly log: ILogGroup;
  /** The limits of a function's invocation. */
  readonly timeout: Duration;
  readonly deadLetters: IQueue;
  readonly table: ITable;
  /** The topics to which something is sent, each with a name. */
  readonly topics: { readonly [name: string]: ITopic };
  /** The EventBridge rules of the self-watch: their names by their ids. */
  readonly watchRules: { readonly [id: string]: string };
  /** The namespace of the functions' metrics. */
  readonly namespace: string;
}

export const FIVE_MINUTES = Duration.minutes(5);

export interface AlarmOptions extends Partial<AlarmProps> {
  /**
   * Critical: alerts do not arrive or are lost. High: they come late, miss somebody, or may fail to come. Medium: this is
   * near, or they come a little late. Low: it can wait until morning.
   */
  readonly severity: Severity;
  /** What it means, in whole sentences. */
  readonly what: string;
  /** The heading in docs/runbook.md, if it is not the alarm's id. */
  readonly section?: string;
}

/**
 * Makes an alarm; by default one that rings when the metric reaches 1. Each looks at one metric: whether a sum of metrics
 * has a value while some of them have never had any, AWS's pages do not say.
 */
export type AddAlarm = (id: string, metric: IMetric, options: AlarmOptions) => void;

/** Makes alarms that tell of the alerter's health, and name their severity and their section of docs/runbook.md. */
export function alarmsTelling(health: Health, scope: Construct): AddAlarm {
  return (id, metric, { severity, what, section = id, ...options }) => {
    const alarm = new Alarm(scope, id, {
      alarmDescription: `[${severity.toUpperCase()}] ${what} What to do: docs/runbook.md, "${section}".`,
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // In most of these metrics, no data means that all is well.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
    });
    const { mails, texts } = health.toldOf(severity);
    for (const topic of [...mails, ...texts]) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  };
}

/** For a metric that has data when all is well: the alarm rings when there is none. */
export const WHEN_ABSENT = {
  comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
  treatMissingData: TreatMissingData.BREACHING,
} as const;

/** A metric that the functions write. */
export function ownMetric({ namespace }: Watched, metricName: string, statistic: string): Metric {
  return new Metric({ namespace, metricName, statistic, period: FIVE_MINUTES });
}
