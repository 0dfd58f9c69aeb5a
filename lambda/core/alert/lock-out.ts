import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";

// One command on lines that a phone shows whole. The shell fills in the current time: sessions that begin later are not
// refused.
const REFUSE_OLDER = String.raw`--policy-name RevokeOlderSessions \
  --policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*",
  "Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}}'`;

/** Commands against a caller, and what they hit. */
export interface Means {
  readonly hits: string;
  /** What goes on all the same. */
  readonly stays: string;
  /** What takes it back. */
  readonly back: string;
  /** A command may have several lines, to be pasted together. None where no command does it. */
  readonly commands: readonly string[];
}

const DELETE_POLICY = "delete the policy RevokeOlderSessions";

const OF_KEY: Means = {
  hits: "this key, and all sessions that it has opened until now",
  stays: "other keys, the password, sessions of roles",
  back: `set the key to Active, ${DELETE_POLICY}`,
  commands: [
    "aws iam update-access-key --user-name {userIdentity.userName} --access-key-id {userIdentity.accessKeyId} --status Inactive",
    `aws iam put-user-policy --user-name {userIdentity.userName} ${REFUSE_OLDER}`,
  ],
};
const OF_USER: Means = {
  hits: "all sessions until now",
  stays: "a key or password that opens others, sessions of roles",
  back: DELETE_POLICY,
  commands: [
    `aws iam put-user-policy --user-name {userIdentity.userName} ${REFUSE_OLDER}`,
    "aws iam list-access-keys --user-name {userIdentity.userName}",
  ],
};
const OF_ISSUER: Means = {
  hits: "all sessions that the user has opened until now, this one too",
  stays: "the user's keys and password, sessions of roles",
  back: DELETE_POLICY,
  commands: [
    `aws iam put-user-policy --user-name {userIdentity.sessionContext.sessionIssuer.userName} ${REFUSE_OLDER}`,
  ],
};
const OF_ROLE: Means = {
  hits: "all sessions of the role until now, whoever has them",
  stays: "new sessions of the role, sessions of other roles",
  back: DELETE_POLICY,
  commands: [
    `aws iam put-role-policy --role-name {userIdentity.sessionContext.sessionIssuer.userName} ${REFUSE_OLDER}`,
  ],
};

// Source: IAM User Guide, "Delete access keys for the root user": nobody else can.
const OF_ROOT: Means = {
  hits: "this key. Sign in as root and type it there, in CloudShell",
  stays: "root's password and other key",
  back: "set the key to Active, as root",
  commands: ["aws iam update-access-key --access-key-id {userIdentity.accessKeyId} --status Inactive"],
};
const OF_PERSON: Means = {
  hits: "in IAM Identity Center, disable the user and end their sessions",
  stays: "sessions of roles that are open, until they expire",
  back: "enable the user again",
  commands: [],
};

/** Roles that IAM lets nobody change: those of services. */
const OF_SERVICE = /:role\/aws-service-role\//;

/**
 * What takes the caller's own credentials away: what it hits, and the commands, for the account called. Undefined
 * where there is nothing: for root without a key, services, other accounts' callers, whoever did not get in.
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
  if (!isOwn || (isSignIn && outcome !== "success") || OF_SERVICE.test(issuer ?? "")) return undefined;
  const means = meansAgainst(record, textAt(record, ...user, "type"));
  if (means === undefined || means.commands.length === 0) return means;
  const { filled, left } = commandsFrom(means.commands, record);
  return filled.length > 0 && left === 0 ? { ...means, commands: filled } : undefined;
}

function meansAgainst(record: CloudTrailRecord, type: string | undefined): Means | undefined {
  const isLongTerm = viewOf(record).key?.startsWith("AKIA") ?? false;
  switch (type) {
    case "AssumedRole":
      return viewOf(record).identity.person === undefined ? OF_ROLE : OF_PERSON;
    case "FederatedUser":
      return OF_ISSUER;
    case "IAMUser":
      return isLongTerm ? OF_KEY : OF_USER;
    case "Root":
      return isLongTerm ? OF_ROOT : undefined;
    default:
      return undefined;
  }
}
