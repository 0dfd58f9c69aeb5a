import { endOfChain } from "../links/chain.ts";
import { callText, clock, shortText } from "./describe.ts";
import { foldedLines, headLine, headRecord, namesText, outcomeText, shortName } from "./headline.ts";
import { chainOfRecord } from "./opened.ts";
import { relationOf } from "./relation.ts";
import type { Report, ReportLine } from "./report.ts";
import { sumOf } from "./story.ts";

/** The story: what is news, then what was told before, then how much was read. A lone record is told above. */
export function storyLines(report: Report, names: number): readonly string[] {
  const { lines } = report;
  if (sumOf(lines.map((line) => line.records)) < 2) return [];
  const head = headLine(report);
  const { shown, folded } = foldedLines(report);
  const news = shown.filter(({ isNews }) => isNews);
  const before = shown.filter(({ isNews }) => !isNews);
  const namesRule = new Set(lines.map(({ rules: own }) => own.join(" "))).size > 1;
  const text = (line: ReportLine) => storyLine(line, head, namesRule, names, behindOf(line, report));
  const order = shown.length > 1 ? ["Worst first, times in UTC:"] : [];
  return [
    ...order,
    ...news.map(text),
    ...(before.length > 0 ? ["Told before:", ...before.map(text)] : []),
    ...readsOf(folded),
  ];
}

/** `21:26:40  iam:AttachUserPolicy DENIED on bob, 3 times until 21:27:01, from 192.0.2.9`. */
function storyLine(line: ReportLine, head: ReportLine, namesRule: boolean, names: number, behind: string): string {
  const {
    call,
    outcome,
    targets,
    moreTargets,
    details,
    moreDetails,
    records,
    firstTime,
    lastTime,
    sources,
    callers,
    moreCallers,
  } = line;
  const time = firstTime === undefined ? "--:--:--" : clock(firstTime, "UTC").slice(11);
  const isMany = records > 1;
  const until = isMany && lastTime !== undefined ? ` until ${clock(lastTime, "UTC").slice(11)}` : "";
  // The first call of the head line stands above with all its parameters.
  const shownAbove = line === head ? 1 : 0;
  const elsewhere = sources.filter((source) => source !== head.sources[0]);
  return [
    `${time}  ${callText(call)}${outcomeText({ call, outcome })}`,
    targets.length > 0 ? ` on ${namesText(targets.map(shortName), moreTargets, names)}` : "",
    details.length > shownAbove ? `${relationOf(call)} ${namesText(details, moreDetails, names)}` : "",
    callers.length > 0 ? ` by ${namesText(callers.map(shortName), moreCallers, names)}` : "",
    behind,
    isMany ? `, ${records} times${until}` : "",
    elsewhere.length > 0 ? `, from ${namesText(elsewhere, 0, 4)}` : "",
    namesRule ? ` (${line.ruleList.map((rule) => rule.name).join(", ")})` : "",
  ].join("");
}

/** `and 141 reads (List, Get, Describe), 6 refused`. */
function readsOf(lines: readonly ReportLine[]): readonly string[] {
  const records = sumOf(lines.map((line) => line.records));
  if (records === 0) return [];
  const refused = sumOf(lines.filter(({ outcome }) => outcome === "denied").map((line) => line.records));
  const verbs = [...new Set(lines.map(({ call }) => /^[A-Z][a-z]+/.exec(call.split(":").pop() ?? "")?.[0] ?? "other"))];
  const targets = lines.flatMap((line) => line.targets);
  const more = sumOf(lines.map((line) => line.moreTargets));
  const about = targets.length === 0 ? "" : ` of ${namesText([...new Set(targets)].map(shortName), more, 10)}`;
  return [
    `          and ${records} read${records === 1 ? "" : "s"} (${namesText(verbs, 0, 6)})${refused > 0 ? `, ${refused} refused` : ""}${about}`,
  ];
}

/** Who is behind a line's sessions, unless it is just the one who is told above: `in sessions of alice, bob`. */
function behindOf({ sessions = [], moreSessions = 0 }: ReportLine, report: Report): string {
  const above = endOfChain(chainOfRecord(report.chains, headRecord(report).record))?.actor;
  const ends = sessions.map((session) => endOfChain(report.chains?.get(session)));
  const known = new Map(
    ends.flatMap((end) => (end === undefined ? [] : [[end.actor, shortText(end.identity)] as const])),
  );
  const unknown = ends.length - ends.filter(Boolean).length + moreSessions;
  if (known.size === 0 || (known.size === 1 && unknown === 0 && above !== undefined && known.has(above))) return "";
  return `, in sessions of ${[...known.values(), ...(unknown > 0 ? [`${unknown} unknown`] : [])].join(", ")}`;
}
