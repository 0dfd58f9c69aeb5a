import { createHash } from "node:crypto";
import { type Identity, isPerson } from "./identity.ts";
import type { Outcome } from "./outcome.ts";
import { type CloudTrailRecord, eventTimeOf, flagOf, isObject, textAt, valueAt } from "./record.ts";
import { targetOf } from "./target.ts";

/** The parts of a record that decide whether it is news; all of them short, raw text. */
export interface Facts {
  /** `service:EventName`. */
  readonly call: string;
  readonly outcome: Outcome;
  /** True for a call that changes nothing, including one that failed because there is nothing to read. */
  readonly isRead: boolean;
  /** What the call was about: its bucket, user, role ... */
  readonly target?: string;
  /** Present if the target is new with every call, like a snapshot's id: that alone is no news. */
  readonly isMade?: true;
  /** What a change names beside its target: a policy, a group, with whom something is shared ... */
  readonly detail?: string;
  /** Stands for all that a change asked for; absent for reads and for calls on data, each of which differs. */
  readonly parameters?: string;
  /** The caller's network: /24 of IPv4, /48 of IPv6; a service's name as it is. */
  readonly network?: string;
  readonly region?: string;
  /** Whose trail the record is from. */
  readonly account?: string;
  /** The long-term key, or when a person's session began. */
  readonly credential?: string;
}

const MAX_TEXT = 100;
/** More of a name: the ARN of a secret is longer, and whoever has to change it needs the whole. */
const MAX_NAME = 160;

/** What of a record's view its facts are made of. */
interface Viewed {
  readonly call: string;
  readonly identity: Identity;
  readonly outcome: Outcome;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly key: string | undefined;
}

/** The facts of a record. */
export function factsOf(record: CloudTrailRecord, view: Viewed): Facts {
  const short = (text: string | undefined) => text && plain(text.slice(0, MAX_TEXT));
  const { call, outcome } = view;
  const isReading = isRead(record, call);
  const { target, isMade, detail } = targetOf(record);
  const facts = {
    call: plain(call.slice(0, MAX_TEXT)),
    outcome: outcome === "failed" && isReading && isNotFound(record) ? "success" : outcome,
    isRead: isReading,
    target: target && factName(target),
    isMade: isMade ? true : undefined,
    detail: isReading || detail === undefined ? undefined : factName(detail),
    parameters: isReading || textAt(record, "eventCategory") === "Data" ? undefined : parametersOf(record),
    network: short(networkOf(textAt(record, "sourceIPAddress"))),
    region: short(view.region),
    account: short(view.account),
    credential: short(credentialOf(record, view)),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as Facts;
}

/** A name as the facts have it. */
export function factName(text: string): string {
  return plain(text.length <= MAX_NAME ? text : shortTarget(text));
}

/** Text in which no character takes more than three bytes in JSON, so that what is stored is bounded. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that JSON spells out
  return text.toWellFormed().replace(/[\u0000-\u001f]/g, "\ufffd");
}

/** Parameters that differ from call to call although the request is the same. */
const PASSING =
  /^(?:client-?|creator-?)?request-?(?:token|id)$|^(?:client-?|idempotency-?)?token$|^nonce$|^(?:role-?)?session-?name$|^caller-?reference$/i;

/**
 * What stands where a service keeps a value out of its records: a command, a start script, a name. Whether it is another one
 * nobody can tell. Each time would wake people all day for a program that does the same, so it counts as another after six hours.
 */
const HIDDEN = /"(?:<sensitiveDataRemoved>|HIDDEN_DUE_TO_SECURITY_REASONS|Value hidden due to security reasons\.)"/;
const HIDDEN_ALIKE = 6 * 3_600_000;

function parametersOf(record: CloudTrailRecord): string | undefined {
  const parameters = valueAt(record, "requestParameters");
  if (!isObject(parameters)) return undefined;
  const lasting = JSON.stringify(Object.entries(parameters).filter(([name]) => !PASSING.test(name)));
  // Too large for a record (CloudTrail User Guide, "Record contents"): nobody knows what was asked, and each asks something else.
  if (flagOf(parameters.omitted)) return shortHash(JSON.stringify([record.eventID, record.eventTime]));
  if (HIDDEN.test(lasting)) return shortHash(`${Math.floor((eventTimeOf(record) ?? 0) / HIDDEN_ALIKE)} ${lasting}`);
  return lasting === "[]" ? undefined : shortHash(lasting);
}

/** Twenty characters, 120 bits: nobody finds two texts, one harmless and one not, of which one stands for the other. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 20);
}

/** A long name as both its ends and a hash: names that look alike when shortened stay different. */
export function shortTarget(target: string): string {
  if (target.length <= MAX_TEXT) return target;
  return `${target.slice(0, 45)}…${target.slice(-30)} #${shortHash(target)}`;
}

/** The accounts that a record names: whose trail it is from, the caller's, those of the resources. */
export function accountsOf(record: CloudTrailRecord): readonly string[] {
  const resources = valueAt(record, "resources");
  const named = [
    textAt(record, "recipientAccountId"),
    textAt(record, "userIdentity", "accountId"),
    ...(Array.isArray(resources) ? resources.slice(0, 20).map((resource) => textAt(resource, "accountId")) : []),
  ];
  return [...new Set(named)].filter((account) => account !== undefined && /^\d{12}$/.test(account)) as string[];
}

/** Names of calls that only read, where nothing else tells. */
export const READS = /^(?:Batch)?(?:Get|List|Describe|Head|Lookup|Search|Query|Scan|Select|Check|Test|View)(?=[A-Z]|$)/;

function isRead(record: CloudTrailRecord, call: string): boolean {
  // To AWS these calls may only read, but whoever assumes another role, or makes a federated user, is somebody else from then on,
  // and whoever has a domain's code can take it away.
  if (/^(?:sts:(?:Assume|GetFederationToken$)|route53domains:RetrieveDomainAuthCode$)/.test(call)) return false;
  return flagOf(valueAt(record, "readOnly")) ?? READS.test(textAt(record, "eventName") ?? "");
}

function isNotFound(record: CloudTrailRecord): boolean {
  return /NoSuch|NotFound|DoesNotExist|NotExist|NonExist/i.test(textAt(record, "errorCode") ?? "");
}

/** The network of an address: /24 of IPv4, /48 of IPv6; a service's name as it is. */
export function networkOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const [, v4] = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address) ?? [];
  if (v4 !== undefined) return `${v4}.0/24`;
  if (!/^[0-9a-f:.]+$/i.test(address) || !address.includes(":")) return address;
  // If an address leaves groups out (`2001:db8::1`), the groups before the gap are given or are zero.
  const [front = ""] = address.split("::");
  const groups = front.split(":").filter(Boolean).slice(0, 3);
  return `${[...groups, "0", "0", "0"].slice(0, 3).join(":").toLowerCase()}::/48`;
}

function credentialOf(record: CloudTrailRecord, { identity, key }: Viewed): string | undefined {
  if (key?.startsWith("AKIA")) return key;
  return isPerson(identity)
    ? textAt(record, "userIdentity", "sessionContext", "attributes", "creationDate")
    : undefined;
}
