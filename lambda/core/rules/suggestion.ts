import { serviceOf, withoutApiVersion } from "../record/call.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { EventPattern, Exception, Rule } from "./rule.ts";
import { faultOfCall } from "./watch-list.ts";

/**
 * What a rule would say of a record's call: an entry of a list or, where none can say it, a pattern; undefined for a
 * record without one.
 */
export function callSuggestion(record: CloudTrailRecord): Pick<Rule, "calls" | "pattern"> | undefined {
  const eventName = textAt(record, "eventName");
  const eventSource = textAt(record, "eventSource");
  if (eventName === undefined || eventSource === undefined) return undefined;
  const call = `${serviceOf(eventSource)}:${withoutApiVersion(eventName.trim())}`;
  const isCall = eventSource.endsWith(".amazonaws.com") && faultOfCall(call) === undefined;
  return isCall ? { calls: [call] } : { pattern: { eventSource: [eventSource], eventName: [eventName] } };
}

/**
 * A pattern of the caller by what callers cannot choose: the same caller as in a mute's actor. A person of Identity Center
 * is named by the session that AWS names. Undefined where the record names nobody whom a pattern could hold to.
 */
export function callerSuggestion(record: CloudTrailRecord): EventPattern | undefined {
  const user = ["userIdentity"] as const;
  const issuer = textAt(record, ...user, "sessionContext", "sessionIssuer", "arn");
  const arn = textAt(record, ...user, "arn");
  const { person } = viewOf(record).identity;
  if (issuer !== undefined && person !== undefined && arn !== undefined) return { userIdentity: { arn: [arn] } };
  if (issuer !== undefined) return { userIdentity: { sessionContext: { sessionIssuer: { arn: [issuer] } } } };
  switch (textAt(record, ...user, "type")) {
    case "IAMUser":
      return arn === undefined ? undefined : { userIdentity: { type: ["IAMUser"], arn: [arn] } };
    case "Root": {
      const account = textAt(record, ...user, "accountId");
      return account === undefined ? undefined : { userIdentity: { type: ["Root"], accountId: [account] } };
    }
    default: {
      const service = textAt(record, ...user, "invokedBy");
      const isService = service !== undefined && textAt(record, ...user, "type") === "AWSService";
      return isService ? { userIdentity: { type: ["AWSService"], invokedBy: [service] } } : undefined;
    }
  }
}

/** An exception that leaves out this call of this caller; undefined where the record does not name them. */
export function exceptionSuggestion(
  record: CloudTrailRecord,
  { reason, until }: Pick<Exception, "reason" | "until">,
): Exception | undefined {
  const caller = callerSuggestion(record);
  const call = callSuggestion(record);
  if (caller === undefined || call === undefined) return undefined;
  const { calls, pattern } = call;
  return {
    reason,
    ...(until !== undefined && { until }),
    ...(calls !== undefined && { calls }),
    pattern: { ...pattern, ...caller },
  };
}
