import type { LogObject } from "../envelope/log-object.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";

/** A match as an alert lists it: its record is redacted and of bounded size. */
export interface ListedMatch {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
}

/** What is kept of matches that are folded together: JSON, of bounded size however many they are. */
export interface Tally {
  /** All matches, listed or not. */
  readonly total: number;
  /** The first ones that came, at most 20. */
  readonly listed: readonly ListedMatch[];
  /** Distinct values in the order in which they came, at most 50 of each. */
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly addresses: readonly string[];
  readonly targets: readonly string[];
  /** Milliseconds since the epoch; undefined when no record has a time. */
  readonly firstTime?: number;
  readonly lastTime?: number;
  /** The sum of the records' marks, in hex: the same for the same records in any order. */
  readonly ids: string;
  /** True when every record reached the bucket more than a day after it happened. */
  readonly late?: true;
}

const MAX_LISTED = 20;
const MAX_DISTINCT = 50;
const MAX_DISTINCT_CHARACTERS = 200;

/** Bytes of listed records that a tally may take into the ledger; an item of DynamoDB holds 400 KB. */
const MAX_STORED_BYTES = 100_000;

export const EMPTY_TALLY: Tally = {
  total: 0,
  listed: [],
  accounts: [],
  regions: [],
  addresses: [],
  targets: [],
  ids: "0",
};

/** When a match happened, and whether it is news. */
export interface MatchTimes {
  /** eventTime in milliseconds since the epoch; undefined where the record has none. */
  readonly time?: number | undefined;
  readonly late?: true | undefined;
}

/** Records that come later than this, in milliseconds, are marked: nobody is woken for them. */
const LATE = 86_400_000;

/** When a record happened, seen from its arrival. */
export function timesAt(time: number | undefined, arrival: number): MatchTimes {
  return { time, ...(time !== undefined && time < arrival - LATE && { late: true }) };
}

/** The tally of one listed match. `mark` identifies its record (seen.ts). */
export function tallyOf(listed: ListedMatch, mark: string, times: MatchTimes): Tally {
  const { record } = listed;
  const own = (text: string | undefined) => (text === undefined ? [] : [text.slice(0, MAX_DISTINCT_CHARACTERS)]);
  return {
    total: 1,
    listed: [listed],
    accounts: accountsOf(record),
    regions: own(textAt(record, "awsRegion")),
    addresses: own(textAt(record, "sourceIPAddress")),
    targets: own(targetOf(record)),
    ...timesOf(times),
    ids: mark,
  };
}

/** The tally of a match that is counted only. */
export function countedTally(total: number, mark: string, times: MatchTimes): Tally {
  return { ...EMPTY_TALLY, total, ...timesOf(times), ids: mark };
}

/** Two tallies as one; those of `a` come first. */
export function merged(a: Tally, b: Tally): Tally {
  if (a.total === 0) return b;
  if (b.total === 0) return a;
  const firstTime = least(a.firstTime, b.firstTime);
  const lastTime = least(a.lastTime, b.lastTime, -1);
  return {
    total: a.total + b.total,
    listed: a.listed.length >= MAX_LISTED ? a.listed : [...a.listed, ...b.listed].slice(0, MAX_LISTED),
    accounts: union(a.accounts, b.accounts),
    regions: union(a.regions, b.regions),
    addresses: union(a.addresses, b.addresses),
    targets: union(a.targets, b.targets),
    ...(firstTime !== undefined && { firstTime }),
    ...(lastTime !== undefined && { lastTime }),
    ...(a.late && b.late && { late: true as const }),
    ids: BigInt.asUintN(128, BigInt(`0x${a.ids}`) + BigInt(`0x${b.ids}`)).toString(16),
  };
}

/** The tally with as many listed matches as may be stored; the others are counted. At least one stays. */
export function storable(tally: Tally): Tally {
  let room = MAX_STORED_BYTES;
  const listed = tally.listed.filter((match, i) => {
    room -= Buffer.byteLength(JSON.stringify(match));
    return i === 0 || room >= 0;
  });
  return { ...tally, listed };
}

function timesOf({ time, late }: MatchTimes) {
  return { ...(time !== undefined && { firstTime: time, lastTime: time }), ...(late && { late }) };
}

function least(a: number | undefined, b: number | undefined, sign = 1): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return sign * Math.min(sign * a, sign * b);
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  const fresh = b.filter((text) => !a.includes(text));
  return fresh.length === 0 || a.length >= MAX_DISTINCT ? a : [...a, ...fresh].slice(0, MAX_DISTINCT);
}

/** The accounts that a record names: whose trail it is from, the caller's, those of the resources. */
export function accountsOf(record: CloudTrailRecord): readonly string[] {
  const resources = valueAt(record, "resources");
  const named = [
    textAt(record, "recipientAccountId"),
    textAt(record, "userIdentity", "accountId"),
    ...(Array.isArray(resources) ? resources.slice(0, 20).map((resource) => textAt(resource, "accountId")) : []),
  ];
  return [...new Set(named)].filter((account) => account !== undefined && /^\d{12}$/.test(account)) as string[];
}

/** What a call was about, for lists: the first parameter that is a name, or the first resource. */
function targetOf(record: CloudTrailRecord): string | undefined {
  const parameters = valueAt(record, "requestParameters");
  const named = isObject(parameters) ? Object.values(parameters).find(isName) : undefined;
  if (named !== undefined) return String(named);
  const resources = valueAt(record, "resources");
  return Array.isArray(resources) ? (textAt(resources[0], "ARN") ?? textAt(resources[0], "arn")) : undefined;
}

function isName(value: unknown): boolean {
  return (
    (typeof value === "string" && value !== "" && value.length <= MAX_DISTINCT_CHARACTERS) || typeof value === "number"
  );
}
