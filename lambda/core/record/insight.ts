import { type CloudTrailRecord, isObject, textAt, valueAt } from "./record.ts";

/** True for a record of CloudTrail Insights, which reports a rate, not a call. */
export function isInsight(record: CloudTrailRecord): boolean {
  return isObject(record.insightDetails);
}

/** What an Insights record says of a rate: calls or errors a minute, and for how many minutes. */
export interface Insight {
  readonly state: string | undefined;
  readonly baseline: number | undefined;
  readonly observed: number | undefined;
  readonly minutes: number | undefined;
  /** Who called most, by ARN, and how often a minute; at most three. */
  readonly callers: readonly { readonly arn: string; readonly rate: number | undefined }[];
}

/**
 * The figures of an Insights record.
 * Source: CloudTrail User Guide, "CloudTrail record contents for Insights events for trails".
 */
export function insightOf(record: CloudTrailRecord): Insight | undefined {
  if (!isInsight(record)) return undefined;
  const numberAt = (...path: readonly string[]) => {
    const value = valueAt(record, "insightDetails", "insightContext", "statistics", ...path);
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  };
  return {
    state: textAt(record, "insightDetails", "state"),
    baseline: numberAt("baseline", "average"),
    observed: numberAt("insight", "average"),
    minutes: numberAt("insightDuration"),
    callers: callersOf(valueAt(record, "insightDetails", "insightContext", "attributions")),
  };
}

function callersOf(attributions: unknown): Insight["callers"] {
  if (!Array.isArray(attributions)) return [];
  const ofCallers: unknown = attributions.slice(0, 10).find((one) => textAt(one, "attribute") === "userIdentityArn");
  const values = valueAt(ofCallers, "insight");
  return (Array.isArray(values) ? values.slice(0, 3) : []).flatMap((one: unknown) => {
    const arn = textAt(one, "value");
    const rate = valueAt(one, "average");
    return arn === undefined ? [] : [{ arn, rate: typeof rate === "number" ? rate : undefined }];
  });
}
