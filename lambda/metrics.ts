/** Units of the metrics that are no counts. */
const SECONDS = /Seconds$/;

/**
 * A line of the log from which CloudWatch makes a metric of each number in it, without a call.
 * Source: CloudWatch User Guide, "Specification: Embedded metric format".
 */
export function withMetrics(line: object, namespace: string, timestamp: number): object {
  const names = Object.entries(line).flatMap(([name, value]) => (typeof value === "number" ? [name] : []));
  const metrics = names.map((Name) => ({ Name, Unit: SECONDS.test(Name) ? "Seconds" : "Count" }));
  return {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: metrics }],
    },
    ...line,
  };
}
