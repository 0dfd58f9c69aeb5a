import { type CloudTrailRecord, textAt, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { isUseless } from "./gone.ts";
import { shortName } from "./headline.ts";
import type { Report, ReportLine } from "./report.ts";
import type { KeptRecord } from "./story.ts";
import { name } from "./text.ts";
import { givesAccess, undoOf } from "./undo.ts";

/** One call's share in what is open: the thing, and in which way. Without a record of its own only the names are known. */
interface Call {
  readonly call: string;
  readonly target: string;
  readonly detail: string | undefined;
  readonly record?: CloudTrailRecord;
}

/** What calls leave open, the worst first: the sort of thing, and in which way it is open; undefined where it is not. */
type Sort = readonly [calls: RegExp, thing: string, way: (one: Call) => string | undefined];

const SHELLS = "shells";
const shared = ({ detail }: Call) => (detail === undefined ? "shared" : `shared with ${detail}`);
const policy = ({ detail = "a policy of its own" }: Call) =>
  detail.endsWith("AdministratorAccess") ? "admin" : detail;

const SORTS: readonly Sort[] = [
  [/^iam:(?:CreateRole|UpdateAssumeRolePolicy)$/, "role", trustOf],
  [/^iam:(?:Attach|Put)RolePolicy$/, "role", policy],
  [/^iam:(?:Create|Update)AccessKey$/, "user", ({ detail }) => (detail === undefined ? "a key" : `key ${detail}`)],
  [/^iam:(?:Create|Update)LoginProfile$/, "user", () => "password"],
  [/^iam:CreateUser$/, "user", () => "new"],
  [/^iam:(?:Attach|Put)UserPolicy$/, "user", policy],
  [/^iam:AddUserToGroup$/, "user", ({ detail }) => `in group ${detail ?? "of an unknown name"}`],
  [/^iam:(?:Attach|Put)GroupPolicy$/, "group", policy],
  [/^ssm:StartSession$/, SHELLS, ({ record }) => record && sessionOf(record)],
  [/^(?:ec2:Modify|rds:ModifyDB|rds:ModifyDBCluster)SnapshotAttribute$|^redshift:Authorize/, "snapshot", shared],
  [/^ec2:ModifyImageAttribute$/, "image", shared],
  [/^ec2:AuthorizeSecurityGroupIngress$/, "", ({ detail }) => `open, ${detail ?? "to more than before"}`],
  [/^s3:PutBucketPolicy$/, "bucket", ({ record }) => foreignIn(record, "bucketPolicy") ?? "its policy"],
  [/^ec2:EnableSerialConsoleAccess$/, "serial console access", () => "on"],
  [/^lambda:(?:Create|Update)FunctionUrlConfig$/, "function", () => "an address of its own"],
  [/^rolesanywhere:(?:Create|Enable)TrustAnchor$/, "trust anchor", () => "lets its certificates in"],
  [/^iam:Create(?:SAML|OpenIDConnect)Provider$/, "identity provider", () => "new"],
  [/^cloudtrail:StopLogging$/, "trail", () => "off"],
];

/** How the sort's number weighs beside those that no sort has. */
const OTHERS = SORTS.length;

/**
 * What the calls of a report gave or switched off, and what locking callers out does not end: `role ops (trusts 999999999999,
 * AdministratorAccess)`, `3 shells (a, b, c)`. Harmless text, the worst first. What the `denied` users got helps nobody.
 */
export function stillOpenIn(report: Report, denied: readonly string[]): readonly string[] {
  const things = new Map<string, { readonly weight: number; readonly ways: Set<string> }>();
  const done = report.lines.filter(({ outcome }) => outcome === "success");
  for (const one of done.flatMap((line) => callsOf(report, line))) {
    const at = SORTS.findIndex(([calls]) => calls.test(one.call));
    const [, thing, way] = SORTS[at] ?? [undefined, one.call.split(":")[1] ?? "", () => ""];
    if (thing === "user" && denied.includes(one.target)) continue;
    const text = way(one);
    if (text === undefined) continue;
    const key =
      thing === SHELLS
        ? SHELLS
        : [thing, one.target && name(one.target.replace(`${thing}/`, ""), 60)].filter(Boolean).join(" ");
    const { weight, ways } = things.get(key) ?? { weight: at < 0 ? OTHERS : at, ways: new Set() };
    things.set(key, { weight: Math.min(weight, at < 0 ? OTHERS : at), ways: ways.add(text) });
  }
  return [...things]
    .toSorted(([, a], [, b]) => a.weight - b.weight)
    .map(([key, { ways }]) => thingText(key, [...ways]));
}

function thingText(key: string, ways: readonly string[]): string {
  const shown = ways.filter((way) => way !== "").join(", ");
  if (key === SHELLS) return `${ways.length === 1 ? "a shell" : `${ways.length} shells`} (${shown})`;
  return shown === "" ? key : `${key} (${shown})`;
}

/** The calls of a line that leave something open: those whose records were kept, and the names of the others. */
function callsOf(report: Report, line: ReportLine): readonly Call[] {
  const kept = report.kept.filter((one) => one.line === line.key);
  const known = new Set(kept.map(({ record }) => shortName(viewOf(record).facts.target ?? "")));
  const some = kept.filter((one) => isOpen(report, one)).map(({ record }) => callIn(record));
  const [first] = some;
  if (first === undefined) return [];
  const others = line.targets.map(shortName).filter((target) => !known.has(target));
  return [...some, ...others.map((target) => ({ call: first.call, target, detail: undefined }))];
}

function callIn(record: CloudTrailRecord): Call {
  const { call, facts } = viewOf(record);
  const detail = facts.detail && detailText(shortName(facts.detail));
  return { call, target: shortName(facts.target ?? ""), detail, record };
}

/** Harmless text. Where a call names several accounts, its detail says so in words. */
function detailText(detail: string): string {
  return /^\d{12} and \d+ more$/.test(detail) ? detail : name(detail, 60);
}

/** True for what gave access or is better undone at once, in the account of the mail, unless it is gone by now. */
function isOpen(report: Report, kept: KeptRecord): boolean {
  const { call, account } = viewOf(kept.record);
  const { filled, left, byHand, urgent } = undoOf(kept.record);
  const isWorth = urgent !== undefined || givesAccess(call) || SORTS.some(([calls]) => calls.test(call));
  if (!isWorth || account !== report.incident.accountId) return false;
  // What takes a key's switching-off back would let somebody in.
  if (filled.some((command) => command.endsWith("--status Active"))) return false;
  return byHand !== undefined || left > 0 || filled.some((command) => !isUseless(command, report, kept));
}

function trustOf({ call, record }: Call): string | undefined {
  const foreign = foreignIn(record, call === "iam:CreateRole" ? "assumeRolePolicyDocument" : "policyDocument");
  return foreign === undefined && call === "iam:UpdateAssumeRolePolicy"
    ? "its trust"
    : foreign?.replace("shared with", "trusts");
}

/** Accounts other than its own that a document of the request names, or everybody. */
function foreignIn(record: CloudTrailRecord | undefined, field: string): string | undefined {
  if (record === undefined) return undefined;
  const value = valueAt(record, "requestParameters", field);
  const document = typeof value === "string" ? value : JSON.stringify(value ?? "");
  if (/"(?:AWS|Principal)"\s*:\s*\[?\s*"\*"/.test(document)) return "shared with everybody";
  const own = viewOf(record).account;
  const others = [...new Set(Array.from(document.matchAll(ACCOUNT), ([, inArn, bare]) => inArn ?? bare))].filter(
    (one) => one !== own,
  );
  return others.length === 0
    ? undefined
    : `shared with ${others.slice(0, 2).join(", ")}${others.length > 2 ? " ..." : ""}`;
}

const ACCOUNT = /arn:aws[\w-]*:(?:iam|sts)::(\d{12}):|"(\d{12})"/g;

function sessionOf(record: CloudTrailRecord): string | undefined {
  const id = textAt(record, "responseElements", "sessionId");
  return id && name(id, 40);
}

/** Columns that what is open has: two lines of a screen, with what stands before it. */
const MAX_OPEN = 165;

/** As much of it as two lines hold, and how much more there is. */
export function openText(things: readonly string[]): string | undefined {
  let text = "";
  for (const [i, thing] of things.entries()) {
    if (i > 0 && text.length + thing.length + 2 > MAX_OPEN) return `${text}, and ${things.length - i} more`;
    text += i === 0 ? thing : `, ${thing}`;
  }
  return text === "" ? undefined : text;
}

/** Calls after which only a backup brings back what they were about. */
const DESTROYS: readonly (readonly [call: string, thing: string])[] = [
  ["ec2:DeleteVolume", "volume"],
  ["ec2:TerminateInstances", "instance"],
  ["dynamodb:DeleteTable", "table"],
  ["logs:DeleteLogGroup", "log group"],
  ["s3:DeleteBucket", "bucket"],
];

/** How many names of each sort of thing are told. */
const MAX_GONE = 3;

/** What no command brings back: what was deleted, and what others may have copied while it was shared; undefined if nothing. */
export function goneText(report: Report): string | undefined {
  const done = report.incident.isUnverified ? [] : report.lines.filter(({ outcome }) => outcome === "success");
  const namesOf = ({ targets, moreTargets }: ReportLine) => {
    const more = targets.length + moreTargets - MAX_GONE;
    return [
      ...targets.slice(0, MAX_GONE).map((target) => name(shortName(target), 60)),
      ...(more > 0 ? [`${more} more`] : []),
    ];
  };
  const deleted = done.flatMap((line) => {
    const [, thing] = DESTROYS.find(([call]) => call === line.call) ?? [];
    return thing === undefined ? [] : [`${thing} ${namesOf(line).join(", ")}`];
  });
  const copied = done
    .filter(({ key, call }) => /^(?:ec2|rds):Modify\w*(?:Snapshot|Image)Attribute$/.test(call) && isShare(key))
    .flatMap(namesOf);
  return (
    [
      ...(deleted.length === 0 ? [] : [`unless there is a backup: ${deleted.join(", ")}`]),
      ...(copied.length === 0 ? [] : [`copies that others took while it was shared: ${copied.join(", ")}`]),
    ].join("; ") || undefined
  );

  function isShare(key: string): boolean {
    return report.kept.some(({ line, record }) => line === key && undoOf(record).filled.length > 0);
  }
}
