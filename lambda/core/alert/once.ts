import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { Report, ReportLine } from "./report.ts";
import { type KeptRecord, sumOf } from "./story/story.ts";
import type { FirstTime } from "./story/told.ts";

/**
 * The report with each record in one line. What passes a threshold comes beside what the same record met by itself; where all
 * records of the worse line are kept, and are among those of another, they leave the other, and the worse line names the rules
 * of both.
 */
export function withEachOnce(report: Report): Report {
  let [lines, kept] = [[...report.lines], report.kept];
  for (const { key } of report.lines) {
    for (const { key: otherKey } of report.lines) {
      const [line, other] = [lines.find((one) => one.key === key), lines.find((one) => one.key === otherKey)];
      if (line === undefined || other === undefined || lines.indexOf(line) >= lines.indexOf(other)) continue;
      const shared = sharedBy(line, other, kept);
      if (shared === undefined) continue;
      kept = kept.filter((one) => one.line !== otherKey || !shared.has(idOf(one.record)));
      const left = without(other, shared.size, keptOf(other, kept));
      lines = lines.flatMap((one) =>
        one === line ? [withRulesOf(line, other, shared.size)] : one === other ? left : [one],
      );
    }
  }
  return { ...report, lines, kept };
}

/** How many records lines tell of: one that is kept in several of them is one. */
export function recordsIn({ lines, kept }: Pick<Report, "lines" | "kept">): number {
  const keys = new Set(lines.map(({ key }) => key));
  const told = kept.filter(({ line }) => keys.has(line)).map(({ line, record }) => ({ line, id: idOf(record) }));
  const known = told.filter(({ id }) => id !== "");
  const inLines = new Set(known.map(({ line, id }) => `${line} ${id}`)).size;
  return sumOf(lines.map(({ records }) => records)) - (inLines - new Set(known.map(({ id }) => id)).size);
}

/** The records of a line if all of them are in another one too, by id; undefined if they are not, or nobody knows. */
function sharedBy(line: ReportLine, other: ReportLine, kept: readonly KeptRecord[]): ReadonlySet<string> | undefined {
  if (line.call !== other.call || line.outcome !== other.outcome || `${line.callers}` !== `${other.callers}`)
    return undefined;
  const [own, others] = [line, other].map((one) => new Set(keptOf(one, kept).map(({ record }) => idOf(record))));
  if (own?.size !== line.records || others?.size !== other.records || own.has("")) return undefined;
  return [...own].every((id) => others.has(id)) ? own : undefined;
}

function keptOf({ key }: ReportLine, kept: readonly KeptRecord[]): readonly KeptRecord[] {
  return kept.filter((one) => one.line === key);
}

/** What makes a record the same: its id and all that it tells, for the same id with another target is another record. */
function idOf(record: CloudTrailRecord): string {
  const id = textAt(record, "eventID");
  return id === undefined ? "" : JSON.stringify([id, viewOf(record).facts]);
}

/** A line that tells of so many records of another one as well. */
function withRulesOf(line: ReportLine, other: ReportLine, records: number): ReportLine {
  const moved = Object.entries(other.matches).map(([rule, count]) => [rule, Math.min(count, records)] as const);
  const added = moved.map(([rule, count]) => [rule, (line.matches[rule] ?? 0) + count] as const);
  const names = new Set(line.rules);
  // What passes a threshold knows of no first time: the record's own line does.
  const own = line.firsts ?? [];
  const isKnown = ({ of, value }: FirstTime) => own.some((one) => one.of === of && one.value === value);
  const firsts = [...own, ...(other.firsts ?? []).filter((one) => !isKnown(one))];
  return {
    ...line,
    ...(firsts.length > 0 && { firsts }),
    rules: [...line.rules, ...other.rules.filter((rule) => !names.has(rule))],
    ruleList: [...line.ruleList, ...other.ruleList.filter(({ name }) => !names.has(name))],
    matches: { ...line.matches, ...Object.fromEntries(added) },
    isNews: line.isNews || other.isNews,
  };
}

/** What is left of a line whose records are all kept, without so many of them. */
function without(line: ReportLine, records: number, left: readonly KeptRecord[]): readonly ReportLine[] {
  if (left.length === 0) return [];
  const facts = left.map(({ record }) => viewOf(record));
  const [targets, details] = [
    new Set(facts.map((one) => one.facts.target)),
    new Set(facts.map((one) => one.facts.detail)),
  ];
  const sources = line.sources.filter((source) =>
    left.some(({ record }) => textAt(record, "sourceIPAddress") === source),
  );
  const { firsts: _, ...rest } = line;
  const times = facts.flatMap(({ time }) => time ?? []);
  const matches = Object.entries(line.matches).map(
    ([rule, count]) => [rule, count - Math.min(count, records)] as const,
  );
  return [
    {
      ...rest,
      records: line.records - records,
      ...(sources.length > 0 && { sources }),
      regions: line.regions.filter((region) => facts.some((one) => one.facts.region === region)),
      matches: Object.fromEntries(matches.filter(([, count]) => count > 0)),
      targets: line.targets.filter((target) => targets.has(target)),
      details: line.details.filter((detail) => details.has(detail)),
      ...(times.length > 0 && { firstTime: Math.min(...times), lastTime: Math.max(...times) }),
    },
  ];
}
