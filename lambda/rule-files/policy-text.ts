import type { Condition } from "../core/rules/condition.ts";
import type { ValueTest } from "../core/rules/value-test.ts";
import { looksOf } from "./fields-of.ts";
import { POLICY_FIELDS } from "./policy-fields.ts";

const FIELDS: ReadonlySet<string> = new Set(POLICY_FIELDS.map((field) => `requestParameters.${field}`));

/** Fields that hold something else as often: what is looked for decides. */
const MIXED: ReadonlySet<string> = new Set(["requestParameters.attributeValue", "requestParameters.content"]);

/** Words of the policy language, as they stand in JSON or in JSON within JSON. */
const OF_A_POLICY =
  /\\*"(?:Action|AWS|Condition|Effect|Federated|NotAction|NotPrincipal|NotResource|Principal|Resource|Statement)\\*"/;

/** What is said where conditions look at policies as text. */
export function doubtsOfPolicyText(conditions: readonly Condition[]): readonly string[] {
  const looks = conditions.flatMap((condition) => looksOf(condition));
  const fields = new Set(
    looks.flatMap(({ path, tests }) => {
      const field = path.join(".");
      return tests.some((test) => isPolicyText(field, test)) ? [field || "keywords"] : [];
    }),
  );
  return fields.size === 0
    ? []
    : [
        `${[...fields].join(", ")}: the rule reads a policy as text, and misses it in another layout, order or escaping; use policy: to judge its statements`,
      ];
}

/** True where a test looks for a text in a policy: in a field that holds one, or for words of one in all that is above it. */
function isPolicyText(field: string, test: ValueTest): boolean {
  if (test.kind === "none-of") return test.tests.some((inner) => isPolicyText(field, inner));
  const text = soughtIn(test);
  if (text === undefined) return false;
  if (FIELDS.has(field) && !MIXED.has(field)) return true;
  return (
    OF_A_POLICY.test(text) && (field === "" || [...FIELDS].some((one) => one === field || one.startsWith(`${field}.`)))
  );
}

/** What a test looks for in a text; undefined for one that looks for no text, or for a short one as a whole. */
function soughtIn(test: ValueTest): string | undefined {
  switch (test.kind) {
    case "contains":
    case "prefix":
    case "suffix":
      return test.text;
    case "wildcard":
      return test.parts.join("*");
    case "regex":
      return test.source;
    case "in":
      return test.values.find((value) => typeof value === "string" && value.includes("{"))?.toString();
    case "equals":
      return test.texts.find((text) => text.includes("{"));
    default:
      return undefined;
  }
}
