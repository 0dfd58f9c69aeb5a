import { visible } from "../../lambda/core/alert/text.ts";
import { type Answer, broken, type Finding, findingsOn } from "../../lambda/core/health/finding.ts";
import { textAt, valueAt } from "../../lambda/core/record/record.ts";

/** What the function answered to the test event, or the error that it ended with. */
export interface Tested {
  readonly answer: unknown;
  readonly error?: string;
}

/** The event that makes one alert marked TEST. */
export const TEST_EVENT = { trailbell: "test", note: "npm run doctor" };

/** Whether the test event led to an alert that SNS took. */
export function testFindings(answer: Answer<Tested>): readonly Finding[] {
  const check = "test";
  if (
    "refused" in answer &&
    /^(?:TooManyRequests|ResourceNotFound|ResourceConflict|InvalidRuntime)/.test(answer.refused)
  ) {
    const why = visible(answer.refused, 300);
    return [broken(check, "The function could not be invoked.", "Mend what is broken above.", why)];
  }
  return findingsOn(check, "The function's answer to a test event", answer, ({ answer: given, error }) => {
    const count = (name: string) => Number(valueAt(given, name) ?? 0);
    const log = "Its log says more: one line of JSON for each invocation.";
    if (error !== undefined) {
      const why = `${textAt(given, "errorType") ?? error}: ${textAt(given, "errorMessage") ?? "no message"}`;
      return [broken(check, "The function ended with an error on a test event.", log, visible(why, 500))];
    }
    if (count("matches") !== 1) {
      const what = "The function does not know the test event: it is of another version, or not Trailbell's.";
      return [broken(check, what, "npx cdk deploy")];
    }
    if (count("ledgerFailures") > 0)
      return [broken(check, "The function could not use its ledger for the test alert.", log)];
    if (count("listed") !== 1) return [broken(check, "SNS did not take the test alert; the tick tries again.", log)];
    return [];
  });
}
