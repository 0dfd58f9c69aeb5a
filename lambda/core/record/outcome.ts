import { type CloudTrailRecord, textAt } from "./record.ts";

export const OUTCOMES = ["success", "denied", "failed", "dry-run"] as const;

/** Whether the call worked, was refused for want of permission, failed otherwise, or only asked "could I?". */
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Error codes of a refusal. Services never agreed on one: AccessDenied, AccessDeniedException, KMSAccessDenied...,
 * Client.UnauthorizedOperation, UnauthorizedOperation, NotAuthorizedException, AuthorizationError (SNS), AuthFailure (EC2),
 * VpceAccessDenied (network activity events).
 */
const DENIED =
  /AccessDenied|Unauthori[sz]ed|NotAuthori[sz]ed|^(?:Client\.)?(?:AuthorizationError|AuthFailure|Forbidden)/i;

const DRY_RUN = /^(?:Client\.)?DryRunOperation$/;

/** The outcome of a record, from its error fields and, for sign-ins, from its response. */
export function outcomeOf(record: CloudTrailRecord): Outcome {
  const errorCode = textAt(record, "errorCode");
  if (errorCode !== undefined) {
    if (DRY_RUN.test(errorCode)) return "dry-run";
    return DENIED.test(errorCode) ? "denied" : "failed";
  }
  // A failed sign-in has an errorMessage or just the response {"ConsoleLogin": "Failure"}, but no errorCode
  // (CloudTrail User Guide, "AWS Management Console sign-in events").
  const eventName = textAt(record, "eventName");
  const response = eventName && textAt(record, "responseElements", eventName);
  return response === "Failure" || textAt(record, "errorMessage") !== undefined ? "failed" : "success";
}
