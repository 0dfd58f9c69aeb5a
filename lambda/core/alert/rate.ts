import { insightOf } from "../record/insight.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { name } from "./text.ts";

/** `45.1 a minute, 226 times the usual 0.2 (Start)`; undefined for what is no Insights record. */
export function rateOf(record: CloudTrailRecord): string | undefined {
  const insight = insightOf(record);
  if (insight?.observed === undefined) return undefined;
  const { state, baseline, observed, minutes } = insight;
  const shown = (figure: number) => String(Number(figure.toPrecision(3)));
  const factor = baseline ? `, ${shown(observed / baseline)} times the usual ${shown(baseline)}` : "";
  const span = minutes === undefined ? "" : `, for ${shown(minutes)} min`;
  return `${shown(observed)} a minute${factor}${span}${state === undefined ? "" : ` (${name(state)})`}`;
}

/** Who called most while a rate was unusual, as the Insights record attributes it. */
export function rateCallersOf(record: CloudTrailRecord): readonly string[] {
  const { callers = [] } = insightOf(record) ?? {};
  return callers.map(({ arn, rate }) =>
    [name(arn, 200), rate !== undefined && `${Number(rate.toPrecision(3))} a minute`].filter(Boolean).join(", "),
  );
}
