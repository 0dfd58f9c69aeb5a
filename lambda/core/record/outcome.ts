import { type CloudTrailRecord, flagOf, isObject, textAt, valueAt } from "./record.ts";

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
  if (hasFailed || saysFailure(record.serviceEventDetails, eventName)) return "failed";
  return answersByItem(record) ? outcomeOfItems(record) : "success";
}

/** What stands for nothing, or for no error, in the tables and texts that tools make of records. */
const NOTHING = /^(?:null|none|nan|-|0|ok|success)$/i;

function errorIn(record: CloudTrailRecord, field: "errorCode" | "errorMessage"): string | undefined {
  const text = textAt(record, field);
  return text !== undefined && NOTHING.test(text) ? undefined : text;
}

/**
 * Calls of EC2 on several things, which have no errorCode even if none of the things took it: each has an error of its own.
 * Source: EC2 API Reference, "UnsuccessfulItem".
 */
const BY_ITEM = new Set([
  "AcceptVpcEndpointConnections",
  "CreateFlowLogs",
  "DeleteFlowLogs",
  "DeleteVpcEndpointServiceConfigurations",
  "DeleteVpcEndpoints",
  "ModifyHosts",
  "RejectVpcEndpointConnections",
  "ReleaseHosts",
]);

function answersByItem({ eventSource, eventName, responseElements }: CloudTrailRecord): boolean {
  return eventSource === "ec2.amazonaws.com" && BY_ITEM.has(String(eventName)) && isObject(responseElements);
}

/** That of a call which no single thing took: `{"DeleteFlowLogsResponse": {"unsuccessful": {"item": {"resourceId": ...}}}}`. */
function outcomeOfItems({ eventName, requestParameters, responseElements }: CloudTrailRecord): Outcome {
  const answer = valueAt(responseElements, `${eventName}Response`) ?? responseElements;
  const items = [valueAt(answer, "unsuccessful", "item") ?? valueAt(answer, "unsuccessful", "items") ?? []].flat();
  const failed = new Set(items.map((item) => textAt(item, "resourceId")));
  const asked = JSON.stringify(requestParameters ?? null).match(ID) ?? [];
  if (asked.length === 0 || !asked.every((id) => failed.has(id))) return "success";
  return items.every((item) => DENIED.test(textAt(item, "error", "code") ?? "")) ? "denied" : "failed";
}

/** The id of something in EC2: `fl-0123456789abcdef0`. */
const ID = /\b[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})\b/g;

/** False for calls of APIs, whose failures have an errorCode; sign-ins answer in words. */
function answersInWords({ eventType, eventSource }: CloudTrailRecord): boolean {
  return eventType !== "AwsApiCall" || eventSource === "signin.amazonaws.com";
}

/** True if error fields alone say whether the call worked, and not what a service says in words. */
export function isOutcomeOfFields(record: CloudTrailRecord): boolean {
  if (errorIn(record, "errorCode") !== undefined) return true;
  if (answersByItem(record)) return false;
  const { errorMessage = null, responseElements = null, serviceEventDetails = null } = record;
  return (
    errorMessage === null && serviceEventDetails === null && (responseElements === null || !answersInWords(record))
  );
}

const ANSWER = /(?:state|status|result|outcome)$/i;
const FAILURE = /^(?:fail(?:ed|ure)|aborted|error|timed_?out|unsuccessful|rejected|denied|\w+_failed)$/i;
/** Of these, any text says that something failed. */
const REASON = /^(?:error|failure)(?:code|message|reason)$/i;
const WORKED = /^(?:success|succeeded|successful)$/i;

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
    if (WORKED.test(name) && flagOf(value) === false) return true;
    if (typeof value !== "string") return saysFailure(value, eventName, depth + 1);
    if (REASON.test(name)) return value !== "" && !NOTHING.test(value);
    return (name === eventName || ANSWER.test(name)) && FAILURE.test(value);
  });
}
