import { clock } from "./describe.ts";
import { distinct, headLine, namesText, shortName, timesOf } from "./headline.ts";
import type { Report } from "./report.ts";
import { sumOf } from "./story.ts";
import { name } from "./text.ts";

/** What a round-up adds to an alert's subject: the calls, when, where, from where, about what. */
export function partDetail(report: Report): string {
  const { firstTime, lastTime } = timesOf(report);
  const sources = distinct(report, "sources");
  const others = report.lines.length - 1;
  const calls = report.lines.slice(0, 3).map(({ call }) => name(call));
  const { targets, moreTargets } = headLine(report);
  const callers = [...new Set(report.lines.flatMap((line) => line.callers.map(shortName)))];
  const moreCallers = sumOf(report.lines.map((line) => line.moreCallers));
  const all = distinct(report, "targets");
  return [
    [...new Set(calls)].join(", ") + (others > 2 ? ` and ${others - 2} other calls` : ""),
    spanText(firstTime, lastTime),
    namesText(distinct(report, "regions"), 0, 5),
    sources.length > 0 && `from ${namesText(sources, 0, 6)}`,
    callers.length > 0 && `by ${namesText(callers, moreCallers, 60)}`,
    all.length > 0 && `on ${namesText(all, Math.max(0, moreTargets), targets.length > 60 ? 40 : 60)}`,
  ]
    .filter(Boolean)
    .join("; ")
    .slice(0, 1_200);
}

function spanText(firstTime: number | undefined, lastTime: number | undefined): string | undefined {
  if (firstTime === undefined || lastTime === undefined) return undefined;
  const [first = "", last] = [firstTime, lastTime].map((time) => clock(time, "UTC"));
  return first === last ? `${first} UTC` : `${first} to ${last} UTC`;
}
