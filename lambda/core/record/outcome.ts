import { type CloudTrailRecord, isObject, textAt } from "./record.ts";

export const OUTCOMES = ["success", "denied", "failed", "dry-run"] as const;

/** Whether the call worked, was refused for want of permission, failed otherwise, or only asked "could I?". */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Error codes of a refusal. Services never agreed on one: AccessDenied, AccessDeniedException, KMSAccessDenied...,
 * Client.UnauthorizedOperation, UnauthorizedOperation, NotAuthorizedException, AuthorizationError (SNS), AuthFailure (EC2),
 * VpceAccessDenied (network activity events), AuthorizationException (License Manager), AccessToSnapshotDenied (Redshift),
 * InsufficientIAMAccessPermissionException (CloudTrail), InsufficientPrivilegesException (Elastic Beanstalk).
 */
const DENIED = new RegExp(
  [
    String.raw`Access(?:To[A-Z]\w{0,40})?Denied|AccessForbidden|PermissionDenied|Unauthori[sz]ed|NotAuthori[sz]ed`,
    String.raw`Insufficient(?:Privileges|\w{0,40}AccessPermission)`,
    String.raw`^(?:Client\.)?(?:AuthorizationE(?:rror|xception)|AuthFailure|Forbidden)`,
  ].join("|"),
  "i",
);

const DRY_RUN = /^(?:Client\.)?DryRunOperation(?:Exception)?$/;

/** The outcome of a record, from its error fields and, for sign-ins, from its response. */
export function outcomeOf(record: CloudTrailRecord): Outcome {
  const errorCode = errorIn(record, "errorCode");
  if (errorCode !== undefined) {
    if (DRY_RUN.test(errorCode)) return "dry-run";
    return DENIED.test(errorCode) ? "denied" : "failed";
  }
  // A failed sign-in has an errorMessage or just the response {"ConsoleLogin": "Failure"}, but no errorCode
  // (CloudTrail User Guide, "AWS Management Console sign-in events").
  const eventName = textAt(record, "eventName");
  const response = eventName && answersInWords(record) && textAt(record.responseElements, eventName);
  const hasFailed = response === "Failure" || errorIn(record, "errorMessage") !== undefined;
  return hasFailed || saysFailure(record.serviceEventDetails, eventName) ? "failed" : "success";
}

/** What stands for nothing, or for no error, in the tables and texts that tools make of records. */
const NOTHING = /^(?:null|none|nan|-|0|ok|success)$/i;

function errorIn(record: CloudTrailRecord, field: "errorCode" | "errorMessage"): string | undefined {
  const text = textAt(record, field);
  return text !== undefined && NOTHING.test(text) ? undefined : text;
}

/** False for calls of APIs, whose failures have an errorCode; sign-ins answer in words. */
function answersInWords({ eventType, eventSource }: CloudTrailRecord): boolean {
  return eventType !== "AwsApiCall" || eventSource === "signin.amazonaws.com";
}

/** True if error fields alone say whether the call worked, and not what a service says in words. */
export function isOutcomeOfFields(record: CloudTrailRecord): boolean {
  if (errorIn(record, "errorCode") !== undefined) return true;
  const { errorMessage = null, responseElements = null, serviceEventDetails = null } = record;
  return (
    errorMessage === null && serviceEventDetails === null && (responseElements === null || !answersInWords(record))
  );
}

const ANSWER = /(?:state|status|result|outcome)$/i;
const FAILURE = /^(?:fail(?:ed|ure)|aborted|error|\w+_failed)$/i;

/**
 * The outcome of a service's own event is in its details: `{"CredentialVerification": "Failure"}`,
 * `{"createAccountStatus": {"state": "FAILED"}}`, `{"state": "ABORTED"}`.
 * Source: CloudTrail User Guide, "AWS service events"; Organizations User Guide, "CreateAccountResult"; AWS Backup
 * Developer Guide, "Job statuses".
 */
function saysFailure(details: unknown, eventName: string | undefined, depth = 0): boolean {
  if (depth > 3) return false;
  if (Array.isArray(details)) return details.some((one) => saysFailure(one, eventName, depth + 1));
  if (!isObject(details)) return false;
  return Object.entries(details).some(([name, value]) => {
    if (typeof value !== "string") return saysFailure(value, eventName, depth + 1);
    return (name === eventName || ANSWER.test(name)) && FAILURE.test(value);
  });
}
