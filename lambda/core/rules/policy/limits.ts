import type { CloudTrailRecord } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { isAccountNumber, type KnownAccounts, nearnessOf, withZeros } from "../accounts.ts";
import { admitInternet } from "../address.ts";
import { allows } from "./actions.ts";
import type { ConditionTest, Statement } from "./statement.ts";

/** Whom a condition limits callers to; several if one key has several values. */
export type Limit =
  /** One's own accounts or organization, or their resources. */
  | "own"
  | "foreign-account"
  | "foreign-organization"
  /** AWS services. */
  | "service"
  /** An id whose account the record does not tell. */
  | "unknown-caller"
  /** Services that act for a bucket or zone whose account the record does not tell. */
  | "unknown-source"
  /** Addresses or networks whose owner the record does not tell. */
  | "network";

/** What one key limits. */
export interface KeyLimit {
  readonly test: ConditionTest;
  readonly to: readonly Limit[];
  /** True if the key is about the caller's account, not about a network or resource that the call comes through. */
  readonly isOfCaller: boolean;
}

/**
 * What the conditions of a statement limit its callers to; all of them must hold. Keys that limit nothing are left out:
 * values that callers choose themselves, values that any account can have, negations, and tests that pass without the
 * key.
 * Sources: IAM User Guide, "AWS global condition context keys" and "Condition operators"; S3 User Guide, "The meaning of
 * public".
 */
export function limitsOf(statement: Statement, record: CloudTrailRecord, known: KnownAccounts): readonly KeyLimit[] {
  const { tests } = statement;
  const demanded = new Set(
    tests
      .filter(({ operator, values }) => operator === "null" && values.length > 0 && values.every(isFalse))
      .map(({ key }) => key),
  );
  return tests.flatMap((test) => {
    if (test.passesWithout && !demanded.has(test.key)) return [];
    if (test.key === PROVIDER && BY_PROVIDER.some((action) => allows(statement, action))) return [];
    const to = limitOf(test, record, known);
    return to === undefined ? [] : [{ test, to, isOfCaller: OF_CALLER.has(test.key) }];
  });
}

/** A condition in readable form: `aws:sourceip 192.0.2.0/24`. */
export function textOf({ key, values }: ConditionTest): string {
  return `${key} ${values.slice(0, 3).join(", ")}${values.length > 3 ? ` and ${values.length - 3} more` : ""}`;
}

/** Through which provider the caller came, not who the caller is there. */
export const PROVIDER = "aws:federatedprovider";

/** Calls of those who have no session yet: whoever the provider vouches for makes them. */
const BY_PROVIDER = ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"];

type Meaning =
  | "account"
  | "arn"
  | "organization"
  | "userid"
  | "network"
  | "address"
  | "service"
  | "is-service"
  | "is-mount"
  | "token";

/** Keys that callers cannot choose, and what their values are. */
const KEYS: { readonly [key: string]: Meaning } = {
  "aws:principalaccount": "account",
  "aws:principalarn": "arn",
  "aws:principalorgid": "organization",
  "aws:principalorgpaths": "organization",
  "aws:principalisawsservice": "is-service",
  "aws:principalservicename": "service",
  "aws:principalservicenameslist": "service",
  "aws:sourceaccount": "account",
  "aws:sourceowner": "account",
  "aws:sourcearn": "arn",
  "aws:sourceorgid": "organization",
  "aws:sourceorgpaths": "organization",
  "aws:sourceip": "address",
  "aws:sourcevpc": "network",
  "aws:sourcevpcarn": "arn",
  "aws:sourcevpce": "network",
  "aws:vpceaccount": "account",
  "aws:vpceorgid": "organization",
  "aws:vpceorgpaths": "organization",
  "aws:ec2instancesourcevpc": "network",
  "aws:sourceinstancearn": "arn",
  [PROVIDER]: "arn",
  "ec2:sourceinstancearn": "arn",
  "lambda:sourcefunctionarn": "arn",
  // Only whoever has the skill knows its id (Alexa Skills Kit, "Host a Custom Skill as an AWS Lambda Function").
  "lambda:eventsourcetoken": "token",
  "aws:userid": "userid",
  "kms:calleraccount": "account",
  "s3:dataaccesspointaccount": "account",
  "s3:dataaccesspointarn": "arn",
  "elasticfilesystem:accessedviamounttarget": "is-mount",
};

const OF_CALLER = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:resourceaccount",
  "aws:resourceorgid",
  "kms:calleraccount",
]);

/** Keys of the resource, which limit the caller only if compared with the caller's own. */
const MIRRORED: { readonly [key: string]: RegExp } = {
  "aws:resourceaccount": /^\$\{aws:principalaccount\}$/i,
  "aws:resourceorgid": /^\$\{aws:principalorgid\}$/i,
};

/** Operators without wildcards: nobody meets a star in their values. */
const EXACT = ["stringequals", "stringequalsignorecase"];
const BY_PARTS = ["arnequals", "arnlike"];
const OPERATORS = [...EXACT, ...BY_PARTS, "stringlike", "ipaddress", "bool"];

function limitOf(test: ConditionTest, record: CloudTrailRecord, known: KnownAccounts): readonly Limit[] | undefined {
  const { operator, key } = test;
  if (!OPERATORS.includes(operator) || test.values.length === 0) return undefined;
  const mirrored = Object.hasOwn(MIRRORED, key) ? MIRRORED[key] : undefined;
  if (mirrored !== undefined) return test.values.every((value) => mirrored.test(value)) ? ["own"] : undefined;
  const meaning = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (meaning === undefined) return undefined;
  // The variable stands for the account that the resource belongs to.
  const values = test.values.map((value) =>
    value.replaceAll(/\$\{aws:resourceaccount\}/gi, viewOf(record).account ?? ""),
  );
  if (meaning === "address") return values.every(isAddress) && !admitInternet(values) ? ["network"] : undefined;
  const limits = values.map((value) => limitOfValue(meaning, value, test, record, known));
  return limits.every((limit) => limit !== undefined) ? [...new Set(limits.flat())] : undefined;
}

/** Whom one value limits to: nobody (an empty list), somebody, or undefined if it limits nothing. */
function limitOfValue(
  meaning: Exclude<Meaning, "address">,
  value: string,
  { operator, key }: ConditionTest,
  record: CloudTrailRecord,
  known: KnownAccounts,
): readonly Limit[] | undefined {
  const hasWildcard = /[*?]/.test(value);
  if (meaning === "organization") return limitOfOrganization(value, operator, known);
  if (value.includes("${")) return undefined;
  if (hasWildcard && EXACT.includes(operator)) return [];
  switch (meaning) {
    case "is-service":
      return isTrue(value) ? ["service"] : undefined;
    case "is-mount":
      return isTrue(value) ? ["network"] : undefined;
    case "service":
      return /^[*?]+$/.test(value) ? undefined : ["service"];
    case "token":
      return hasWildcard ? undefined : ["own"];
    case "account":
      if (hasWildcard) return undefined;
      return isAccountNumber(withZeros(value)) ? [ofAccount(withZeros(value), record, known)] : [];
    case "network":
      return hasWildcard ? undefined : ["network"];
    case "userid": {
      // An account's number means its root; 111122223333:name is a user named by a federation token.
      const [id = ""] = value.split(":");
      if (isAccountNumber(id)) return [ofAccount(id, record, known)];
      // AROAEXAMPLE:session belongs to one role, AROA* to everybody.
      return !hasWildcard || /^[A-Z0-9]{16,}(?::|\*$)/i.test(value) ? ["unknown-caller"] : undefined;
    }
    case "arn":
      return limitOfArn(value, operator, key, record, known);
    default:
      return meaning satisfies never;
  }
}

/** An id, or a path that begins with one; ids vary in length, so a star after one covers many organizations. */
function limitOfOrganization(value: string, operator: string, known: KnownAccounts): readonly Limit[] | undefined {
  if (/^\$\{aws:resourceorg(?:id|paths)\}(?:\/\*)?$/i.test(value)) return ["own"];
  const [id = ""] = value.split("/");
  if (id.includes("${")) return undefined;
  if (/[*?]/.test(id)) return EXACT.includes(operator) ? [] : undefined;
  return [id.toLowerCase() === known.organization ? "own" : "foreign-organization"];
}

/** Resources with a globally unique name and no account in their ARN. */
const NAMED_WITHOUT_ACCOUNT: { readonly [service: string]: RegExp } = {
  // S3 resources other than buckets are left out: they belong to an account.
  s3: /^(?!(?:accesspoint|access-grants|job|storage-lens|storage-lens-group)\/)[a-z0-9.-]{3,63}(?:$|\/)/,
  route53: /^(?:hostedzone|healthcheck)\/[A-Z0-9-]+$/i,
};

function limitOfArn(
  value: string,
  operator: string,
  key: string,
  record: CloudTrailRecord,
  known: KnownAccounts,
): readonly Limit[] | undefined {
  const [arn = "", partition = "", service = "", region = "", account = "", ...rest] = value.split(":");
  const before = [arn, partition, service, region].join(":");
  // In plain text a star matches across colons, and a role's path may hold colons; services write all other ARNs.
  if (!BY_PARTS.includes(operator) && /[*?]/.test(before) && key === "aws:principalarn") return undefined;
  if (isAccountNumber(account)) return [ofAccount(account, record, known)];
  if (account === "cloudfront") return ["unknown-caller"];
  const names = Object.hasOwn(NAMED_WITHOUT_ACCOUNT, service) ? NAMED_WITHOUT_ACCOUNT[service] : undefined;
  if ((account !== "" && account !== "*") || !names?.test(rest.join(":"))) return undefined;
  return [key === "aws:sourcearn" ? "unknown-source" : "unknown-caller"];
}

function ofAccount(account: string, record: CloudTrailRecord, known: KnownAccounts): Limit {
  return nearnessOf(account, record, known) === "foreign" ? "foreign-account" : "own";
}

function isAddress(value: string): boolean {
  return /^[0-9a-f.:/ ]+$/i.test(value);
}

function isTrue(value: string): boolean {
  return value.trim().toLowerCase() === "true";
}

function isFalse(value: string): boolean {
  return value.trim().toLowerCase() === "false";
}
