import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";
import { name } from "./text.ts";

// One command in lines that a screen shows whole. The shell fills in the current time: sessions that begin later are not
// refused.
const REFUSE_OLDER = String.raw`--policy-name RevokeOlderSessions \
--policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",
"Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}}'`;

/** What stops a caller, and what it hits. */
export interface Means {
  /** Who is asked whether it was them; absent where that may be anybody. */
  readonly who?: string;
  /** The IAM user who is denied everything. */
  readonly user?: string;
  /** What stops, in the account that was called. */
  readonly hits: (account: string) => string;
  /** What to do by hand where no command does it. */
  readonly byHand?: readonly string[];
  /** What else to know before they are typed; absent if that is all. */
  readonly also?: string;
  /** What goes on all the same. */
  readonly stays: string;
  /** What takes it back, beside what lets the user in again; empty if nothing else does. */
  readonly back: string;
  /** Each stands alone, so that none waits for another; it may have several lines. None where no command does it. */
  readonly commands: readonly string[];
}

const NAMED_ROLE = "--role-name {userIdentity.sessionContext.sessionIssuer.userName}";
const OF_ROLE: Means = {
  hits: (account) => `the role's sessions in ${account} until now are denied everything`,
  also: "programs that use it fail until they get new credentials, and so do you if you are in this role",
  stays: "new sessions of the role, sessions of other roles",
  back: `aws iam delete-role-policy ${NAMED_ROLE} --policy-name RevokeOlderSessions`,
  commands: [`aws iam put-role-policy ${NAMED_ROLE} ${REFUSE_OLDER} && echo done`],
};

// Source: IAM User Guide, "Delete access keys for the root user": nobody else can.
const OF_ROOT: Means = {
  hits: (account) => `this key of root in ${account} stops. Sign in as root and type it there, in CloudShell`,
  stays: "what root does with its password or another key",
  back: "set the key to Active, as root",
  commands: ["aws iam update-access-key --access-key-id {userIdentity.accessKeyId} --status Inactive"],
};

/**
 * A person of Identity Center, whose roles nobody can change in IAM. A disabled user whose assignments stay can open roles for
 * as long as the portal's session lasts, and what is open goes on: a policy that names the user's id hits nobody else.
 * Source: IAM Identity Center User Guide, "Use a Deny policy to revoke active user permissions".
 */
function inIdentityCenter(person: string, record: CloudTrailRecord): Means {
  const set = permissionSetOf(record);
  const { userId, runsIt } = directoryOf(record);
  return {
    who: name(person, 64),
    hits: (account) =>
      `nothing typed in ${account} stops them, for IAM lets nobody change this role. Here you can only undo what they did`,
    byHand: [
      `In IAM Identity Center, in ${runsIt}: take away the user's assignments and groups, disable the user, end their sessions`,
      `Sessions that are open go on until denied: put into ${set === undefined ? "the permission set" : `permission set ${name(set, 40)}`} there (or an SCP) a Deny of all where identitystore:UserId is ${userId}`,
    ],
    stays: "what else the user has outside of IAM Identity Center",
    back: "undo the same there",
    commands: [],
  };
}

/** The user's id, and the account that runs the directory, as far as the record tells them. */
function directoryOf(record: CloudTrailRecord): { readonly userId: string; readonly runsIt: string } {
  const id = textAt(record, "userIdentity", "onBehalfOf", "userId") ?? "";
  const store = textAt(record, "userIdentity", "onBehalfOf", "identityStoreArn") ?? "";
  const [, account] = /^arn:[a-z-]+:identitystore::(\d{12}):/.exec(store) ?? [];
  return {
    userId: /^[\w-]{1,64}$/.test(id) ? id : "the user's id",
    runsIt: account === undefined ? "the account that runs it (often the management account)" : `account ${account}`,
  };
}

// Source: AWS Managed Policy Reference, "AWSDenyAll": it refuses everything, whatever else allows it.
const POLICY_OF_USER = "--user-name {userName} --policy-arn arn:{partition}:iam::aws:policy/AWSDenyAll";
const DENY_USER = `aws iam attach-user-policy ${POLICY_OF_USER} && echo done`;
const ALLOW_USER = `aws iam detach-user-policy ${POLICY_OF_USER}`;
const POLICY_OF_EACH = "--user-name $user --policy-arn arn:{partition}:iam::aws:policy/AWSDenyAll";
const DENY_USERS = `for user in {users*}; do aws iam attach-user-policy ${POLICY_OF_EACH} && echo done; done`;
const KEY_OFF =
  "aws iam update-access-key --user-name {userName} --access-key-id {userIdentity.accessKeyId} --status Inactive";

/** All that an IAM user's keys, password and sessions do. A key that is gone by now keeps nothing from being refused. */
function againstUser(userName: string, isLongTerm: boolean): Means {
  const who = name(userName, 64);
  return {
    who,
    user: userName,
    hits: (account) => `everything ${who} does in ${account} stops, programs too`,
    stays: "sessions of roles that the user opened. Mails about those say who did",
    back: isLongTerm ? "the command for the key again with Active" : "",
    commands: [DENY_USER, ...(isLongTerm ? [KEY_OFF] : [])],
  };
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

/** What stops IAM users of the account called, and takes it back; nothing if one of them has no plain name. */
export function againstUsers(
  users: readonly string[],
  record: CloudTrailRecord,
): { readonly deny?: string; readonly allow?: string } {
  const [userName, ...others] = users;
  const templates = [others.length === 0 ? DENY_USER : DENY_USERS, ALLOW_USER];
  const [deny, allow] = commandsFrom(templates, { ...valuesOf(record), userName, users }).filled;
  if (deny === undefined || allow === undefined) return {};
  // It stands in a comment: some shells know none, and would run what stands behind a semicolon.
  return { deny, allow: others.length === 0 ? allow : `${allow}, the same for each of the others` };
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
      return person === undefined ? OF_ROLE : inIdentityCenter(person, record);
    case "FederatedUser":
    case "IAMUser":
      return againstUser(userOf(record) ?? "", isLongTerm);
    case "Root":
      return isLongTerm ? OF_ROOT : undefined;
    default:
      return undefined;
  }
}

/** `AWSReservedSSO_account-admin_599c9e90e350d2ff` is the role of the permission set account-admin. */
function permissionSetOf(record: CloudTrailRecord): string | undefined {
  const role = textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "userName") ?? "";
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];
}
