import { endOfChain } from "../../links/chain.ts";
import { isPerson } from "../../record/identity.ts";
import { type CloudTrailRecord, textAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { NOBODY_KNOWN } from "../../rules/accounts.ts";
import { isAtLeast } from "../../rules/severity.ts";
import { describeAccount, type Naming, shortText } from "../describe.ts";
import { headRecord, severityOf } from "../headline.ts";
import { row } from "../labelled.ts";
import { chainOfRecord } from "../opened.ts";
import { quantity } from "../quantity.ts";
import type { Report } from "../report.ts";
import { name } from "../text.ts";
import { guarded, isPlain, note } from "./commands.ts";
import { againstUsers, lockOutOf } from "./lock-out.ts";
import { type Made, NO_USERS, usersMadeIn } from "./made-users.ts";
import type { Means } from "./means.ts";
import { withNamesOfNow } from "./renames.ts";
import { openTexts, stillOpenIn } from "./still-open.ts";

/** What to do first: what locks the caller out, and what to know about that. */
export interface LockOut {
  /** What it hits, what stays open, and the commands. */
  readonly typed: readonly string[];
  /** What goes on all the same. */
  readonly after: readonly string[];
  /** What takes it back. */
  readonly back: readonly string[];
  /** A long lock-out, which is typed only after somebody was asked, and what takes it back: at the end of the mail. */
  readonly apart: readonly string[];
  /** True where it is typed in another account: what can be done in this one comes first. */
  readonly isElsewhere: boolean;
  /** On which condition it is typed: `as Do says`, `if alice denies it or does not answer in 10 minutes`. */
  readonly when: string;
  /** Commands that need not stand anywhere else: its own, and those that undo what it stops. */
  readonly elsewhere: readonly string[];
}

const NOTHING: LockOut = {
  typed: [],
  after: [],
  back: [],
  apart: [],
  isElsewhere: false,
  when: "",
  elsewhere: [],
};

/** How many lines a lock-out may take between what else to do. */
const MAX_LINES = 8;
const AT_THE_END = "What to type stands at the end of this mail, at In full.";

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

/** What stands above it. */
export interface AboveLockOut {
  /** The commands that are typed before. */
  readonly atOnce: readonly string[];
  /** True where the advice says whom to ask, and when to lock out. */
  readonly isInAdvice: boolean;
  /** True where the advice says not to lock anybody out. */
  readonly isAgainst: boolean;
}

/**
 * What locks out whoever can open new sessions, the caller, and the users whom the caller made; empty where it is not worth it,
 * or nothing does.
 */
export function lockOutRows(whole: Report, naming: Naming, { atOnce, isInAdvice, isAgainst }: AboveLockOut): LockOut {
  if (isAgainst) return NOTHING;
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
  const stays = means && (opener?.user === undefined ? means.stays : OTHER_SESSIONS);
  const back = guarded(accountId, [...(allow === undefined ? [] : [allow]), ...(means?.back ?? [])]);
  const { isElsewhere = false, byHand = [], backElsewhere = [] } = means ?? {};
  const allBack = [...back, ...backElsewhere];
  const when = whenOf(report, record, who, isInAdvice);
  const closed = { denied: deny === undefined ? [] : [...own, ...made.users], typed: atOnce };
  const [stillOpen, moreOpen] = openTexts(stillOpenIn(report, naming.known ?? NOBODY_KNOWN, closed));
  const hits = hitsOf(describeAccount(accountId, naming), made, means, opener);
  const here = guarded(accountId, commands, true);
  const isApart = here.length + byHand.length > MAX_LINES && byHand.length > 0 && !isLockedFirst(report);
  // A step that is taken in a console before all commands is soon read.
  const inConsole = byHand.slice(0, isApart && byHand[0]?.startsWith("#") ? 1 : 0);
  // Where what was done is undone first, it is named above.
  const open = isElsewhere ? [] : row("Open", stillOpen && `even then: ${stillOpen}`);
  return {
    typed: [
      ...row("Lock out", `${when}: ${hits}`, opener?.byHand),
      ...row("", ...here, ...(isApart ? [...inConsole, AT_THE_END] : byHand)),
    ],
    after: [
      ...open,
      ...row("Goes on", stays && (allBack.length === 0 ? stays : `${stays}; to take the lock-out back: Let in, below`)),
      ...row("Open too", isElsewhere ? undefined : moreOpen),
    ],
    back: letIn(isApart ? back : allBack),
    apart: isApart ? [...row("In full", `Lock out, ${when}:`, ...byHand), ...letIn(backElsewhere)] : [],
    isElsewhere,
    when,
    elsewhere: [...commands, ...made.undo],
  };
}

function letIn(commands: readonly string[]): readonly string[] {
  return commands.length === 0 ? [] : row("Let in", "again, if it was meant after all:", ...commands);
}

/** Where new credentials let an intruder back in, the lock-out is typed before anybody is asked. */
function whenOf(report: Report, record: CloudTrailRecord, known: string | undefined, isInAdvice: boolean): string {
  if (isLockedFirst(report)) return "now, before you ask";
  if (isInAdvice) return "as Do says";
  const who = known ?? (roleOf(record) && OWNER);
  return who === undefined
    ? `unless somebody confirms it ${IN_TIME}`
    : `if ${who} denies it or does not answer ${IN_TIME}`;
}

/** The role of the account called in whose session a call was made; undefined for those of services and of Identity Center. */
export function roleOf(record: CloudTrailRecord): string | undefined {
  const issuer = textAt(record, "userIdentity", "sessionContext", "sessionIssuer", "arn") ?? "";
  const [, account, role] = ROLE.exec(issuer) ?? [];
  return account === viewOf(record).account && textAt(record, "userIdentity", "type") === "AssumedRole"
    ? role
    : undefined;
}

/** `the owner of role deploy`: who knows who may be in its sessions. A long name stands above, and would take rows from the screen. */
export function ownerOf(record: CloudTrailRecord): string | undefined {
  const role = roleOf(record);
  if (role === undefined) return undefined;
  return isPlain(role) && role.length <= SHORT_NAME ? `the owner of role ${name(role)}` : OWNER;
}

const SHORT_NAME = 24;
const OWNER = "the role's owner";
const ROLE = /^arn:[a-z-]+:iam::(\d{12}):role\/(?!aws-service-role\/|aws-reserved\/)(?:.*\/)?([^/]+)$/;

/** How long the answer of whoever is asked is waited for. */
export const IN_TIME = "in 10 minutes";

/** True where a mail is critical and tells of new credentials of IAM users that are live. */
export function isLockedFirst(report: Report): boolean {
  return (
    isAtLeast(severityOf(report), "critical") &&
    report.lines.some(({ call, outcome }) => outcome === "success" && GIVES_CREDENTIALS.test(call))
  );
}

const GIVES_CREDENTIALS = /^iam:Create(?:AccessKey|LoginProfile)$/;

const OTHER_SESSIONS = "sessions of the role that others open from now on, sessions of other roles";

/** What is denied everything in the account, the first first. */
function hitsOf(account: string, made: Made, means: Means | undefined, opener: SessionOpener | undefined): string {
  const makes = madeText(made);
  const isOne = made.users.length === 1;
  if (means === undefined) return `${makes} ${isOne ? "is" : "are"} denied everything in ${account}`;
  const { user, hits, isElsewhere } = means;
  if (user !== undefined) {
    return `${makes === "" ? hits(account) : `user ${name(user, 64)} and ${makes} are denied everything in ${account}, programs too`}. ${AS_SELF}`;
  }
  if (isElsewhere) {
    const here = `${makes} ${isOne ? "is" : "are"} denied everything in ${account}; the caller`;
    return makes === "" ? hits(account) : `${here} ${hits(account)}`;
  }
  if (opener?.user === undefined) {
    const then = hits(account, opener !== undefined);
    return makes === "" ? then : `${makes}, and then ${then}`;
  }
  const who = `User ${name(opener.user, 64)}`;
  const first = makes === "" ? `${who} is` : `${who} and ${makes} are`;
  return `1. ${first} denied everything. 2. The role's sessions until now (programs', yours) are too; new ones work. ${AS_SELF}`;
}

const AS_SELF = "If that is you, let somebody else type it";

/** `the new user bob`, `3 new users (below)`; empty if there is none. */
function madeText({ users: [first, ...others], more }: Made): string {
  if (first === undefined) return "";
  if (others.length + more === 0) return `the new user ${name(first, 64)}`;
  return `${quantity(others.length + 1, "new user")} (below${more > 0 ? `; ${more} more under Undo` : ""})`;
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
    byHand: note(`First ${shown}${where}, who opened this session and can open another: ${byHandOf()}`),
  };

  function byHandOf(): string {
    if (!isOwn) return "have them locked out there, or take them out of the trust policy of the role";
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
