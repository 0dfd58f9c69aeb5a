import { type CloudTrailRecord, flagOf, valueAt } from "../../record/record.ts";
import { shortName } from "../headline.ts";
import type { Report, ReportLine } from "../report.ts";
import { name } from "../text.ts";
import { undoOf } from "./undo.ts";

/** What is left of something that was deleted. */
type Rest = "nothing" | "bin" | "secret";

/** Calls after which only a backup brings back what they were about, or something that may have kept it. */
const DESTROYS: readonly (readonly [call: string, thing: string, rest: Rest])[] = [
  ["ec2:DeleteVolume", "volume", "bin"],
  ["ec2:DeleteSnapshot", "snapshot", "bin"],
  ["ec2:DeregisterImage", "image", "bin"],
  ["ec2:TerminateInstances", "instance", "nothing"],
  ["dynamodb:DeleteTable", "table", "nothing"],
  ["logs:DeleteLogGroup", "log group", "nothing"],
  ["secretsmanager:DeleteSecret", "secret", "secret"],
  ["s3:DeleteBucket", "bucket", "nothing"],
];

/** How many names of each sort of thing are told. */
const MAX_GONE = 3;

/** What no command surely brings back: what was deleted, and what others may have copied while it was shared; undefined if nothing. */
export function goneText(report: Report): string | undefined {
  const done = report.incident.isUnverified ? [] : report.lines.filter(({ outcome }) => outcome === "success");
  // Whoever deletes what they made themselves takes nothing away.
  const made = new Set(done.filter(({ call }) => /:(?:Create|Copy)/.test(call)).flatMap(({ targets }) => targets));
  const deleted = done.flatMap((line) => {
    const [, thing, rest] = DESTROYS.find(([call]) => call === line.call) ?? [];
    const names = namesOf(line, made);
    if (thing === undefined || rest === undefined || names.length === 0) return [];
    return [{ thing, rest: restOf(report, line, rest), text: `${thing} ${names.join(", ")}${AFTER[thing] ?? ""}` }];
  });
  const of = (rest: Rest) => deleted.filter((one) => one.rest === rest);
  const bins = of("bin").map(({ thing }) => thing);
  const restoring = `restore-${bins.length > 1 ? `{${bins.join(",")}}` : bins.join("")}-from-recycle-bin`;
  const copied = done
    .filter(({ key, call }) => /^(?:ec2|rds):Modify\w*(?:Snapshot|Image)Attribute$/.test(call) && isShare(key))
    .flatMap((line) => namesOf(line));
  const texts: readonly (readonly [start: string, all: readonly { readonly text: string }[]])[] = [
    ["unless there is a backup", of("nothing")],
    [`unless the Recycle Bin has it (${restoring})`, of("bin")],
    ["unless restore-secret brings it back", of("secret")],
  ];
  return (
    [
      ...texts.flatMap(([start, all]) =>
        all.length === 0 ? [] : [`${start}: ${all.map(({ text }) => text).join(", ")}`],
      ),
      ...(copied.length === 0 ? [] : [`what others copied of ${copied.join(", ")} while it was shared`]),
    ].join("; ") || undefined
  );

  function isShare(key: string): boolean {
    return report.kept.some(({ line, record }) => line === key && undoOf(record).filled.length > 0);
  }
}

/** What to know about things of a sort. */
const AFTER: { readonly [thing: string]: string } = { bucket: " (create it anew, before others take the name)" };

/** A secret whose deletion was forced is gone at once. */
function restOf({ kept }: Report, { key }: ReportLine, rest: Rest): Rest {
  const records = kept.filter(({ line }) => line === key).map(({ record }) => record);
  const isForced = (record: CloudTrailRecord) =>
    flagOf(valueAt(record, "requestParameters", "forceDeleteWithoutRecovery")) === true;
  return rest === "secret" && records.length > 0 && records.every(isForced) ? "nothing" : rest;
}

function namesOf({ targets, moreTargets }: ReportLine, made: ReadonlySet<string> = new Set()): readonly string[] {
  const lost = targets.filter((target) => !made.has(target));
  const more = lost.length + moreTargets - MAX_GONE;
  return [
    ...lost.slice(0, MAX_GONE).map((target) => name(shortName(target).replace(/^secret:/, ""), 60)),
    ...(more > 0 ? [`${more} more`] : []),
  ];
}
