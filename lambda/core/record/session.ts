import { createHmac } from "node:crypto";
import { type Identity, ROOT_USER } from "./identity.ts";
import { type CloudTrailRecord, textAt, timeOf } from "./record.ts";
import { viewOf } from "./view.ts";

/**
 * What names a session: its access key, its principal (`ROLEID:SESSION`), its sign-in; an agent's tool calls; the id that the
 * two records of one call share.
 */
export type NameKind = "key" | "root" | "principal" | "signIn" | "agent" | "shared";

/** A session of temporary credentials, by what the call that opened it shares with the calls made in it. */
export interface Session {
  /** The account whose credentials they are. */
  readonly account: string;
  /** When it was opened, in milliseconds since the epoch: what its records call creationDate. */
  readonly opened: number;
  /** For an agent's calls: the start of the ten minutes in which it called. */
  readonly called?: number;
  readonly names: { readonly [K in NameKind]?: string };
}

/** The period by which agents' tool calls are found: ten minutes, in milliseconds. */
export const SLOT = 600_000;

/**
 * A session's name as it is kept. It reveals no key id. If AWS reuses a key id for a session opened in another second,
 * the name is another one.
 */
export function sessionName(kind: NameKind, text: string, opened: number): string {
  const named = JSON.stringify([text, Math.floor(opened / 1000)]);
  return createHmac("sha256", `session by ${kind}`).update(named).digest("hex").slice(0, 16);
}

/** The start of the ten minutes that a time lies in. */
export function slotOf(time: number): number {
  return Math.floor(time / SLOT) * SLOT;
}

/** The name of an agent's tool calls: from its session and the ten minutes in which it calls. */
export function agentName(record: CloudTrailRecord): string | undefined {
  const user = record.userIdentity;
  const { time } = viewOf(record);
  const principal = textAt(user, "principalId") ?? textAt(user, "arn");
  const created = textAt(user, "sessionContext", "attributes", "creationDate") ?? "";
  if (time === undefined || principal === undefined) return undefined;
  return sessionName("agent", `${principal} ${created}`, slotOf(time));
}

/**
 * The session in which a call was made, where the record does not say by itself who opened it: of a role (but not one that
 * Identity Center gives to a person, EC2 to an instance, or a service has for itself), of the root user from outside the
 * account, of a federated user, of an IAM user's temporary key; and whatever an agent does. Undefined for all others.
 */
export function sessionOf(record: CloudTrailRecord): Session | undefined {
  const user = record.userIdentity;
  const account = textAt(user, "accountId");
  if (account === undefined || !/^\d{12}$/.test(account)) return undefined;
  const { identity, key, time } = viewOf(record);
  const created = timeOf(textAt(user, "sessionContext", "attributes", "creationDate"));
  const agent = identity.isAgent ? agentName(record) : undefined;
  const opened = created ?? time;
  if (opened === undefined) return undefined;
  const names = {
    ...(created !== undefined && isOpened(identity, key) && namesOf(user, created, identity)),
    ...(agent !== undefined && { agent }),
  };
  if (Object.keys(names).length === 0) return undefined;
  return { account, opened, names, ...(agent !== undefined && time !== undefined && { called: slotOf(time) }) };
}

/**
 * The session of a record as one word, if somebody other than the record says may have opened it, or an agent acts.
 * No mail waits for the answer; it is told later.
 */
export function askedSession(record: CloudTrailRecord): string | undefined {
  const { identity } = viewOf(record);
  const session = mayBeAnother(identity) || identity.isAgent ? sessionOf(record) : undefined;
  return session && sessionText(session);
}

/** True if the session's opener may be somebody other than the record says. */
export function mayBeAnother({ kind, person, sessionSetBy, isAssumedRoot }: Identity): boolean {
  const isRole = kind === "role" && person === undefined && sessionSetBy !== "EC2" && sessionSetBy !== "AWS";
  return isRole || (kind === ROOT_USER && isAssumedRoot === true);
}

function isOpened(identity: Identity, key: string | undefined): boolean {
  if (key?.startsWith("AKIA")) return false;
  return mayBeAnother(identity) || identity.kind === "federated user" || identity.kind === "IAM user";
}

function namesOf(user: unknown, opened: number, { isAssumedRoot }: Identity): Session["names"] {
  const key = textAt(user, "accessKeyId");
  // Another account's log names the opener of such a session, but of no other.
  if (isAssumedRoot) return key === undefined ? {} : { root: sessionName("root", key, opened) };
  const principal = textAt(user, "principalId");
  const signIn = textAt(user, "sessionContext", "signInSessionArn");
  return {
    ...(key !== undefined && { key: sessionName("key", key, opened) }),
    ...(principal !== undefined && { principal: sessionName("principal", principal, opened) }),
    ...(signIn !== undefined && { signIn: sessionName("signIn", signIn, opened) }),
  };
}

const KINDS: readonly NameKind[] = ["key", "root", "principal", "signIn", "agent"];

/** A session in one word, as stories keep it: `111122223333.1770000000.1f2e...` and so on. */
export function sessionText({ account, opened, called, names }: Session): string {
  const second = (time: number | undefined) => (time === undefined ? "" : Math.floor(time / 1000));
  return [account, second(opened), second(called), ...KINDS.map((kind) => names[kind] ?? "")].join(".");
}

/** The session that such a word names; undefined for other text. */
export function sessionIn(text: string): Session | undefined {
  const [account = "", opened = "", called = "", ...digests] = text.split(".");
  const isSound =
    /^\d{12} \d{1,11} \d{0,11}$/.test([account, opened, called].join(" ")) &&
    digests.length === KINDS.length &&
    digests.every((name) => /^(?:[0-9a-f]{16})?$/.test(name));
  if (!isSound) return undefined;
  const names = Object.fromEntries(KINDS.map((kind, i) => [kind, digests[i]]).filter(([, name]) => name !== ""));
  return { account, opened: Number(opened) * 1000, names, ...(called !== "" && { called: Number(called) * 1000 }) };
}
