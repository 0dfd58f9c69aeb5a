import { visible } from "../core/alert/text.ts";

/** What is wrong in a rule file, and where. */
export interface RuleFault {
  readonly file: string;
  readonly line: number;
  /** The rule's name, or a stand-in where it has none: `rules[2]`, `yaml`. */
  readonly rule: string;
  readonly message: string;
}

/** `rules/attacks.yaml:14: access-key-created: unknown severity "hgih"; one of critical, high, medium, low, info` */
export function faultText({ file, line, rule, message }: RuleFault): string {
  return `${file}:${line}: ${rule}: ${visible(message, 1000)}`;
}

/** Rule files that must not be used; the message has one line per fault. */
export class RuleFilesError extends Error {
  override readonly name = "RuleFilesError";
  readonly faults: readonly RuleFault[];

  constructor(faults: readonly RuleFault[]) {
    super(faults.map(faultText).join("\n"));
    this.faults = faults;
  }
}
