import { withoutApiVersion } from "../record/call.ts";
import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { scalarsAt } from "../rules/field-path.ts";
import { type Commands, commandsFrom } from "./commands.ts";
import { UNDO, type Undo } from "./undo-table.ts";

/** Calls that no command takes back, with what to do by hand. */
const BY_HAND: { readonly [call: string]: string } = {
  "cloudtrail:DeleteTrail": "No command brings a deleted trail back: deploy it again from its template.",
  "iam:CreateRole": "No single command deletes a role: in the IAM console, delete it with all that is attached.",
  "iam:UpdateAssumeRolePolicy":
    "No command brings the old trust policy back: in the IAM console, take what Grants names out of the role's trust.",
  "lambda:UpdateFunctionCode": "No command brings the old code back: deploy the function again from its source.",
};

/** Commands that undo what a record tells, and what to know about them. */
export interface Undoing extends Commands {
  readonly notes: readonly string[];
}

/** What undoes a record's call; nothing where it did not succeed. */
export function undoOf(record: CloudTrailRecord): Undoing {
  const call = withoutApiVersion(viewOf(record).call);
  if (viewOf(record).outcome !== "success" || isOfRoot(call, record)) return { filled: [], left: 0, notes: [] };
  const ways = Object.hasOwn(UNDO, call) ? (UNDO[call] ?? []) : [];
  const made = ways
    .filter((way) => applies(way, record))
    .map((way) => ({ ...commandsFrom([way.command], record), note: way.note }));
  return {
    filled: made.flatMap(({ filled }) => filled),
    left: made.reduce((sum, { left }) => sum + left, 0),
    notes: [
      ...made.flatMap(({ filled, note }) => (filled.length === 0 || note === undefined ? [] : [note])),
      ...(Object.hasOwn(BY_HAND, call) ? [BY_HAND[call] ?? ""] : []),
    ],
  };
}

function applies({ where }: Undo, record: CloudTrailRecord): boolean {
  if (where === undefined) return true;
  const [path, value] = where;
  return scalarsAt(record, path.split(".")).some((found) => String(found) === value);
}

/** Root's key can be switched off by root alone, without a user's name. */
function isOfRoot(call: string, record: CloudTrailRecord): boolean {
  if (call !== "iam:CreateAccessKey" || textAt(record, "userIdentity", "type") !== "Root") return false;
  const parameters = valueAt(record, "requestParameters");
  return !isObject(parameters) || textAt(record, "requestParameters", "userName") === undefined;
}
