/** What prints the id of a service control policy that is there by this name: a second try makes no second one. */
export function foundPolicy(policyName: string): string {
  return `aws organizations list-policies --filter SERVICE_CONTROL_POLICY --query "Policies[?Name=='${policyName}'].Id" --output text`;
}

/** What takes a policy of this name from `{account}`, and deletes it. */
export function detached(policyName: string): string {
  return `policy=$(${foundPolicy(policyName)})
aws organizations detach-policy --policy-id "$policy" --target-id {account} && aws organizations delete-policy --policy-id "$policy"`;
}
