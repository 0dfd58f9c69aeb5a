import { someCovers } from "./glob.ts";
import { granteesOf } from "./grantee.ts";
import type { ConditionTest, Statement } from "./statement.ts";

/** Denying whoever does not meet a test demands that it is met; the request must then have the key. */
const DEMANDED: { readonly [denied: string]: string } = {
  arnnotequals: "arnequals",
  arnnotlike: "arnlike",
  notipaddress: "ipaddress",
  stringnotequals: "stringequals",
  stringnotequalsignorecase: "stringequalsignorecase",
  stringnotlike: "stringlike",
};

/**
 * The statements of one document, where those that only let call an API also have the tests that a denial beside them
 * demands: private APIs are written so, and the calls that could take the denial off write the whole document anew.
 * Source: API Gateway Developer Guide, "API Gateway resource policy examples".
 */
export function withDemands(statements: readonly Statement[]): readonly Statement[] {
  const denials = statements.filter(({ isAllow, isNotAction, isNotResource, tests }) => {
    return !isAllow && !isNotAction && !isNotResource && tests.length === 1;
  });
  if (denials.length === 0) return statements;
  return statements.map((statement) => {
    if (!isOfCallingApis(statement)) return statement;
    const demanded = denials
      .filter((denial) => reachesAllOf(denial, statement))
      .flatMap(({ tests }) => demandOf(tests));
    return demanded.length === 0 ? statement : { ...statement, tests: [...statement.tests, ...demanded] };
  });
}

function isOfCallingApis({ isAllow, actions, isNotAction }: Statement): boolean {
  return (
    isAllow && !isNotAction && actions.length > 0 && actions.every((action) => /^execute-api:/i.test(action.trim()))
  );
}

/** True if a denial holds for everyone, and for all that another statement allows. */
function reachesAllOf(denial: Statement, { actions, resources, isNotResource }: Statement): boolean {
  return (
    !denial.isNotPrincipal &&
    granteesOf(denial).some(({ kind }) => kind === "everyone") &&
    actions.every((action) => someCovers(denial.actions, action)) &&
    !isNotResource &&
    resources.every((resource) => someCovers(denial.resources, resource))
  );
}

function demandOf([test]: readonly ConditionTest[]): readonly ConditionTest[] {
  if (test === undefined || !Object.hasOwn(DEMANDED, test.operator)) return [];
  return [{ ...test, operator: DEMANDED[test.operator] as string, passesWithout: false }];
}
