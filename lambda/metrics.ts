/** Units of metrics other than counts, by the ends of their names. */
const UNITS = [
  [/Seconds$/, "Seconds"],
  [/Percent$/, "Percent"],
] as const;

/**
 * A log line from which CloudWatch makes a metric of each number in it, without a call.
 * Source: CloudWatch User Guide, "Specification: Embedded metric format".
 */
export function withMetrics(counts: object, namespace: string, timestamp: number): object {
  const line = { ...counts, ...memoryUse() };
  const names = Object.entries(line).flatMap(([name, value]) => (typeof value === "number" ? [name] : []));
  const metrics = names.map((Name) => ({ Name, Unit: unitOf(Name) }));
  return {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: metrics }],
    },
    ...line,
  };
}

function unitOf(name: string): string {
  return UNITS.find(([end]) => end.test(name))?.[1] ?? "Count";
}

/**
 * The most memory that this function instance has used; nothing outside Lambda. Lambda has no such metric
 * without Lambda Insights. It tells the size in AWS_LAMBDA_FUNCTION_MEMORY_SIZE, in MB, and node its use in KB.
 */
function memoryUse(): { readonly memoryPercent?: number } {
  const megabytes = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  if (!(megabytes > 0)) return {};
  return { memoryPercent: Math.round((process.resourceUsage().maxRSS / 1024 / megabytes) * 100) };
}
