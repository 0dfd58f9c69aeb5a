import { name } from "../alert/text.ts";
import { type Answer, broken, type Finding, findingsOn, isGone, REDEPLOY } from "./finding.ts";

/** Whether and how often a function may run. */
export interface FunctionState {
  /** How many instances may run at a time, if that is reserved. */
  readonly reserved?: number;
  /** Active, Inactive, Pending or Failed, if it was asked for. */
  readonly state?: string;
}

/** The name of the check of a function. */
export function functionCheck(functionName: "alerter" | "tick"): `${"alerter" | "tick"}-function` {
  return `${functionName}-function`;
}

/** Tells whether a function is allowed to run at all. */
export function functionFindings(
  called: "alerter" | "tick",
  functionArn: string,
  answer: Answer<FunctionState>,
): readonly Finding[] {
  const check = functionCheck(called);
  const functionName = functionArn.split(":").pop() ?? functionArn;
  const isTotal = called === "alerter" && { isTotal: true as const };
  if (isGone(answer)) return [{ ...broken(check, `The function ${functionName} is gone.`, REDEPLOY), ...isTotal }];
  return findingsOn(check, `The concurrency of the function ${functionName}`, answer, ({ reserved, state }) => {
    const findings: Finding[] = [];
    if (reserved === 0) {
      findings.push({
        check,
        state: "broken",
        what: `The reserved concurrency of the function ${functionName} is 0: it never runs.`,
        why: "Lambda keeps an event for six hours; what is not read by then goes to the dead-letter queue.",
        remedy: `aws lambda delete-function-concurrency --function-name ${functionName}`,
        ...isTotal,
      });
    }
    // Lambda takes back the resources of a function that nobody called for weeks, and restores them at the next call.
    if (state !== undefined && !["Active", "Inactive"].includes(state)) {
      const what = `The function ${functionName} is not active, but ${name(state, 40)}.`;
      findings.push({ check, state: "broken", what, remedy: REDEPLOY });
    }
    return findings;
  });
}
