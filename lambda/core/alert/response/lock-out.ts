import { type CloudTrailRecord, textAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { name } from "../text.ts";
import { commandsFrom } from "./commands.ts";
import { inIdentityCenter } from "./lock-out-directory.ts";
import { againstRoot } from "./lock-out-root.ts";
import type { Means } from "./means.ts";

// One command in lines that a screen shows whole. The shell fills in the current time: sessions that begin later are not
// refused.
const REFUSE_OLDER = String.raw`--policy-name RevokeOlderSessions \
--policy-document '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",
"Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}}'`;

const NAMED_ROLE = "--role-name {userIdentity.sessionContext.sessionIssuer.userName}";

/** The sessions of a role that are open: whoever may open it opens the next. */
const OF_ROLE: Means = {
  hits: (account, isOpenerKnown = false) =>
    `the role's sessions until now (programs', yours) are denied everything in ${account}; ${isOpenerKnown ? "new ones work" : "whoever can open it comes back"}`,
  stays: "new sessions of the role, sessions of other roles",
  back: [`aws iam delete-role-policy ${NAMED_ROLE} --policy-name RevokeOlderSessions`],
  commands: [`aws iam put-role-policy ${NAMED_ROLE} ${REFUSE_OLDER} && echo role denied`],
};

// Source: AWS Managed Policy Reference, "AWSDenyAll": it refuses everything, whatever else allows it.
const POLICY_OF_USER = "--user-name {userName} --policy-arn arn:{partition}:iam::aws:policy/AWSDenyAll";
const DENY_USER = `aws iam attach-user-policy ${POLICY_OF_USER} && echo {userName} denied`;
const ALLOW_USER = `aws iam detach-user-policy ${POLICY_OF_USER}`;
const POLICY_OF_EACH = "--user-name $user --policy-arn arn:{partition}:iam::aws:policy/AWSDenyAll";
const DENY_USERS = `for user in {users*}; do aws iam attach-user-policy ${POLICY_OF_EACH} && echo "$user denied"; done`;
const ALLOW_USERS = `for user in {users*}; do aws iam detach-user-policy ${POLICY_OF_EACH}; done`;
const KEY = "aws iam update-access-key --user-name {userName} --access-key-id {userIdentity.accessKeyId} --status";

/** All that an IAM user's keys, password and sessions do. A key that is gone by now keeps nothing from being refused. */
function againstUser(userName: string, isLongTerm: boolean): Means {
  const who = name(userName, 64);
  return {
    who,
    user: userName,
    hits: (account) => `user ${who} is denied everything in ${account}, programs too`,
    stays: `sessions of roles that ${who} opened (Look shows which)`,
    back: isLongTerm ? [`${KEY} Active`] : [],
    commands: [DENY_USER, ...(isLongTerm ? [`${KEY} Inactive`] : [])],
  };
}

/** Roles that IAM lets nobody change: those of services. */
const OF_SERVICE = /:role\/aws-service-role\//;

/**
 * What takes the caller's own credentials away: what it hits, and the commands, for the account called. Undefined
 * where there is nothing: for services, other accounts' callers, whoever did not get in.
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
  const values = valuesOf(record);
  const commands = commandsFrom(means.commands, values).filled;
  return commands.length < means.commands.length
    ? undefined
    : { ...means, commands, back: commandsFrom(means.back, values).filled };
}

/** What stops IAM users of the account called, and takes it back; nothing if one of them has no plain name. */
export function againstUsers(
  users: readonly string[],
  record: CloudTrailRecord,
): { readonly deny?: string; readonly allow?: string } {
  const [userName, ...others] = users;
  const templates = others.length === 0 ? [DENY_USER, ALLOW_USER] : [DENY_USERS, ALLOW_USERS];
  const [deny, allow] = commandsFrom(templates, { ...valuesOf(record), userName, users }).filled;
  return deny === undefined || allow === undefined ? {} : { deny, allow };
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
      return identity.isAssumedRoot ? undefined : againstRoot(valuesOf(record), isLongTerm);
    default:
      return undefined;
  }
}
