import type { Outcome } from "../record/outcome.ts";
import type { Acting } from "./acting.ts";
import type { Pin } from "./pins.ts";
import type { PolicyQuestion } from "./policy/judge.ts";
import { rankOf, SEVERITIES, type Severity } from "./severity.ts";
import type { SigmaDetection } from "./sigma/sigma.ts";

/**
 * What a rule may demand of the outcome. `failure` is denied or failed; `attempt` is success, or denied at a severity
 * one lower.
 */
export const OUTCOME_FILTERS = ["any", "success", "denied", "failed", "failure", "attempt"] as const;
export type OutcomeFilter = (typeof OUTCOME_FILTERS)[number];

/** A JSON object in the language of EventBridge event patterns, as the rule's author wrote it. */
export type EventPattern = { readonly [field: string]: unknown };

/** What a record must meet. Rules, steps and exceptions ask it in the same words. */
export interface Narrowing {
  /** `service:EventName` entries, one of which must fit. */
  readonly calls?: readonly string[];
  readonly pattern?: EventPattern;
  /** What one element of a list must be. */
  readonly each?: Each;
  /** Who must have acted. */
  readonly by?: Acting;
}

/** What rules and steps ask besides. */
export interface Judging {
  readonly outcome?: OutcomeFilter;
  /** What some statement of a policy document in the record must be. */
  readonly policy?: PolicyQuestion;
}

/**
 * A rule as plain, validated JSON: rule-files/ makes it from YAML, and the function carries it in rules.json.
 * docs/rules.md describes each field for authors.
 */
export interface Rule extends Narrowing, Judging {
  readonly name: string;
  /** Where it is written, for people: `rules/attacks.yaml:12`. */
  readonly place: string;
  readonly severity: Severity;
  readonly description?: string;
  readonly why?: string;
  readonly do?: string;
  readonly runbook?: string;
  /** What to type, with fields of the record in braces: `aws iam delete-user --user-name {requestParameters.userName}`. */
  readonly commands?: readonly string[];
  /** The detection of a Sigma rule, which replaces calls, pattern and outcome. */
  readonly detection?: SigmaDetection;
  /** What a Sigma rule says of itself; its licence wants the author named. */
  readonly title?: string;
  /** True for a rule that watches the alerter itself: its alerts go to the health topic as well. Set at synth. */
  readonly isAboutSelf?: true;
  /** Values of which a record that it matches has one. Set at synth, for to find them takes a function long. */
  readonly pins?: readonly Pin[];
  readonly author?: string;
  readonly references?: readonly string[];
  readonly falsePositives?: readonly string[];
  /** What matches must share to join an incident of the rule's own; without it they go to their caller's. */
  readonly group?: Grouping;
  /** How many matches, within how long, it takes to tell; if left out, each match is told. */
  readonly threshold?: Threshold;
  /** What must have happened before; such records are no matches, but the rule's window remembers them. */
  readonly after?: After;
  /** Calls of several kinds that only together make an alert. */
  readonly steps?: Steps;
  /** What a record must be the first to have; records that meet all the rest are only noticed, until one is. */
  readonly first?: First;
  /** MITRE ATT&CK techniques that it detects, `T1098.001`. */
  readonly technique?: readonly string[];
  /** Techniques of AWS's Threat Technique Catalog that it detects, `T1496.A007`. */
  readonly threat?: readonly string[];
  /** Controls of standards that it serves. */
  readonly control?: readonly string[];
  /** Records that match but make no alert, each with a reason. */
  readonly except?: readonly Exception[];
}

/** A pattern that one object at a path must meet; its fields start from there. */
export interface Each {
  /** A path with dots: `requestParameters.ipPermissions.items`. */
  readonly in: string;
  readonly pattern: EventPattern;
}

/** What the matches of one incident, and of one window, share, and how long news of such an incident waits. */
export interface Grouping {
  /** Paths of fields; `actor` for the caller, which is the default; `target` for what the call was about. */
  readonly by?: readonly string[];
  /**
   * Milliseconds after an incident's last mail within which news is told; by severity if left out. It applies only to
   * the rule's own incidents (hasOwnIncidents).
   */
  readonly interval?: number;
  /** True if matches of several accounts share the incident and the window. */
  readonly acrossAccounts?: boolean;
}

/** True if the rule's matches go to incidents of its own; those of other rules go to their caller's. */
export function hasOwnIncidents({ group: { by, acrossAccounts } = {} }: Pick<Rule, "group">): boolean {
  return acrossAccounts === true || (by !== undefined && !(by.length === 1 && by[0] === "actor"));
}

/** How many matches in a window it takes: of one rule and caller, or of one group if the rule has a group. */
export interface Threshold {
  readonly count: number;
  /** Milliseconds of eventTime. */
  readonly within: number;
  /** The field whose distinct values are counted, instead of matches. */
  readonly distinct?: string;
  /** Fields, and how many distinct values of each there must be as well. */
  readonly over?: { readonly [field: string]: number };
  /** Lists; a match counts as many times as its longest list has elements. */
  readonly weight?: readonly string[];
  /** Which matches count less. */
  readonly discount?: Discount;
}

/** Matches that count less: `by` of them count as one. */
export interface Discount {
  readonly pattern: EventPattern;
  readonly by: number;
}

/** What must have happened before, by the same caller or in the same group, for a match to be told. */
export interface After {
  /** What the earlier records of the window must meet. */
  readonly pattern: EventPattern;
  readonly count: number;
  /** Milliseconds of eventTime between the first of them and the match. */
  readonly within: number;
}

/** What was never seen before, as far as the ledger remembers. */
export interface First {
  /** Stands for the rule in the memory: of its content, for a rule with other conditions learns anew. */
  readonly key: string;
  /** Words (FIRST_WORDS) or paths of fields; each is asked by itself. */
  readonly of: readonly string[];
  /** For whom it is the first time. */
  readonly by: "actor" | "account";
  /** Milliseconds; if given, a record matches whose value was seen before, but not for that long. */
  readonly again?: number;
  /** Milliseconds for which the rule learns in an account, instead of what the settings say. */
  readonly learn?: number;
}

/** What one caller, or one group, does in several steps within a time. */
export interface Steps {
  /** A record is a match if it meets one of them; an alert tells of records that together meet all. */
  readonly of: readonly Step[];
  /** Milliseconds of eventTime between the first and the last of them. */
  readonly within: number;
  /** "given": each step comes after the one before it, or in the same second; in any order if left out. */
  readonly order?: "given";
  /** "target": besides, the calls were about the same: one user, one instance. */
  readonly same?: "target";
}

/** What a record must meet to be one of the steps. */
export interface Step extends Narrowing, Judging {
  /** Stands for it in a window: of its content, for a later version of the rule may number the steps anew. */
  readonly key: string;
}

/** What a rule leaves out for good: all given parts must hold. */
export interface Exception extends Narrowing {
  readonly reason: string;
  /** The last day on which it applies, `2027-01-31` in UTC; without one it never ends. */
  readonly until?: string;
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
  /** Records that came before it. */
  readonly before?: readonly { readonly [field: string]: unknown }[] | undefined;
  /** Whether the record must make an alert, after what came before. */
  readonly rings?: boolean | undefined;
}

const FILTERED: { readonly [F in OutcomeFilter]: readonly Outcome[] } = {
  any: ["success", "denied", "failed", "dry-run"],
  success: ["success"],
  denied: ["denied"],
  failed: ["failed"],
  failure: ["denied", "failed"],
  attempt: ["success", "denied"],
};

/** The outcomes that a filter lets through. */
export function outcomesOf(filter: OutcomeFilter): readonly Outcome[] {
  return FILTERED[filter];
}

/** The rule as it rings for an outcome: a denied attempt is one severity lower than a success. */
export function asAttempted(rule: Rule, outcome: Outcome): Rule {
  if (rule.outcome !== "attempt" || outcome !== "denied") return rule;
  const known = ATTEMPTED.get(rule);
  if (known !== undefined) return known;
  const severity = SEVERITIES[rankOf(rule.severity) + 1] ?? rule.severity;
  const attempted: Rule = { ...rule, severity };
  ATTEMPTED.set(rule, attempted);
  return attempted;
}

const ATTEMPTED = new WeakMap<Rule, Rule>();
