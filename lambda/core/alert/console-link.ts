import { type CloudTrailRecord, textAt, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * A link to the event in the CloudTrail console, or undefined where Event history cannot hold it: it keeps management
 * events only. Region and id become part of the link, so only a region and a UUID are let in.
 * Source: CloudTrail User Guide, "Working with CloudTrail event history".
 */
export function consoleLink(record: CloudTrailRecord): string | undefined {
  const region = viewOf(record).region ?? "";
  const eventID = textAt(record, "eventID") ?? "";
  const managed = valueAt(record, "managementEvent") === true || textAt(record, "eventCategory") === "Management";
  if (!managed || !/^[a-z0-9-]+$/.test(region) || !UUID.test(eventID)) return undefined;
  const domain = consoleDomain(region);
  return domain && `https://${region}.${domain}/cloudtrailv2/home?region=${region}#/events/${eventID}`;
}

/** The console of the region's partition; for unknown partitions no link is better than a dead one. */
function consoleDomain(region: string): string | undefined {
  if (region.startsWith("cn-")) return "console.amazonaws.cn";
  if (region.startsWith("us-gov-")) return "console.amazonaws-us-gov.com";
  return /^[a-z]{2}-(?!iso)/.test(region) ? "console.aws.amazon.com" : undefined;
}
