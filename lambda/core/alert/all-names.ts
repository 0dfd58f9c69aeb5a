import { namedTogether } from "../record/named-together.ts";
import type { Report, ReportLine } from "./report.ts";

/** How many names of one call its line takes; the others are counted. */
const MAX_NAMES = 10;

/** The report with all that calls were about which name several at once, as far as their records are kept. */
export function withAllNames(report: Report): Report {
  return { ...report, lines: report.lines.map((line) => withNamesOf(line, report)) };
}

function withNamesOf(line: ReportLine, { kept }: Report): ReportLine {
  const lists = kept.filter((one) => one.line === line.key).map(({ record }) => namedTogether(record));
  const shown = new Set([...line.targets, ...lists.flatMap((names) => names.slice(0, MAX_NAMES))]);
  const left = new Set(lists.flat().filter((one) => !shown.has(one)));
  return shown.size + left.size === line.targets.length
    ? line
    : { ...line, targets: [...shown], moreTargets: line.moreTargets + left.size };
}
