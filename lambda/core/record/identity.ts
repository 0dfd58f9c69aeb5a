import { serviceOf } from "./call.ts";
import { IDENTITY_TYPES, type IdentityKind, isIdentityType, isKindOfPerson, traitsOf } from "./identity-types.ts";
import { accountOf, type CloudTrailRecord, flagOf, isObject, textAt, valueAt } from "./record.ts";

/**
 * Who called, in parts that are shown one after the other. All parts but `kind` are raw text of the record: whoever shows
 * them makes them inert first (core/alert/text.ts).
 */
export interface Identity {
  /** What sort of caller. */
  readonly kind: IdentityKind;
  /** The caller's own name, where the kind has one. */
  readonly name?: string;
  readonly session?: string;
  /** Who chose the session's name: if AssumeRole's caller did, it proves nothing. */
  readonly sessionSetBy?: "the caller" | "EC2" | "AWS";
  /** For an instance's role: which metadata service issued its credentials. */
  readonly delivery?: "IMDSv1" | "IMDSv2";
  /** The name set when the first session was opened; no later session can change it. */
  readonly sourceIdentity?: string;
  /** The Identity Center user behind a role's session, by id. */
  readonly onBehalfOf?: string;
  /** What in AWS got the session's credentials (a function, a task, an instance) or, if that is not told, what it works for: an ARN. */
  readonly inScopeOf?: string;
  /** The account of a product with delegated access, which made the call. */
  readonly delegate?: string;
  /** True for a root session that the management account opened by sts:AssumeRoot. */
  readonly isAssumedRoot?: true;
  /** True if an agent acts for the caller. */
  readonly isAgent?: true;
  /** True for a session of `aws login`, by a person's tool or by an agent. */
  readonly isSignedIn?: true;
  /** True if whoever asked for the credentials chose the name. */
  readonly nameIsChosen?: true;
  /** The person behind an Identity Center role, where AWS sets the session name. */
  readonly person?: string;
  /** What vouched for the caller: an identity provider, or the issuer of federated credentials. */
  readonly issuer?: string;
  /** The caller's account, if it is not the account that was called. */
  readonly foreignAccount?: string;
  /** The AWS service that made the call on the caller's behalf. */
  readonly via?: string;
}

export const ROOT_USER = IDENTITY_TYPES.Root.kind;

/** AWS's MCP servers, through which agents call (sourceIPAddress and userAgent say the same). */
const AGENT = /^[a-z0-9]+-mcp\.amazonaws\.com$/;

/** True for root, IAM users and people of Identity Center; roles, services and unknown callers are not judged. */
export function isPerson({ kind, person }: Identity): boolean {
  return isKindOfPerson(kind) || person !== undefined;
}

/**
 * The identity of a record's caller, for every userIdentity type and for records that have none.
 * Source: CloudTrail User Guide, "CloudTrail userIdentity element".
 */
export function identityOf(record: CloudTrailRecord): Identity {
  const user = valueAt(record, "userIdentity");
  if (!isObject(user)) {
    return { kind: isObject(record.insightDetails) ? "no caller (an Insights record)" : "unknown caller" };
  }
  const invokedBy = textAt(user, "invokedBy");
  const account = textAt(user, "accountId");
  const owner = accountOf(record);
  const own = caller(user, textAt(record, "additionalEventData", "UserName"));
  const context = valueAt(user, "sessionContext");
  return {
    ...own,
    ...optional("sourceIdentity", textAt(context, "sourceIdentity")),
    ...(own.kind === "role" && optional("onBehalfOf", textAt(user, "onBehalfOf", "userId"))),
    ...optional(
      "inScopeOf",
      textAt(user, "inScopeOf", "credentialsIssuedTo") ?? textAt(user, "inScopeOf", "sourceArn"),
    ),
    ...optional("delegate", textAt(user, "invokedByDelegate", "accountId")),
    ...(AGENT.test(invokedBy ?? "") && { isAgent: true }),
    ...(textAt(context, "signInSessionArn") !== undefined && { isSignedIn: true }),
    ...(account && owner && account !== owner && /^\d{12}$/.test(account) && { foreignAccount: account }),
    ...(invokedBy && own.kind !== "AWS service" && { via: serviceOf(invokedBy) }),
  };
}

/** `signedIn`: the name that Identity Center gives beside the identity. */
function caller(user: CloudTrailRecord, signedIn: string | undefined): Identity {
  const type = typeOf(user);
  const issuer = valueAt(user, "sessionContext", "sessionIssuer");
  const arn = textAt(user, "arn");
  const name = textAt(user, "userName") ?? lastPart(arn) ?? textAt(user, "principalId");
  if (!isIdentityType(type)) {
    if (type !== undefined) return named("identity of an unknown type", name);
    if (name !== undefined) return named("unknown identity", name);
    const service = textAt(user, "invokedBy");
    return service ? named("AWS service", serviceOf(service)) : { kind: "unknown caller" };
  }
  const { kind } = IDENTITY_TYPES[type];
  switch (type) {
    case "Root": {
      const isAssumedRoot = flagOf(valueAt(user, "sessionContext", "assumedRoot"));
      return { kind, ...(isAssumedRoot && { isAssumedRoot }) };
    }
    case "IAMUser":
    case "Role":
    case "Directory":
    case "Unknown":
      return named(kind, name);
    case "AssumedRole":
      return assumedRole(user, issuer);
    case "FederatedUser":
      return {
        ...named(kind, lastPart(arn) ?? textAt(user, "principalId")?.split(":").pop()),
        nameIsChosen: true,
        ...optional("issuer", textAt(issuer, "userName") ?? lastPart(textAt(issuer, "arn"))),
      };
    case "AWSAccount": {
      const account = textAt(user, "accountId");
      if (account === "ANONYMOUS_PRINCIPAL" || account === "anonymous") return { kind: "anonymous caller" };
      return named(kind, arn ?? textAt(user, "principalId") ?? account);
    }
    case "AWSService":
      return named(kind, serviceOf(textAt(user, "invokedBy") ?? "unknown"));
    case "IdentityCenterUser":
      return named(kind, signedIn ?? textAt(user, "userName") ?? textAt(user, "onBehalfOf", "userId") ?? name);
    case "SAMLUser":
    case "WebIdentityUser":
      return { ...named(kind, name), ...optional("issuer", textAt(user, "identityProvider")) };
    default:
      return type satisfies never;
  }
}

/** Identity Center's own events long called its users Unknown; whose sign-in it is they say all the same. */
function typeOf(user: unknown): string | undefined {
  const type = textAt(user, "type");
  return type === "Unknown" && textAt(user, "onBehalfOf", "userId") !== undefined ? "IdentityCenterUser" : type;
}

function assumedRole(user: CloudTrailRecord, issuer: unknown): Identity {
  const issuerArn = textAt(issuer, "arn");
  // arn:aws:sts::111122223333:assumed-role/ROLE/SESSION
  const [, roleInArn, ...sessionInArn] = (textAt(user, "arn") ?? "").split("/");
  const session = sessionInArn.join("/") || textAt(user, "principalId")?.split(":").slice(1).join(":");
  const role = textAt(issuer, "userName") ?? (roleInArn || lastPart(issuerArn));
  const provider = textAt(user, "sessionContext", "webIdFederationData", "federatedProvider");
  return {
    ...named("role", role),
    ...(isIdentityCenterRole(issuerArn) ? optional("person", session) : sessionOf(user, session, issuerArn)),
    ...optional("issuer", provider),
  };
}

/** A session's name, and who chose it; EC2 names sessions after instances, services name those of their roles. */
function sessionOf(
  user: CloudTrailRecord,
  session: string | undefined,
  issuerArn: string | undefined,
): Pick<Identity, "session" | "sessionSetBy" | "delivery"> {
  if (session === undefined) return {};
  if (/^arn:[a-z-]+:iam::\d{12}:role\/aws-service-role\//.test(issuerArn ?? ""))
    return { session, sessionSetBy: "AWS" };
  const delivery = textAt(user, "sessionContext", "ec2RoleDelivery");
  if (delivery === undefined || !/^i-[0-9a-f]{8,17}$/.test(session)) return { session, sessionSetBy: "the caller" };
  return { session, sessionSetBy: "EC2", delivery: delivery.startsWith("1") ? "IMDSv1" : "IMDSv2" };
}

/** Identity Center assumes its roles with the person's name as session name; only AWS can create roles on this path. */
function isIdentityCenterRole(issuerArn: string | undefined): boolean {
  return /^arn:[a-z-]+:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\//.test(issuerArn ?? "");
}

/** True for a role's session whose names say nothing of who its actor is. */
export function isSessionOfRole({ userIdentity: user }: CloudTrailRecord): boolean {
  const issuerArn = textAt(user, "sessionContext", "sessionIssuer", "arn");
  return textAt(user, "type") === "AssumedRole" && issuerArn !== undefined && !isIdentityCenterRole(issuerArn);
}

/**
 * The stable key of who called, by which incidents are told apart: the first present of session issuer ARN (plus the session
 * name where that is the person), IAM user ARN, root and account, principalId, sourceIPAddress, invokedBy.
 */
export function actorOf(record: CloudTrailRecord, view: { readonly identity: Identity }): string {
  const user = record.userIdentity;
  const issuerArn = textAt(user, "sessionContext", "sessionIssuer", "arn");
  if (issuerArn !== undefined) {
    const person = isIdentityCenterRole(issuerArn) ? view.identity.person : undefined;
    return person === undefined ? issuerArn : `${issuerArn}/${person}`;
  }
  const type = typeOf(user);
  const arn = textAt(user, "arn");
  if (type === "IAMUser" && arn !== undefined) return arn;
  if (type === "Root") return `root of ${textAt(user, "accountId") ?? accountOf(record) ?? "unknown"}`;
  const person =
    type === "IdentityCenterUser"
      ? textAt(user, "onBehalfOf", "userId")
      : // Older ones have only the name, and the account as principal.
        type === "Unknown" && textAt(user, "principalId") === textAt(user, "accountId")
        ? textAt(user, "userName")
        : undefined;
  // The principal of a role session is ROLEID:SESSION, that of a federated user ACCOUNT:NAME; the caller may choose both names.
  const [principal = "", session] = textAt(user, "principalId")?.split(/:(.*)/s) ?? [];
  const isSession = type === "AssumedRole" || /^(?:AROA|\d{12}$)/.test(principal) || session === undefined;
  return (
    person ??
    (isSession && principal !== "" ? principal : textAt(user, "principalId")) ??
    textAt(record, "sourceIPAddress") ??
    textAt(user, "invokedBy") ??
    "unknown caller"
  );
}

/** What the record proves about a second factor. */
export function mfaOf(
  record: CloudTrailRecord,
  view: { readonly identity: Identity },
): "with MFA" | "without MFA" | "MFA unknown" | undefined {
  const { mfa } = traitsOf(textAt(record, "userIdentity", "type")) ?? {};
  if (mfa === "unknown" || view.identity.isAssumedRoot) return "MFA unknown";
  if (mfa !== "told") return undefined;
  const told =
    textAt(record, "additionalEventData", "MFAUsed")?.toLowerCase() ??
    valueAt(record, "userIdentity", "sessionContext", "attributes", "mfaAuthenticated");
  if (told === "yes" || flagOf(told) === true) return "with MFA";
  return told === "no" || flagOf(told) === false ? "without MFA" : undefined;
}

function lastPart(arn: string | undefined): string | undefined {
  return arn?.split(/[/:]/).pop() || undefined;
}

function named(kind: IdentityKind, name: string | undefined): Identity {
  return { kind, ...optional("name", name) };
}

function optional<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
