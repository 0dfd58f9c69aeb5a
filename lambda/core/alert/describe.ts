import { addressKindOf } from "../record/address-kind.ts";
import { withoutApiVersion } from "../record/call.ts";
import { type Identity, ROOT_USER } from "../record/identity.ts";
import { BROWSER, type Origin } from "../record/origin.ts";
import type { Outcome } from "../record/outcome.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { KnownAccounts } from "../rules/accounts.ts";
import { inert, name, quoted } from "./text.ts";

/** How alerts name things: the same for every alert of a deployment. */
export interface Naming {
  /** Account id to the name people know it by. */
  readonly accounts: { readonly [accountId: string]: string };
  /** An IANA time zone that is printed beside UTC. */
  readonly timeZone?: string;
  /** Athena's table of records, with its database; `trailbell.records` if left out. */
  readonly recordsTable?: string;
  /** Which accounts are one's own, for policies that are told in words. */
  readonly known?: KnownAccounts;
}

/** A call as people read it, `iam:CreateUser`: without the API version that Lambda and CloudFront append. */
export function callText(call: string): string {
  return name(withoutApiVersion(call));
}

/** The caller on one readable line: `role deploy-ci, session "build-812" (chosen by the caller), via cloudformation`. */
export function describeIdentity(record: CloudTrailRecord): string {
  return identityText(viewOf(record).identity);
}

/** An identity on one readable line. */
export function identityText(identity: Identity): string {
  const { kind, name: own, nameIsChosen, person, issuer, foreignAccount, via } = identity;
  const { sourceIdentity, onBehalfOf, inScopeOf, delegate, isAssumedRoot, isAgent, isSignedIn } = identity;
  return [
    workloadText(identity) ??
      [kind, own && name(own), own && nameIsChosen && "(a chosen name)"].filter(Boolean).join(" "),
    isAssumedRoot && "in a session that the management account opened by sts:AssumeRoot",
    foreignAccount && `of account ${name(foreignAccount)}`,
    person && `person ${name(person)}`,
    describeSession(identity),
    inScopeOf && identity.sessionSetBy !== "EC2" && `in the scope of ${name(inScopeOf)}`,
    sourceIdentity && `source identity ${name(sourceIdentity)} (set by whoever opened the first session)`,
    onBehalfOf && onBehalfOf !== person && `for the Identity Center user ${name(onBehalfOf)}`,
    issuer && `vouched for by ${name(issuer)}`,
    delegate && `by a product of account ${name(delegate)} with delegated access`,
    isSignedIn && "signed in by aws login or an agent",
    isAgent ? `by an agent${via === undefined ? "" : ` (${name(via)})`}` : via && `via ${name(via)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** GitHub's own provider; a name that another provider gives proves nothing about GitHub. */
const GITHUB = /^(?:arn:[a-z-]+:iam::\d{12}:oidc-provider\/)?token\.actions\.githubusercontent\.com$/;

/** The pipeline or pod behind a web identity: `GitHub Actions, repository org/name, ref refs/heads/main`. */
function workloadText({ kind, name: own = "", issuer = "" }: Identity): string | undefined {
  if (kind !== "web identity user") return undefined;
  const [, repository, rest] = /^repo:([^:]+):(.+)$/.exec(own) ?? [];
  if (repository !== undefined && rest !== undefined && GITHUB.test(issuer)) {
    const [, ref] = /^ref:(.+)$/.exec(rest) ?? [];
    return `GitHub Actions, repository ${name(repository)}, ${ref === undefined ? name(rest) : `ref ${name(ref)}`}`;
  }
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(own) ?? [];
  return account === undefined ? undefined : `Kubernetes service account ${name(`${namespace}/${account}`)}`;
}

function describeSession({ session, sessionSetBy, delivery }: Identity): string | undefined {
  if (session === undefined) return undefined;
  switch (sessionSetBy) {
    case "EC2":
      return `instance ${name(session)} (set by EC2, ${delivery})`;
    case "AWS":
      return `session ${quoted(session)} (set by AWS)`;
    default:
      return `session ${quoted(session)} (chosen by the caller)`;
  }
}

/** The caller with what the record proves about MFA and the key. */
export function describeCaller(record: CloudTrailRecord): string {
  const { identity, key, mfa } = viewOf(record);
  const isLongTerm = key?.startsWith("AKIA") ?? false;
  // What a long-term key says of MFA is always the same.
  const proof = isLongTerm && mfa === "without MFA" ? undefined : mfa;
  return [describeIdentity(record), proof, keyText(identity, key)].filter(Boolean).join(", ");
}

/** Keys that begin with AKIA are long-term keys, with ASIA temporary ones (IAM User Guide, "IAM identifiers"). */
function keyText({ kind, isAssumedRoot }: Identity, key: string | undefined): string | undefined {
  if (key?.startsWith("AKIA")) return `long-term key ${name(key)} (carries no MFA)`;
  // Root and users have keys of both kinds, and only one of them outlives the session; roles and AssumeRoot give no other.
  const hasBoth = (kind === ROOT_USER && !isAssumedRoot) || kind === "IAM user";
  return hasBoth && key?.startsWith("ASIA") ? `temporary key ${name(key)}` : undefined;
}

/** The caller in as few words as possible, for subjects and SMS: `alice`, `root`, `deploy-ci`. */
export function shortIdentity(record: CloudTrailRecord): string {
  return shortText(viewOf(record).identity);
}

/** An identity in as few words as possible. */
export function shortText({ kind, name: own, person, nameIsChosen, issuer }: Identity): string {
  if (kind === ROOT_USER) return "root";
  // Whoever chose a name may have chosen anybody's: the caller is the one who vouched for it.
  const shown = person ?? (nameIsChosen && issuer ? issuer : own);
  if (shown === undefined) return kind;
  // Only the root user is called root: a user or a federated session may bear that name.
  return RESERVED.has(shown.toLowerCase()) ? `${kind} ${name(shown)}` : name(shown, 40);
}

const RESERVED = new Set(["root", "root user", "many callers"]);

/** Where the call came from: address, the tool as it calls itself, console or API as far as the record proves it. */
export function describeOrigin(record: CloudTrailRecord): string {
  const { address, agent, channel } = viewOf(record).origin;
  const from = address === undefined ? "unknown address" : `${name(address)}${endpointText(address, record)}`;
  const parts = [from, agent !== undefined && toolText(agent, channel)];
  return parts.filter(Boolean).join(", ") + (channel ? ` (${channel})` : "");
}

/** `tool aws-cli/2.31.4`; nothing for what the console itself is called. */
function toolText(agent: string, channel: Origin["channel"]): string | undefined {
  if (agent === BROWSER) return BROWSER;
  return agent === "AWS Internal" && channel === "console" ? undefined : `tool ${name(agent)}`;
}

/** ` (through VPC endpoint vpce-1a2b of account 111122223333)`; nothing for a call from the internet. */
function endpointText(address: string, record: CloudTrailRecord): string {
  const [id, owner] = [textAt(record, "vpcEndpointId"), textAt(record, "vpcEndpointAccountId")];
  // Only an endpoint lets AWS see an address that the internet does not route.
  if (id === undefined) return addressKindOf(address) === "private" ? " (through a VPC endpoint)" : "";
  const isForeign = owner !== undefined && owner !== viewOf(record).account;
  return ` (through VPC endpoint ${name(id, 40)}${isForeign ? ` of account ${name(owner, 40)}` : ""})`;
}

/** `prod (111122223333)`; the digits are always there. What is no account id is shown like other text of a record. */
export function describeAccount(accountId: string, naming: Naming): string {
  if (!/^\d{12}$/.test(accountId)) return name(accountId, 40);
  const alias = Object.hasOwn(naming.accounts, accountId) ? naming.accounts[accountId] : undefined;
  return alias === undefined ? accountId : `${inert(alias, 40)} (${accountId})`;
}

/** `2026-11-20 21:25:09 UTC, 22:25:09 Berlin`; the date is repeated where it differs in the zone. */
export function describeTime(time: number, naming: Naming): string {
  const utc = clock(time, "UTC");
  if (naming.timeZone === undefined || naming.timeZone === "UTC") return `${utc} UTC`;
  const local = clock(time, naming.timeZone);
  return `${utc} UTC, ${local.slice(0, 10) === utc.slice(0, 10) ? local.slice(11) : local} ${cityOf(naming.timeZone)}`;
}

/** How people call a zone: by its city. */
export function cityOf(timeZone: string): string {
  return timeZone.split("/").at(-1)?.replaceAll("_", " ") ?? timeZone;
}

/** `2026-11-20 21:25:09` in a time zone. */
export function clock(time: number, timeZone: string): string {
  let format = CLOCKS.get(timeZone);
  if (format === undefined) {
    // The Swedish locale writes dates the ISO way.
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    CLOCKS.set(timeZone, format);
  }
  return format.format(time);
}

/** Formatters take much longer to make than to use; settings name one zone beside UTC. */
const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** `40 s`, `4 min`, `3 h`, `12 days`: rounded down to what matters. */
export function describeSpan(milliseconds: number): string {
  if (milliseconds < 60_000) return `${Math.floor(milliseconds / 1000)} s`;
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

const VERBS: { readonly [O in Outcome]: string } = {
  success: "succeeded",
  denied: "was denied",
  failed: "failed",
  "dry-run": "was tried as a dry run",
};

/** What became of a call, after its name: "iam:CreateUser was denied". */
export function describeOutcome(outcome: Outcome): string {
  return VERBS[outcome];
}
