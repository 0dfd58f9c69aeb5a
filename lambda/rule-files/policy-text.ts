import type { Condition } from "../core/rules/condition.ts";
import type { ValueTest } from "../core/rules/operators.ts";
import type { FieldDoubt } from "./doubt.ts";
import { looksOf } from "./fields-of.ts";
import { POLICY_FIELDS } from "./policy-fields.ts";
import { textsIn } from "./texts-in.ts";

const FIELDS: ReadonlySet<string> = new Set(POLICY_FIELDS.map((field) => `requestParameters.${field}`));

/** Fields that hold other things just as often: the text that is looked for decides. */
const MIXED: ReadonlySet<string> = new Set(["requestParameters.attributeValue", "requestParameters.content"]);

/** Words of the policy language, as they appear in JSON or in JSON within JSON. */
const OF_A_POLICY =
  /\\*"(?:Action|AWS|Condition|Effect|Federated|NotAction|NotPrincipal|NotResource|Principal|Resource|Statement)\\*"/;

/** The warnings for a condition that looks at policies as text, one for each field. */
export function doubtsOfPolicyText(condition: Condition): readonly FieldDoubt[] {
  return looksOf(condition).flatMap(({ path, tests }) => {
    const field = path.join(".");
    if (!tests.some((test) => isPolicyText(field, test))) return [];
    const text = `${field || "keywords"}: the rule reads a policy as text, and misses it in another layout, order or escaping; use policy: to judge its statements`;
    return [{ text, ...(field !== "" && { field: path }) }];
  });
}

/**
 * True where a test looks for text in a policy: in a field that holds one, or for policy words in anything above such a
 * field.
 */
function isPolicyText(field: string, test: ValueTest): boolean {
  if (test.kind === "none-of") return test.tests.some((inner) => isPolicyText(field, inner));
  const text = soughtIn(test);
  if (text === undefined) return false;
  if (FIELDS.has(field) && !MIXED.has(field)) return true;
  return (
    OF_A_POLICY.test(text) && (field === "" || [...FIELDS].some((one) => one === field || one.startsWith(`${field}.`)))
  );
}

/** The text that a test looks for; undefined for a test that looks for none, or for a short text as a whole. */
function soughtIn(test: ValueTest): string | undefined {
  return textsIn(test).find(({ as, text }) => as !== "whole" || text.includes("{"))?.text;
}
