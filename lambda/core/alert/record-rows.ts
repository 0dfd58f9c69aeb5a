import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";
import { targetOf } from "../record/target.ts";
import { lastPart } from "../record/target-names.ts";
import { viewOf } from "../record/view.ts";
import { type KnownAccounts, NOBODY_KNOWN } from "../rules/accounts.ts";
import { policiesOf } from "../rules/policy/document.ts";
import { grantsOf } from "./grants.ts";
import { row } from "./labelled.ts";
import { strangersIn } from "./strangers.ts";
import { inert, name, quoted } from "./text.ts";
import { timeText, valueWords } from "./value-words.ts";

const MAX_PARAMETERS = 6;
const MAX_RESULTS = 3;
/** Characters of what is wrong with a log object. */
const MAX_REASON = 800;

/** What a call asked for, what that grants, what came of it, and what it was about: the rows of one record. */
export function fieldRows(record: CloudTrailRecord, known: KnownAccounts = NOBODY_KNOWN): readonly string[] {
  const grants = grantsOf(record, known);
  return [
    ...row("What", ...shownFields(askedIn(record, grants.told), MAX_PARAMETERS, targetOf(record).target)),
    // What did not succeed was only asked for, not granted.
    ...row(
      viewOf(record).outcome === "success" ? "Grants" : "Asked",
      ...grants.lines,
      federationText(record),
      openedText(record),
    ),
    ...row("Foreign", ...strangersIn(record, known, grants.told)),
    ...row("Result", ...shownFields(answeredIn(record), MAX_RESULTS, undefined, DULL_ANSWER)),
    ...row("Details", ...shownFields(valueAt(record, "serviceEventDetails"), MAX_PARAMETERS)),
    ...row("On", ...resourcesOf(record)),
    ...row("Addendum", addendumOf(record)),
    ...row("Error", errorOf(record)),
  ];
}

/** What is wrong with a log object, whole: the object stands in the row Log. */
export function noticeRows(record: CloudTrailRecord): readonly string[] {
  const reason = textAt(record, "requestParameters", "reason");
  return reason === undefined ? fieldRows(record) : row("What", inert(reason, MAX_REASON));
}

/** A row in which what is of the call's own account and region goes by its type and name. */
export function withShortArns(text: string, record: CloudTrailRecord): string {
  const { account = "" } = viewOf(record);
  const region = typeof record.awsRegion === "string" ? record.awsRegion : "";
  if (!/^\d{12}$/.test(account) || !/^[\w-]+$/.test(region)) return text;
  return text.replace(new RegExp(`arn:aws[\\w-]*:[\\w-]+:(?:${region})?:${account}:(?=\\w)`, "g"), "");
}

/** What a security group lets through, which the parameters say in parts: `tcp 22 from 0.0.0.0/0`. */
function openedText(record: CloudTrailRecord): string | undefined {
  const { call, facts } = viewOf(record);
  return /^ec2:(?:AuthorizeSecurityGroup(?:In|E)gress|ModifySecurityGroupRules)$/.test(call) && facts.detail
    ? inert(facts.detail)
    : undefined;
}

/** What a federated session may do: what both its policy and its user may (STS API Reference, "GetFederationToken"). */
function federationText(record: CloudTrailRecord): string | undefined {
  if (viewOf(record).call !== "sts:GetFederationToken") return undefined;
  const documents = policiesOf(record).filter(({ field }) => field.startsWith("requestParameters"));
  const all = documents.flatMap(({ statements = [] }) => statements);
  const isAll =
    all.every(({ isAllow }) => isAllow) &&
    all.some(
      ({ actions, isNotAction, resources, isNotResource, tests }) =>
        !isNotAction && !isNotResource && tests.length === 0 && actions.includes("*") && resources.includes("*"),
    );
  const may = isAll ? "everything that its user may" : "what both its policy and its user allow";
  const end = textAt(record, "responseElements", "credentials", "expiration");
  return end === undefined ? may : `${may}, until ${timeText(end)}`;
}

function shownFields(fields: unknown, limit: number, target?: string, dull = DULL): readonly string[] {
  if (fields === undefined || fields === null) return [];
  if (!isObject(fields)) return [valueWords(fields)];
  const entries = Object.entries(fields).sort(
    ([a, one], [b, other]) => rankOf(a, one, target, dull) - rankOf(b, other, target, dull),
  );
  const lines = entries.map(([key, inner]) => `${name(key, 60)}: ${valueWords(inner)}`);
  const rest = lines.length - limit;
  return rest > 0 ? [...lines.slice(0, limit), `and ${rest} more`] : lines;
}

/** What tells least of a call: what repeats others, how the service runs it, and texts for people. */
const DULL =
  /^(?:fullyQualifiedArn|originSequenceNumber|codeS(?:ha256|ize)|revisionId|monitoring|architectures|runtime|handler|dryRun|publish|packageType|memorySize|timeout|(?:tracing|logging|deadLetter|snapStart)Config|ephemeralStorage|\w*[tT]oken|creatorRequestId|description|path|tag\w*|durationSeconds|monitorMode|serialPort|passwordResetRequired)$/;

/** The same in answers, which name the thing once more and say how far its making is. */
const DULL_ANSWER = new RegExp(
  `${DULL.source}|^(?:function(?:Arn|Name)|lastModified|snapStart|runtimeVersionConfig|lastUpdateStatus\\w*|state\\w*|version)$`,
);

/** What matters comes first, the target before all, otherwise in CloudTrail's order. */
function rankOf(key: string, inner: unknown, target: string | undefined, dull: RegExp): number {
  if (target !== undefined && typeof inner === "string" && lastPart(inner) === lastPart(target)) return -1;
  return dull.test(key) ||
    isEmpty(inner) ||
    (inner === false && /^disableApi/.test(key)) ||
    (inner === true && key === "enabled")
    ? 1
    : 0;
}

/** The rows without an answer that begins with what tells least: where there is little room, parameters say more. */
export function withoutDullResult(rows: readonly string[]): readonly string[] {
  const start = rows.findIndex((text) => text.startsWith("Result "));
  const [, key = ""] = /^Result +(\w+): /.exec(rows[start] ?? "") ?? [];
  if (!DULL_ANSWER.test(key)) return rows;
  const length = rows.slice(start + 1).findIndex((text) => !text.startsWith(" "));
  return [...rows.slice(0, start), ...(length < 0 ? [] : rows.slice(start + 1 + length))];
}

/** Empty parameters by which S3's calls say which bucket setting they are about; the call's name says it too. */
const S3_SETTINGS =
  /^(?:accelerate|acl|analytics|cors|delete|encryption|inventory|lifecycle|list-type|location|logging|metrics|notification|object-lock|ownershipControls|policy|policyStatus|publicAccessBlock|replication|requestPayment|tagging|uploads|versioning|versions|website)$/;

/** The parameters, except those that are told in words and those in which S3 repeats the request on the wire. */
function askedIn(record: CloudTrailRecord, told: ReadonlySet<string>): unknown {
  const parameters = valueAt(record, "requestParameters");
  if (!isObject(parameters)) return parameters;
  const isOfBucket = textAt(record, "eventSource") === "s3.amazonaws.com" && Object.hasOwn(parameters, "bucketName");
  const isOfWire = (key: string, inner: unknown) =>
    isOfBucket && (key === "Host" || (S3_SETTINGS.test(key) && (inner === "" || String(inner) === "")));
  return Object.fromEntries(
    Object.entries(parameters).filter(
      ([key, inner]) => !told.has(key) && !isOfWire(key, inner) && !isNothing(inner) && !isRootPath(key, inner),
    ),
  );
}

/** What an empty parameter says; a list without a value may be the point of a call. */
function isNothing(inner: unknown): boolean {
  return inner === "" || inner === null || (isObject(inner) && isEmpty(inner));
}

/** Where IAM puts everybody whom nobody puts elsewhere. */
function isRootPath(key: string, inner: unknown): boolean {
  return key === "path" && inner === "/";
}

/** What an answer says of itself, when something was made, and documents that the request had. */
const NOT_WORTH =
  /^(?:_return|[rR]equestI[dD]|xmlns|[pP]ath|\w*[pP]olicyDocument|(?:[cC]reat|[uU]pdat|[lL]astModif|[rR]equested)\w*(?:Date|At|Time|Modified|On))$/;

/** How many levels of an answer are cleared of it. */
const MAX_DEPTH = 3;

/** What the answer adds to the request: not what it repeats, nor empty values. */
function answeredIn(record: CloudTrailRecord): unknown {
  const asked = valueAt(record, "requestParameters");
  return added(valueAt(record, "responseElements"), isObject(asked) ? asked : {}, MAX_DEPTH);
}

function added(answer: unknown, asked: CloudTrailRecord, depth: number): unknown {
  if (!isObject(answer)) return answer;
  const worth = Object.entries(answer)
    .filter(([key, inner]) => !NOT_WORTH.test(key) && !(Object.hasOwn(asked, key) && isSame(asked[key], inner)))
    .map(([key, inner]) => [key, depth > 0 ? added(inner, asked, depth - 1) : inner] as const);
  return Object.fromEntries(worth.filter(([, inner]) => !isEmpty(inner)));
}

function isSame(asked: unknown, answered: unknown): boolean {
  return asked === answered || JSON.stringify(asked) === JSON.stringify(answered);
}

/** What AWS writes in place of what it keeps to itself. */
const REMOVED = /^(?:<sensitiveDataRemoved>|HIDDEN_DUE_TO_SECURITY_REASONS|Value hidden due to security reasons\.)$/;

function isEmpty(any: unknown): boolean {
  if (typeof any === "string") return any === "" || REMOVED.test(any);
  return any === null || (typeof any === "object" && Object.keys(any).length === 0);
}

/** The resources of a call whose parameters name none. */
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
