import type { LedgerCounts } from "./core/ledger/run.ts";
import type { Severity } from "./core/rules/severity.ts";
import type { Reading } from "./read-object.ts";

/**
 * The counts of one invocation: objects = read + skipped + failed; matches = listed + counted + pending + held +
 * belowThreshold + duplicates + toldElsewhere + excepted + muted + unrecorded.
 */
export interface Summary extends LedgerCounts {
  /** Entries of the event, and log objects that its digests name and nobody had read. */
  readonly objects: number;
  readonly skipped: number;
  readonly failed: number;
  /** Log objects that were read because a digest names them, and are what it says. */
  readonly recovered: number;
  /** Log files and digests of accepted accounts: signs that a trail logs. */
  readonly heard: number;
  /** Elements of all `Records` read. */
  readonly records: number;
  /** Elements of `Records` that are no JSON object, and so no record. */
  readonly malformed: number;
  /** Including what the alerter reports itself: notices of log objects, and test alerts. */
  readonly matches: number;
  /** Matches that an exception of their rule left out. */
  readonly excepted: number;
  /** Records of the alerter's own traffic that a rule would have matched; they are no matches. */
  readonly ownTraffic: number;
  /** Denied calls among the own traffic: something is wrong with the deployment. */
  readonly ownDenied: number;
  /** Messages of other services on the topic that announces log files; absent if there were none. */
  readonly otherMessages?: number;
  /** Seconds from S3's announcement of the oldest object to the end of the invocation; 0 if it has no time. */
  readonly deliveryLagSeconds: number;
}

/** What is logged of an invocation besides its summary. */
export interface Details {
  /** How many matches, apart from exceptions, there are of each severity. */
  readonly bySeverity: { readonly [S in Severity]?: number };
  /** What was skipped, and what was odd in a file that was read. */
  readonly remarks: readonly string[];
  readonly faults: readonly string[];
}

/** What is neither counted while reading nor by the ledger. */
type Rest = Required<Pick<Summary, "objects" | "recovered" | "otherMessages" | "deliveryLagSeconds">>;

/** Each field is written out: to spread objects of this size into each other takes up to a tenth of what reading a small log file does. */
export function summaryOf({ counts, skipped, failed }: Reading, ledger: LedgerCounts, rest: Rest): Summary {
  return {
    objects: rest.objects,
    skipped: skipped.length,
    failed,
    records: counts.records,
    malformed: counts.malformed,
    matches: counts.matches,
    excepted: counts.excepted,
    ownTraffic: counts.ownTraffic,
    ownDenied: counts.ownDenied,
    heard: counts.heard,
    recovered: rest.recovered,
    listed: ledger.listed,
    counted: ledger.counted,
    pending: ledger.pending,
    held: ledger.held,
    belowThreshold: ledger.belowThreshold,
    duplicates: ledger.duplicates,
    toldElsewhere: ledger.toldElsewhere,
    muted: ledger.muted,
    unrecorded: ledger.unrecorded,
    alerts: ledger.alerts,
    incidents: ledger.incidents,
    learning: ledger.learning,
    unjudged: ledger.unjudged,
    conflicts: ledger.conflicts,
    publishFailures: ledger.publishFailures,
    ledgerFailures: ledger.ledgerFailures,
    unreadableItems: ledger.unreadableItems,
    oldestPendingSeconds: ledger.oldestPendingSeconds,
    ...(rest.otherMessages > 0 && { otherMessages: rest.otherMessages }),
    deliveryLagSeconds: rest.deliveryLagSeconds,
  };
}
