import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { commandsFrom, guarded } from "./commands.ts";
import type { Means } from "./means.ts";
import { name } from "./text.ts";

// Each part of the command reads what the one before found; in a wrong region there is no instance, and nothing happens.
const INSTANCE = `read -r sso store <<< "$(aws sso-admin list-instances --query 'Instances[0].[InstanceArn,IdentityStoreId]' --output text)"`;
const KNOWN_USER = "user={userId}";
const FIND_USER = String.raw`user=$(aws identitystore get-user-id --identity-store-id "$store" --query UserId --output text \
--alternate-identifier '{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"{person}"}}')`;
const NOTE_DOWN = `echo "user=$user"
aws sso-admin list-account-assignments-for-principal --instance-arn "$sso" --principal-type USER --principal-id "$user"
aws identitystore list-group-memberships-for-member --identity-store-id "$store" --member-id UserId="$user"`;

// Source: IAM Identity Center User Guide, "Deny user access with Service Control Policies": it hits nobody else.
// The account is looked up first: in another organization nothing is made.
const DENY = String.raw`[ -n "$user" ] && aws organizations describe-account --account-id {account} >/dev/null && policy=$(aws organizations create-policy --type SERVICE_CONTROL_POLICY --name "Deny-$user" \
--description "Locked out" --query Policy.PolicySummary.Id --output text --content '{"Version":"2012-10-17","Statement":[{
"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"identitystore:UserId":"'"$user"'"}}}]}') &&
aws organizations attach-policy --policy-id "$policy" --target-id {account} && echo "$user denied"`;
const UNKNOWN_USER = `[ -n "$user" ] || echo "user is not set: nothing done"`;

/**
 * A person of Identity Center, whose roles nobody can change in IAM. A disabled user whose assignments stay can open roles for
 * as long as the portal's session lasts, and what is open goes on: a policy that names the user's id hits nobody else. An SCP
 * takes no other policy's place, as a permission set's inline policy does.
 * Source: IAM Identity Center User Guide, "Use a Deny policy to revoke active user permissions".
 */
export function inIdentityCenter(person: string, record: CloudTrailRecord): Means {
  const { userId, directory } = directoryOf(record);
  const values: CloudTrailRecord = { person, userId, account: viewOf(record).account };
  const noted = [INSTANCE, userId === undefined ? FIND_USER : KNOWN_USER, NOTE_DOWN];
  const denied = [userId === undefined ? UNKNOWN_USER : KNOWN_USER, DENY];
  const [note = [], deny = []] = [noted, denied].map((typed) => {
    const { filled } = commandsFrom(typed, values);
    return filled.length < typed.length ? [] : filled;
  });
  const isTyped = note.length > 0 && deny.length > 0;
  const set = permissionSetOf(record);
  const policy =
    set === undefined ? "the permission set's inline policy" : `the inline policy of permission set ${name(set, 40)}`;
  const where =
    directory === undefined
      ? "the account and region that run it (often the management account)"
      : `account ${directory} and its region`;
  return {
    who: name(person, 64),
    isElsewhere: true,
    hits: () => `only in IAM Identity Center, in ${where}, in this order (IAM lets nobody change this role)`,
    byHand: [
      ...(isTyped
        ? [
            `1. There: ${NOTED}`,
            ...inLines(guarded(directory ?? "", note)),
            `2. In the organization's management account, or a delegated administrator of its policies: deny this user everything here${userId === undefined ? ". In another shell, first type the line user=... that 1 printed" : ""}`,
            ...inLines(deny),
          ]
        : [`1. There: ${NOTED}`, `2. In the organization's management account: ${DENIED}`]),
      "3. In the console of IAM Identity Center: disable the user (with an external identity provider, there too), end their sessions, take away the assignments",
      `No SCP limits the management account: there, add the Deny to ${policy} (put-inline-policy-to-permission-set replaces what is in it)`,
    ],
    stays:
      "what else the user has outside of IAM Identity Center; in other accounts, until the SCP is attached there too. Detaching it takes it back",
    back: [],
    commands: [],
  };
}

const NOTED = "note the user's id, assignments and groups";
const DENIED = "attach an SCP that denies everything to identitystore:UserId, the user's id";

function inLines(commands: readonly string[]): readonly string[] {
  return commands.flatMap((text) => text.split("\n"));
}

/** The user's id, and the account that runs the directory, as far as the record tells them. */
function directoryOf(record: CloudTrailRecord): { readonly userId?: string; readonly directory?: string } {
  const id = textAt(record, "userIdentity", "onBehalfOf", "userId") ?? "";
  const store = textAt(record, "userIdentity", "onBehalfOf", "identityStoreArn") ?? "";
  const [, directory] = /^arn:[a-z-]+:identitystore::(\d{12}):/.exec(store) ?? [];
  return { ...(/^[\w-]{1,64}$/.test(id) && { userId: id }), ...(directory !== undefined && { directory }) };
}

/** `AWSReservedSSO_account-admin_599c9e90e350d2ff` is the role of the permission set account-admin. */
function permissionSetOf(record: CloudTrailRecord): string | undefined {
  const role = textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "userName") ?? "";
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];
}
