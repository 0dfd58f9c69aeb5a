import { namedTogether } from "../record/named-together.ts";
import type { Report, ReportLine } from "./report.ts";
import { MAX_TARGETS } from "./story/line.ts";
import { oddFirst, withoutMostAlike } from "./story/odd-names.ts";
import { MAX_NAME_BYTES } from "./story/story-size.ts";

/** How many names of one call its line takes; the others are counted. */
const MAX_NAMES = 10;

/** The report with what calls were about that name several things at once, ten of each, as far as their records are kept. */
export function withAllNames(report: Report): Report {
  return { ...report, lines: report.lines.map((line) => withNamesOf(line, report, MAX_NAMES)) };
}

/** The same for machines: as many names as a line has, and all lines together. */
export function withNamesForMachines(report: Report): Report {
  let room = MAX_NAME_BYTES;
  const lines = report.lines.map((line) => {
    const all = withNamesOf(line, report, MAX_TARGETS);
    if (all === line) return line;
    const more = all.targets.slice(line.targets.length).filter((target) => {
      room -= Buffer.byteLength(JSON.stringify(target));
      return room >= 0;
    });
    const targets = [...line.targets, ...more].slice(0, Math.max(MAX_TARGETS, line.targets.length));
    return { ...all, targets, moreTargets: all.moreTargets + all.targets.length - targets.length };
  });
  return { ...report, lines };
}

function withNamesOf(line: ReportLine, { kept }: Report, most: number): ReportLine {
  const lists = kept.filter((one) => one.line === line.key).map(({ record }) => namedTogether(record));
  const shown = new Set([...line.targets, ...lists.flatMap((names) => withoutMostAlike(names, most))]);
  const left = new Set(lists.flat().filter((one) => !shown.has(one)));
  return shown.size + left.size === line.targets.length
    ? line
    : { ...line, targets: oddFirst([...shown]), moreTargets: line.moreTargets + left.size };
}
