import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";

// One command in lines that a screen shows whole. The shell fills in the current time: sessions that begin later are not
// refused.
const REFUSE_OLDER = String.raw`--policy-name RevokeOlderSessions \
--policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",
"Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}}'`;

/** Commands against a caller, and what they hit. */
export interface Means {
  readonly hits: string;
  /** What else to know before they are typed; absent if that is all. */
  readonly also?: string;
  /** What goes on all the same. */
  readonly stays: string;
  /** What takes it back. */
  readonly back: string;
  /** A command may have several lines; the shell runs one only if the one before worked. None where no command does it. */
  readonly commands: readonly string[];
}

const DELETE_POLICY = "delete the policy RevokeOlderSessions";

// Names are the same in many accounts; the id of a key is in none but its own, so that its command fails elsewhere.
const IN_ACCOUNT = '[ "$(aws sts get-caller-identity --query Account --output text)" = {recipientAccountId} ]';

// Source: IAM User Guide, "Global condition keys": a long-term key has no aws:TokenIssueTime, so it is not refused.
const OF_KEY: Means = {
  hits: "this key and all sessions, console too",
  stays: "new sign-ins, other keys of the user, sessions of roles",
  back: `set the key to Active, ${DELETE_POLICY}`,
  commands: [
    "aws iam update-access-key --user-name {userIdentity.userName} --access-key-id {userIdentity.accessKeyId} --status Inactive",
    `aws iam put-user-policy --user-name {userIdentity.userName} ${REFUSE_OLDER}`,
  ],
};
const OF_USER: Means = {
  hits: "all sessions of the user until now, console too",
  also: "the user's access keys go on working: switch off those you do not know",
  stays: "the password, sessions of roles",
  back: DELETE_POLICY,
  commands: [
    IN_ACCOUNT,
    `aws iam put-user-policy --user-name {userIdentity.userName} ${REFUSE_OLDER}`,
    "aws iam list-access-keys --user-name {userIdentity.userName}",
  ],
};
const OF_ISSUER: Means = {
  hits: "all sessions of the user until now, this one too",
  stays: "the user's keys and password, sessions of roles",
  back: DELETE_POLICY,
  commands: [
    IN_ACCOUNT,
    `aws iam put-user-policy --user-name {userIdentity.sessionContext.sessionIssuer.userName} ${REFUSE_OLDER}`,
  ],
};
const OF_ROLE: Means = {
  hits: "all sessions of the role until now",
  also: "programs that use it fail until they get new credentials, and so do you if you are in this role",
  stays: "new sessions of the role, sessions of other roles",
  back: DELETE_POLICY,
  commands: [
    IN_ACCOUNT,
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

/** Who opened a session may open the next: everything that the user's keys, password and sessions do is refused. */
const OF_OPENER = [
  IN_ACCOUNT,
  "aws iam attach-user-policy --user-name {userIdentity.userName} --policy-arn arn:{partition}:iam::aws:policy/AWSDenyAll",
];

/** Commands in the lines in which they are pasted together. */
export function pasted(commands: readonly string[]): readonly string[] {
  // At the end of a line, && needs no backslash, and a space behind it does no harm.
  return commands.length === 0 ? [] : commands.join(" &&\n").split("\n");
}

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
    /^\d{12}$/.test(account ?? "") &&
    textAt(record, ...user, "accountId") === account &&
    (issuer === undefined || issuer.split(":")[4] === account);
  if (!isOwn || (isSignIn && outcome !== "success") || OF_SERVICE.test(issuer ?? "")) return undefined;
  const means = meansAgainst(record, textAt(record, ...user, "type"));
  if (means === undefined || means.commands.length === 0) return means;
  const { filled } = commandsFrom(means.commands, { ...record, recipientAccountId: account });
  return filled.length === means.commands.length ? { ...means, commands: filled } : undefined;
}

/** The commands against an IAM user of the account called, who opened the session that a record was made in. */
export function commandsAgainst(userName: string | undefined, record: CloudTrailRecord): readonly string[] {
  const { account } = viewOf(record);
  const [, partition] = /^arn:(aws(?:-[a-z]+)*):/.exec(textAt(record, "userIdentity", "arn") ?? "") ?? [];
  const opener = { recipientAccountId: account, partition, userIdentity: { userName } };
  const { filled } = commandsFrom(OF_OPENER, opener);
  return filled.length === OF_OPENER.length && /^\d{12}$/.test(account ?? "") ? filled : [];
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
