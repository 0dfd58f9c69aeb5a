import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";

// The shell fills in the current time: sessions that begin later are not refused.
const UNTIL_NOW = `'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}]}'`;
const REFUSE_OLDER = `--policy-name RevokeOlderSessions --policy-document ${UNTIL_NOW}`;

/** Commands against a caller, and what they hit. */
interface Means {
  readonly hits: string;
  readonly commands: readonly string[];
}

const OF_KEY: Means = {
  hits: "this key, and all sessions that it has opened until now",
  commands: [
    "aws iam update-access-key --user-name {userIdentity.userName} --access-key-id {userIdentity.accessKeyId} --status Inactive",
    `aws iam put-user-policy --user-name {userIdentity.userName} ${REFUSE_OLDER}`,
  ],
};
const OF_USER: Means = {
  hits: "all sessions until now; a key or password that opens others stays",
  commands: [
    `aws iam put-user-policy --user-name {userIdentity.userName} ${REFUSE_OLDER}`,
    "aws iam list-access-keys --user-name {userIdentity.userName}",
  ],
};
const OF_ISSUER: Means = {
  hits: "all sessions that the user has opened until now, this one too",
  commands: [
    `aws iam put-user-policy --user-name {userIdentity.sessionContext.sessionIssuer.userName} ${REFUSE_OLDER}`,
  ],
};
const OF_ROLE: Means = {
  hits: "all sessions of the role until now, whoever has them",
  commands: [
    `aws iam put-role-policy --role-name {userIdentity.sessionContext.sessionIssuer.userName} ${REFUSE_OLDER}`,
  ],
};

/** Roles that IAM lets nobody change: those of services and of Identity Center. */
const NOT_OURS = /:role\/(?:aws-service-role|aws-reserved)\//;

/**
 * What takes the caller's own credentials away: what it hits, and the commands, for the account called. Undefined
 * where IAM offers none: for root, Identity Center users, services, other accounts' callers, whoever did not get in.
 * Source: IAM User Guide, "Revoke IAM role temporary security credentials".
 */
export function lockOutOf(record: CloudTrailRecord): Means | undefined {
  const { account, outcome } = viewOf(record);
  const user = ["userIdentity"] as const;
  const issuer = textAt(record, ...user, "sessionContext", "sessionIssuer", "arn");
  const isSignIn = textAt(record, "eventType") === "AwsConsoleSignIn";
  const isOwn =
    account !== undefined &&
    textAt(record, ...user, "accountId") === account &&
    (issuer === undefined || issuer.split(":")[4] === account);
  if (!isOwn || (isSignIn && outcome !== "success") || NOT_OURS.test(issuer ?? "")) return undefined;
  const means = meansAgainst(record, textAt(record, ...user, "type"));
  if (means === undefined) return undefined;
  const { filled, left } = commandsFrom(means.commands, record);
  return filled.length > 0 && left === 0 ? { hits: means.hits, commands: filled } : undefined;
}

function meansAgainst(record: CloudTrailRecord, type: string | undefined): Means | undefined {
  if (type === "AssumedRole") return OF_ROLE;
  if (type === "FederatedUser") return OF_ISSUER;
  if (type !== "IAMUser") return undefined;
  return textAt(record, "userIdentity", "accessKeyId")?.startsWith("AKIA") ? OF_KEY : OF_USER;
}
