import { type CloudTrailRecord, textAt } from "./record.ts";

/**
 * Lambda and CloudFront log some operations under names that end in their API's version: DeleteFunction20150331,
 * GetFunction20150331v2, CreateDistribution2020_05_31. A year, month and day at the end, after a letter, is such a
 * version; ListObjectsV2 or RestoreDBInstanceFromS3 are names of their own and stay whole.
 * Source: Lambda Developer Guide, "Logging AWS Lambda API calls using AWS CloudTrail".
 */
const API_VERSION =
  /(?<=[A-Za-z])_?(?:19|20)\d{2}(?:_(?:0[1-9]|1[0-2])_(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:[vV]\d+)?$/;

/** An event name without the API version that some services append: `DeleteFunction20150331` -> `DeleteFunction`. */
export function withoutApiVersion(eventName: string): string {
  const last = eventName.charCodeAt(eventName.length - 1);
  return last >= 0x30 && last <= 0x39 ? eventName.replace(API_VERSION, "") : eventName;
}

const SERVICE_SUFFIX = ".amazonaws.com";

/** The service's short name: `iam.amazonaws.com` -> `iam`; anything else stays as it is. */
export function serviceOf(eventSource: string): string {
  return eventSource.endsWith(SERVICE_SUFFIX) ? eventSource.slice(0, -SERVICE_SUFFIX.length) : eventSource;
}

/**
 * The record's call as people read it, `service:EventName`, with the event name exactly as the record has it.
 * Insights records have no call of their own; they name the one whose rate was unusual.
 */
export function callOf(record: CloudTrailRecord): string {
  const name = textAt(record, "eventName");
  if (name === undefined && textAt(record, "insightDetails", "eventName") !== undefined) {
    const service = serviceOf(textAt(record, "insightDetails", "eventSource") ?? "unknown");
    return `insight ${service}:${textAt(record, "insightDetails", "eventName")}`;
  }
  return `${serviceOf(textAt(record, "eventSource") ?? "unknown")}:${name ?? "unknown"}`;
}
