import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";

/** Whose sessions or key a command takes away, by the kind of the caller. */
const KEY =
  "aws iam update-access-key --user-name {userIdentity.userName} --access-key-id {userIdentity.accessKeyId} --status Inactive";
const OF_USER = "aws iam put-user-policy --user-name {userIdentity.userName}";
const OF_ROLE = "aws iam put-role-policy --role-name {userIdentity.sessionContext.sessionIssuer.userName}";

/**
 * The command that takes the caller's credentials away: a long-term key is switched off; sessions that began before `now`
 * are refused everything, whoever holds them. Undefined where no command of IAM does so: for root, people of Identity
 * Center, services, callers of other accounts.
 * Source: IAM User Guide, "Revoke IAM role temporary security credentials".
 */
export function revokeCommand(record: CloudTrailRecord, now: number): string | undefined {
  const { foreignAccount, person, sessionSetBy } = viewOf(record).identity;
  if (foreignAccount !== undefined || person !== undefined || sessionSetBy === "AWS") return undefined;
  const type = textAt(record, "userIdentity", "type");
  const isLongTerm = textAt(record, "userIdentity", "accessKeyId")?.startsWith("AKIA");
  if (type === "IAMUser") return commandsFrom([isLongTerm ? KEY : OF_USER + refusing(now)], record).filled[0];
  return type === "AssumedRole" ? commandsFrom([OF_ROLE + refusing(now)], record).filled[0] : undefined;
}

function refusing(now: number): string {
  const before = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
  const condition = `{"DateLessThan":{"aws:TokenIssueTime":"${before}"}}`;
  const statement = `{"Effect":"Deny","Action":"*","Resource":"*","Condition":${condition}}`;
  return ` --policy-name RevokeOlderSessions --policy-document '{"Version":"2012-10-17","Statement":[${statement}]}'`;
}
