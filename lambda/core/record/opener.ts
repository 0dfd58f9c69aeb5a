import { shortHash } from "./facts.ts";
import type { Identity } from "./identity.ts";
import { type CloudTrailRecord, textAt } from "./record.ts";
import { mayBeAnother, sessionOf, sessionText } from "./session.ts";
import { viewOf } from "./view.ts";

/** How much is kept of each text. */
export const MAX_TEXT = 200;

/** A longer key ends in a hash, so that two of them stay apart. */
const MAX_ACTOR = 2 * MAX_TEXT;

/** Who opened a session, as the record of that call tells it: raw text, each field of bounded length. */
export interface Opener {
  /** The call: `sts:AssumeRole` ... */
  readonly call: string;
  /** eventTime in milliseconds since the epoch. */
  readonly time: number;
  readonly identity: Identity;
  /** The stable key of the opener. */
  readonly actor: string;
  /** The account whose trail says it. */
  readonly vouchedBy: string;
  readonly mfa?: string;
  readonly source?: string;
  /** The role whose session was opened. */
  readonly role?: string;
  /** The opener's own session, as one word, if somebody opened that one in turn. */
  readonly session?: string;
  /** For a caller from another account, whose own trail names him: the id in both records, and his principal. */
  readonly shared?: string;
  readonly principal?: string;
  readonly account?: string;
}

/** True unless the opener's key was cut: then it is the one that its own matches have. */
export function isWholeActor({ actor }: Opener): boolean {
  return actor.length < MAX_ACTOR;
}

/** Who made a call that opens sessions; `vouchedBy` is the account whose log says so. */
export function openerOf(record: CloudTrailRecord, vouchedBy: string, time: number): Opener {
  const { call, actor, identity: whole, mfa: proven } = viewOf(record);
  const identity = bounded(whole);
  const account = textAt(record, "userIdentity", "accountId")?.slice(0, MAX_TEXT);
  const session = mayBeAnother(identity) ? sessionOf(record) : undefined;
  const isForeign = account !== undefined && account !== vouchedBy;
  const principal = textAt(record, "userIdentity", "principalId")?.slice(0, MAX_TEXT);
  const shared = textAt(record, "sharedEventID")?.slice(0, MAX_TEXT);
  const source = textAt(record, "sourceIPAddress")?.slice(0, 64);
  const withDevice = textAt(record, "requestParameters", "serialNumber") === undefined ? undefined : "with MFA";
  const mfa = withDevice ?? proven;
  return {
    call: call.slice(0, MAX_TEXT),
    time,
    identity,
    actor: actor.length < MAX_ACTOR ? actor : actor.slice(0, MAX_ACTOR - 20) + shortHash(actor),
    vouchedBy,
    ...(mfa !== undefined && mfa !== "MFA unknown" && { mfa }),
    ...(source !== undefined && { source }),
    ...(session !== undefined && { session: sessionText(session) }),
    ...(principal !== undefined && { principal }),
    ...(account !== undefined && { account }),
    ...(isForeign && shared !== undefined && { shared }),
  };
}

function bounded(identity: Identity): Identity {
  const entries = Object.entries(identity).map(([key, part]) => [
    key,
    typeof part === "string" ? part.slice(0, MAX_TEXT) : part,
  ]);
  return Object.fromEntries(entries) as Identity;
}

/** The role in the ARN of a role or of a role session. */
export function roleIn(arn: string | undefined): { readonly role?: string } {
  const resource = arn?.split(":").slice(5).join(":") ?? "";
  const parts = resource.split("/");
  const role = parts[0] === "assumed-role" ? parts[1] : parts[0] === "role" ? parts.at(-1) : undefined;
  return role === undefined ? {} : { role: role.slice(0, MAX_TEXT) };
}
