import type { ConditionTest, Statement } from "./statement.ts";

/** How a provider's identities are limited: to nobody's in particular, to one owner's, or by its being one tenant's. */
export type Federation = "anybody" | "owner" | "tenant";

/** A provider that many customers share, and how its trust is limited to those of one of them. */
interface SharedProvider {
  /** Keys behind the host's name whose values name one customer whatever they are. */
  readonly naming?: readonly string[];
  /** What a subject must begin with to be one customer's; only what stands before the first wildcard is sure. */
  readonly subject?: RegExp;
}

/**
 * Providers whose issuer is the same for everybody. All others are taken for an issuer of one tenant: Okta, EKS, CircleCI,
 * Entra ID and others have the tenant in the issuer's address.
 * Sources: IAM User Guide, "Identity-provider controls for shared OIDC providers"; the providers' pages on AWS.
 */
const SHARED: { readonly [host: string]: SharedProvider } = {
  "token.actions.githubusercontent.com": {
    naming: ["repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
    subject: /^repo:[^:/*?]+\/|^(?:repository|repository_owner|repository_owner_id|repository_id|enterprise):[^:*?]+/i,
  },
  "gitlab.com": { naming: ["namespace_id", "project_id"], subject: /^(?:project_path|group_path):[^:/*?]+[/:]/i },
  "app.terraform.io": { subject: /^organization:[^:*?]+:/i },
  "agent.buildkite.com": { subject: /^organization:[^:*?]+:/i },
  "api.pulumi.com": { subject: /^pulumi:[^:*?]+:[^:*?]+/i },
  "api.pulumi.com/oidc": { subject: /^pulumi:[^:*?]+:[^:*?]+/i },
  "oidc.vercel.com": { subject: /^owner:[^:*?]+:/i },
  "scalr.io": { subject: /^account:[^:*?]+:/i },
  "accounts.google.com": { naming: ["aud", "oaud", "sub", "email"] },
  "www.amazon.com": { naming: ["app_id", "user_id"] },
  "graph.facebook.com": { naming: ["app_id", "id"] },
  "cognito-identity.amazonaws.com": { naming: ["aud", "sub"] },
};

/** The provider behind a federated principal; undefined for what is none. */
export function providerOf(principal: string): { readonly host: string; readonly account?: string } | undefined {
  const [, account, kind, name = ""] =
    /^arn:[a-z0-9-]+:iam::(\d{12}):(saml|oidc)-provider\/(.+)$/.exec(principal) ?? [];
  if (account !== undefined) return { host: kind === "saml" ? "saml" : name.toLowerCase(), account };
  return /^[a-z0-9.-]+\.[a-z]+(?:\/.*)?$/i.test(principal) ? { host: principal.toLowerCase() } : undefined;
}

/** Whose identities of a provider a statement lets in. */
export function federationOf({ tests }: Statement, host: string): Federation {
  const shared = sharedProvider(host);
  if (shared === undefined) return tests.some((test) => isOf(test, host)) || host === "saml" ? "tenant" : "anybody";
  return tests.some((test) => isOf(test, host) && namesOwner(test, host, shared)) ? "owner" : "anybody";
}

/** GitHub Enterprise adds the enterprise to the shared issuer's address. */
function sharedProvider(host: string): SharedProvider | undefined {
  const shared = host.startsWith("token.actions.githubusercontent.com/") ? "token.actions.githubusercontent.com" : host;
  return Object.hasOwn(SHARED, shared) ? SHARED[shared] : undefined;
}

/** A test of what the provider says that is not met without it, and by no negation. */
function isOf({ operator, passesWithout, key, values }: ConditionTest, host: string): boolean {
  return (
    key.startsWith(`${host}:`) &&
    !passesWithout &&
    ["stringequals", "stringequalsignorecase", "stringlike"].includes(operator) &&
    values.length > 0 &&
    !values.some((value) => /^[*?]*$/.test(value))
  );
}

function namesOwner(
  { operator, key, values }: ConditionTest,
  host: string,
  { naming, subject }: SharedProvider,
): boolean {
  const name = key.slice(host.length + 1);
  return values.every((value) => {
    if (value.includes("${")) return false;
    const sure = operator === "stringlike" ? value.replace(/[*?].*$/s, "") : value;
    if (naming?.includes(name)) return sure === value;
    return name === "sub" && subject !== undefined && subject.test(sure);
  });
}
