import type { CloudTrailRecord } from "../record/record.ts";
import { type KnownAccounts, nearnessOf } from "../rules/accounts.ts";
import { allowsAdmin, allowsEscalation } from "../rules/policy/actions.ts";
import { type PolicyDocument, policiesOf } from "../rules/policy/document.ts";
import { OPENINGS, type OpeningOf, openingsOf } from "../rules/policy/judge.ts";
import { few } from "../rules/policy/reasons.ts";
import type { ConditionTest, Statement } from "../rules/policy/statement.ts";
import { name } from "./text.ts";

/** What the policies of a call grant, in words. */
export interface Grants {
  /** The worst first: `lets account 999999999999 (foreign) assume it, no condition`. Harmless text. */
  readonly lines: readonly string[];
  /** Where the documents stand that are told in full: `requestParameters.policyDocument`. */
  readonly told: ReadonlySet<string>;
}

/** Statements of all documents that are told. */
const MAX_LINES = 4;

/** What a call grants by the policies that it carries: the same judgement that rules are decided by, as people read it. */
export function grantsOf(record: CloudTrailRecord, known: KnownAccounts): Grants {
  const documents = policiesOf(record);
  const lines = new Map<string, number>();
  for (const [text, weight] of documents.flatMap((document) => linesOf(document, record, known))) {
    lines.set(text, Math.min(weight, lines.get(text) ?? weight));
  }
  const sorted = [...lines].sort(([, a], [, b]) => a - b).map(([text]) => text);
  const more = sorted.length - MAX_LINES;
  if (more > 0) return { lines: [...sorted.slice(0, MAX_LINES), `and ${more} more statements`], told: new Set() };
  const told = documents.filter(({ statements, managed }) => statements !== undefined && managed === undefined);
  return { lines: sorted, told: new Set(told.map(({ field }) => field)) };
}

type Weighed = readonly [text: string, weight: number];

function linesOf(
  { statements, managed }: PolicyDocument,
  record: CloudTrailRecord,
  known: KnownAccounts,
): readonly Weighed[] {
  if (managed !== undefined) return [[`${managed.name}: ${managed.reason}`, 0]];
  // The field itself is shown then.
  if (statements === undefined) return [];
  return statements.map((statement): Weighed => {
    if (!statement.isAllow) return [`denies ${actionsOf(statement)}`, OPENINGS.length + 2];
    const openings = openingsOf(statement, record, known);
    const whom = [...new Set(openings.map((opening) => whomOf(opening, record, known)))];
    const under = conditionsOf(statement.tests);
    // Policies of users, groups and roles name nobody.
    if (whom.length === 0) {
      const on = statement.resources.length === 0 ? "" : ` on ${resourcesOf(statement)}`;
      const isWide = allowsAdmin(statement) || allowsEscalation(statement);
      return [`allows ${actionsOf(statement)}${on}, ${under}`, isWide ? 0 : OPENINGS.length];
    }
    return [`lets ${few(whom, 3)} ${whatOf(statement)}, ${under}`, Math.min(...openings.map(weightOf))];
  });
}

function weightOf({ to }: OpeningOf): number {
  return to === undefined ? OPENINGS.length + 1 : OPENINGS.indexOf(to);
}

function whomOf({ grantee }: OpeningOf, record: CloudTrailRecord, known: KnownAccounts): string {
  switch (grantee.kind) {
    case "everyone":
      return /^[*?]+$/.test(grantee.text) ? "everyone" : name(grantee.text);
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
      return `${name(grantee.text)} (whose that is, the record does not tell)`;
    default:
      return grantee satisfies never;
  }
}

function whatOf(statement: Statement): string {
  const { actions, isNotAction } = statement;
  const isTrust = !isNotAction && actions.length > 0 && actions.every((action) => /^sts:AssumeRole\w*$/i.test(action));
  return isTrust ? "assume it" : `do ${actionsOf(statement)}`;
}

function actionsOf({ actions, isNotAction }: Statement): string {
  const isAll = actions.some((action) => /^\*(?::\*)?$/.test(action));
  const named = isAll ? "everything" : few(actions.map((action) => name(action))) || "nothing";
  return isNotAction ? `everything but ${named}` : named;
}

function resourcesOf({ resources, isNotResource }: Statement): string {
  const all = resources.some((resource) => resource === "*")
    ? "everything"
    : few(
        resources.map((one) => name(one)),
        3,
      );
  return isNotResource ? `everything but ${all}` : all;
}

function conditionsOf(tests: readonly ConditionTest[]): string {
  if (tests.length === 0) return "no condition";
  const texts = tests.map(
    ({ operator, key, values }) =>
      `${name(key)} ${isNegated(operator) ? "not " : ""}${few(
        values.map((one) => name(one)),
        3,
      )}`,
  );
  return `if ${few(texts, 3)}`;
}

function isNegated(operator: string): boolean {
  return operator.includes("not");
}
