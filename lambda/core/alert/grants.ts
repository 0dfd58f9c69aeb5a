import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { type KnownAccounts, nearnessOf } from "../rules/accounts.ts";
import { allowEscalation, allowsAdmin, allowsEscalation, isPartOfEscalation } from "../rules/policy/actions.ts";
import { type PolicyDocument, policiesOf } from "../rules/policy/document.ts";
import { OPENINGS, openingsOf } from "../rules/policy/judge.ts";
import type { Statement } from "../rules/policy/statement.ts";
import { conditionsIn, listed, resourcesIn, type Words } from "./grant-words.ts";
import { inert, name } from "./text.ts";

/** What the policies in a call's parameters grant, in words. */
export interface Grants {
  /** Worst first: `lets account 999999999999 (foreign) assume it, no condition`. Harmless text. */
  readonly lines: readonly string[];
  /** Names of the parameters that the words tell completely. */
  readonly told: ReadonlySet<string>;
}

/** How many statements are told, over all documents. */
const MAX_LINES = 4;

/** Worst is what opens to everyone or makes an administrator; then openings as rules weigh them; last what denies. */
const [WORST, HARMLESS, DENIAL] = [0, OPENINGS.length + 1, OPENINGS.length + 2];

/** Calls whose policies grant nothing: they read, remove, or hold policies that only limit. */
const READS_OR_TAKES =
  /:(?:Get|List|Describe|Validate|Check|Simulate|Test|Detach|Delete|Disassociate|Remove|Revoke|Reject)/;
const LIMITS = /^(?:organizations|sts|accessanalyzer):|^ec2:\w*VpcEndpoint|PermissionsBoundary/;

/** Fields that hold policies and access lists; anybody may write one into a description. */
const HOLDS_POLICY = /polic|accesscontrol|acl$|grant|^requestParameters$|statement|attribute/i;

interface Line extends Words {
  readonly weight: number;
}

/** What a call grants by the policies that it carries: the judgement that rules are decided by, in words for people. */
export function grantsOf(record: CloudTrailRecord, known: KnownAccounts): Grants {
  const { call } = viewOf(record);
  if (READS_OR_TAKES.test(call) || LIMITS.test(call)) return { lines: [], told: new Set() };
  const documents = policiesOf(record).filter(
    ({ field }) => field.startsWith("requestParameters") && HOLDS_POLICY.test(field.split(".").pop() ?? ""),
  );
  const told = documents.map((document) => ({ document, lines: linesOf(document, record, known) }));
  const lines = new Map<string, Line>();
  for (const line of told.flatMap((one) => one.lines)) {
    const before = lines.get(line.text);
    if (before === undefined || before.weight > line.weight) lines.set(line.text, line);
  }
  const sorted = [...lines.values()].sort((a, b) => a.weight - b.weight).map(({ text }) => text);
  const more = sorted.length - MAX_LINES;
  const isWhole = ({ document, lines: own }: (typeof told)[number]) =>
    document.statements !== undefined && document.managed === undefined && own.every(({ isWhole: whole }) => whole);
  const names = told.filter(isWhole).map(({ document }) => document.field);
  const spoilt = new Set(told.filter((one) => !isWhole(one)).map(({ document }) => document.field));
  return {
    lines: more > 0 ? [...sorted.slice(0, MAX_LINES), `and ${more} more statement${more === 1 ? "" : "s"}`] : sorted,
    told: new Set(
      more > 0
        ? []
        : names.filter((field) => !spoilt.has(field)).flatMap((field) => parameterOf(record, field, documents) ?? []),
    ),
  };
}

/** The name of the parameter that is one policy and nothing else. */
function parameterOf(
  record: CloudTrailRecord,
  field: string,
  documents: readonly PolicyDocument[],
): string | undefined {
  const [, own, ...deeper] = field.split(".");
  if (own === undefined || deeper.length > 0 || documents.filter((one) => one.field === field).length > 1)
    return undefined;
  const parameter = valueAt(record, "requestParameters", own);
  const isPolicy = (any: unknown) =>
    isObject(any) && Object.keys(any).every((key) => /^(?:version|id|statement)$/i.test(key));
  return isPolicy(typeof parameter === "string" ? parsed(parameter) : parameter) ? own : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // encoded, or none
  }
}

function linesOf(document: PolicyDocument, record: CloudTrailRecord, known: KnownAccounts): readonly Line[] {
  const { field, statements, managed } = document;
  if (managed !== undefined) return [{ text: `${managed.name}: ${managed.reason}`, isWhole: true, weight: WORST }];
  if (statements === undefined) return isCut(record, field) ? [TOO_LONG] : [];
  const isEscalation = allowEscalation(statements);
  return statements.flatMap((statement): readonly Line[] => {
    const line = statement.isAllow ? allowance(statement, field, record, known) : denial(statement, record, known);
    // A parameter that names only one's own account grants nothing.
    if (field === "requestParameters" && line.weight === HARMLESS) return [];
    return [isEscalation && isPartOfEscalation(statement) ? { ...line, weight: WORST } : line];
  });
}

const TOO_LONG: Line = {
  text: "a policy that is too long to be told here: look into the log file",
  isWhole: false,
  weight: WORST,
};

/** Long texts are cut before they are kept, with a note of their length. */
function isCut(record: CloudTrailRecord, field: string): boolean {
  return /\u2026 \[\d+ characters\]$/.test(textAt(record, ...field.split(".")) ?? "");
}

function allowance(statement: Statement, field: string, record: CloudTrailRecord, known: KnownAccounts): Line {
  const [what, on, under] = [whatOf(statement, field), resourcesIn(statement), conditionsIn(statement.tests)];
  const isWide = allowsAdmin(statement) || allowsEscalation(statement);
  if (statement.principal === undefined) {
    const isWhole = what.isWhole && on.isWhole && under.isWhole;
    return { text: `allows ${what.text}${on.text}, ${under.text}`, isWhole, weight: isWide ? WORST : HARMLESS };
  }
  const openings = openingsOf(statement, record, known)
    .map(({ to, grantee }) => ({
      weight: to === undefined ? HARMLESS : OPENINGS.indexOf(to),
      text: whomOf(grantee, record, known),
    }))
    .sort((a, b) => a.weight - b.weight);
  const whom = statement.isNotPrincipal
    ? exceptedIn(statement)
    : listed([...new Set(openings.map(({ text }) => text))]);
  return {
    text: `${what.verb} ${whom.text === "" ? "nobody" : whom.text}${what.text === "" ? "" : ` ${what.text}`}${on.text}, ${under.text}`,
    isWhole: whom.isWhole && what.isWhole && on.isWhole && under.isWhole,
    weight: openings[0]?.weight ?? HARMLESS,
  };
}

function denial(statement: Statement, record: CloudTrailRecord, known: KnownAccounts): Line {
  const [what, on, under] = [actionsIn(statement), resourcesIn(statement), conditionsIn(statement.tests)];
  const allowing = openingsOf({ ...statement, isAllow: true }, record, known);
  const named = listed([...new Set(allowing.map(({ grantee }) => whomOf(grantee, record, known)))]);
  const whom = statement.isNotPrincipal ? exceptedIn(statement) : named;
  // Whoever shuts out everybody but himself has taken the resource over.
  const isTakeover = statement.isNotPrincipal || (whom.text === "everyone" && statement.tests.length === 0);
  return {
    text: `denies ${whom.text === "" ? "" : `${whom.text} `}${what.text}${on.text}, ${under.text}`,
    isWhole: whom.isWhole && what.isWhole && on.isWhole && under.isWhole,
    weight: isTakeover ? WORST : DENIAL,
  };
}

function exceptedIn({ principal }: Statement): Words {
  const text = JSON.stringify(principal) ?? "";
  return { text: `everyone but ${inert(text, 200)}`, isWhole: text.length <= 200 };
}

type Grantee = ReturnType<typeof openingsOf>[number]["grantee"];

function whomOf(grantee: Grantee, record: CloudTrailRecord, known: KnownAccounts): string {
  switch (grantee.kind) {
    case "everyone":
      return /^[*?]+$/.test(grantee.text) ? "everyone" : `everyone who is like ${name(grantee.text)}`;
    case "account": {
      const { account, text } = grantee;
      const isWhole = text === account || /^arn:[a-z-]+:iam::\d{12}:root$/.test(text);
      return `${isWhole ? `account ${account}` : name(text)} (${nearnessOf(account, record, known)})`;
    }
    case "organization":
      return `organization ${name(grantee.organization)} (${grantee.organization === known.organization ? "own" : "foreign"})`;
    case "service":
      return `the service ${name(grantee.text)}`;
    case "federated":
      return `identities of ${name(grantee.text)}`;
    case "unknown":
      return `${name(grantee.text)} (the record does not show whose it is)`;
    default:
      return grantee satisfies never;
  }
}

/** A permission without a document may tell no more than its principal. */
function whatOf(statement: Statement, field: string): Words & { readonly verb: string } {
  const { actions, isNotAction } = statement;
  const isNamedOnly = field === "requestParameters" && actions.length === 1 && actions[0] === "*";
  if (isNamedOnly) return { verb: "names", text: "", isWhole: true };
  const isTrust = !isNotAction && actions.length > 0 && actions.every((action) => /^sts:AssumeRole\w*$/i.test(action));
  if (isTrust) return { verb: "lets", text: "assume it", isWhole: true };
  const words = actionsIn(statement);
  return {
    verb: "lets",
    text: statement.principal === undefined ? words.text : `do ${words.text}`,
    isWhole: words.isWhole,
  };
}

/** The actions of a statement, the widest first. */
function actionsIn({ actions, isNotAction }: Statement): Words {
  const isAll = actions.some((action) => /^\*(?::\*)?$/.test(action));
  const shown = actions
    .toSorted((a, b) => Number(b.includes("*")) - Number(a.includes("*")))
    .map((action) => (/^[\w*?:-]{1,100}$/.test(action) ? inert(action) : name(action)));
  const words = isAll ? { text: "everything", isWhole: true } : listed(shown);
  const text = words.text === "" ? "nothing" : words.text;
  return { text: isNotAction ? `everything but ${text}` : text, isWhole: words.isWhole };
}
