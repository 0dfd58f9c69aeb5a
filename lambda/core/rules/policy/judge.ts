import type { CloudTrailRecord } from "../../record/record.ts";
import { type KnownAccounts, nearnessOf } from "../accounts.ts";
import { admitInternet } from "../address.ts";
import { allowEscalation, allows, allowsAdmin, allowsEscalation, isPartOfEscalation } from "./actions.ts";
import type { PolicyDocument } from "./document.ts";
import { type Federation, federationsOf, providerOf } from "./federation.ts";
import { type Grantee, granteesOf } from "./grantee.ts";
import { type KeyLimit, limitsOf, PROVIDER, textOf } from "./limits.ts";
import { isLockOut } from "./locking-out.ts";
import type { Statement } from "./statement.ts";

export const OPENINGS = [
  "everyone",
  "foreign-account",
  "foreign-organization",
  "unknown-caller",
  "network",
  "service",
  "unknown-source",
  "federated",
  "federated-owner",
] as const;

/**
 * Whom a statement lets in besides own and known accounts, once its conditions are counted: everyone; an account or
 * an organization that the settings do not name; an id or a network whose account the record does not tell; a service that
 * acts for anybody, or for a bucket of unknown owner; whoever a shared identity provider vouches for, or those of one customer of such a provider.
 */
export type Opening = (typeof OPENINGS)[number];

/** What a rule asks of one statement; all that is given must hold. */
export interface PolicyQuestion {
  /** Any of these. */
  readonly opensTo?: readonly Opening[];
  /** `admin`, `escalation`, or actions of which the statement allows any. */
  readonly allows?: readonly string[];
  /** True: there is a document that cannot be read; nothing else is asked then. */
  readonly unreadable?: boolean;
  /** False: a document is no lock-out; nothing else is asked then. */
  readonly locksOut?: false;
}

/** True when some statement of some document meets the question. */
export function holdsFor(
  question: PolicyQuestion,
  documents: readonly PolicyDocument[],
  record: CloudTrailRecord,
  known: KnownAccounts,
): boolean {
  return documents.some(({ statements, managed }) => {
    if (statements === undefined || question.unreadable)
      return statements === undefined && question.unreadable === true;
    if (question.locksOut === false) return !isLockOut(statements, record);
    return (
      (managed !== undefined && asksFor(question, managed.gives)) ||
      answeringTogether(question, statements, record, known).length > 0 ||
      statements.some((statement) => holdsForStatement(question, statement, record, known))
    );
  });
}

/**
 * The statements that answer yes together although none may do so alone: escalation may take two, and addresses may
 * add up to all there are. Empty if they do not.
 */
export function answeringTogether(
  question: PolicyQuestion,
  statements: readonly Statement[],
  record: CloudTrailRecord,
  known: KnownAccounts,
): readonly Statement[] {
  if (asksFor(question, "escalation")) {
    return allowEscalation(statements) ? statements.filter(isPartOfEscalation) : [];
  }
  if (question.allows !== undefined || !question.opensTo?.includes("everyone")) return [];
  const admitting = statements.map((statement) => [statement, addressesOf(statement, record, known)] as const);
  const some = admitting.filter(([, addresses]) => addresses.length > 0);
  return admitInternet(some.flatMap(([, addresses]) => addresses)) ? some.map(([statement]) => statement) : [];
}

/** The addresses to which a statement limits everyone, if that is its only limit. */
function addressesOf(statement: Statement, record: CloudTrailRecord, known: KnownAccounts): readonly string[] {
  if (!statement.isAllow || !granteesOf(statement).some(({ kind }) => kind === "everyone")) return [];
  const [limit, ...more] = limitsOf(statement, record, known);
  const isByAddress = limit?.test.key === "aws:sourceip" && limit.test.operator === "ipaddress";
  return isByAddress && more.length === 0 ? limit.test.values : [];
}

/** Of AWS's own policies, only what they give is known. */
function asksFor({ opensTo, allows: actions = [] }: PolicyQuestion, gives: "admin" | "escalation"): boolean {
  return opensTo === undefined && actions.some((action) => action === "escalation" || action === gives);
}

/** True when a statement meets a question. */
export function holdsForStatement(
  { opensTo, allows: actions }: PolicyQuestion,
  statement: Statement,
  record: CloudTrailRecord,
  known: KnownAccounts,
): boolean {
  if (!statement.isAllow) return false;
  const isAllowing = actions === undefined || actions.some((action) => allowsAsked(statement, action));
  if (!isAllowing || opensTo === undefined) return isAllowing;
  return openingsOf(statement, record, known).some(({ to }) => to !== undefined && opensTo.includes(to));
}

function allowsAsked(statement: Statement, action: string): boolean {
  if (action === "admin") return allowsAdmin(statement);
  return action === "escalation" ? allowsEscalation(statement) : allows(statement, action);
}

/** One grantee of a statement, and whom that lets in; `to` is undefined if it lets in only known ones. */
export interface OpeningOf {
  readonly grantee: Grantee;
  readonly to: Opening | undefined;
  /** The reason, in words. */
  readonly because: string;
}

interface JudgedStatement {
  readonly record: CloudTrailRecord;
  readonly known: KnownAccounts;
  readonly openings: readonly OpeningOf[];
}

/** Every rule on policies asks the same questions of a statement. */
const judged = new WeakMap<Statement, JudgedStatement>();

/**
 * Whom an allowing statement lets in, grantee by grantee. A Deny beside it does not count: it may be the next to go.
 */
export function openingsOf(statement: Statement, record: CloudTrailRecord, known: KnownAccounts): readonly OpeningOf[] {
  if (!statement.isAllow) return [];
  const before = judged.get(statement);
  if (before?.record === record && before.known === known) return before.openings;
  const limits = summaryOf(limitsOf(statement, record, known));
  const federation = federationsOf(statement);
  const openings = granteesOf(statement).map((grantee) => ({
    grantee,
    ...openingOf(grantee, limits, federation, record, known),
  }));
  judged.set(statement, { record, known, openings });
  return openings;
}

/** What a statement's limits add up to, whomever it names. */
interface Summary {
  /** A limit that lets in only one's own. */
  readonly closing: KeyLimit | undefined;
  /** A limit that does so by the caller's account. */
  readonly closingCaller: KeyLimit | undefined;
  /** A limit that does so by more than the provider, which the principal names already. */
  readonly closingFederated: KeyLimit | undefined;
  readonly narrowest: Judged | undefined;
}

function summaryOf(limits: readonly KeyLimit[]): Summary {
  const closing = limits.filter(({ to }) => to.every((limit) => limit === "own"));
  return {
    closing: closing[0],
    closingCaller: closing.find(({ isOfCaller }) => isOfCaller),
    closingFederated: closing.find(({ test }) => test.key !== PROVIDER),
    narrowest: narrowest(limits),
  };
}

type Judged = Omit<OpeningOf, "grantee">;

const NO_LIMIT = "no condition limits who";

function openingOf(
  grantee: Grantee,
  { closing, closingCaller, closingFederated, narrowest }: Summary,
  federationOf: (host: string) => Federation,
  record: CloudTrailRecord,
  known: KnownAccounts,
): Judged {
  switch (grantee.kind) {
    case "everyone":
      return closing === undefined ? (narrowest ?? opened("everyone", NO_LIMIT)) : closed(closing);
    case "account": {
      const nearness = nearnessOf(grantee.account, record, known);
      if (nearness !== "foreign") return { to: undefined, because: `${nearness} account` };
      // A stranger may come in through one's own network or access point.
      return closingCaller === undefined
        ? opened("foreign-account", "nothing limits it to own accounts")
        : closed(closingCaller);
    }
    case "organization":
      if (grantee.organization === known.organization) return { to: undefined, because: "own organization" };
      return closingCaller === undefined
        ? opened("foreign-organization", "nothing limits it to own accounts")
        : closed(closingCaller);
    case "unknown":
      return closing === undefined ? opened("unknown-caller", "nobody says whose it is") : closed(closing);
    case "service":
      return closing === undefined ? (narrowest ?? opened("service", NO_LIMIT)) : closed(closing);
    case "federated": {
      const { host, account } = providerOf(grantee.text) ?? { host: "" };
      if (account !== undefined && nearnessOf(account, record, known) === "foreign") {
        return opened("federated", "the provider of a foreign account");
      }
      if (closingFederated !== undefined) return closed(closingFederated);
      const federation = federationOf(host);
      if (federation === "tenant") return { to: undefined, because: "the issuer is one tenant's" };
      return federation === "owner"
        ? opened("federated-owner", "limited to identities of one owner at a shared provider")
        : opened("federated", "no condition says whose identities");
    }
    default:
      return grantee satisfies never;
  }
}

const FROM_WORST = [
  "foreign-account",
  "foreign-organization",
  "unknown-caller",
  "network",
  "unknown-source",
  "service",
] as const;

/** All limits must hold at once, so the one that says most about the caller decides who it is. */
function narrowest(limits: readonly KeyLimit[]): Judged | undefined {
  for (const limit of FROM_WORST) {
    const found = limits.find(({ to }) => to.includes(limit));
    if (found !== undefined) return opened(limit, `limited by ${textOf(found.test)}`);
  }
  return undefined;
}

function opened(to: Opening, because: string): Judged {
  return { to, because };
}

function closed({ test }: KeyLimit): Judged {
  return { to: undefined, because: `limited to own by ${textOf(test)}` };
}
