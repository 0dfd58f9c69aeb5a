import { faultText } from "../../lambda/rule-files/fault.ts";
import { readRuleFile } from "../../lambda/rule-files/rule-file.ts";
import { warningsOf } from "../../lambda/rule-files/warnings.ts";

/** What `rules -- check` warns of in the text of a rule file without faults, all rules together. */
export function warningsIn(text: string): readonly string[] {
  const { rules, faults } = readRuleFile("rules/x.yaml", text);
  if (faults.length > 0) throw new Error(faults.map(faultText).join("\n"));
  return rules.flatMap(({ rule }) => warningsOf(rule, 0).map(({ text }) => text));
}

/** The same of one rule with a pattern, as JSON or in YAML's short form. */
export function warningsOfPattern(pattern: string, beside = ""): readonly string[] {
  return warningsIn(`rules: [{ name: x, pattern: ${pattern}${beside} }]`);
}

/** The same of a Sigma rule with the searches of a detection and its condition. */
export function warningsOfSigma(searches: string, condition = "selection"): readonly string[] {
  return warningsIn(`title: X
logsource: { product: aws }
detection: { ${searches}, condition: ${condition} }
`);
}
