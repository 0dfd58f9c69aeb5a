import { name } from "../alert/text.ts";
import { LOG_SUFFIX } from "../envelope/log-object.ts";
import { type Answer, type Finding, findingsOn } from "./finding.ts";

/** Which keys a notification is for; an absent part demands nothing. */
export interface KeyFilter {
  readonly prefix?: string;
  readonly suffix?: string;
}

/** One entry of a bucket's notification that invokes a function. */
export interface FunctionNotification {
  readonly functionArn: string;
  /** `s3:ObjectCreated:*` ... */
  readonly events: readonly string[];
  readonly filter: KeyFilter;
}

/** A bucket's notification settings. */
export interface BucketNotification {
  readonly functions: readonly FunctionNotification[];
  /** Its entries for topics, queues and EventBridge. */
  readonly others: number;
  /** True if it sends events to EventBridge. */
  readonly sendsEvents?: boolean;
}

/** What the notification should do. */
export interface WantedNotification {
  readonly bucket: string;
  readonly functionArn: string;
  /** How the keys of log files begin: `trails/main/AWSLogs/`. */
  readonly prefix: string;
  /** A key that it must select. */
  readonly sampleKey: string;
}

/** A key as CloudTrail would write it below the prefix. */
export function sampleKey(prefix: string, accountId: string, region: string): string {
  const file = `${accountId}_CloudTrail_${region}_20260101T0000Z_0123456789abcdef${LOG_SUFFIX}`;
  return `${prefix}${accountId}/CloudTrail/${region}/2026/01/01/${file}`;
}

/**
 * The value of a filter as S3 wants it: a space as a plus, other special characters by their percent codes.
 * Source: S3 User Guide, "Configuring event notifications using object key name filtering".
 */
export function encodedFilter(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * True if a key meets a filter. S3 wants values URL-encoded, a space as a plus (S3 User Guide, "Configuring event
 * notifications using object key name filtering"); what it hands back is taken as it is, or decoded.
 */
export function selects({ prefix = "", suffix = "" }: KeyFilter, key: string): boolean {
  return readings(prefix).some((one) => key.startsWith(one)) && readings(suffix).some((one) => key.endsWith(one));
}

/** True if a filter selects every log file below a prefix; a filter for one account, day or file does not. */
function selectsAll({ prefix = "", suffix = "" }: KeyFilter, wanted: string): boolean {
  return (
    readings(prefix).some((one) => wanted.startsWith(one)) && readings(suffix).some((one) => LOG_SUFFIX.endsWith(one))
  );
}

/** Compares a bucket's notification with what it should do. */
export function notificationFindings(
  wanted: WantedNotification,
  answer: Answer<BucketNotification>,
): readonly Finding[] {
  const check = "notification";
  return findingsOn(check, "The bucket's notification", answer, ({ functions, others }) => {
    const found = (state: Finding["state"], what: string, why: string): readonly Finding[] => [
      {
        check,
        state,
        what,
        why: `${why} ${REPLAY}`,
        remedy: remedyOf(wanted, functions.length + others),
        ...(state === "broken" && { isTotal: true as const }),
      },
    ];
    const own = functions.filter(({ functionArn }) => isSame(functionArn, wanted.functionArn));
    if (own.length === 0) {
      const rest = functions.length + others;
      return found(
        "broken",
        `The log bucket ${name(wanted.bucket)} no longer notifies the function: no log file is read.`,
        rest === 0
          ? "Its notification is empty."
          : `Its notification has ${rest} other entries, none for the function.`,
      );
    }
    const onCreation = own.filter(({ events }) => events.some((event) => /^s3:ObjectCreated:(?:\*|Put)$/.test(event)));
    if (onCreation.length === 0) {
      const events = own.flatMap((one) => one.events).slice(0, 5);
      return found(
        "broken",
        "The log bucket notifies the function of other events than created objects: no log file is read.",
        `It does of ${events.map((event) => name(event, 60)).join(", ") || "none"}.`,
      );
    }
    const selecting = onCreation.filter(({ filter }) => selectsAll(filter, wanted.prefix));
    const filters = onCreation.map(({ filter }) => filterText(filter)).join("; ");
    if (selecting.length === 0) {
      return found(
        "broken",
        "The filter of the bucket's notification does not select each log file of this deployment.",
        `It is ${filters}, and a key is ${name(wanted.sampleKey, 300)}.`,
      );
    }
    return selecting.every(({ filter }) => isUnencoded(filter))
      ? found(
          "doubtful",
          "The filter of the bucket's notification holds characters that S3 wants URL-encoded: it may never fire.",
          `It is ${filters}.`,
        )
      : [];
  });
}

const REPLAY = "What was missed meanwhile npm run replay tells.";

/** An ARN with a version and one without it name the same function. */
function isSame(arn: string, functionArn: string): boolean {
  return arn === functionArn || arn.startsWith(`${functionArn}:`);
}

function readings(value: string): readonly string[] {
  try {
    return [value, decodeURIComponent(value.replaceAll("+", " "))];
  } catch {
    return [value];
  }
}

/** True if a filter holds a character that URL-encoded text never holds: `=`, a space, an umlaut. */
function isUnencoded({ prefix = "", suffix = "" }: KeyFilter): boolean {
  return /[^\w.~!'()*/%+-]/.test(prefix + suffix);
}

function filterText({ prefix, suffix }: KeyFilter): string {
  const parts = [prefix && `prefix ${name(prefix, 200)}`, suffix && `suffix ${name(suffix, 60)}`].filter(Boolean);
  return parts.join(" and ") || "none";
}

/** Setting the notification replaces all of it, so the command is given only if there is no other entry. */
function remedyOf({ bucket, functionArn, prefix }: WantedNotification, entries: number): string {
  const encoded = encodedFilter(prefix);
  if (entries > 0) {
    return `In the bucket's properties, under Event notifications: all object creations with the prefix ${encoded} and the suffix ${LOG_SUFFIX} go to ${functionArn}.`;
  }
  const FilterRules = [
    { Name: "prefix", Value: encoded },
    { Name: "suffix", Value: LOG_SUFFIX },
  ];
  const configuration = {
    LambdaFunctionConfigurations: [
      { LambdaFunctionArn: functionArn, Events: ["s3:ObjectCreated:*"], Filter: { Key: { FilterRules } } },
    ],
  };
  return `aws s3api put-bucket-notification-configuration --bucket ${bucket} --notification-configuration '${JSON.stringify(configuration)}'`;
}
