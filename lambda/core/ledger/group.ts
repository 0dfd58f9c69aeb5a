import { createHash } from "node:crypto";
import type { LogObject } from "../envelope/log-object.ts";
import { logPathOf } from "../envelope/log-object.ts";
import { actorOf } from "../record/identity.ts";
import { type Outcome, outcomeOf } from "../record/outcome.ts";
import { accountOf, type CloudTrailRecord, eventTimeOf, textAt } from "../record/record.ts";
import { redact } from "../record/redaction.ts";
import { scalarsAt } from "../rules/field-path.ts";
import { type Rule, SEVERITIES } from "../rules/rule.ts";

/** One rule met one record. */
export interface Match {
  readonly rule: Rule;
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
}

/** A match as an alert lists it: its record is redacted and of bounded size. */
export interface ListedMatch {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
}

/** Matches that travel in one alert: of one rule, account, actor, event name and outcome, unless the rule groups otherwise. */
export interface MatchGroup {
  readonly rule: Rule;
  readonly accountId: string;
  readonly actor: string;
  readonly outcome: Outcome;
  /** All matches of the group, listed or not. */
  readonly total: number;
  /** The first ones that came, at most 20, by eventTime. */
  readonly listed: readonly ListedMatch[];
  /** Distinct regions, sorted, at most 50. */
  readonly regions: readonly string[];
  /** Milliseconds since the epoch; undefined when no record has a time. */
  readonly firstTime: number | undefined;
  readonly lastTime: number | undefined;
  /** The same for the same matches, whatever their order, and another one for others. */
  readonly alertId: string;
}

const MAX_LISTED = 20;
const MAX_REGIONS = 50;
const MAX_GROUPS_PER_RULE_AND_ACCOUNT = 50;
const MAX_RECORD_CHARACTERS = 64_000;
const MAX_TEXT_CHARACTERS = 8_000;

/** The actor of the group that callers share once a rule has met too many of them in one account. */
export const MANY_ACTORS = "many actors";

interface OpenGroup {
  readonly key: string;
  readonly rule: Rule;
  readonly accountId: string;
  readonly actor: string;
  readonly outcome: Outcome;
  total: number;
  readonly listed: ListedMatch[];
  readonly regions: Set<string>;
  firstTime: number | undefined;
  lastTime: number | undefined;
  /** The sum of the records' ids: the same for the same records in any order. */
  recordIds: bigint;
}

/** Folds matches into groups as they come, holding the listed ones only: memory does not grow with the matches. */
export class MatchGroups {
  readonly #groups = new Map<string, OpenGroup>();
  readonly #counts = new Map<string, number>();

  add(match: Match): void {
    const group = this.#groupOf(match);
    const { record, logObject } = match;
    group.total++;
    if (group.listed.length < MAX_LISTED) group.listed.push({ record: presentable(record), logObject });
    const region = textAt(record, "awsRegion");
    if (region !== undefined && group.regions.size < MAX_REGIONS) group.regions.add(region.slice(0, 100));
    const time = eventTimeOf(record);
    if (time !== undefined) {
      group.firstTime = Math.min(time, group.firstTime ?? time);
      group.lastTime = Math.max(time, group.lastTime ?? time);
    }
    group.recordIds = BigInt.asUintN(64, group.recordIds + recordIdOf(record));
  }

  /** The groups, most severe first, then by the time of their first record: the order in which they are sent. */
  groups(): readonly MatchGroup[] {
    const groups = Array.from(this.#groups.values(), (group) => ({
      ...group,
      listed: group.listed.toSorted((a, b) => timeOf(a) - timeOf(b)),
      regions: [...group.regions].sort(),
      alertId: hash([group.key, String(group.recordIds), group.total]).slice(0, 8),
    }));
    const rank = ({ rule }: MatchGroup) => SEVERITIES.indexOf(rule.severity);
    return groups.sort(
      (a, b) => rank(a) - rank(b) || (a.firstTime ?? 0) - (b.firstTime ?? 0) || (a.key < b.key ? -1 : 1),
    );
  }

  #groupOf({ rule, record, logObject }: Match): OpenGroup {
    const accountId = accountOf(record) ?? logPathOf(logObject.key)?.account ?? "unknown account";
    const actor = actorOf(record);
    const outcome = outcomeOf(record);
    const common = rule.group?.by.map((field) => scalarsAt(record, field.split("."))) ?? [
      actor,
      textAt(record, "eventName"),
    ];
    const key = JSON.stringify([rule.name, accountId, common, outcome]);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const family = JSON.stringify([rule.name, accountId]);
    const count = this.#counts.get(family) ?? 0;
    // Whoever varies names or sessions must not fill the mailbox: beyond the limit all share one group.
    if (count >= MAX_GROUPS_PER_RULE_AND_ACCOUNT) {
      const key = JSON.stringify([rule.name, accountId, MANY_ACTORS, outcome]);
      return this.#open(key, { rule, accountId, actor: MANY_ACTORS, outcome });
    }
    this.#counts.set(family, count + 1);
    return this.#open(key, { rule, accountId, actor, outcome });
  }

  #open(key: string, head: Pick<OpenGroup, "rule" | "accountId" | "actor" | "outcome">): OpenGroup {
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: OpenGroup = {
      key,
      ...head,
      total: 0,
      listed: [],
      regions: new Set(),
      firstTime: undefined,
      lastTime: undefined,
      recordIds: 0n,
    };
    this.#groups.set(key, group);
    return group;
  }
}

/** A record without a time goes behind those that have one. */
function timeOf({ record }: ListedMatch): number {
  return eventTimeOf(record) ?? Number.MAX_SAFE_INTEGER;
}

/** What identifies a record: its eventID with the fields that must not differ, or its whole content. */
function recordIdOf(record: CloudTrailRecord): bigint {
  const fields = ["eventID", "eventTime", "eventSource", "eventName", "recipientAccountId", "awsRegion"];
  const [eventID, ...others] = fields.map((field) => textAt(record, field));
  return BigInt(`0x${hash(eventID === undefined ? redact(record) : [eventID, ...others]).slice(0, 16)}`);
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

const presented = new WeakMap<CloudTrailRecord, CloudTrailRecord>();

/** The record without credentials, and cut to a size that fits an alert; made once, however many rules match it. */
function presentable(record: CloudTrailRecord): CloudTrailRecord {
  let made = presented.get(record);
  if (made === undefined) {
    made = bounded(shortened(redact(record)) as CloudTrailRecord);
    presented.set(record, made);
  }
  return made;
}

function bounded(clean: CloudTrailRecord): CloudTrailRecord {
  let size = JSON.stringify(clean).length;
  if (size <= MAX_RECORD_CHARACTERS) return clean;
  const kept: { [field: string]: unknown } = { ...clean };
  const bySize = Object.keys(kept).map((field) => ({ field, length: JSON.stringify(kept[field])?.length ?? 0 }));
  for (const { field, length } of bySize.sort((a, b) => b.length - a.length)) {
    if (size <= MAX_RECORD_CHARACTERS) break;
    kept[field] = `[left out: ${length} characters]`;
    size -= length;
  }
  return kept;
}

function shortened(value: unknown): unknown {
  if (typeof value === "string" && value.length > MAX_TEXT_CHARACTERS) {
    return `${value.slice(0, MAX_TEXT_CHARACTERS)}… [${value.length} characters]`;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.slice(0, 500), shortened(inner)]));
}
