import { type Answer, broken, type Finding, findingsOn, isGone, REDEPLOY } from "./finding.ts";

/** An EventBridge rule, as far as it matters here. */
export interface WatchRule {
  readonly isEnabled: boolean;
  /** ARNs. */
  readonly targets: readonly string[];
}

const SILENT = "changes that it watches for are told by the alerter's own rules only";

/**
 * Tells whether the self-watch would report changes to the alerter.
 * @param answers by the names of its rules
 * @param topics the ARNs of this deployment's topics: a rule whose targets are others tells nobody here
 */
export function selfWatchFindings(
  answers: ReadonlyMap<string, Answer<WatchRule>>,
  topics: readonly string[],
): readonly Finding[] {
  const check = "self-watch";
  if (answers.size === 0) return [broken(check, "The stack has no self-watch.", REDEPLOY)];
  const unread: string[] = [];
  const findings = [...answers].flatMap(([rule, answer]): readonly Finding[] => {
    if (isGone(answer)) return [broken(check, `The self-watch's rule ${rule} is gone: ${SILENT}.`, REDEPLOY)];
    if ("refused" in answer) {
      unread.push(rule);
      return [];
    }
    const { isEnabled, targets } = answer.value;
    const enable = `aws events enable-rule --name ${rule}`;
    if (!isEnabled) return [broken(check, `The self-watch's rule ${rule} is disabled: ${SILENT}.`, enable)];
    if (targets.some((target) => topics.includes(target))) return [];
    return [broken(check, `The self-watch's rule ${rule} tells nobody: ${SILENT}.`, REDEPLOY)];
  });
  const [first] = unread;
  if (first === undefined) return findings;
  // One finding for all of them: what is refused is usually refused of each.
  const subject =
    unread.length === 1
      ? `The self-watch's rule ${first}`
      : `The self-watch's rule ${first} and ${unread.length - 1} more`;
  return [...findings, ...findingsOn(check, subject, answers.get(first) ?? { refused: "no answer" }, () => [])];
}
