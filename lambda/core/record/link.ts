import type { Identity } from "./identity.ts";
import { MAX_TEXT, type Opener, openerOf, roleIn } from "./opener.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "./record.ts";
import { agentName, type NameKind, sessionName, slotOf } from "./session.ts";
import { viewOf } from "./view.ts";

/** What a call says of a session that it opened. */
export interface Link {
  /** The account and the time, in milliseconds since the epoch, by which the session is found. */
  readonly account: string;
  readonly opened: number;
  readonly names: readonly string[];
  readonly opener: Opener;
  /** How long such a session may live, in milliseconds. */
  readonly lifetime: number;
}

const HOUR = 3_600_000;

/** Role sessions live 12 hours at most, those of GetSessionToken and GetFederationToken 36 (STS API Reference). */
const LIFETIME = 13 * HOUR;
const LONG_LIFETIME = 37 * HOUR;

/** Names of calls that open sessions or say more of them; a record with another name has no link. */
export const LINKING_CALLS = [
  "AssumeRole",
  "AssumeRoleWithSAML",
  "AssumeRoleWithWebIdentity",
  "AssumeRoot",
  "GetFederationToken",
  "GetSessionToken",
  "SwitchRole",
  "CreateOAuth2Token",
  "CallReadWriteTool",
] as const;

const NAMES: ReadonlySet<unknown> = new Set(LINKING_CALLS);
const POD_IDENTITY = "pods.eks.amazonaws.com";
const IDENTITY_CENTER_ROLE = /^AWSReservedSSO_.+_[0-9a-f]{16}$/;

/** True for a call of such a name. */
export function isLinking(record: CloudTrailRecord): boolean {
  return NAMES.has(record.eventName);
}

/** False if the call's name and its caller's type and service rule out that it leaves a link. */
export function mayLink(record: CloudTrailRecord): boolean {
  return isLinking(record) && !(isOfService(record) && textAt(record, "userIdentity", "invokedBy") !== POD_IDENTITY);
}

function isOfService(record: CloudTrailRecord): boolean {
  return textAt(record, "userIdentity", "type") === "AWSService";
}

/**
 * The link that a record leaves; `path` is the account below whose path its log file stands. An account's own log file is
 * believed in what was done in it: it names the opener of its own sessions, and its own people where they open sessions
 * elsewhere. AWS's services assume roles all day and leave none, but for the pods of EKS, whose roles are theirs.
 */
export function linkOf(record: CloudTrailRecord, path: string | undefined): Link | undefined {
  if (!isLinking(record)) return undefined;
  const { account, call, outcome, time } = viewOf(record);
  if (account === undefined || !/^\d{12}$/.test(account) || (path !== undefined && path !== account)) return undefined;
  if (time === undefined || outcome !== "success" || !namesOneAccount(record, account)) return undefined;
  switch (call) {
    case "sts:AssumeRole":
    case "sts:AssumeRoleWithSAML":
    case "sts:AssumeRoleWithWebIdentity":
      return assumed(record, account, time);
    case "sts:AssumeRoot":
      return rootOpened(record, account, time);
    case "sts:GetFederationToken":
    case "sts:GetSessionToken":
      return { ...opened(record, account, time, account, [keyName, federatedName]), lifetime: LONG_LIFETIME };
    case "signin:SwitchRole":
      return switched(record, account, time);
    case "signin:CreateOAuth2Token":
      return opened(record, account, time, account, [signedInName, signInName]);
    case "aws-mcp:CallReadWriteTool": {
      const name = agentName(record);
      if (name === undefined) return undefined;
      const opener = openerOf(record, account, time);
      return { account, opened: slotOf(time), names: [name], opener, lifetime: LIFETIME };
    }
    default:
      return undefined;
  }
}

/**
 * True if all that a record says of its caller's account is the same. CloudTrail's records are so; who can write files below
 * his own account's path could otherwise name another account's people.
 */
function namesOneAccount(record: CloudTrailRecord, account: string): boolean {
  const user = record.userIdentity;
  const own = textAt(user, "accountId") ?? account;
  const arns = [textAt(user, "arn"), textAt(user, "sessionContext", "sessionIssuer", "arn")];
  return arns.every((arn) => arn === undefined || (arn.split(":")[4] ?? "") === own);
}

type Naming = (record: CloudTrailRecord, opened: number) => string | undefined;

const named =
  (kind: NameKind, ...path: readonly string[]): Naming =>
  (record, time) => {
    const text = textAt(record, ...path);
    return text === undefined ? undefined : sessionName(kind, text, time);
  };

const keyName = named("key", "responseElements", "credentials", "accessKeyId");
const rootName = named("root", "responseElements", "credentials", "accessKeyId");
const roleName = named("principal", "responseElements", "assumedRoleUser", "assumedRoleId");
const federatedName = named("principal", "responseElements", "federatedUser", "federatedUserId");
const sharedName = named("shared", "sharedEventID");
const signedInName = named("principal", "userIdentity", "principalId");
const signInName = named("signIn", "userIdentity", "sessionContext", "signInSessionArn");

function opened(
  record: CloudTrailRecord,
  vouchedBy: string,
  time: number,
  account: string,
  namings: readonly Naming[],
  opener = openerOf(record, vouchedBy, time),
): Link {
  const names = namings.map((naming) => naming(record, time)).filter((name) => name !== undefined);
  return { account, opened: time, names, opener, lifetime: LIFETIME };
}

function assumed(record: CloudTrailRecord, account: string, time: number): Link | undefined {
  const arn =
    textAt(record, "responseElements", "assumedRoleUser", "arn") ?? textAt(record, "requestParameters", "roleArn");
  const [, , , , owner] = arn?.split(":") ?? [];
  const caller = textAt(record, "userIdentity", "accountId");
  const pod = isOfService(record) ? podOf(record) : undefined;
  if (isOfService(record) && pod === undefined) return undefined;
  const opener: Opener = {
    ...openerOf(record, account, time),
    ...roleIn(arn),
    ...(pod !== undefined && { identity: pod, actor: JSON.stringify(pod).slice(0, 2 * MAX_TEXT) }),
  };
  if (owner === account) return opened(record, account, time, account, [keyName, roleName], opener);
  // The other account's log says which session this is; this record says who its caller was.
  return caller === account && owner !== undefined
    ? opened(record, account, time, account, [sharedName], opener)
    : undefined;
}

/** Only the organization's own accounts can open such a session, and it is their log that says so. */
function rootOpened(record: CloudTrailRecord, account: string, time: number): Link | undefined {
  const [target] = /\d{12}/.exec(textAt(record, "requestParameters", "targetPrincipal") ?? "") ?? [];
  const isOwn = textAt(record, "userIdentity", "accountId") === account;
  return target === undefined || !isOwn ? undefined : opened(record, account, time, target, [rootName]);
}

/** Here the caller is the new session, and the one who switched is named beside it. */
function switched(record: CloudTrailRecord, account: string, time: number): Link | undefined {
  const from = textAt(record, "additionalEventData", "SwitchFrom")?.slice(0, MAX_TEXT);
  if (from === undefined || textAt(record, "userIdentity", "accountId") !== account) return undefined;
  const [, , , , owner = "", resource = ""] = from.split(":");
  const [kind, ...path] = resource.split("/");
  const [role, ...session] = path;
  const isUser = kind === "user";
  const isPerson = kind === "assumed-role" && owner === account && IDENTITY_CENTER_ROLE.test(role ?? "");
  const identity: Identity = {
    kind: isUser ? "IAM user" : kind === "assumed-role" ? "role" : "unknown identity",
    name: (isUser ? path.pop() : role) ?? from,
    ...(isPerson && { person: session.join("/") }),
    ...(!isUser && !isPerson && session.length > 0 && { session: session.join("/"), sessionSetBy: "the caller" }),
    ...(/^\d{12}$/.test(owner) && owner !== account && { foreignAccount: owner }),
  };
  const {
    session: _,
    mfa: __,
    principal: ___,
    account: ____,
    shared: _____,
    ...rest
  } = openerOf(record, account, time);
  const opener = { ...rest, identity, actor: from, ...roleIn(textAt(record, "userIdentity", "arn")) };
  return opened(record, account, time, account, [signedInName], opener);
}

/** The workload for which EKS assumes a role: its session's tags name it (EKS User Guide, "Pod Identity", session tags). */
function podOf(record: CloudTrailRecord): Identity | undefined {
  if (textAt(record, "userIdentity", "invokedBy") !== POD_IDENTITY) return undefined;
  const tags = valueAt(record, "requestParameters", "tags");
  if (!Array.isArray(tags)) return undefined;
  const tag = (key: string) => {
    const found = tags.slice(0, 50).find((one) => isObject(one) && textAt(one, "key") === key);
    return textAt(found, "value")?.slice(0, MAX_TEXT);
  };
  const [account, namespace, cluster] = ["kubernetes-service-account", "kubernetes-namespace", "eks-cluster-name"].map(
    tag,
  );
  if (account === undefined || namespace === undefined) return undefined;
  return {
    kind: "Kubernetes service account",
    name: `${namespace}/${account}`,
    ...(cluster !== undefined && { issuer: `EKS cluster ${cluster}` }),
  };
}
