import { z } from "zod";
import { isObject } from "../../lambda/core/record/record.ts";
import { selectorsFault } from "./selectors.ts";
import { notificationFault } from "./taken.ts";

const TOPIC = /^arn:[a-z-]+:sns:([a-z0-9-]+):(\d{12}):[\w-]{1,256}(\.fifo)?$/;

/** How the log files of a bucket that one has are announced, and where it is. */
export const sourceSettings = {
  announcedBy: z
    .string()
    .superRefine((text, { addIssue }) => {
      const fault = announcedByFault(text);
      if (fault !== undefined) addIssue({ code: "custom", message: fault });
    })
    .default("s3"),
  bucketAccount: z
    .string()
    .regex(/^\d{12}$/, "bucketAccount is the twelve digits of the account that owns the bucket, in quotes")
    .optional(),
  bucketRegion: z
    .string()
    .regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d$/, "bucketRegion is a region such as eu-central-1")
    .optional(),
  /** What `aws s3api get-bucket-notification-configuration` prints, or a file with it. */
  bucketNotification: z
    .unknown()
    .refine(
      (given): boolean => given === undefined || isObject(given),
      "bucketNotification is the JSON of a bucket's notification",
    )
    .optional(),
  readRole: z
    .string()
    .regex(
      /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
      "readRole is the ARN of a role in the bucket's account",
    )
    .optional(),
};

/** What a new trail does besides. */
export const trailSettings = {
  organizationTrail: z.boolean("organizationTrail is true or false").default(false),
  insights: z.boolean("insights is true or false").default(false),
  dataEvents: z
    .array(z.unknown())
    .superRefine((selectors, { addIssue }) => {
      const fault = selectorsFault(selectors);
      if (fault !== undefined) addIssue({ code: "custom", message: fault });
    })
    .optional(),
  archiveAfterDays: z.number().int("archiveAfterDays is a whole number of days").min(1).max(36_500).optional(),
};

function announcedByFault(text: string): string | undefined {
  if (text === "s3" || text === "eventbridge") return undefined;
  const [, , , fifo] = TOPIC.exec(text) ?? [];
  if (fifo !== undefined) {
    return "announcedBy names a FIFO topic, which delivers to queues only and to no function; a standard topic is needed";
  }
  return TOPIC.test(text)
    ? undefined
    : "announcedBy is s3, eventbridge, or the ARN of an SNS topic that announces the log files";
}

/** The settings that only suit one kind of source. */
export interface SourceChoice {
  readonly source?: string | undefined;
  readonly announcedBy: string;
  readonly bucketNotification?: unknown;
  readonly prefix?: string | undefined;
  readonly stackName?: string | undefined;
  readonly bucketAccount?: string | undefined;
  readonly bucketRegion?: string | undefined;
  readonly readRole?: string | undefined;
  readonly organizationTrail: boolean;
  readonly organization?: string | undefined;
  readonly insights: boolean;
  readonly dataEvents?: readonly unknown[] | undefined;
  readonly archiveAfterDays?: number | undefined;
  readonly logExpiryDays: number;
  readonly logKey?: string | undefined;
}

/** Glacier Instant Retrieval bills 90 days at least (Amazon S3 pricing). */
const ARCHIVED_AT_LEAST = 90;

/** What does not go together, by the name of the setting that is wrong. */
export function sourceFaults(settings: SourceChoice, isNewTrail: boolean): readonly (readonly [string, string])[] {
  const faults: (readonly [string, string])[] = [];
  const { announcedBy, bucketAccount, bucketRegion, readRole, logKey } = settings;
  if (isNewTrail) {
    const isGiven = { announcedBy: announcedBy !== "s3", bucketAccount, bucketRegion, readRole };
    for (const [name, given] of Object.entries(isGiven)) {
      if (given) faults.push([name, `${name} is for a bucket that you have, not for new-trail`]);
    }
    if (settings.organizationTrail && settings.organization === undefined) {
      faults.push([
        "organizationTrail",
        "organizationTrail needs organization, the id such as o-exampleorgid: the bucket's policy names it",
      ]);
    }
    const { archiveAfterDays: archived, logExpiryDays: expiry } = settings;
    if (archived !== undefined && archived + ARCHIVED_AT_LEAST > expiry) {
      faults.push([
        "archiveAfterDays",
        `archiveAfterDays leaves less than ${ARCHIVED_AT_LEAST} days until logExpiryDays (${expiry}), and S3 bills ${ARCHIVED_AT_LEAST} at least`,
      ]);
    }
    return faults;
  }
  if (settings.bucketNotification !== undefined) {
    const { source = "", prefix, stackName = "Trailbell" } = settings;
    const asked = {
      bucket: source,
      announcedBy,
      logs: prefix === undefined ? "AWSLogs/" : `${prefix}/AWSLogs/`,
      stackName,
    };
    const fault = notificationFault(settings.bucketNotification, asked);
    if (fault !== undefined) faults.push(["announcedBy", fault]);
  }
  const { organizationTrail, insights, dataEvents, archiveAfterDays } = settings;
  for (const [name, given] of Object.entries({ organizationTrail, insights, dataEvents, archiveAfterDays })) {
    if (given) faults.push([name, `${name} is for new-trail; of a trail or bucket that you have, set it there`]);
  }
  if (logKey === "new")
    faults.push(["logKey", "logKey: new is for new-trail; of a bucket that you have, give the key"]);
  if (bucketRegion !== undefined && announcedBy === "s3") {
    faults.push([
      "bucketRegion",
      "bucketRegion needs announcedBy: S3 invokes functions of its own region only; use eventbridge or a topic's ARN",
    ]);
  }
  if (readRole !== undefined && bucketAccount !== undefined && readRole.split(":")[4] !== bucketAccount) {
    faults.push(["readRole", `readRole is of another account than bucketAccount (${bucketAccount})`]);
  }
  return faults;
}

/** The parts of the ARN of a topic; undefined where a source is not announced by one. */
export function topicOf(announcedBy: string): { arn: string; region: string; account: string } | undefined {
  const [, region, account] = TOPIC.exec(announcedBy) ?? [];
  return region === undefined || account === undefined ? undefined : { arn: announcedBy, region, account };
}
