import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { encodedFilter } from "../lambda/core/health/notification.ts";
import { isObject } from "../lambda/core/record/record.ts";
import { SEVERITIES } from "../lambda/core/rules/rule.ts";
import { issueText } from "../lambda/rule-files/schema-fault.ts";
import { readYaml, YamlError } from "../lambda/rule-files/yaml-source.ts";

/** CloudWatch Logs keeps logs only for these numbers of days (CloudWatch Logs API Reference, "PutRetentionPolicy"). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const TWICE = "names somebody twice";

const settingsSchema = z.strictObject({
  source: z.string().refine(isSource, "source is new-trail or the name of a bucket, without s3://").optional(),
  emails: z.array(z.email("an email address is written like you@example.com")).refine(areDistinct, TWICE).default([]),
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
  accounts: z
    .record(
      z.string().regex(/^\d{12}$/, "accounts maps twelve digits, in quotes, to a name"),
      z.string().min(1).max(40),
    )
    .default({}),
  roundUpHour: z.number().int("roundUpHour is a whole hour").min(0).max(23).default(8),
  accountSilentAfterHours: z.number().int("accountSilentAfterHours is whole hours").min(0).max(720).default(26),
  followSessions: z.boolean("followSessions is true or false").default(true),
  timeZone: z.string().refine(isTimeZone, "timeZone is an IANA name such as Europe/Berlin").optional(),
  packs: z.array(z.string().min(1)).min(1).default(["rules"]),
  disable: z.record(z.string(), z.string().min(1, "disable maps a rule to the reason why it is off")).optional(),
  severity: z.record(z.string(), z.enum(SEVERITIES)).optional(),
  prefix: z
    .string()
    .max(200, "prefix has at most 200 characters, as in CloudTrail")
    .superRefine((prefix, { addIssue }) => {
      const fault = faultOfPrefix(prefix);
      if (fault !== undefined) addIssue({ code: "custom", message: fault });
    })
    .refine((prefix) => !/(?:^|\/)AWSLogs(?:\/|$)/.test(prefix), "prefix is what stands before AWSLogs/, without it")
    .optional(),
  logKey: z
    .string()
    .regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "logKey is the ARN of a KMS key, not of an alias")
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
});

type Parsed = z.infer<typeof settingsSchema>;

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
    return "prefix is not empty, and has no slash at its ends nor two together";
  return /^ | $/.test(prefix) ? "prefix has no space at its ends" : undefined;
}

function areDistinct(entries: readonly string[]): boolean {
  return new Set(entries.map((entry) => entry.toLowerCase())).size === entries.length;
}

/** Every knob of a deployment. */
export type Settings = Parsed & { readonly source: string };

export const NEW_TRAIL = "new-trail";
export const SETTINGS_FILE = "trailbell.config.yaml";

/** Settings that cannot be deployed; the message names each setting and says what to write. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads trailbell.config.yaml (which may be missing), overridden by what `-c` gives, and demands what a deployment needs.
 * `override` returns the text of `-c name=...`, or undefined.
 * @throws SettingsError
 */
export function readSettings(file: string, override: (name: string) => unknown): Settings {
  const settings = parse(file, override);
  const missing: string[] = [];
  const misplaced: (readonly [name: string, text: string])[] = [];
  if (settings.source === undefined) missing.push(MISSING_SOURCE);
  if (settings.emails.length + settings.phones.length === 0) missing.push(MISSING_RECIPIENT);
  if (settings.source === NEW_TRAIL) {
    for (const name of ["prefix", "logKey"] as const) {
      if (settings[name] !== undefined) {
        misplaced.push([name, `${name} is for a bucket that you have, not for ${NEW_TRAIL}`]);
      }
    }
  }
  if (settings.source !== NEW_TRAIL && settings.ownDataEvents) {
    const text = `ownDataEvents is for ${NEW_TRAIL}; of a trail that you have, set its event selectors (docs/delivery.md)`;
    misplaced.push(["ownDataEvents", text]);
  }
  const faults = [
    ...missing.map((text) => `${file}: ${text}`),
    ...misplaced.map(([name, text]) => `${override(name) === undefined ? file : `-c ${name}`}: ${text}`),
  ];
  if (faults.length > 0) throw new SettingsError(faults.join("\n"));
  return settings as Settings;
}

/** Settings that have another name now, and what to write. */
const RENAMED = new Map([
  [
    "healthSms",
    "this is healthSmsFrom now, the lowest severity that phones get: info in place of true, none in place of false",
  ],
]);

/**
 * Refuses a `-c` name that is no setting: a misspelt one would have no effect. CDK's own names contain characters other
 * than letters.
 * @throws SettingsError
 */
export function refuseUnknownSettings(given: readonly string[]): void {
  const names = Object.keys(settingsSchema.shape);
  const unknown = given.filter((name) => /^[A-Za-z]+$/.test(name) && !names.includes(name));
  if (unknown.length > 0) {
    const textOf = (name: string) => RENAMED.get(name) ?? `no such setting; one of ${names.join(", ")}`;
    throw new SettingsError(unknown.map((name) => `-c ${name}: ${textOf(name)}`).join("\n"));
  }
}

/**
 * Reads the settings that a desk can use; none is required. `override` works as for a deployment.
 * @throws SettingsError
 */
export function readDeskSettings(file: string, override: (name: string) => unknown = () => undefined): Parsed {
  return parse(file, override);
}

const MISSING_SOURCE = `source is missing. Write one of
    source: new-trail        a new trail and bucket; a second copy of management events costs about $2 per 100,000
    source: my-log-bucket    the bucket that your trail already writes to; its notification is added
  or pass it as -c source=...`;

const MISSING_RECIPIENT = `nobody would be alerted. Write
    emails: [you@example.com]
  or phones: ["+14155550100"], or pass -c emails=you@example.com`;

function parse(file: string, override: (name: string) => unknown): Parsed {
  const source = existsSync(file) ? yamlOf(file) : { data: undefined, lineAt: () => 1 };
  const written: unknown = source.data ?? {};
  if (!isObject(written)) throw new SettingsError(`${file}:1: settings are a mapping of names to values`);
  const names = Object.keys(settingsSchema.shape);
  const overrides = Object.fromEntries(
    names.map((name) => [name, overrideOf(name, override(name))]).filter(([, value]) => value !== undefined),
  );
  const parsed = settingsSchema.safeParse({ ...written, ...overrides }, { reportInput: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const [name = ""] = issue.path;
    const unknown = issue.code === "unrecognized_keys" ? issue.keys : [];
    const key = unknown.find((one) => RENAMED.has(one)) ?? unknown[0];
    const path = key === undefined ? issue.path : [...issue.path, key];
    const place = Object.hasOwn(overrides, name) ? `-c ${String(name)}` : `${file}:${source.lineAt(path)}`;
    return `${place}: ${RENAMED.get(key ?? "") ?? issueText(issue, () => names)}`;
  });
  throw new SettingsError(faults.join("\n"));
}

function yamlOf(file: string) {
  try {
    return readYaml(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof YamlError) throw new SettingsError(`${file}:${error.line}: ${error.message}`);
    throw error;
  }
}

const LISTS = ["onlyAccounts", "emails", "phones", "packs"];
const NUMBERS = [
  "roundUpHour",
  "logExpiryDays",
  "functionLogDays",
  "accountSilentAfterHours",
  "silentAfterHours",
  "smsSpendLimit",
  "reservedConcurrency",
];
const FLAGS = ["followSessions", "ownDataEvents", "watchIam", "dashboard"];

/** The value of a setting on the command line, where everything is text: lists by commas, accounts as id=name. */
function overrideOf(name: string, given: unknown): unknown {
  if (typeof given !== "string") return given;
  if (LISTS.includes(name)) return given.split(",").map((entry) => entry.trim());
  if (FLAGS.includes(name)) return given === "true" ? true : given === "false" ? false : given;
  if (NUMBERS.includes(name)) return /^-?\d+(?:\.\d+)?$/.test(given) ? Number(given) : given;
  if (name === "accounts") return Object.fromEntries(given.split(",").map((entry) => entry.split("=")));
  return given;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
