interface Traits {
  /** What sort of caller it is, as mails say it. */
  readonly kind: string;
  /** True for one person, who is asked, and locked out. Of a role's session its name may say so: see isPerson. */
  readonly isPerson: boolean;
  /** True for a caller who acts by hand, or with a long-term key: what rules call `by: hand`. */
  readonly isHand: boolean;
  /**
   * What its records prove about a second factor. In role sessions the flag speaks of the call to AssumeRole, if anything,
   * and federated users bring a factor that AWS never sees.
   */
  readonly mfa?: "told" | "unknown";
}

/** The values of userIdentity.type (CloudTrail User Guide, "CloudTrail userIdentity element"), and what differs between them. */
export const IDENTITY_TYPES = {
  Root: { kind: "root user", isPerson: true, isHand: true, mfa: "told" },
  IAMUser: { kind: "IAM user", isPerson: true, isHand: true, mfa: "told" },
  AssumedRole: { kind: "role", isPerson: false, isHand: false, mfa: "unknown" },
  Role: { kind: "role", isPerson: false, isHand: false },
  // Whoever asked for the credentials chose the name, so that it tells of nobody.
  FederatedUser: { kind: "federated user", isPerson: false, isHand: true, mfa: "unknown" },
  Directory: { kind: "directory user", isPerson: false, isHand: false },
  AWSAccount: { kind: "another account", isPerson: false, isHand: false },
  AWSService: { kind: "AWS service", isPerson: false, isHand: false },
  // A person, but the access portal makes these calls for whoever is signed in.
  IdentityCenterUser: { kind: "Identity Center user", isPerson: true, isHand: false },
  SAMLUser: { kind: "SAML user", isPerson: false, isHand: false },
  WebIdentityUser: { kind: "web identity user", isPerson: false, isHand: false },
  Unknown: { kind: "unknown identity", isPerson: false, isHand: false },
} as const satisfies { readonly [type: string]: Traits };

export type IdentityType = keyof typeof IDENTITY_TYPES;

/** What callers are called of whom a record tells no type, or one that is not known here, and whom a link names. */
type OtherKind =
  | "unknown caller"
  | "anonymous caller"
  | "no caller (an Insights record)"
  | "identity of an unknown type"
  | "Kubernetes service account";

export type IdentityKind = (typeof IDENTITY_TYPES)[IdentityType]["kind"] | OtherKind;

/** What is known of a type; undefined for one that is not known here. */
export function traitsOf(type: string | undefined): Traits | undefined {
  return isIdentityType(type) ? IDENTITY_TYPES[type] : undefined;
}

export function isIdentityType(type: string | undefined): type is IdentityType {
  return type !== undefined && Object.hasOwn(IDENTITY_TYPES, type);
}

/** True for the kinds of callers who are one person each. */
export function isKindOfPerson(kind: IdentityKind): boolean {
  return Object.values(IDENTITY_TYPES).some((one) => one.kind === kind && one.isPerson);
}
