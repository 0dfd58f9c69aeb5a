import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";
import { type KnownAccounts, NOBODY_KNOWN } from "../rules/accounts.ts";
import { grantsOf } from "./grants.ts";
import { row } from "./row.ts";
import { name, quoted, value } from "./text.ts";

const MAX_PARAMETERS = 6;
const MAX_RESULTS = 3;

/** What a call asked for, what that grants, what came of it, and what it was about: the rows of one record. */
export function fieldRows(record: CloudTrailRecord, known: KnownAccounts = NOBODY_KNOWN): readonly string[] {
  const grants = grantsOf(record, known);
  return [
    ...row("What", ...fieldsOf(record, "requestParameters", MAX_PARAMETERS, grants.told)),
    ...row("Grants", ...grants.lines),
    ...row("Result", ...fieldsOf(record, "responseElements", MAX_RESULTS, grants.told)),
    ...row("Details", ...fieldsOf(record, "serviceEventDetails", MAX_PARAMETERS, grants.told)),
    ...row("On", ...resourcesOf(record)),
    ...row("Addendum", addendumOf(record)),
    ...row("Error", errorOf(record)),
  ];
}

function fieldsOf(
  record: CloudTrailRecord,
  part: "requestParameters" | "responseElements" | "serviceEventDetails",
  limit: number,
  told: ReadonlySet<string>,
): readonly string[] {
  const fields = worthShowing(valueAt(record, part), part, told);
  if (fields === undefined || fields === null) return [];
  if (!isObject(fields)) return [value(fields)];
  const lines = Object.entries(fields).map(([key, inner]) => `${name(key, 60)}: ${value(inner)}`);
  const rest = lines.length - limit;
  return rest > 0 ? [...lines.slice(0, limit), `and ${rest} more`] : lines;
}

/** Fields that say nothing of a call: of the request on the wire, and `policy: ""`, by which S3 tells which of its calls it is. */
const OF_THE_WIRE = /^(?:_return|requestId|xmlns|Host)$/;

/** A value without such fields, and without the policies that are told in words. */
function worthShowing(any: unknown, path: string, told: ReadonlySet<string>, depth = 0): unknown {
  if (!isObject(any) || depth > 8) return any;
  const isRequest = path === "requestParameters";
  const entries = Object.entries(any).flatMap(([key, inner]) => {
    const field = `${path}.${key}`;
    const isMarker =
      isRequest && Object.hasOwn(any, "bucketName") && (inner === "" || (Array.isArray(inner) && inner[0] === ""));
    if (told.has(field) || OF_THE_WIRE.test(key) || isMarker) return [];
    const shown = worthShowing(inner, field, told, depth + 1);
    return !isRequest && isEmpty(shown) ? [] : [[key, shown] as const];
  });
  return Object.fromEntries(entries);
}

function isEmpty(any: unknown): boolean {
  return any === null || any === "" || (typeof any === "object" && Object.keys(any).length === 0);
}

/** The resources of a call whose parameters do not name any. */
function resourcesOf(record: CloudTrailRecord): readonly string[] {
  const resources = valueAt(record, "resources");
  if (isObject(valueAt(record, "requestParameters")) || !Array.isArray(resources)) return [];
  const arns = resources.slice(0, MAX_RESULTS).flatMap((one) => textAt(one, "ARN") ?? textAt(one, "arn") ?? []);
  const more = resources.length - arns.length;
  return [...arns.map((arn) => name(arn, 200)), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Why CloudTrail delivers late, or again: `UPDATED_DATA, of the record 1a2b..., fields: eventName`. */
function addendumOf(record: CloudTrailRecord): string | undefined {
  const reason = textAt(record, "addendum", "reason");
  if (reason === undefined) return undefined;
  const original = textAt(record, "addendum", "originalEventID");
  const fields = textAt(record, "addendum", "updatedFields");
  return [name(reason), original && `of the record ${name(original)}`, fields && `fields: ${name(fields)}`]
    .filter(Boolean)
    .join(", ");
}

function errorOf(record: CloudTrailRecord): string | undefined {
  const code = textAt(record, "errorCode");
  const message = textAt(record, "errorMessage");
  return [code && name(code), message && quoted(message)].filter(Boolean).join(": ") || undefined;
}
