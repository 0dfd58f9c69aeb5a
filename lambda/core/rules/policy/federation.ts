import type { ConditionTest, Statement } from "./statement.ts";

/** How a provider's identities are limited: not at all, to one owner's, or because the provider is one tenant's. */
export type Federation = "anybody" | "owner" | "tenant";

/** A provider that many customers share, and how its trust is limited to those of one of them. */
interface SharedProvider {
  /** Claims of which every value names one customer. */
  readonly naming?: readonly string[];
  /** Claims, and how values that name one customer begin; sure is the text before the first wildcard. */
  readonly beginning?: { readonly [claim: string]: RegExp };
}

const OF_GITHUB =
  /^repo:[^:/*?]+\/|^(?:repository|repository_owner|repository_owner_id|repository_id|enterprise):[^:*?]+/i;
const OF_PULUMI: SharedProvider = { naming: ["aud"], beginning: { sub: /^pulumi:[^:*?]+:org:[^:*?]+:/i } };

const OF_COGNITO: SharedProvider = { naming: ["aud", "sub"] };

/**
 * Providers whose issuer is the same for everybody. All others count as an issuer of one tenant: Okta, EKS, CircleCI,
 * Entra ID and others have the tenant in the issuer's address.
 * Sources: IAM User Guide, "Identity-provider controls for shared OIDC providers"; the providers' pages on AWS.
 */
const SHARED: { readonly [host: string]: SharedProvider } = {
  "token.actions.githubusercontent.com": {
    naming: ["repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
    beginning: { sub: OF_GITHUB, repository: /^[^/*?]+\// },
  },
  "vstoken.actions.githubusercontent.com": { beginning: { sub: OF_GITHUB } },
  "oidc-configuration.audit-log.githubusercontent.com": { naming: ["sub"] },
  "gitlab.com": {
    naming: ["namespace_id", "project_id"],
    beginning: { sub: /^(?:project_path|group_path):[^:/*?]+[/:]/i },
  },
  "app.terraform.io": { beginning: { sub: /^organization:[^:*?]+:/i } },
  "agent.buildkite.com": { beginning: { sub: /^organization:[^:*?]+:/i } },
  "api.pulumi.com": OF_PULUMI,
  "api.pulumi.com/oidc": OF_PULUMI,
  "oidc.vercel.com": { naming: ["aud"], beginning: { sub: /^owner:[^:*?]+:/i } },
  "oidc.codefresh.io": { beginning: { sub: /^account:[^:*?]+:/i } },
  "proidc.upbound.io": { beginning: { sub: /^mcp:[^/*?]+\//i } },
  "scalr.io": { beginning: { sub: /^account:[^:*?]+:/i } },
  "sandboxes.cloud": { naming: ["aud"] },
  "studio.datachain.ai/api": { naming: ["sub"] },
  "tokens.cloud.shisho.dev": { naming: ["sub"] },
  // Callers choose the audience of a service account's token, which is `oaud`; `aud` is who requested the token.
  "accounts.google.com": { naming: ["aud", "sub", "email"] },
  "www.amazon.com": { naming: ["app_id", "user_id"] },
  "graph.facebook.com": { naming: ["app_id", "id"] },
  "cognito-identity.amazonaws.com": OF_COGNITO,
  // GovCloud and China (Cognito Developer Guide, "Using Amazon Cognito in AWS GovCloud (US)"; SDKs' endpoints).
  "cognito-identity-us-gov.amazonaws.com": OF_COGNITO,
  "cognito-identity.us-gov-east-1.amazonaws.com": OF_COGNITO,
  "cognito-identity.cn-north-1.amazonaws.com.cn": OF_COGNITO,
};

/** The provider behind a federated principal; undefined for other principals. */
export function providerOf(principal: string): { readonly host: string; readonly account?: string } | undefined {
  const [, account, kind, name = ""] =
    /^arn:[a-z0-9-]+:iam::(\d{12}):(saml|oidc)-provider\/(.+)$/.exec(principal) ?? [];
  if (account !== undefined) return { host: kind === "saml" ? "saml" : name.toLowerCase(), account };
  return /^[a-z0-9.-]+\.[a-z]+(?:\/.*)?$/i.test(principal) ? { host: principal.toLowerCase() } : undefined;
}

/** Says which of a provider's identities a statement lets in. */
export function federationsOf({ tests }: Statement): (host: string) => Federation {
  const byHost = new Map<string, ConditionTest[]>();
  for (const test of tests.filter(isDemanding)) {
    const host = test.key.slice(0, test.key.indexOf(":"));
    const ofHost = byHost.get(host);
    if (ofHost === undefined) byHost.set(host, [test]);
    else ofHost.push(test);
  }
  const answers = new Map<string, Federation>();
  return (host) => {
    const answer = answers.get(host) ?? federationOf(byHost.get(host) ?? [], host);
    answers.set(host, answer);
    return answer;
  };
}

function federationOf(tests: readonly ConditionTest[], host: string): Federation {
  const shared = sharedProvider(host);
  if (shared === undefined) return tests.length > 0 || host === "saml" ? "tenant" : "anybody";
  return tests.some((test) => namesOwner(test, host, shared)) ? "owner" : "anybody";
}

/** GitHub Enterprise appends the enterprise to the shared issuer's address. */
function sharedProvider(host: string): SharedProvider | undefined {
  const shared = host.startsWith("token.actions.githubusercontent.com/") ? "token.actions.githubusercontent.com" : host;
  return Object.hasOwn(SHARED, shared) ? SHARED[shared] : undefined;
}

/** A test that needs the claim to be there, and is no negation. */
function isDemanding({ operator, passesWithout, values }: ConditionTest): boolean {
  return (
    !passesWithout &&
    ["stringequals", "stringequalsignorecase", "stringlike"].includes(operator) &&
    values.length > 0 &&
    !values.some((value) => /^[*?]*$/.test(value))
  );
}

function namesOwner({ operator, key, values }: ConditionTest, host: string, shared: SharedProvider): boolean {
  const claim = key.slice(host.length + 1);
  const { naming = [], beginning = {} } = shared;
  return values.every((value) => {
    if (value.includes("${")) return false;
    const sure = operator === "stringlike" ? value.replace(/[*?].*$/s, "") : value;
    if (naming.includes(claim) && sure === value) return true;
    return Object.hasOwn(beginning, claim) && beginning[claim]?.test(sure) === true;
  });
}
