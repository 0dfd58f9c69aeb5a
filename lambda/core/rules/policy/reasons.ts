import type { CloudTrailRecord } from "../../record/record.ts";
import type { KnownAccounts } from "../accounts.ts";
import type { PolicyDocument } from "./document.ts";
import { answeringTogether, holdsFor, holdsForStatement, openingsOf, type PolicyQuestion } from "./judge.ts";
import { textOf } from "./limits.ts";
import { locksOut } from "./locking-out.ts";
import type { Statement } from "./statement.ts";

/** What each statement means for a question, in words; those that decided come first. */
export function reasonsOf(
  question: PolicyQuestion,
  documents: readonly PolicyDocument[],
  record: CloudTrailRecord,
  known: KnownAccounts,
): readonly string[] {
  const reasons = documents.flatMap((document): readonly (readonly [boolean, string])[] => {
    const { field, statements, managed } = document;
    if (statements === undefined) return [[question.unreadable === true, `${field} cannot be read`]];
    if (managed !== undefined) {
      return [[holdsFor(question, [document], record, known), `${field}: ${managed.name}, ${managed.reason}`]];
    }
    const together = answeringTogether(question, statements, record, known);
    return statements.map((statement, i) => {
      const sid = statement.sid === undefined ? "" : ` (${statement.sid})`;
      const holds =
        question.locksOut === false
          ? !locksOut(statement, record)
          : together.includes(statement) || holdsForStatement(question, statement, record, known);
      return [holds, `${field}, statement ${i + 1}${sid}: ${describeStatement(statement, record, known)}`];
    });
  });
  return [...reasons].sort(([a], [b]) => Number(b) - Number(a)).map(([, reason]) => reason);
}

/** A statement in words: whom it lets do what, and why. */
export function describeStatement(statement: Statement, record: CloudTrailRecord, known: KnownAccounts): string {
  if (!statement.isAllow) return locksOut(statement, record) ? "denies everything" : "denies";
  const { actions, isNotAction, tests } = statement;
  const openings = openingsOf(statement, record, known).map(
    ({ grantee, to, because }) => `${grantee.text} (${to ?? "nobody new"}: ${because})`,
  );
  const what = `${isNotAction ? "all but " : ""}${few(actions) || "nothing"}`;
  const under = tests.length === 0 ? "no condition" : `conditions ${few(tests.map(textOf))}`;
  return `allows ${what}${openings.length === 0 ? "" : ` to ${few(openings)}`}, ${under}`;
}

const FEW = 5;

function few(texts: readonly string[]): string {
  return texts.slice(0, FEW).join(", ") + (texts.length > FEW ? ` and ${texts.length - FEW} more` : "");
}
