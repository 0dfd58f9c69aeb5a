import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom } from "./commands.ts";
import { name } from "./text.ts";

/** Whose sessions or key a command takes away, by the kind of the caller. */
const USER = "{userIdentity.userName}";
const ROLE = "{userIdentity.sessionContext.sessionIssuer.userName}";
// The shell puts the present in: what begins after this is refused nothing.
const REFUSE_OLDER = `--policy-name RevokeOlderSessions --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"'$(date -u +%FT%TZ)'"}}}]}'`;

const KEY = `aws iam update-access-key --user-name ${USER} --access-key-id {userIdentity.accessKeyId} --status Inactive`;
const OF_USER = `aws iam put-user-policy --user-name ${USER} ${REFUSE_OLDER}`;
const OF_ROLE = `aws iam put-role-policy --role-name ${ROLE} ${REFUSE_OLDER}`;

/**
 * What takes the caller's credentials away: what it hits, and the command. A long-term key is switched off; sessions that
 * began before it is typed are refused everything, whoever holds them. Empty where no command of IAM does so: for root,
 * people of Identity Center, services, callers of other accounts.
 * Source: IAM User Guide, "Revoke IAM role temporary security credentials".
 */
export function revokeLines(record: CloudTrailRecord): readonly string[] {
  const { foreignAccount, person, sessionSetBy, name: own } = viewOf(record).identity;
  if (foreignAccount !== undefined || person !== undefined || sessionSetBy === "AWS") return [];
  const [hits, template] = meansOf(record);
  const { filled } = commandsFrom(template === undefined ? [] : [template], record);
  return filled.length === 0 ? [] : [`${hits} ${name(own ?? "")}:`, ...filled];
}

function meansOf(record: CloudTrailRecord): readonly [hits: string, template?: string] {
  const type = textAt(record, "userIdentity", "type");
  if (type === "AssumedRole") return ["all sessions until now, whoever has them, of the role", OF_ROLE];
  if (type !== "IAMUser") return [""];
  const isLongTerm = textAt(record, "userIdentity", "accessKeyId")?.startsWith("AKIA");
  return isLongTerm ? ["this key of", KEY] : ["all sessions until now of", OF_USER];
}
