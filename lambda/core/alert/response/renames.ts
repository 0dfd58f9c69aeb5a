import { type CloudTrailRecord, isObject, textAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import type { Report, ReportLine } from "../report.ts";
import type { KeptRecord } from "../story/story.ts";

/** The calls that give something another name: the field of the old name, and that of the new one. */
const RENAMES: { readonly [call: string]: readonly [field: string, renamed: string] } = {
  "iam:UpdateUser": ["userName", "newUserName"],
  "iam:UpdateGroup": ["groupName", "newGroupName"],
};

/** That something got another name, as a record tells it. */
interface Rename {
  readonly record: CloudTrailRecord;
  readonly account: string | undefined;
  readonly time: number;
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The report with the names that its users and groups have by now, for commands: a later call of it may have renamed them. In
 * another account the same name is somebody else's.
 */
export function withNamesOfNow(report: Report): Report {
  const renames = inOrder(report.kept.flatMap(({ record }) => renameIn(record)));
  if (renames.length === 0) return report;
  const here = renames.filter(({ account }) => account === report.incident.accountId);
  const kept = report.kept.map((one) => ({ ...one, record: renamed(one.record, renames) }));
  return {
    ...report,
    kept,
    ...(report.madeBefore && { madeBefore: report.madeBefore.map((name) => nameOf(name, here)) }),
    lines: report.lines.map((line) => (line.call.startsWith("iam:") ? withTargetsOfNow(line, kept, here) : line)),
  };
}

function renameIn(record: CloudTrailRecord): readonly Rename[] {
  const { call, outcome, time, account } = viewOf(record);
  const [field = "", renamedTo = ""] = RENAMES[call] ?? [];
  const [from, to] = [field, renamedTo].map((one) => textAt(record, "requestParameters", one));
  if (outcome !== "success" || from === undefined || to === undefined || time === undefined) return [];
  return [{ record, account, time, field, from, to }];
}

/** By time. Of those in one second, the one that took a name comes before the one that gave it up again. */
function inOrder(renames: readonly Rename[]): readonly Rename[] {
  const left = renames.toSorted((a, b) => a.time - b.time);
  const ordered: Rename[] = [];
  while (left.length > 0) {
    const isFirst = (one: Rename) =>
      !left.some((other) => other.time <= one.time && other !== one && leadsTo(other, one));
    const [next] = left.splice(Math.max(0, left.findIndex(isFirst)), 1);
    if (next !== undefined) ordered.push(next);
  }
  return ordered;
}

function leadsTo(one: Rename, next: Rename): boolean {
  return one.to === next.from && one.field === next.field && one.account === next.account;
}

function nameOf(old: string, renames: readonly Rename[]): string {
  return renames.reduce((text, { from, to }) => (text === from ? to : text), old);
}

/**
 * A line's targets by the names of now, from its records if all were kept. Where a rename divides a longer line, nobody knows
 * which of its records came before: its targets have both names.
 */
function withTargetsOfNow(line: ReportLine, kept: readonly KeptRecord[], renames: readonly Rename[]): ReportLine {
  const { key, call, records, firstTime = 0, lastTime = 0 } = line;
  const own = kept.filter((one) => one.line === key);
  if (own.length === records) {
    return { ...line, targets: [...new Set(own.flatMap(({ record }) => viewOf(record).facts.target ?? []))] };
  }
  const [all, some] = [lastTime, firstTime].map((time) => renames.filter((one) => isAfter(one, call, time)));
  const targets = line.targets.flatMap((target) => [nameOf(target, all ?? []), nameOf(target, some ?? [])]);
  return { ...line, targets: [...new Set(targets)] };
}

/** True for a rename behind a call; in its second too, unless the call deletes: what is gone cannot be renamed. */
function isAfter(rename: Rename, call: string, time: number): boolean {
  return rename.time > time || (rename.time === time && !call.startsWith("iam:Delete"));
}

function renamed(record: CloudTrailRecord, renames: readonly Rename[]): CloudTrailRecord {
  const { time, call, account } = viewOf(record);
  const later = renames.filter((one) => one.record !== record && time !== undefined && isAfter(one, call, time));
  if (later.length === 0) return record;
  const ofCall = call.startsWith("iam:") ? later.filter((one) => one.account === account) : [];
  const { userIdentity, requestParameters, responseElements } = record;
  const ofCaller = later.filter((one) => one.account === textAt(record, "userIdentity", "accountId"));
  return {
    ...record,
    ...(userIdentity !== undefined && { userIdentity: inside(userIdentity, ofCaller) }),
    ...(requestParameters !== undefined && { requestParameters: inside(requestParameters, ofCall) }),
    ...(responseElements !== undefined && { responseElements: inside(responseElements, ofCall) }),
  };
}

/** A value in which the fields that hold names hold the new ones. */
function inside(value: unknown, renames: readonly Rename[]): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner !== "string") return [key, inside(inner, renames)];
      return [
        key,
        nameOf(
          inner,
          renames.filter(({ field }) => field === key),
        ),
      ];
    }),
  );
}
