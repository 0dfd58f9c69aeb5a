import { type CloudTrailRecord, textAt, timeOf } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import type { ConditionTest, Statement } from "./statement.ts";

/** Sessions are revoked until now, by clocks that are a little off: an earlier date lets in again what a later one stopped. */
const CLOCKS = 15 * 60_000;

/** What one may still do who is locked out: see who one is, and which keys one has. */
const LOOKING_AT_ONESELF = new Set(
  ["iam:GetUser", "iam:GetLoginProfile", "iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "iam:ListMFADevices"]
    .concat(["iam:ListUserPolicies", "iam:ListAttachedUserPolicies", "iam:ListGroupsForUser", "sts:GetCallerIdentity"])
    .map((action) => action.toLowerCase()),
);

/** True for a document that locks its holder out: a statement does, and no other allows anything. */
export function isLockOut(statements: readonly Statement[], record: CloudTrailRecord): boolean {
  return !statements.some(({ isAllow }) => isAllow) && statements.some((statement) => locksOut(statement, record));
}

/**
 * True for a statement that takes every right from its holder, as AWSDenyAll does, or from the sessions that exist, as
 * AWSRevokeOlderSessions does. Under any other condition it may be that nobody is meant. Long-term keys and new sessions go
 * on where only sessions are denied, so that is a lock-out only under a name that speaks of sessions.
 * Source: IAM User Guide, "Revoke IAM role temporary security credentials".
 */
export function locksOut(statement: Statement, record: CloudTrailRecord): boolean {
  const { isAllow, actions, isNotAction, resources, isNotResource, tests } = statement;
  if (isAllow || isNotResource) return false;
  const deniesAll = isNotAction
    ? actions.every((action) => LOOKING_AT_ONESELF.has(action.trim().toLowerCase()))
    : actions.some((action) => /^\*+(?::\*+)?$/.test(action.trim()));
  const isEverywhere = resources.some((resource) => /^\*+$/.test(resource.trim()));
  return deniesAll && isEverywhere && tests.every((test) => holdsFromNow(test, record));
}

/** True for a condition that holds when the call is made, and does not end by itself: it begins, or ends sessions. */
function holdsFromNow({ key, operator, values }: ConditionTest, record: CloudTrailRecord): boolean {
  const now = viewOf(record).time ?? Number.NEGATIVE_INFINITY;
  const dates = values.map((value) => timeOf(value) ?? Number.NaN);
  if (key === "aws:tokenissuetime")
    return isNamedForSessions(record) && operator.startsWith("dateless") && dates.some((date) => date >= now - CLOCKS);
  return key === "aws:currenttime" && operator.startsWith("dategreater") && dates.some((date) => date <= now);
}

function isNamedForSessions(record: CloudTrailRecord): boolean {
  const named = ["policyName", "policyArn"].map((field) => textAt(record, "requestParameters", field) ?? "");
  return named.some((text) => /sessions?$/i.test(text));
}
