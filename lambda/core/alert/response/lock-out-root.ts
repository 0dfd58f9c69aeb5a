import type { CloudTrailRecord } from "../../record/record.ts";
import { commandsFrom, note } from "./commands.ts";
import type { Means } from "./means.ts";
import { detached, foundPolicy } from "./organization-policy.ts";

// Source: AWS's examples of service control policies, "Prevent root credentials management in member accounts": sessions that
// the management account opens by AssumeRoot go on. In another organization nothing is made.
const POLICY = "DenyRoot-{account}";
const DENY = String.raw`if [ "$(aws organizations describe-organization --query Organization.MasterAccountId --output text)" = {account} ]; then
echo "{account} is the management account: no policy stops its root"
elif aws organizations describe-account --account-id {account} >/dev/null; then
policy=$(aws organizations create-policy --type SERVICE_CONTROL_POLICY --name ${POLICY} --description "Locked out" \
--query Policy.PolicySummary.Id --output text --content '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*",
"Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:{partition}:iam::{account}:root"},"Null":{"aws:AssumedRoot":"true"}}}}' ||
${foundPolicy(POLICY)})
aws organizations attach-policy --policy-id "$policy" --target-id {account} && echo "root of {account} denied by $policy"
else echo "{account} is not in this organization: nothing done"; fi`;
const ALLOW = detached(POLICY);

const KEY = "aws iam update-access-key --access-key-id {userIdentity.accessKeyId} --status Inactive";

/**
 * The root user, whom nothing in the account stops: in a member account of an organization, a policy of the organization does.
 * Source: Organizations User Guide, "Service control policies": they limit the root user of member accounts, and nobody in the
 * management account; IAM User Guide, "Delete access keys for the root user": nobody else can.
 */
export function againstRoot(values: CloudTrailRecord, isLongTerm: boolean): Means | undefined {
  const [deny = [], allow = [], key = []] = [[DENY], [ALLOW], isLongTerm ? [KEY] : []].map((typed) =>
    commandsFrom(typed, values).filled.flatMap((text) => text.split("\n")),
  );
  if (deny.length === 0) return undefined;
  return {
    isElsewhere: true,
    hits: () =>
      "only from the management account of the organization, or a delegated administrator of its policies, and only if this is a member account",
    // Some paste the whole row: no word of it opens a quote.
    byHand: [
      ...deny,
      note(
        "Then for good, in its IAM console under Root access management, if that is on: delete the root credentials of this account",
      ),
      note(
        `In the management account, or without an organization: sign in as root, change the password, switch on MFA, remove all keys${key.length === 0 ? "" : ". In CloudShell, as root:"}`,
      ),
      ...key,
    ],
    stays: "sign-ins as root, which can do nothing then",
    back: [],
    backElsewhere: [note("In the management account of the organization, or where the policy was made"), ...allow],
    commands: [],
  };
}
