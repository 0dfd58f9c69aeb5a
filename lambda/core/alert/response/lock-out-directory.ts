import { type CloudTrailRecord, textAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { name } from "../text.ts";
import { commandsFrom, guarded, note } from "./commands.ts";
import type { Means } from "./means.ts";
import { detached, foundPolicy } from "./organization-policy.ts";

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
const POLICY = "Deny-$user";
const DENY = String.raw`if [ -z "$user" ]; then echo "user is not set: nothing done"
elif [ "$(aws organizations describe-organization --query Organization.MasterAccountId --output text)" = {account} ]; then
echo "{account} is the management account: no SCP stops the user there"
elif aws organizations describe-account --account-id {account} >/dev/null; then
policy=$(aws organizations create-policy --type SERVICE_CONTROL_POLICY --name "${POLICY}" --description "Locked out" \
--query Policy.PolicySummary.Id --output text --content '{"Version":"2012-10-17","Statement":[{
"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"identitystore:UserId":"'"$user"'"}}}]}' ||
${foundPolicy(POLICY)})
aws organizations attach-policy --policy-id "$policy" --target-id {account} && echo "$user denied by $policy"; fi`;
const ALLOW = detached(POLICY);

/**
 * A person of Identity Center, whose roles nobody can change in IAM. A disabled user whose portal session is over opens no role
 * in any account, but what is open goes on: a policy that names the user's id hits nobody else. An SCP takes no other policy's
 * place, as a permission set's inline policy does.
 * Source: IAM Identity Center User Guide, "Use a Deny policy to revoke active user permissions".
 */
export function inIdentityCenter(person: string, record: CloudTrailRecord): Means {
  const { userId, directory } = directoryOf(record);
  const { account } = viewOf(record);
  const values: CloudTrailRecord = { person, userId, account };
  const isKnown = userId !== undefined;
  const noted = [INSTANCE, isKnown ? KNOWN_USER : FIND_USER, NOTE_DOWN];
  const [notes = [], deny = [], allow = []] = [
    noted,
    ...[DENY, ALLOW].map((typed) => (isKnown ? [KNOWN_USER, typed] : [typed])),
  ].map((typed) => {
    const { filled } = commandsFrom(typed, values);
    return filled.length < typed.length ? [] : filled;
  });
  const isTyped = notes.length > 0 && deny.length > 0;
  const set = permissionSetOf(record);
  const policy =
    set === undefined
      ? "the inline policy of the permission set"
      : `the inline policy of permission set ${name(set, 40)}`;
  const where =
    directory === undefined
      ? "the account and region that run it (often the management account)"
      : `account ${directory} and its region`;
  const typeUser = isKnown ? "" : ". In another shell, first type the line user=... that 2 printed";
  return {
    who: name(person, 64),
    isElsewhere: true,
    hits: () => `only in IAM Identity Center, in ${where}, in this order (IAM lets nobody change this role)`,
    byHand: [
      note(`1. There, in the console of IAM Identity Center: ${DISABLED}`),
      note(`2. There, for 4: ${NOTED}`),
      ...(isTyped ? inLines(guarded(directory ?? "", notes)) : []),
      note(
        isTyped
          ? `3. In the management account of the organization, or a delegated administrator of its policies: end what is open in ${account ?? ""}${typeUser}`
          : `3. In the management account of the organization: ${DENIED}`,
      ),
      ...(isTyped ? inLines(deny) : []),
      note(
        `If ${account ?? "the account"} is the management account, no SCP limits it: add the Deny, with its condition, to ${policy} (put-inline-policy-to-permission-set replaces what is in it), then provision-permission-set`,
      ),
      note("4. There: take away the assignments and groups"),
    ],
    stays:
      "what else the user has outside of IAM Identity Center; what is open in other accounts, until the SCP is attached there too",
    back: [],
    backElsewhere: [
      note(
        `In the management account of the organization, or where the SCP was made${isKnown ? "" : ", after the line user=... of 2"}`,
      ),
      ...inLines(allow),
      note("In IAM Identity Center: enable the user, give back the assignments and groups"),
    ],
    commands: [],
  };
}

// Nothing typed disables a user. What is disabled keeps its assignments.
const DISABLED =
  "disable the user (with an external identity provider, there too), end their sessions. They open nothing new in any account then";
const NOTED = "note id, assignments and groups of the user";
const DENIED = "attach an SCP that denies everything to identitystore:UserId, the id of the user";

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
