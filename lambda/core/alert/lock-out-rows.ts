import { endOfChain } from "../links/chain.ts";
import { isPerson } from "../record/identity.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { isAtLeast } from "../rules/severity.ts";
import { guarded, isPlain, note } from "./commands.ts";
import { describeAccount, type Naming, shortText } from "./describe.ts";
import { headRecord, severityOf } from "./headline.ts";
import { row } from "./labelled.ts";
import { againstUsers, lockOutOf, type Means } from "./lock-out.ts";
import { type Made, NO_USERS, usersMadeIn } from "./made-users.ts";
import { chainOfRecord } from "./opened.ts";
import { withNamesOfNow } from "./renames.ts";
import type { Report } from "./report.ts";
import { name } from "./text.ts";

/** What to do first: what locks the caller out, and what to know about that. */
export interface LockOut {
  readonly typed: readonly string[];
  readonly notes: readonly string[];
  /** Commands that need not stand anywhere else: its own, and those that undo what it stops. */
  readonly elsewhere: readonly string[];
}

const NOTHING: LockOut = { typed: [], notes: [], elsewhere: [] };

/** Who opened a role's session, and can open another. */
interface SessionOpener {
  /** Such that it may be pasted; some shells know no comments. */
  readonly shown: string;
  /** True for a person of the account called. */
  readonly isOwn: boolean;
  /** An IAM user of the account called. */
  readonly user?: string;
  /** How to lock them out where no command does it. */
  readonly byHand?: string;
}

/**
 * What locks out whoever can open new sessions, the caller, and the users whom the caller made; empty where it is not worth it,
 * or nothing does.
 */
export function lockOutRows(whole: Report, naming: Naming): LockOut {
  const report = withNamesOfNow(whole);
  const { isUnverified, isShared, rule, accountId } = report.incident;
  // An incident by a rule's own grouping may have many callers.
  if (isUnverified || isShared || rule !== undefined || !isAtLeast(severityOf(report), "medium")) return NOTHING;
  const { record } = headRecord(report);
  const means = lockOutOf(record);
  const opener = means && openerOf(report, record);
  const first = means?.user ?? opener?.user;
  const own = first === undefined ? [] : [first];
  const found = usersMadeIn(report);
  const all = againstUsers([...new Set([...own, ...found.users])], record);
  // If there is no command for all, there may be one for the first alone.
  const [made, { deny, allow }] = all.deny === undefined ? [NO_USERS, againstUsers(own, record)] : [found, all];
  if (means === undefined && deny === undefined) return NOTHING;
  const others = means?.user === undefined ? means?.commands : means.commands.slice(1);
  const commands = [...(deny === undefined ? [] : [deny]), ...(others ?? [])];
  const who = means?.who ?? (opener?.isOwn ? opener.shown : undefined);
  const when = who === undefined ? "unless somebody confirms it" : `if ${who} denies it or does not answer`;
  const stays = means && (opener?.user === undefined ? means.stays : OTHER_SESSIONS);
  const back = [allow, means?.back].filter(Boolean).join(", and ");
  return {
    typed: row(
      "Lock out",
      `${when}: ${hitsOf(describeAccount(accountId, naming), made, means, opener)}`,
      opener?.byHand,
      ...(means?.byHand ?? []),
      ...guarded(accountId, commands, true),
    ),
    notes: row(
      "",
      means?.also && note(means.also),
      note([...(stays === undefined ? [] : [`not stopped: ${stays}`]), `To take it back: ${back}`].join(". ")),
    ),
    elsewhere: [...commands, ...made.undo],
  };
}

const OTHER_SESSIONS = "sessions of the role that others open from now on, sessions of other roles";

/** What is denied everything in the account, the first first. */
function hitsOf(account: string, made: Made, means: Means | undefined, opener: SessionOpener | undefined): string {
  const makes = madeText(made);
  const isOne = made.users.length === 1;
  if (means === undefined) return `${makes} ${isOne ? "is" : "are"} denied everything in ${account}`;
  const { who, user, hits, byHand } = means;
  const asSelf = (text: string, self = "") => `${text}. If you use ${self} yourself, have somebody else type it`;
  if (user !== undefined) {
    return asSelf(
      makes === "" ? hits(account) : `everything ${who} and ${makes} do in ${account} stops, programs too`,
      who,
    );
  }
  if (byHand !== undefined) return makes === "" ? hits(account) : `${hits(account)}, and stop ${makes}`;
  if (opener?.user === undefined) return makes === "" ? hits(account) : `${makes}, and then ${hits(account)}`;
  const can = `${opener.shown}, who opened this session and can open another`;
  return asSelf([can, makes, `and then ${hits(account)}`].filter(Boolean).join(", "), opener.shown);
}

/** `the new user bob`, `3 new users (below)`; empty if there is none. */
function madeText({ users: [first, ...others], more }: Made): string {
  if (first === undefined) return "";
  if (others.length + more === 0) return `the new user ${name(first, 64)}`;
  return `${others.length + 1} new users (below${more > 0 ? `; ${more} more under Undo` : ""})`;
}

/** Whoever opened the session can open another, unless it is a service or nobody knows who it was. */
function openerOf(report: Report, record: CloudTrailRecord): SessionOpener | undefined {
  const end = endOfChain(chainOfRecord(report.chains, record));
  if (end === undefined || !isPerson(end.identity)) return undefined;
  const { identity, vouchedBy, account = vouchedBy } = end;
  const isOwn = identity.foreignAccount === undefined && account === viewOf(record).account;
  const whole = shortText(identity);
  // It may be pasted, and some shells know no comments.
  const shown = isPlain(whole) ? whole : "whoever it was";
  const user = ownOpener(report, record);
  if (user !== undefined && againstUsers([user], record).deny !== undefined) return { shown, isOwn, user };
  const where = isOwn ? "" : ` of account ${name(identity.foreignAccount ?? account)}`;
  return {
    shown,
    isOwn,
    byHand: `First ${shown}${where}, who opened this session and can open another: ${byHandOf()}`,
  };

  function byHandOf(): string {
    if (!isOwn) return "have them locked out there, or take them out of the role's trust policy";
    if (identity.person !== undefined)
      return "in IAM Identity Center, in the account that runs it, take away their assignments and groups, and disable them";
    return "lock them out";
  }
}

/** The IAM user of the account called who is behind a session. */
export function ownOpener(report: Report, record: CloudTrailRecord): string | undefined {
  const { identity, vouchedBy, account = vouchedBy } = endOfChain(chainOfRecord(report.chains, record)) ?? {};
  const isOwn = identity?.foreignAccount === undefined && account === viewOf(record).account;
  return isOwn && identity?.kind === "IAM user" ? identity.name : undefined;
}
