import { Token } from "aws-cdk-lib";
import { NEW_TRAIL, type Settings } from "../settings.ts";
import { endpointsOf } from "../vpc-and-boundary.ts";
import { topicOf } from "./source-settings.ts";

/** What whoever deploys should know of where log files come from, and of what it costs. */
export function sourceNotes(settings: Settings): readonly string[] {
  const { source, announcedBy, bucketAccount, bucketRegion, readRole, archiveAfterDays, dataEvents, insights, logKey } =
    settings;
  const notes: string[] = [];
  const isOurs = source === NEW_TRAIL;
  const isNamed = !Token.isUnresolved(source);
  const isByBucket = announcedBy === "s3" && bucketAccount === undefined;
  if (!isOurs && isNamed && isByBucket && settings.bucketNotification === undefined) {
    notes.push(
      `if S3 says that configurations overlap, the bucket's notification is taken. To be told the ways around, give synth as bucketNotification what this prints: aws s3api get-bucket-notification-configuration --bucket ${source}`,
    );
  }
  if (topicOf(announcedBy) !== undefined && bucketAccount !== undefined && readRole === undefined) {
    notes.push(
      "a topic of another account must let this account subscribe before the deployment: docs/deploying.md#a-bucket-in-another-account-or-region",
    );
  }
  if (announcedBy === "eventbridge" && bucketRegion === undefined && bucketAccount === undefined) {
    notes.push(
      `${isNamed ? source : "the bucket"} must send its events to EventBridge (its properties, Amazon EventBridge: On)`,
    );
  }
  if (isOurs && logKey !== undefined && logKey !== "new") {
    notes.push(
      "logKey: its policy must let CloudTrail encrypt before the trail is made: docs/deploying.md#log-files-under-a-kms-key",
    );
  }
  if (archiveAfterDays !== undefined) {
    notes.push(
      "archiveAfterDays: moving costs $0.02 per 1,000 log files, and reading one back $0.03 per GB; S3 leaves files below 128 KB where they are, which most log files are",
    );
  }
  if (dataEvents !== undefined) notes.push("dataEvents: $0.10 per 100,000 data events");
  if (insights)
    notes.push("insights: $0.35 per 100,000 management events that are analyzed, for each of the two types");
  if (settings.subnets !== undefined) {
    notes.push(
      `without a way into the internet, the subnets need endpoints for ${endpointsOf(settings).join(", ")}${
        settings.proveLogs
          ? "; and proveLogs: false, unless all log files are of this region: CloudTrail's keys of another region cannot be asked for then"
          : ""
      }`,
    );
  }
  return notes.map((note) => `note: ${note}`);
}
