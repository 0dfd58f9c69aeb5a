import { withoutApiVersion } from "../../record/call.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { scalarsAt } from "../../rules/field-path.ts";
import { name } from "../text.ts";
import { type Commands, commandsFrom } from "./commands.ts";
import { NOTE_INSTEAD } from "./undo-notes.ts";
import { type Undo, undoTable } from "./undo-table.ts";

/** Calls that no command takes back, with what to do by hand. */
const BY_HAND: { readonly [call: string]: string } = {
  "cloudtrail:DeleteTrail": "No command brings a deleted trail back: deploy it again from its template.",
  "iam:CreateRole": "In the IAM console, delete the role with all that is attached: no single command does.",
  "iam:UpdateAssumeRolePolicy":
    "No command brings the old trust policy back: in the IAM console, take whoever does not belong there out of the trust of role {target}.",
  "lambda:UpdateFunctionCode": "The old code comes back from its source, or from an older version that was published.",
};

/** Calls that replace what a deployment wrote: what takes them back takes that away as well. */
const REPLACES =
  /^(?:backup:PutBackupVaultAccessPolicy|cloudtrail:PutEventSelectors|ecr:(?:PutRegistry|SetRepository)Policy|events:PutTargets|iam:(?:CreateRole|Put\w+Policy|UpdateAssumeRolePolicy)|lambda:(?:AddPermission|UpdateFunctionCode|UpdateFunctionConfiguration)|logs:PutRetentionPolicy|s3:Put(?:BucketLifecycle\w*|BucketPolicy|BucketReplication)|\w+:PutResourcePolicy)$/;

/** Calls that let somebody in, or do more than before: what they gave is taken back before anything else. */
const ACCESS =
  /^(?:iam:(?:Add(?:RoleTo|UserTo)\w+|Attach\w+Policy|Create(?:AccessKey|LoginProfile|Role|User|ServiceSpecificCredential|OpenIDConnectProvider|SAMLProvider)|Put(?:Group|Role|User)Policy|Reset\w+|Update(?:AccessKey|AssumeRolePolicy|LoginProfile)|Upload\w+)|eks:AssociateAccessPolicy|identitystore:Create\w+|rolesanywhere:(?:Create|Enable)\w+|sso:\w+)$/;

/** True for a call that gives somebody access. */
export function givesAccess(call: string): boolean {
  return ACCESS.test(withoutApiVersion(call));
}

/** True for a call that commands undo, if its record has what they need. */
export function hasCommands(call: string): boolean {
  return undoTable().has(withoutApiVersion(call));
}

/** Commands that undo what a record tells. */
export interface Undoing extends Commands {
  /** What to know about a command, by its text. */
  readonly notes: ReadonlyMap<string, string>;
  /** Which commands are better typed at once, and taken back if the call was meant. */
  readonly urgent?: ReadonlySet<string>;
  /** What to do where no command undoes it. */
  readonly byHand?: string | undefined;
}

const NOTHING: Undoing = { filled: [], left: 0, notes: new Map() };

/**
 * What undoes a record's call; nothing where it did not succeed. What a deployment wrote (`isDeployed`) is put back by a
 * deployment, where the call replaced it.
 */
export function undoOf(record: CloudTrailRecord, isDeployed = false): Undoing {
  const call = withoutApiVersion(viewOf(record).call);
  if (viewOf(record).outcome !== "success" || isOfRoot(call, record) || isQuarantine(record)) return NOTHING;
  if (isDeployed && REPLACES.test(call)) return NOTHING;
  const ways = undoTable().get(call) ?? [];
  const made = ways
    .filter((way) => applies(way, record))
    .map((way) => ({ isUrgent: way.isUrgent, ...madeFrom(way, record) }));
  const urgent = made.flatMap(({ filled, isUrgent }) => (isUrgent ? filled : []));
  return {
    filled: made.flatMap(({ filled }) => filled),
    left: made.reduce((sum, { left }) => sum + left, 0),
    notes: new Map(
      made.flatMap(({ filled, note }) => (note === undefined ? [] : filled.map((text) => [text, note] as const))),
    ),
    ...(urgent.length > 0 && { urgent: new Set(urgent) }),
    ...(Object.hasOwn(BY_HAND, call) && !isDeployed && { byHand: byHandOf(call, record) }),
  };
}

function byHandOf(call: string, record: CloudTrailRecord): string | undefined {
  return BY_HAND[call]?.replace("{target}", name(viewOf(record).facts.target ?? "", 64));
}

/** The command with its note, or the one that stands in its place. */
function madeFrom(
  { command, note, instead }: Undo,
  record: CloudTrailRecord,
): Commands & { readonly note?: string; readonly isUrgent?: false } {
  const made = commandsFrom([command], record);
  const other = made.left === 0 || instead === undefined ? undefined : commandsFrom([instead], record);
  // It hits more than the call did, so somebody is asked first.
  if (other !== undefined && other.left === 0) return { ...other, note: NOTE_INSTEAD, isUrgent: false };
  return { ...made, ...(note !== undefined && { note }) };
}

function applies({ where, unless, having, lacking }: Undo, record: CloudTrailRecord): boolean {
  const has = ([path, value]: readonly [string, string]) =>
    scalarsAt(record, path.split(".")).some((found) => String(found) === value);
  const isThere = (path: string) => scalarsAt(record, path.split(".")).some((found) => found !== null && found !== "");
  return (
    (where === undefined || has(where)) &&
    (unless === undefined || !has(unless)) &&
    (having === undefined || isThere(having)) &&
    (lacking === undefined || !isThere(lacking))
  );
}

/**
 * AWS puts this policy on users whose key was found in public (IAM User Guide, "AWSCompromisedKeyQuarantineV3"): a managed
 * policy of its own or, earlier, one in the user that only denies. Anybody may give another policy such a name. What the mails
 * themselves advise to lock somebody out is no more taken back.
 */
function isQuarantine(record: CloudTrailRecord): boolean {
  if (/:(?:Detach|Delete)/.test(viewOf(record).call)) return false;
  const arn = textAt(record, "requestParameters", "policyArn");
  if (arn !== undefined) return /^arn:[a-z-]+:iam::aws:policy\/(?:AWSCompromisedKeyQuarantine|AWSDenyAll$)/.test(arn);
  const name = textAt(record, "requestParameters", "policyName") ?? "";
  const isAllowing = /allow/i.test(textAt(record, "requestParameters", "policyDocument") ?? "");
  return (
    /^(?:AWS(?:CompromisedKeyQuarantine|ExposedCredentialPolicy)|(?:AWS)?RevokeOlderSessions$|DenyAll$)/.test(name) &&
    !isAllowing
  );
}

/** Root's key can be switched off by root alone, without a user's name. */
function isOfRoot(call: string, record: CloudTrailRecord): boolean {
  if (call !== "iam:CreateAccessKey" || textAt(record, "userIdentity", "type") !== "Root") return false;
  const parameters = valueAt(record, "requestParameters");
  return !isObject(parameters) || textAt(record, "requestParameters", "userName") === undefined;
}
