import { type CloudTrailRecord, isObject } from "./record.ts";

/** Fields that hold an object or a list, of which tables (Athena, CloudTrail Lake) and pipelines make a text of JSON. */
const SPELLED = [
  "userIdentity",
  "requestParameters",
  "responseElements",
  "additionalEventData",
  "serviceEventDetails",
  "insightDetails",
  "addendum",
  "resources",
];

/** Milliseconds have more digits than this, for the next thousands of years; what is more than the most of them is none. */
const MOST_SECONDS = 1e11;
const MOST_MILLISECONDS = Date.UTC(9999, 11, 31);

/**
 * The record as CloudTrail writes it, where a tool that passed it on wrote objects as texts of JSON, and times and accounts
 * as numbers. Texts that are no such JSON, or nest deeper than `depth`, stay.
 */
export function restored(record: CloudTrailRecord, depth: number): CloudTrailRecord {
  let whole = record;
  for (const field of SPELLED) {
    const text = record[field];
    if (typeof text !== "string" || !/^\s*[{[]/.test(text)) continue;
    const value = parsed(text);
    const isOfKind = field === "resources" ? Array.isArray(value) : isObject(value);
    // What reads records goes down into them call by call.
    if (isOfKind && !isDeeper(value, depth)) whole = { ...whole, [field]: value };
  }
  const { eventTime, recipientAccountId, userIdentity } = whole;
  const time = timeIn(eventTime);
  if (time !== undefined) whole = { ...whole, eventTime: time };
  if (typeof recipientAccountId === "number") whole = { ...whole, recipientAccountId: accountIn(recipientAccountId) };
  if (isObject(userIdentity) && typeof userIdentity.accountId === "number") {
    whole = { ...whole, userIdentity: { ...userIdentity, accountId: accountIn(userIdentity.accountId) } };
  }
  return whole;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Level by level, so that no depth is too much for it. */
function isDeeper(value: unknown, depth: number): boolean {
  let level = [value];
  for (let at = 0; level.length > 0; at++) {
    if (at > depth) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}

/** Seconds or milliseconds since the epoch, as a number or in digits, as a time in words. */
function timeIn(value: unknown): string | undefined {
  const number = typeof value === "string" && /^\d{10}(?:\d{3})?(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !(number >= 1e9 && number <= MOST_MILLISECONDS)) return undefined;
  const date = new Date(number < MOST_SECONDS ? number * 1000 : number);
  return date.toISOString().replace(".000Z", "Z");
}

/** As a number, an account loses the zeros that it begins with. */
function accountIn(number: number): string {
  return String(number).padStart(12, "0");
}
