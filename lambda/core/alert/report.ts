import type { Chains } from "../links/chain.ts";
import type { Rule } from "../rules/rule.ts";
import type { Severity } from "../rules/severity.ts";
import { hasShape, isFlag, isMaybe, isOneOf, isText, type Shaped } from "../store/guard.ts";
import type { Line } from "./story/line.ts";
import type { Story } from "./story/story.ts";

/** What one actor did in one account; or what shares a rule's own grouping, or what many callers share. */
export type Incident = Shaped<typeof isIncident>;
export const isIncident = hasShape({
  /** Short, and always the same for one incident. */
  key: isText,
  /** Whether it rings at once or waits for the daily round-up. */
  kind: isOneOf(["mail", "daily"]),
  accountId: isText,
  actor: isText,
  /** The rule by whose own grouping it is made. */
  rule: isMaybe(isText),
  /** True for the incident that all callers beyond the limit share. */
  isShared: isMaybe(isFlag),
  /** True for one of several accounts: `accountId` is only the first of them. */
  isAcross: isMaybe(isFlag),
  /** The other account below whose path the log object stands, if it does: whoever may write there adds to no other incident. */
  below: isMaybe(isText),
  /** True where the log object stands below the path of an account that its records do not name. */
  isUnverified: isMaybe(isFlag),
});

/** A line of a story, judged by today's rules and by what was told before. */
export interface ReportLine extends Line {
  readonly severity: Severity;
  /** Worst first. */
  readonly ruleList: readonly Rule[];
  readonly isNews: boolean;
}

/** What the ledger remembers of a caller from before this alert. */
export interface Usual {
  /** How many days back it reaches. */
  readonly days: number;
  /** How many incidents there were, and whether there may be more; the last one's first alert, and when it was made. */
  readonly incidents: number;
  readonly isMore: boolean;
  readonly last?: { readonly id: string; readonly at: number };
  /** Networks from which nothing of this caller was told before. */
  readonly networks: readonly string[];
}

/** Another incident's alert about calls from the same address: whom it was about, or its title, where, and when the last call was made. */
export interface Near {
  readonly id: string;
  readonly who: string;
  readonly account: string;
  readonly at: number;
}

/** The mail before in an incident: when it was made, and its worst call, if that is known. */
export interface MailBefore {
  readonly id: string;
  readonly at: number;
  readonly call?: string;
  readonly target?: string;
}

/** What one alert tells. */
export interface Report extends Story {
  readonly incident: Incident;
  /** Sixteen hex digits; people see eight of them. */
  readonly alertId: string;
  /** Worst first, then what is news, then by weight; at least one. */
  readonly lines: readonly ReportLine[];
  /** The alert that this one follows up, and when that was made. */
  readonly follows?: MailBefore;
  /** Who opened its sessions, as far as that is known. */
  readonly chains?: Chains;
  /** What is usual for the caller. */
  readonly usual?: Usual | undefined;
  /** The last alert of another incident about calls from the head record's address within the hour. */
  readonly near?: Near | undefined;
  /** The sessions, if the alert only tells who opened sessions that earlier mails told of. */
  readonly nowKnown?: readonly string[];
  /** Users whom its lines name, and of whom the incident told within a day that they were made. */
  readonly madeBefore?: readonly string[];
  /** When news would be told next, in milliseconds since the epoch. */
  readonly nextUpdate?: number;
}
