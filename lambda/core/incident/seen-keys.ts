import { logPathOf } from "../envelope/log-object.ts";
import { hashOf, isTwin, seenKeyOf, twinsKeyOf } from "../store/seen.ts";
import { isVerified, type Own } from "./belonging.ts";

/** Where a mail notes, by caller and hour, that it told a record, so that the daily round-up leaves it out. */
export function toldKeyOf(accountId: string, actor: string, time: number | undefined): string {
  return `seen2#${hashOf(["told", accountId, actor, time === undefined ? "none" : Math.floor(time / 3_600_000)])}`;
}

/** The item that remembers a match, and other items in which its record may already be known. */
export function keysOf(key: string, rule: string, own: Own): readonly [string, ...string[]] {
  const { record, logObject, accountId } = own;
  if (!isTwin(record) || !isVerified(own)) return [seenKeyOf(key, rule, record)];
  // An account may write anything below its own path: that can only duplicate this account's own records.
  const accounts = seenKeyOf(`${key} ${accountId}`, rule, record);
  const twins = twinsKeyOf(rule, record);
  const path = logPathOf(logObject.key);
  return path === undefined || path.organization !== undefined ? [twins, accounts] : [accounts, twins];
}
