import { z } from "zod";
import { encodedFilter } from "../lambda/core/health/notification.ts";
import { WEEKDAYS } from "../lambda/core/ledger/day.ts";
import { SEVERITIES } from "../lambda/core/rules/severity.ts";
import { accountSettings } from "./account-settings.ts";
import { endpoint } from "./endpoint-setting.ts";
import { routeSettings } from "./route-settings.ts";
import { sourceSettings, trailSettings } from "./source/source-settings.ts";
import { stackSettings } from "./stack-settings.ts";

/** CloudWatch Logs keeps logs only for these numbers of days (CloudWatch Logs API Reference, "PutRetentionPolicy"). */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const TWICE = "names somebody twice";

/** Every knob, and what may be written for it. */
export const settingsSchema = z.strictObject({
  source: z.string().refine(isSource, "source is new-trail or the name of a bucket, without s3://").optional(),
  emails: z.array(z.email("an email address is written like you@example.com")).refine(areDistinct, TWICE).default([]),
  endpoints: z.array(endpoint).refine(areDistinct, TWICE).default([]),
  phones: z
    .array(z.string().regex(/^\+[1-9]\d{6,14}$/, "a phone number is written like +14155550100, in quotes"))
    .refine(areDistinct, TWICE)
    .default([]),
  smsFrom: z.enum(SEVERITIES).default("critical"),
  onlyAccounts: z
    .array(z.string().regex(/^\d{12}$/, "an account is twelve digits, in quotes"))
    .min(1)
    .optional(),
  organization: z
    .string()
    .regex(/^o-[a-z0-9]{10,32}$/, "organization is an id such as o-exampleorgid")
    .optional(),
  ...accountSettings,
  roundUpHour: z.number().int("roundUpHour is a whole hour").min(0).max(23).default(8),
  roundUpDay: z.enum([...WEEKDAYS, "none"]).default("monday"),
  accountSilentAfterHours: z.number().int("accountSilentAfterHours is whole hours").min(0).max(720).default(26),
  proveLogs: z.boolean("proveLogs is true or false").default(true),
  followSessions: z.boolean("followSessions is true or false").default(true),
  firstSeen: z.boolean("firstSeen is true or false").default(true),
  learningDays: z.number().int("learningDays is a whole number of days").min(0).max(365).default(14),
  timeZone: z.string().refine(isTimeZone, "timeZone is an IANA name such as Europe/Berlin").optional(),
  packs: z.array(z.string().min(1)).min(1).default(["trailbell/rules"]),
  disable: z.record(z.string(), z.string().min(1, "disable maps a rule to the reason why it is off")).optional(),
  severity: z.record(z.string(), z.enum(SEVERITIES)).optional(),
  prefix: z
    .string()
    .max(200, "prefix has at most 200 characters, as in CloudTrail")
    .superRefine((prefix, { addIssue }) => {
      const fault = faultOfPrefix(prefix);
      if (fault !== undefined) addIssue({ code: "custom", message: fault });
    })
    .optional(),
  logKey: z
    .string()
    .regex(
      /^(?:new|arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+)$/,
      "logKey is the ARN of a KMS key, not of an alias; for a new trail also new",
    )
    .optional(),
  logExpiryDays: z.number().int().min(1).max(36_500).default(365),
  functionLogDays: z
    .number()
    .refine((days) => RETENTION_DAYS.includes(days as never), `functionLogDays is one of ${RETENTION_DAYS.join(", ")}`)
    .default(90),
  healthSmsFrom: z.enum([...SEVERITIES, "none"]).optional(),
  watchIam: z.boolean().default(true),
  alarms: z.enum(["default", "full"]).default("default"),
  // For periods of this length, CloudWatch looks back a day at most.
  silentAfterHours: z.number().int().min(1).max(24).default(3),
  smsSpendLimit: z.number().positive().max(100_000).default(1),
  dashboard: z.boolean().default(true),
  ownDataEvents: z.boolean().default(false),
  reservedConcurrency: z.number().int().min(1).max(1000).optional(),
  ...sourceSettings,
  ...trailSettings,
  ...stackSettings,
  ...routeSettings,
});

/** S3's rules for names (S3 User Guide, "Bucket naming rules"), and no misspelling of new-trail. */
function isSource(source: string): boolean {
  const isAddress = /^\d+(?:\.\d+){3}$/.test(source);
  const isMisspelt = source !== "new-trail" && /^new[-_.]?trail$/i.test(source);
  return /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/.test(source) && !isAddress && !isMisspelt;
}

/** What is wrong with a key prefix; undefined for a valid one. */
function faultOfPrefix(prefix: string): string | undefined {
  // In the ARN of a permission these stand for other characters (IAM User Guide, "IAM policy elements: Resource").
  const [wildcard] = /[*?$]/.exec(prefix) ?? [];
  if (wildcard !== undefined)
    return `prefix holds ${JSON.stringify(wildcard)}, which a permission takes for a wildcard`;
  const [unseen] = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.exec(prefix) ?? [];
  if (unseen !== undefined) return `prefix holds ${JSON.stringify(unseen)}, a control character`;
  // IAM User Guide, "Grammar of the IAM JSON policy language": the prefix stands in a permission.
  const [foreign] = /[^\u0020-\u00ff]/u.exec(prefix) ?? [];
  if (foreign !== undefined) return `prefix holds ${JSON.stringify(foreign)}, which no permission may hold`;
  if (encodedFilter(prefix).length > 1000) return "prefix is too long for S3's filter, once it is URL-encoded";
  if (prefix === "" || /^\/|\/$|\/\//.test(prefix))
    return "leave prefix out if keys begin with AWSLogs/; otherwise write it without a slash at its ends or two together, like trails/main";
  if (/(?:^|\/)AWSLogs(?:\/|$)/.test(prefix)) return "prefix is what stands before AWSLogs/, without it";
  return /^ | $/.test(prefix) ? "prefix has no space at its ends" : undefined;
}

function areDistinct(entries: readonly string[]): boolean {
  return new Set(entries.map((entry) => entry.toLowerCase())).size === entries.length;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
