import { type CloudTrailRecord, isObject, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { Report } from "./report.ts";

/** The calls that give something another name: the field of the old name, and that of the new one. */
const RENAMES: { readonly [call: string]: readonly [field: string, renamed: string] } = {
  "iam:UpdateUser": ["userName", "newUserName"],
  "iam:UpdateGroup": ["groupName", "newGroupName"],
};

/** That something got another name, as a record tells it. */
interface Rename {
  readonly record: CloudTrailRecord;
  readonly time: number;
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/** The report with the names that its users and groups have by now, for commands: a later call of it may have renamed them. */
export function withNamesOfNow(report: Report): Report {
  const renames = report.kept.flatMap(({ record }) => renameIn(record)).toSorted((a, b) => a.time - b.time);
  if (renames.length === 0) return report;
  const nameOf = (old: string) => renames.reduce((text, { from, to }) => (text === from ? to : text), old);
  return {
    ...report,
    kept: report.kept.map((kept) => ({ ...kept, record: renamed(kept.record, renames) })),
    ...(report.madeBefore && { madeBefore: report.madeBefore.map(nameOf) }),
    lines: report.lines.map((line) =>
      line.call.startsWith("iam:") ? { ...line, targets: [...new Set(line.targets.map(nameOf))] } : line,
    ),
  };
}

function renameIn(record: CloudTrailRecord): readonly Rename[] {
  const { call, outcome, time } = viewOf(record);
  const [field = "", renamedTo = ""] = RENAMES[call] ?? [];
  const [from, to] = [field, renamedTo].map((one) => textAt(record, "requestParameters", one));
  if (outcome !== "success" || from === undefined || to === undefined || time === undefined) return [];
  return [{ record, time, field, from, to }];
}

function renamed(record: CloudTrailRecord, renames: readonly Rename[]): CloudTrailRecord {
  const { time } = viewOf(record);
  const later = renames.filter((one) => one.record !== record && time !== undefined && one.time >= time);
  if (later.length === 0) return record;
  const { userIdentity, requestParameters, responseElements } = record;
  const parts = { userIdentity, requestParameters, responseElements };
  return {
    ...record,
    ...Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, inside(value, later)])),
  };
}

/** A value in which the fields that hold names hold the new ones. */
function inside(value: unknown, renames: readonly Rename[]): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner !== "string") return [key, inside(inner, renames)];
      return [key, renames.reduce((text, { field, from, to }) => (key === field && text === from ? to : text), inner)];
    }),
  );
}
