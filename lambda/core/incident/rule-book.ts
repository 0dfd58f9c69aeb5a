import type { Line } from "../alert/story/line.ts";
import { NOTICES } from "../rules/notices.ts";
import { asAttempted, type Rule } from "../rules/rule.ts";
import type { Severity } from "../rules/severity.ts";
import { bySeverity, isAtLeast, TRAITS } from "../rules/severity.ts";

/** Today's rules, by name. */
export class RuleBook {
  readonly #rules: ReadonlyMap<string, Rule>;

  constructor(rules: readonly Rule[]) {
    this.#rules = new Map([...rules, ...Object.values(NOTICES)].map((rule) => [rule.name, rule]));
  }

  get(name: string): Rule | undefined {
    return this.#rules.get(name);
  }

  /** The rules of a line, worst first; a rule that is gone leaves its name. */
  rulesOf({ rules, outcome, severity }: Pick<Line, "rules" | "outcome" | "severity">): readonly Rule[] {
    return rules
      .map((name) => {
        const rule = this.#rules.get(name);
        return rule === undefined
          ? { name, severity, place: "a rule that is no longer there" }
          : asAttempted(rule, outcome);
      })
      .sort(bySeverity);
  }

  /** The worst severity of a line's rules today; below another account's path, high at most. */
  severityOf(line: Pick<Line, "rules" | "outcome" | "severity">, isUnverified: boolean): Severity {
    const [worst] = this.rulesOf(line);
    const severity = worst?.severity ?? line.severity;
    return isUnverified && isAtLeast(severity, "high") ? "high" : severity;
  }
}

/** Low and info are told once a day. */
export function isForRoundUp(severity: Severity): boolean {
  return TRAITS[severity].isDaily;
}
