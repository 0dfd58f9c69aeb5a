import type { LogObject } from "../envelope/log-object.ts";
import { logPathOf } from "../envelope/log-object.ts";
import { actorOf } from "../record/identity.ts";
import { type Outcome, outcomeOf } from "../record/outcome.ts";
import { presentable } from "../record/presentable.ts";
import { accountOf, type CloudTrailRecord, eventTimeOf, textAt } from "../record/record.ts";
import { scalarsAt } from "../rules/field-path.ts";
import { asAttempted, type Rule } from "../rules/rule.ts";
import { MANY_ACTORS } from "./group.ts";
import { digest, markOf, seenKeyOf } from "./seen.ts";
import {
  accountsOf,
  countedTally,
  EMPTY_TALLY,
  type ListedMatch,
  type MatchTimes,
  merged,
  type Tally,
  tallyOf,
  timesAt,
} from "./tally.ts";

/** One rule met one record. */
export interface Match {
  readonly rule: Rule;
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  /** True for a record that the rule does not match, but must have seen before one that it matches. */
  readonly precedes?: true;
}

/** A match with all that the ledger must know of it. */
export interface PlacedMatch extends Match {
  readonly accountId: string;
  /** True where the log object stands below an account that its record does not name. */
  readonly isUnverified: boolean;
  readonly groupKey: string;
  /** Where its record is remembered, and as what (seen.ts). */
  readonly seenKey: string;
  readonly mark: string;
}

/** What the ledger keeps of each match of a batch. */
export interface BatchEntry {
  readonly seenKey: string;
  readonly mark: string;
  readonly times: MatchTimes;
  /** The value that the rule's threshold counts. */
  readonly value?: string;
  /** The values of the fields of which the threshold demands several. */
  readonly others?: readonly string[];
  readonly precedes?: true;
  readonly listed?: ListedMatch;
}

/** The new matches of one group that an invocation found. */
export interface Batch {
  readonly key: string;
  readonly rule: Rule;
  readonly accountId: string;
  readonly actor: string;
  readonly outcome: Outcome;
  readonly isUnverified: boolean;
  readonly entries: readonly BatchEntry[];
  readonly tally: Tally;
}

interface OpenBatch extends Batch {
  readonly entries: BatchEntry[];
  tally: Tally;
}

/** Open groups of one rule and account; whoever varies names or sessions must not fill the mailbox. */
export const MAX_GROUPS = 50;

/** Below a threshold groups cost nobody sleep, and one group for all would reach it by their sum. */
const MAX_GROUPS_BELOW_THRESHOLD = 2_000;

const MAX_LISTED = 20;

/** Says which group a match belongs to, and how its record is remembered. */
export function placed(match: Match): PlacedMatch {
  const { record, logObject } = match;
  const outcome = outcomeOf(record);
  const rule = asAttempted(match.rule, outcome);
  const accountId = (accountOf(record) ?? logPathOf(logObject.key)?.account ?? "unknown account").slice(0, 100);
  // What comes before a match is another call, as a rule.
  const usual = rule.after === undefined ? [actorOf(record), textAt(record, "eventName")] : [actorOf(record)];
  const common = rule.group?.by?.map((field) => valuesOf(record, field)) ?? usual;
  const account = rule.group?.acrossAccounts ? "all accounts" : accountId;
  // What comes before a match has another outcome, as a rule.
  const key = [rule.name, account, common, rule.after === undefined ? outcome : "any"];
  const isUnverified = !isVerified(record, logObject);
  // Whoever can put files into the bucket must not add to other people's alerts.
  const groupKey = boundedKey(JSON.stringify(isUnverified ? [...key, "unverified"] : key));
  const mark = markOf(record);
  const seenKey = seenKeyOf(rule.name, accountId, mark, record);
  return { ...match, rule, accountId, isUnverified, groupKey, seenKey, mark };
}

/** A key of bounded length: what a rule groups by may be a whole document. */
function boundedKey(key: string): string {
  return key.length <= 1_000 ? key : `${key.slice(0, 200)} ${digest(key)}`;
}

/**
 * True unless the object's path and its record name different accounts. Organization trails keep what crosses accounts
 * below either of them, so there the caller's account and those of the resources count too.
 */
function isVerified(record: CloudTrailRecord, { key }: LogObject): boolean {
  const path = logPathOf(key);
  // What CloudTrail writes has an account in its path; a file on a desk stands anywhere.
  if (path === undefined) return !key.split("/").includes("AWSLogs");
  const account = accountOf(record);
  if (account === undefined || account === path.account) return true;
  return path.organization !== undefined && accountsOf(record).includes(path.account);
}

/** Folds the matches of one invocation into batches as they come; memory does not grow with what is listed. */
export class Batches {
  readonly #batches = new Map<string, OpenBatch>();
  readonly #families = new Map<string, number>();
  /** The batches of records that have twins in other accounts' trails. */
  readonly #listed = new Map<string, number>();
  readonly #twins = new Map<string, OpenBatch>();
  #matches = 0;

  /** Matches that are in the batches. */
  get matches(): number {
    return this.#matches;
  }

  /** `arrival` is milliseconds since the epoch. */
  add(match: PlacedMatch, arrival: number): void {
    const { rule, record, logObject, mark, seenKey } = match;
    const batch = this.#batchOf(match);
    const times = timesAt(eventTimeOf(record), arrival);
    const listed = { record: presentable(record), logObject };
    const isListed =
      !match.precedes && (batch.entries.length < MAX_LISTED || this.#isFirstOf(seenKey + match.groupKey));
    const { distinct, over } = rule.threshold ?? {};
    batch.entries.push({
      seenKey,
      mark,
      times,
      ...(distinct !== undefined && { value: valueText(record, distinct) }),
      ...(over !== undefined && { others: Object.keys(over).map((field) => valueText(record, field)) }),
      ...(match.precedes && { precedes: true as const }),
      ...(isListed && { listed }),
    });
    if (!match.precedes) batch.tally = merged(batch.tally, tallyOf(listed, mark, times));
    if (textAt(record, "sharedEventID") !== undefined) this.#twins.set(seenKey + mark, batch);
    this.#matches++;
  }

  /** Tells a batch of this invocation of its record's twin, so that the alert names both accounts. */
  addTwin({ seenKey, mark, record, logObject }: PlacedMatch): void {
    const batch = this.#twins.get(seenKey + mark);
    if (batch === undefined) return;
    const twin = tallyOf({ record: presentable(record), logObject }, mark, {});
    batch.tally = { ...batch.tally, accounts: [...new Set([...batch.tally.accounts, ...twin.accounts])].slice(0, 50) };
  }

  /** Hands the batches over, in the order in which they were opened, and starts anew. */
  take(): readonly Batch[] {
    const taken = [...this.#batches.values()];
    this.#batches.clear();
    this.#families.clear();
    this.#twins.clear();
    this.#listed.clear();
    this.#matches = 0;
    return taken;
  }

  /** Of each item that remembers records some are listed, should the batch be divided. */
  #isFirstOf(part: string): boolean {
    const count = this.#listed.get(part) ?? 0;
    this.#listed.set(part, count + 1);
    return count < 2;
  }

  #batchOf(match: PlacedMatch): OpenBatch {
    const { rule, record, groupKey, accountId, isUnverified } = match;
    const known = this.#batches.get(groupKey);
    if (known !== undefined) return known;
    const family = JSON.stringify([rule.name, accountId]);
    const count = this.#families.get(family) ?? 0;
    const outcome = outcomeOf(record);
    const limit = rule.threshold === undefined && rule.after === undefined ? MAX_GROUPS : MAX_GROUPS_BELOW_THRESHOLD;
    const head = { rule, accountId, outcome, isUnverified };
    if (count >= limit) return this.#open({ ...head, key: overflowKey(head), actor: MANY_ACTORS });
    this.#families.set(family, count + 1);
    return this.#open({ ...head, key: groupKey, actor: actorOf(record).slice(0, 500) });
  }

  #open(head: Omit<Batch, "entries" | "tally">): OpenBatch {
    const known = this.#batches.get(head.key);
    if (known !== undefined) return known;
    const batch: OpenBatch = { ...head, entries: [], tally: EMPTY_TALLY };
    this.#batches.set(head.key, batch);
    return batch;
  }
}

/** The key of the group that all callers share who are one too many. */
function overflowKey({
  rule,
  accountId,
  outcome,
  isUnverified,
}: Omit<Batch, "key" | "actor" | "entries" | "tally">): string {
  return JSON.stringify([rule.name, accountId, MANY_ACTORS, outcome, ...(isUnverified ? ["unverified"] : [])]);
}

/** Batches of one overflow group as one batch. */
export function asOverflow(batches: readonly Batch[]): readonly Batch[] {
  const merging = new Map<string, Batch>();
  for (const batch of batches) {
    const key = overflowKey(batch);
    const known = merging.get(key);
    merging.set(key, {
      ...batch,
      key,
      actor: MANY_ACTORS,
      entries: [...(known?.entries ?? []), ...batch.entries],
      tally: merged(known?.tally ?? EMPTY_TALLY, batch.tally),
    });
  }
  return [...merging.values()];
}

/** A batch without entries that turned out to be known. */
export function without(batch: Batch, isKnown: (entry: BatchEntry) => boolean): Batch {
  const entries = batch.entries.filter((entry) => !isKnown(entry));
  const { accounts, regions, addresses, targets } = batch.tally;
  const counted = entries
    .filter(({ precedes }) => !precedes)
    .reduce((sum, { times, mark }) => merged(sum, countedTally(1, mark, times)), EMPTY_TALLY);
  const listed = entries.flatMap((entry) => entry.listed ?? []).slice(0, MAX_LISTED);
  return { ...batch, entries, tally: { ...counted, accounts, regions, addresses, targets, listed } };
}

/** A field's values as one short text. */
function valueText(record: CloudTrailRecord, field: string): string {
  const text = JSON.stringify(valuesOf(record, field));
  return text.length <= 16 ? text : digest(text);
}

/** The values of a field; `actor` is no field, but who called. */
function valuesOf(record: CloudTrailRecord, field: string): unknown {
  return field === "actor" ? actorOf(record) : scalarsAt(record, field.split("."));
}
