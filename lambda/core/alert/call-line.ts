import { isInsight } from "../record/insight.ts";
import { viewOf } from "../record/view.ts";
import { isNotice } from "../rules/notices.ts";
import { callText, clock, describeOutcome, describeSpan, describeTime, type Naming } from "./describe.ts";
import { headLine, headRecord, headRule, timesOf } from "./headline.ts";
import { recordsIn } from "./once.ts";
import { rateText } from "./rate.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./story/story.ts";
import { inert } from "./text.ts";

/**
 * `iam:CreateAccessKey succeeded, 2026-11-20 21:25:55 UTC, 22:25:55 Berlin (5 min before this mail); one of 16 calls from
 * 21:10:08 to 21:25:55 UTC, 2 of them denied`; the short one does not say of how many.
 */
export function callLine(
  report: Report,
  naming: Naming,
  now: number,
  { isShort }: { readonly isShort: boolean },
): string {
  const rule = headRule(report);
  const line = headLine(report);
  const { record } = headRecord(report);
  if (isNotice(rule)) return inert(rule.description ?? "", 300);
  const time = viewOf(record).time ?? line.firstTime;
  const called = callText(record.eventName === undefined ? line.call : viewOf(record).call);
  // A rate is neither granted nor refused.
  const call = isInsight(record) ? rateText(record) : `${called} ${describeOutcome(line.outcome)}`;
  if (time === undefined) return `${call}, at an unknown time`;
  const ago = now >= time ? ` (${describeSpan(now - time)} before this mail)` : "";
  const records = recordsIn(report);
  const { firstTime, lastTime } = timesOf(report);
  const things = line.targets.length + line.moreTargets;
  const on = things > 1 && things < records ? ` on ${things} names` : "";
  const many = report.lines.length === 1 ? `${records} times${on}` : `one of ${records} calls`;
  const until =
    records > 1 && firstTime !== undefined && !isShort
      ? `; ${many} ${spanText(firstTime, lastTime ?? firstTime)}${refusedOf(report)}`
      : "";
  return `${call}, ${describeTime(time, naming)}${ago}${until}`;
}

/** `, 15 of them denied`, where the call above had another outcome. */
function refusedOf({ lines }: Report): string {
  const others = lines.filter(({ outcome }) => outcome !== lines[0]?.outcome);
  const counts = (["denied", "failed", "success"] as const).flatMap((outcome) => {
    const count = sumOf(others.filter((line) => line.outcome === outcome).map(({ records }) => records));
    return count === 0 ? [] : [`${count} of them ${outcome === "success" ? "succeeded" : outcome}`];
  });
  return counts.map((text) => `, ${text}`).join("");
}

/** `from 21:25:55 to 21:26:40 UTC`; with the dates where they differ. */
function spanText(first: number, last: number): string {
  const [from, to] = [clock(first, "UTC"), clock(last, "UTC")];
  if (from === to) return `at ${from.slice(11)} UTC`;
  return from.slice(0, 10) === to.slice(0, 10)
    ? `from ${from.slice(11)} to ${to.slice(11)} UTC`
    : `from ${from} to ${to} UTC`;
}
