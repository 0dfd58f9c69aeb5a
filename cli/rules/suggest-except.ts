import { stringify } from "yaml";
import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import { exceptionSuggestion } from "../../lambda/core/rules/suggestion.ts";

const DAY = 86_400_000;

/** A suggested exception ends after this time: whoever pastes it has to look again. */
const LASTS = 90 * DAY;

/**
 * An overlay, to paste into a rule file of one's own, by which a rule leaves out what this caller did; undefined where the
 * record does not name caller and call. `now` is milliseconds since the epoch.
 */
export function exceptOverlay(rule: string, record: CloudTrailRecord, now: number): string | undefined {
  const until = new Date(now + LASTS).toISOString().slice(0, 10);
  const exception = exceptionSuggestion(record, { reason: "TODO: why this is known and harmless", until });
  return exception && stringify({ overlay: { [rule]: { except: [exception] } } }, { lineWidth: 120 });
}
