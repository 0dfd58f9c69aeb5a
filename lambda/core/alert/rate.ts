import { insightOf, isInsight } from "../record/insight.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { callText } from "./describe.ts";
import type { Line } from "./story/line.ts";
import type { Story } from "./story/story.ts";
import { name } from "./text.ts";

/** `45.1 a minute, 226 times the usual 0.2 (just begun)`, rare calls by the hour; undefined for what is no Insights record. */
export function rateOf(record: CloudTrailRecord): string | undefined {
  const insight = insightOf(record);
  if (insight?.observed === undefined) return undefined;
  const { state, baseline, observed, minutes } = insight;
  const per = unitFor(observed);
  const factor = baseline ? `, ${shown(observed / baseline)} times the usual ${shown(baseline * per.minutes)}` : "";
  const span = minutes === undefined ? "" : `, for ${shown(minutes)} min`;
  const shownState = state === "Start" ? "just begun" : state === "End" ? "over" : state && name(state);
  return `${shown(observed * per.minutes)} ${per.name}${factor}${span}${shownState === undefined ? "" : ` (${shownState})`}`;
}

/** What an Insights record tells of a call: `ec2:RunInstances was called unusually often`. */
export function rateText(record: CloudTrailRecord): string {
  const isOfErrors = textAt(record, "insightDetails", "insightType") === "ApiErrorRateInsight";
  const call = callText(viewOf(record).call.replace(INSIGHT, ""));
  if (insightOf(record)?.state === "End")
    return `${call} ${isOfErrors ? "fails" : "is called"} as often as usual again`;
  return `${call} ${isOfErrors ? "failed" : "was called"} unusually often`;
}

/** A line's call in words, with what a record of it says of its rate, where it is one. */
export function lineText({ key, call }: Pick<Line, "key" | "call">, { kept }: Pick<Story, "kept">): string {
  const record = kept.find(({ line }) => line === key)?.record;
  return record !== undefined && isInsight(record) ? rateText(record) : lineCallText(call);
}

/** The same without a record. */
export function lineCallText(call: string): string {
  return INSIGHT.test(call) ? `the rate of ${callText(call.replace(INSIGHT, ""))}` : callText(call);
}

/** What precedes the call in a line of an Insights record. */
const INSIGHT = /^insight /;

/** True for the call of a line of Insights records. */
export function isRate(call: string): boolean {
  return INSIGHT.test(call);
}

function shown(figure: number): string {
  return String(Number(figure.toPrecision(3)));
}

/** Less than one a minute is easier to grasp by the hour. */
function unitFor(rate: number): { readonly minutes: number; readonly name: string } {
  return rate < 1 ? { minutes: 60, name: "an hour" } : { minutes: 1, name: "a minute" };
}

/** Who called most while a rate was unusual, as the Insights record attributes it. */
export function rateCallersOf(record: CloudTrailRecord): readonly string[] {
  const { callers = [] } = insightOf(record) ?? {};
  return callers.map(({ arn, rate }) =>
    [name(arn, 200), rate !== undefined && `${shown(rate * unitFor(rate).minutes)} ${unitFor(rate).name}`]
      .filter(Boolean)
      .join(", "),
  );
}
