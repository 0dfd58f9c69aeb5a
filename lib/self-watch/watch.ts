import type { Severity } from "../../lambda/core/rules/severity.ts";
import type { Pattern } from "./own-deployment.ts";

/**
 * One thing that is watched for changes without the functions: one EventBridge rule, one section of docs/runbook.md.
 */
export interface Watch {
  /** The end of the rule's name. */
  readonly name: string;
  /** The heading in docs/runbook.md, and the first words of the mail. */
  readonly section: string;
  /** Critical where it may keep alerts from arriving, high where it may hide what went wrong. */
  readonly severity: Severity;
  /** The detail of the event, a CloudTrail record. */
  readonly detail: Pattern;
  /** The fields of requestParameters that may name what was changed, as paths. */
  readonly on: readonly string[];
}
