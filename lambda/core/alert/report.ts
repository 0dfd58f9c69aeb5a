import type { Chains } from "../links/chain.ts";
import type { Rule, Severity } from "../rules/rule.ts";
import type { Line, Story } from "./story.ts";

/** What one actor did in one account; or what a rule groups by, or many callers share. */
export interface Incident {
  /** Short and the same for the same incident. */
  readonly key: string;
  /** Rings as it comes, or waits for the daily round-up. */
  readonly kind: "mail" | "daily";
  readonly accountId: string;
  readonly actor: string;
  /** The rule whose own grouping it follows. */
  readonly rule?: string;
  /** True for the incident of all callers that are one too many. */
  readonly isShared?: boolean;
  /** True where the log object stands below an account that its records do not name. */
  readonly isUnverified?: boolean;
}

/** A line of a story, judged by the rules of today and by what was told before. */
export interface ReportLine extends Line {
  readonly severity: Severity;
  /** Worst first. */
  readonly ruleList: readonly Rule[];
  readonly isNews: boolean;
}

/** What the ledger remembers of a caller, before what is told now. */
export interface Usual {
  /** How many days back it reaches. */
  readonly days: number;
  /** How many incidents there were, and whether there may be more; the last one's first alert, and when it was made. */
  readonly incidents: number;
  readonly isMore: boolean;
  readonly last?: { readonly id: string; readonly at: number };
  /** Networks from which nothing of him was told before. */
  readonly networks: readonly string[];
}

/** What one alert tells. */
export interface Report extends Story {
  readonly incident: Incident;
  /** Sixteen hex digits, of which people see eight. */
  readonly alertId: string;
  /** Worst first, then what is news, then by weight; there is at least one. */
  readonly lines: readonly ReportLine[];
  /** The alert that this one follows up, and when it was made. */
  readonly follows?: { readonly id: string; readonly at: number };
  /** Who opened the sessions of it, as far as that is known. */
  readonly chains?: Chains;
  /** What is usual of the caller. */
  readonly usual?: Usual | undefined;
  /** Of what tells nothing but who opened sessions that mails told of before: these sessions. */
  readonly nowKnown?: readonly string[];
  /** When news would be told next; milliseconds since the epoch. */
  readonly nextUpdate?: number;
}
