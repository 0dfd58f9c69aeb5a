import { name } from "../../lambda/core/alert/text.ts";
import { type Answer, broken, doubtful, type Finding, findingsOn, isGone } from "../../lambda/core/health/finding.ts";
import { compileCondition } from "../../lambda/core/rules/condition.ts";
import { compileEventPattern } from "../../lambda/core/rules/event-pattern/event-pattern.ts";
import { admits } from "./resource-policy.ts";

/** An EventBridge bus that gets a copy of each alert. */
export interface Bus {
  readonly arn: string;
  /** JSON; empty without one. */
  readonly policy: string;
  /** Of its enabled rules, as JSON. */
  readonly patterns: readonly string[];
}

/** What is the same in all events of alerts. */
const ALERT = { source: "trailbell", "detail-type": "trailbell.alert" };

/** Tells whether the bus is there, takes what the functions put on it, and leads anywhere. */
export function busFindings(
  bus: string,
  answer: Answer<Bus>,
  caller: { readonly role: string; readonly accountId: string },
): readonly Finding[] {
  const shown = name(bus);
  if (isGone(answer)) {
    const remedy = `Make a bus of that name, or take bus out of the settings: npx cdk deploy`;
    return [broken("bus", `The bus ${shown} is gone: no copy of an alert arrives there.`, remedy)];
  }
  return findingsOn("bus", `The bus ${shown}`, answer, ({ arn, policy, patterns }) => {
    if (!admits(policy, "events:PutEvents", arn, caller)) {
      const remedy = `Let ${caller.role} do events:PutEvents there.`;
      return [broken("bus", `The policy of the bus ${shown} does not let the functions put events on it.`, remedy)];
    }
    if (patterns.some(takesAlerts)) return [];
    const remedy = 'Make a rule there with the pattern {"source":["trailbell"]} and a target.';
    return [
      doubtful("bus", `No enabled rule on the bus ${shown} takes alerts: what is put there tells nobody.`, remedy),
    ];
  });
}

/** True for a pattern that fits some alert: what it asks of the detail is its own affair. */
function takesAlerts(pattern: string): boolean {
  try {
    const { source, "detail-type": type }: { [field: string]: unknown } = JSON.parse(pattern);
    const asked = { ...(source !== undefined && { source }), ...(type !== undefined && { "detail-type": type }) };
    if (Object.keys(asked).length === 0) return true;
    return compileCondition(compileEventPattern(asked))(ALERT, ALERT);
  } catch {
    // What is not known here may fit.
    return true;
  }
}
