import type { ReportLine } from "../alert/report.ts";
import { withoutApiVersion } from "../record/call.ts";
import type { Rule, Step } from "../rules/rule.ts";

/**
 * The lines that only lead up to another one of the same rule, which tells of its worst: of a sequence the steps before the one
 * that says most.
 */
export function preparingIn(lines: readonly ReportLine[]): ReadonlySet<ReportLine> {
  return new Set(
    lines.filter((line) => {
      const [rule] = line.ruleList;
      const isTeller = (one: ReportLine) =>
        one !== line && one.ruleList[0]?.name === rule?.name && one.outcome === "success" && !isPreparing(one, rule);
      return isPreparing(line, rule) && lines.some(isTeller);
    }),
  );
}

function isPreparing({ call }: ReportLine, rule: Rule | undefined): boolean {
  const step = rule && tellingStep(rule);
  return step?.calls !== undefined && !step.calls.some((entry) => isOf(entry, call));
}

/** The step that asks more than a call's name; otherwise the last, where the steps have an order. */
function tellingStep({ steps }: Rule): Step | undefined {
  const asking = steps?.of.findLast(({ pattern, each, policy }) => (pattern ?? each ?? policy) !== undefined);
  return asking ?? (steps?.order === undefined ? undefined : steps.of.at(-1));
}

function isOf(entry: string, call: string): boolean {
  const parts = entry.split("*").map((part) => part.replace(/[^\w:-]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(withoutApiVersion(call));
}
