import type { Condition } from "../core/rules/condition.ts";
import type { FieldPath } from "../core/rules/field-path.ts";
import type { ValueTest } from "../core/rules/operators.ts";
import type { FieldDoubt } from "./doubt.ts";
import { type FieldLook, fieldsOf } from "./fields-of.ts";
import { textsIn } from "./texts-in.ts";

/**
 * A look at something that callers choose: a field of theirs, a session's name in one of AWS's fields, or a part of a
 * name.
 */
interface Choice {
  readonly field: string;
  readonly of: "field" | "session" | ValueTest["kind"];
}

/** What a client or a caller itself writes into a record. */
const CHOSEN_BY_CALLERS = new Set([
  "userAgent",
  "requestParameters.externalId",
  "requestParameters.roleSessionName",
  "requestParameters.sourceIdentity",
  "userIdentity.sessionContext.sourceIdentity",
]);

/** What AWS writes into the caller's identity, whatever the caller does. */
const CHOSEN_BY_AWS = new Set(["userIdentity.accessKeyId", "userIdentity.invokedBy"]);

/** Why callers can bring themselves under an exception, in words. */
export function doubtsOfExemption(condition: Condition): readonly FieldDoubt[] {
  const choices = fieldsOf(condition).flatMap(({ path, tests, isAbsence }) =>
    isAbsence ? choiceOfAbsence(path) : tests.flatMap((test) => choicesOf(path, test)),
  );
  return doubtsAbout(choices, ({ field, of }) => {
    if (of === "field") return `looks at ${field}, which callers choose`;
    if (of === "session") return `pins ${field} with a session name, which callers choose`;
    return `pins ${field} by ${of}: a caller may choose a name that fits`;
  });
}

/**
 * Why callers can escape a rule, in words: the rule leaves records out by something that callers choose. A rule that
 * looks for a tool by its user agent gets no warning: it finds the careless and loses nothing.
 */
export function doubtsOfOmissions(condition: Condition): readonly FieldDoubt[] {
  return doubtsAbout(fieldsOf(condition).flatMap(omitted), ({ field, of }) => {
    if (of === "field") {
      return `it leaves records out by ${field}, which callers choose: an attacker can choose a value that is left out`;
    }
    return of === "session"
      ? `it leaves records out by the session name in ${field}: an attacker can choose that name`
      : `it leaves records out by a part of ${field} (${of}): an attacker can choose a name that fits`;
  });
}

function omitted({ path, tests, isNegated, isAbsence }: FieldLook): readonly Choice[] {
  // A caller who must not have a value supplies another.
  if (isAbsence) return isNegated ? [] : choiceOfAbsence(path);
  return tests.filter((test) => (test.kind === "none-of") !== isNegated).flatMap((test) => choicesOf(path, test));
}

function choiceOfAbsence(path: FieldPath): readonly Choice[] {
  return isChosen(path) ? [{ field: path.join("."), of: "field" }] : [];
}

function isChosen(path: FieldPath): boolean {
  return path[0] === "tlsDetails" || CHOSEN_BY_CALLERS.has(path.join("."));
}

/** Paths of roles that only AWS makes. */
const OF_AWS = /:role\/(?:aws-service-role|aws-reserved)\//;

/** Whoever wants to pass for somebody else chooses a fitting name, session name or user agent. */
function choicesOf(path: FieldPath, test: ValueTest): readonly Choice[] {
  const field = path.join(".");
  if (isChosen(path)) return [{ field, of: "field" }];
  // AWS says who invoked the call, and chooses the ids of keys; a caller cannot.
  if (path[0] !== "userIdentity" || CHOSEN_BY_AWS.has(field)) return [];
  // Only AWS makes roles on these paths; a rule must itself guard against a path that imitates them
  // (/:role/aws-reserved/).
  if (test.kind === "wildcard" && test.parts.some((part) => OF_AWS.test(part))) return [];
  // What leaves such an imitation out chooses nothing: an ARN has ":role/" once.
  if (test.kind === "wildcard" && test.parts.filter((part) => part === ":role/").length > 1) return [];
  if (test.kind === "none-of") return test.tests.flatMap((inner) => choicesOf(path, inner));
  const sought = textsIn(test);
  if (sought.some(({ as }) => as !== "whole")) return [{ field, of: test.kind }];
  return sought.some(({ text }) => isSession(field, text)) ? [{ field, of: "session" }] : [];
}

function isSession(field: string, text: string): boolean {
  return /:assumed-role\/[^/]+\/./.test(text) || (field.endsWith("principalId") && text.includes(":"));
}

function doubtsAbout(choices: readonly Choice[], text: (choice: Choice) => string): readonly FieldDoubt[] {
  return choices.map((choice) => ({ text: text(choice), field: choice.field.split(".") }));
}
