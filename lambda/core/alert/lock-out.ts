import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";
import { name } from "./text.ts";

// One command in lines that a screen shows whole. The shell fills in the current time: sessions that begin later are not
// refused.
const REFUSE_OLDER = String.raw`--policy-name RevokeOlderSessions \
--policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",
"Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}}'`;

/** Commands against a caller, and what they hit. */
export interface Means {
  /** Who is locked out. */
  readonly who: string;
  readonly hits: string;
  /** What else to know before they are typed; absent if that is all. */
  readonly also?: string;
  /** What goes on all the same. */
  readonly stays: string;
  /** What takes it back. */
  readonly back: string;
  /** Each stands alone, so that none waits for another; it may have several lines. None where no command does it. */
  readonly commands: readonly string[];
}

// Names are the same in many accounts; the id of a key is in none but its own, so that its command fails elsewhere. It
// prints nothing where it stops, so success has to say so.
const inAccount = (command: string): string =>
  `[ "$(aws sts get-caller-identity --query Account --output text)" = {account} ] &&\n${command} && echo done`;

const CALLER = "the caller";

const NAMED_ROLE = "--role-name {userIdentity.sessionContext.sessionIssuer.userName}";
const OF_ROLE: Means = {
  who: CALLER,
  hits: "all sessions of the role until now",
  also: "programs that use it fail until they get new credentials, and so do you if you are in this role",
  stays: "new sessions of the role, sessions of other roles",
  back: `aws iam delete-role-policy ${NAMED_ROLE} --policy-name RevokeOlderSessions`,
  commands: [inAccount(`aws iam put-role-policy ${NAMED_ROLE} ${REFUSE_OLDER}`)],
};

// Source: IAM User Guide, "Delete access keys for the root user": nobody else can.
const OF_ROOT: Means = {
  who: CALLER,
  hits: "this key. Sign in as root and type it there, in CloudShell",
  stays: "root's password and other key",
  back: "set the key to Active, as root",
  commands: ["aws iam update-access-key --access-key-id {userIdentity.accessKeyId} --status Inactive"],
};
const inIdentityCenter = (person: string): Means => ({
  who: name(person, 64),
  hits: "in IAM Identity Center, disable the user and end their sessions",
  stays: "sessions of roles that are open, until they expire",
  back: "enable the user again",
  commands: [],
});

// Source: AWS Managed Policy Reference, "AWSDenyAll": it refuses everything, whatever else allows it.
const POLICY_OF_USER = "--user-name {userName} --policy-arn arn:{partition}:iam::aws:policy/AWSDenyAll";
const DENY_USER = inAccount(`aws iam attach-user-policy ${POLICY_OF_USER}`);
const ALLOW_USER = `aws iam detach-user-policy ${POLICY_OF_USER}`;
const KEY_OFF =
  "aws iam update-access-key --user-name {userName} --access-key-id {userIdentity.accessKeyId} --status Inactive";

/** All that an IAM user's keys, password and sessions do. A key that is gone by now keeps nothing from being refused. */
function againstUser(userName: string, isLongTerm: boolean): Means {
  return {
    who: name(userName, 64),
    hits: "this stops all of the user, programs too",
    stays: "sessions of roles that the user opened; mails about those say who did",
    back: `${ALLOW_USER}${isLongTerm ? ", and the command for the key again with Active" : ""}`,
    commands: [DENY_USER, ...(isLongTerm ? [KEY_OFF] : [])],
  };
}

/** Commands in the lines in which they are pasted together. */
export function pasted(commands: readonly string[]): readonly string[] {
  // At the end of a line, && needs no backslash, and a space behind it does no harm.
  return commands.flatMap((command) => command.split("\n"));
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
  const means = meansAgainst(record);
  if (means === undefined || means.commands.length === 0) return means;
  const { filled } = commandsFrom([...means.commands, means.back], valuesOf(record));
  const [back = "", ...commands] = filled.toReversed();
  return filled.length > means.commands.length ? { ...means, back, commands: commands.toReversed() } : undefined;
}

/** The command against an IAM user of the account called, who opened the session that a record was made in. */
export function commandsAgainst(userName: string | undefined, record: CloudTrailRecord): readonly string[] {
  return commandsFrom([DENY_USER], { ...valuesOf(record), userName }).filled;
}

/** What the commands are made from: the record, with what stands in it under several names. */
function valuesOf(record: CloudTrailRecord): CloudTrailRecord {
  const { account } = viewOf(record);
  const [, partition] = /^arn:(aws(?:-[a-z]+)*):/.exec(textAt(record, "userIdentity", "arn") ?? "") ?? [];
  return {
    ...record,
    account: /^\d{12}$/.test(account ?? "") ? account : undefined,
    partition,
    userName: userOf(record),
  };
}

/** The IAM user whose key, password or session it was. */
function userOf(record: CloudTrailRecord): string | undefined {
  const isFederated = textAt(record, "userIdentity", "type") === "FederatedUser";
  return textAt(record, "userIdentity", ...(isFederated ? ["sessionContext", "sessionIssuer"] : []), "userName");
}

function meansAgainst(record: CloudTrailRecord): Means | undefined {
  const { key, identity } = viewOf(record);
  const { person } = identity;
  const isLongTerm = key?.startsWith("AKIA") ?? false;
  switch (textAt(record, "userIdentity", "type")) {
    case "AssumedRole":
      return person === undefined ? OF_ROLE : inIdentityCenter(person);
    case "FederatedUser":
    case "IAMUser":
      return againstUser(userOf(record) ?? "", isLongTerm);
    case "Root":
      return isLongTerm ? OF_ROOT : undefined;
    default:
      return undefined;
  }
}
