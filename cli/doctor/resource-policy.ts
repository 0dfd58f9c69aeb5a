import { isObject, valueAt } from "../../lambda/core/record/record.ts";
import { someCovers } from "../../lambda/core/rules/policy/glob.ts";

/** Who calls, of which account: a service, or a role by its ARN. */
export type PolicyCaller = { readonly accountId: string } & ({ readonly service: string } | { readonly role: string });

/** What a topic's or a bus's policy says of a call over TLS, as far as can be told; undefined if nothing. */
export function policyVerdict(
  policy: string,
  action: string,
  resource: string,
  caller: PolicyCaller,
): "Allow" | "Deny" | undefined {
  const effects = statementsIn(policy)
    .filter((one) => isAbout(one, action, resource, caller))
    .map(({ Effect }) => Effect);
  if (effects.includes("Deny")) return "Deny";
  return effects.includes("Allow") ? "Allow" : undefined;
}

/** True for a policy that lets this account's CloudWatch alarms publish on a topic, as far as can be told. */
export function allowsCloudWatch(policy: string, topicArn: string, accountId: string): boolean {
  const caller = { service: "cloudwatch.amazonaws.com", accountId };
  return policyVerdict(policy, "sns:Publish", topicArn, caller) === "Allow";
}

/** True if a role's call, which its own policies allow, is not refused: in another account the policy must allow it, too. */
export function admits(
  policy: string,
  action: string,
  resource: string,
  caller: PolicyCaller & { readonly role: string },
): boolean {
  const verdict = policyVerdict(policy, action, resource, caller);
  return resource.split(":")[4] === caller.accountId ? verdict !== "Deny" : verdict === "Allow";
}

type Statement = { readonly [name: string]: unknown };

function statementsIn(policy: string): readonly Statement[] {
  try {
    return listOf(valueAt(JSON.parse(policy), "Statement")).filter(isObject);
  } catch {
    return [];
  }
}

function isAbout(statement: Statement, action: string, resource: string, caller: PolicyCaller): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition, Effect } = statement;
  const isFor = NotPrincipal === undefined ? names(Principal, caller) : !names(NotPrincipal, caller);
  const isAction = NotAction === undefined ? covers(Action, action) : !covers(NotAction, action);
  const isHere = NotResource === undefined ? covers(Resource, resource) : !covers(NotResource, resource);
  // Unknown conditions must not make a Deny look absent, nor an Allow present.
  return isFor && isAction && isHere && meets(Condition, caller, Effect === "Deny");
}

function names(principal: unknown, caller: PolicyCaller): boolean {
  const accounts = listOf(valueAt(principal, "AWS"));
  if (principal === "*" || accounts.includes("*")) return true;
  if ("service" in caller) return listOf(valueAt(principal, "Service")).includes(caller.service);
  const { role, accountId } = caller;
  return [role, accountId, role.replace(/:role\/.*/, ":root")].some((one) => accounts.includes(one));
}

function covers(patterns: unknown, text: string): boolean {
  return someCovers(listOf(patterns).map(String), text);
}

/** True where a call meets a condition; `unknown` where that is not known. */
function meets(condition: unknown, caller: PolicyCaller, unknown: boolean): boolean {
  if (!isObject(condition)) return true;
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).every(([key, value]) => {
      const values = listOf(value).map(String);
      if (/^aws:SecureTransport$/i.test(key)) return values.includes("true");
      return "service" in caller
        ? meetsService(operator, key, values, caller.accountId, unknown)
        : meetsRole(operator, key, values, caller, unknown);
    }),
  );
}

function meetsService(
  operator: string,
  key: string,
  values: readonly string[],
  accountId: string,
  unknown: boolean,
): boolean {
  if (/^aws:SourceAccount$/i.test(key)) return values.includes(accountId) !== /Not/.test(operator);
  if (/^aws:SourceArn$/i.test(key)) return values.some((one) => /^arn:[a-z*-]+:cloudwatch:|^\*$/.test(one));
  if (/^aws:PrincipalIsAWSService$/i.test(key)) return values.includes("true");
  // A service has no principal ARN: a Deny by that key applies to services only where its operator says Not.
  if (/^aws:PrincipalArn$/i.test(key)) return isMetByAbsence(operator);
  return unknown;
}

function meetsRole(
  operator: string,
  key: string,
  values: readonly string[],
  { role, accountId }: { readonly role: string; readonly accountId: string },
  unknown: boolean,
): boolean {
  const isNegative = /Not/.test(operator);
  if (/^aws:PrincipalArn$/i.test(key)) return someCovers(values, role) !== isNegative;
  // SNS's own word for the caller's account stands in the policy that it gives each topic.
  if (/^aws:(?:PrincipalAccount|SourceOwner)$/i.test(key)) return values.includes(accountId) !== isNegative;
  if (/^events:source$/i.test(key)) return values.includes("trailbell") !== isNegative;
  if (/^aws:PrincipalIsAWSService$/i.test(key)) return values.includes("false");
  // Only services that call for somebody say whom they call for.
  if (/^aws:Source(?:Account|Arn|OrgID)$/i.test(key)) return /IfExists/.test(operator) || isNegative;
  return unknown;
}

function isMetByAbsence(operator: string): boolean {
  return /Not/.test(operator) && !/IfExists/.test(operator);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
