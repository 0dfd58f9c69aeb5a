import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { clock, describeSpan } from "./describe.ts";
import { namesText } from "./headline.ts";
import type { Near, Report, Usual } from "./report.ts";
import { inert, name } from "./text.ts";

/** `the address of alert a1b2c3d4 too (alice, 45 s before)`. */
export function nearText({ id, who, account, at }: Near, { incident }: Report, record: CloudTrailRecord): string {
  const apart = (viewOf(record).time ?? at) - at;
  const when = apart === 0 ? "at the same time" : `${describeSpan(Math.abs(apart))} ${apart > 0 ? "before" : "after"}`;
  return `the address of alert ${name(id)} too (${inert(who, 80)}${account === incident.accountId ? "" : ` in ${name(account)}`}, ${when})`;
}

/** From how many days on it says something that a caller had no incident in them. */
const WORTH_DAYS = 7;

/**
 * `incident 3 of this caller in 35 days of alerts, the last was alert a1b2c3d4 on 2026-11-12; no alert before from
 * 198.51.100.0/24`; undefined where nothing is to tell yet.
 */
export function usualText({ days, incidents, isMore, last, networks }: Usual): string | undefined {
  if (incidents === 0 && days < WORTH_DAYS) return undefined;
  const span = days === 0 ? "today" : days === 1 ? "in one day of alerts" : `in ${days} days of alerts`;
  const count = `incident ${incidents + 1}${isMore ? " or more" : ""} of this caller ${span}`;
  const before = last === undefined ? "" : `, the last was alert ${last.id} on ${clock(last.at, "UTC").slice(0, 10)}`;
  const from = networks.length === 0 ? "" : `; no alert before from ${namesText(networks, 0, 3)}`;
  return `${incidents === 0 ? `the first incident of this caller ${span}` : count + before}${from}`;
}
