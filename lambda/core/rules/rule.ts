import type { Outcome } from "../record/outcome.ts";
import type { SigmaDetection } from "./sigma/sigma.ts";

/** From the one that wakes people to the one that informs them. */
export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a rule may demand of the outcome; `failure` is denied or failed. */
export const OUTCOME_FILTERS = ["any", "success", "denied", "failed", "failure"] as const;
export type OutcomeFilter = (typeof OUTCOME_FILTERS)[number];

/** A JSON object in the language of EventBridge event patterns, as the rule's author wrote it. */
export type EventPattern = { readonly [field: string]: unknown };

/**
 * A rule as plain, validated JSON: what rule-files/ makes of YAML and what the function carries in rules.json.
 * docs/rules.md describes each field for authors.
 */
export interface Rule {
  readonly name: string;
  /** Where it was written, for people: `rules/attacks.yaml:12`. */
  readonly place: string;
  readonly severity: Severity;
  readonly description?: string;
  readonly why?: string;
  readonly do?: string;
  readonly runbook?: string;
  /** `service:EventName` entries, any of which must fit. */
  readonly calls?: readonly string[];
  readonly pattern?: EventPattern;
  readonly outcome?: OutcomeFilter;
  /** The detection of a Sigma rule, which stands in place of calls, pattern and outcome. */
  readonly detection?: SigmaDetection;
  /** What a Sigma rule says of itself; its licence wants the author named. */
  readonly title?: string;
  readonly author?: string;
  readonly references?: readonly string[];
  readonly falsePositives?: readonly string[];
  /** What matches must have in common to share an alert; without it the caller, the event name and the outcome. */
  readonly group?: { readonly by: readonly string[] };
  /** Records that match but are no alert, each for a reason. */
  readonly except?: readonly Exception[];
}

/** What a rule leaves out for good: all that is given must hold. */
export interface Exception {
  readonly reason: string;
  /** The last day on which it applies, `2027-01-31` in UTC; without one it applies for ever. */
  readonly until?: string;
  readonly calls?: readonly string[];
  readonly pattern?: EventPattern;
}

/** True once the last day of an exception is over. `now` is milliseconds since the epoch. */
export function isExpired({ until }: Exception, now: number): boolean {
  return until !== undefined && now >= Date.parse(until) + 86_400_000;
}

/** A rule's own test: a record, and whether the rule must match it. */
export interface RuleTest {
  readonly name: string;
  readonly matches: boolean;
  readonly record: { readonly [field: string]: unknown };
}

/** True when `severity` is at least as urgent as `floor`. */
export function isAtLeast(severity: Severity, floor: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(floor);
}

const FILTERED: { readonly [F in OutcomeFilter]: readonly Outcome[] } = {
  any: ["success", "denied", "failed", "dry-run"],
  success: ["success"],
  denied: ["denied"],
  failed: ["failed"],
  failure: ["denied", "failed"],
};

/** The outcomes that a filter lets through. */
export function outcomesOf(filter: OutcomeFilter): readonly Outcome[] {
  return FILTERED[filter];
}
