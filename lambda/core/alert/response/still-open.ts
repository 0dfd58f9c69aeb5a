import { type CloudTrailRecord, textAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import type { KnownAccounts } from "../../rules/accounts.ts";
import { shortName } from "../headline.ts";
import type { Report, ReportLine } from "../report.ts";
import type { KeptRecord } from "../story/story.ts";
import { name } from "../text.ts";
import { EVERYBODY, othersNamedIn, trustedBy } from "./foreign-trust.ts";
import { isUseless } from "./gone.ts";
import { givesAccess, undoOf } from "./undo.ts";

/** One call's share in what is open: the thing, and in which way. Without a record of its own only the names are known. */
interface Call {
  readonly call: string;
  readonly target: string;
  readonly detail: string | undefined;
  readonly record?: CloudTrailRecord;
}

/** What calls leave open, the worst first: the sort of thing, and in which way it is open; undefined where it is not. */
type Sort = readonly [calls: RegExp, thing: string, way: (one: Call, known: KnownAccounts) => string | undefined];

const SHELLS = "shells";
const shared = ({ detail }: Call) => (detail === undefined ? "shared" : `shared with ${detail}`);
const ADMIN = "admin";
const policy = ({ detail = "a policy of its own" }: Call) => (detail.endsWith("AdministratorAccess") ? ADMIN : detail);
const trust = ({ call, record }: Call, known: KnownAccounts) => {
  const trusted = record && trustedBy(record, known);
  if (trusted !== undefined) return `trusts ${trusted}`;
  return call === "iam:UpdateAssumeRolePolicy" ? "its trust" : undefined;
};

const SORTS: readonly Sort[] = [
  [/^iam:(?:CreateRole|UpdateAssumeRolePolicy)$/, "role", trust],
  [/^iam:(?:Attach|Put)RolePolicy$/, "role", policy],
  [/^iam:(?:Create|Update)AccessKey$/, "user", ({ detail }) => (detail === undefined ? "a key" : `key ${detail}`)],
  [/^iam:(?:Create|Update)LoginProfile$/, "user", () => "password"],
  [/^iam:CreateUser$/, "user", () => "new"],
  [/^iam:(?:Attach|Put)UserPolicy$/, "user", policy],
  [
    /^iam:(?:CreateServiceSpecificCredential|ResetServiceSpecificCredential|UploadSSHPublicKey|UploadSigningCertificate)$/,
    "user",
    () => "a credential",
  ],
  [/^iam:AddRoleToInstanceProfile$/, "role", ({ detail }) => `in instance profile ${detail ?? "of an unknown name"}`],
  [/^iam:AddUserToGroup$/, "user", ({ detail }) => `in group ${detail ?? "of an unknown name"}`],
  [/^iam:(?:Attach|Put)GroupPolicy$/, "group", policy],
  [/^ssm:StartSession$/, SHELLS, ({ record }) => record && sessionOf(record)],
  [/^(?:ec2:Modify|rds:ModifyDB|rds:ModifyDBCluster)SnapshotAttribute$|^redshift:Authorize/, "snapshot", shared],
  [/^ec2:ModifyImageAttribute$/, "image", shared],
  [/^ec2:AuthorizeSecurityGroupIngress$/, "", ({ detail }) => `open, ${detail ?? "to more than before"}`],
  [/^s3:PutBucketPolicy$/, "bucket", ({ record }) => sharedIn(record) ?? "its policy"],
  [/^ssm:SendCommand$/, "command", () => "may still run"],
  [/^ec2:EnableSerialConsoleAccess$/, "serial console access", () => "on"],
  [/^lambda:(?:Create|Update)FunctionUrlConfig$/, "function", () => "an address of its own"],
  [/^rolesanywhere:(?:Create|Enable)TrustAnchor$/, "trust anchor", () => "lets its certificates in"],
  [/^rolesanywhere:(?:Create|Enable|Update)Profile$/, "certificate profile", () => "gives out its roles"],
  [/^iam:Create(?:SAML|OpenIDConnect)Provider$/, "identity provider", () => "new"],
  [/^cloudtrail:StopLogging$/, "trail", () => "off"],
];

/** How the sort's number weighs beside those that no sort has. */
const OTHERS = SORTS.length;

/** What is closed by the time that what is left open is read. */
interface Closed {
  /** Users who are locked out: what they got helps nobody. */
  readonly denied: readonly string[];
  /** Commands that were typed before. */
  readonly typed: readonly string[];
}

/**
 * What the calls of a report gave or switched off, and what locking callers out does not end: `role ops (admin, trusts FOREIGN
 * account 999999999999: it can still become admin)`, `3 shells (a, b, c)`. Harmless text, the worst first.
 */
export function stillOpenIn(report: Report, known: KnownAccounts, { denied, typed }: Closed): readonly string[] {
  const things = new Map<
    string,
    { readonly weight: number; readonly ways: Set<string>; readonly isStopped: boolean }
  >();
  const done = report.lines.filter(({ outcome }) => outcome === "success");
  for (const one of done.flatMap((line) => callsOf(report, line))) {
    const at = SORTS.findIndex(([calls]) => calls.test(one.call));
    const [, thing, way] = SORTS[at] ?? [undefined, one.call.split(":")[1] ?? "", () => ""];
    if (thing === "user" && denied.includes(one.target)) continue;
    const text = way(one, known);
    const isTyped = one.record !== undefined && undoOf(one.record).filled.some((command) => typed.includes(command));
    // Whoever types only the lock-out has to know what it leaves to an admin.
    if (text === undefined || (isTyped && text !== ADMIN)) continue;
    const key =
      thing === SHELLS
        ? SHELLS
        : [thing, one.target && name(one.target.replace(`${thing}/`, ""), 60)].filter(Boolean).join(" ");
    const { weight, ways, isStopped } = things.get(key) ?? { weight: OTHERS, ways: new Set(), isStopped: false };
    things.set(key, {
      weight: at < 0 ? weight : Math.min(weight, at),
      ways: ways.add(text),
      isStopped: isStopped || isTyped,
    });
  }
  return [...things]
    .toSorted(([, a], [, b]) => a.weight - b.weight)
    .map(([key, { ways, isStopped }]) => thingText(key, [...ways], isStopped));
}

function thingText(key: string, all: readonly string[], isStopped: boolean): string {
  const ways = all.filter((way) => way !== "");
  if (key === SHELLS) return `${ways.length === 1 ? "a shell" : `${ways.length} shells`} (${ways.join(", ")})`;
  if (ways.length === 0) return key;
  const trusted = ways.find((way) => way.startsWith("trusts FOREIGN") || way === `trusts ${EVERYBODY}`);
  if (trusted === undefined || !ways.includes(ADMIN)) return `${key} (${ways.join(", ")})`;
  const others = ways.filter((way) => way !== ADMIN && way !== trusted);
  const who = `${isStopped ? "without At once " : ""}${/accounts |everybody/.test(trusted) ? "they" : "it"} can still become admin`;
  return `${key} (${[ADMIN, ...others, trusted].join(", ")}: ${who})`;
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

function sharedIn(record: CloudTrailRecord | undefined): string | undefined {
  const others = record === undefined ? [] : othersNamedIn(record, "bucketPolicy");
  return others.length === 0
    ? undefined
    : `shared with ${others.slice(0, 2).join(", ")}${others.length > 2 ? " ..." : ""}`;
}

function sessionOf(record: CloudTrailRecord): string | undefined {
  const id = textAt(record, "responseElements", "sessionId");
  return id && name(id, 40);
}

/** Columns that what is open has: two lines of a screen, with what stands before it. */
const MAX_OPEN = 165;

/** Columns that the rest of it has, below. */
const MAX_REST = 600;

/** As much of it as two lines hold with how much more there is, and that. */
export function openTexts(things: readonly string[]): readonly [shown: string | undefined, rest: string | undefined] {
  const shown = fitting(things, MAX_OPEN);
  const rest = things.slice(shown.length);
  if (rest.length === 0) return [shown.join(", ") || undefined, undefined];
  const below = fitting(rest, MAX_REST);
  const more = rest.length - below.length;
  return [
    `${shown.join(", ")}, and ${rest.length} more (below)`,
    [...below, ...(more > 0 ? [`and ${more} more`] : [])].join(", "),
  ];
}

function fitting(things: readonly string[], columns: number): readonly string[] {
  let length = 0;
  const end = things.findIndex((thing, i) => {
    length += thing.length + (i === 0 ? 0 : 2);
    return i > 0 && length > columns;
  });
  return end < 0 ? things : things.slice(0, end);
}
