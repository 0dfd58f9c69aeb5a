import { IDENTITY_TYPES, isIdentityType } from "../core/record/identity-types.ts";
import { NESTED_FIELDS, RECORD_FIELDS } from "../core/record/record-fields.ts";
import { REGIONS } from "../core/record/regions.ts";
import type { Condition } from "../core/rules/condition.ts";
import type { FieldPath } from "../core/rules/field-path.ts";
import { compileTest, type ValueTest } from "../core/rules/operators.ts";
import type { FieldDoubt } from "./doubt.ts";
import { nearestText } from "./nearest-name.ts";
import { textsIn } from "./texts-in.ts";

/** A field that no record has, as far as records are all alike. */
export function unknownField(path: FieldPath): readonly FieldDoubt[] {
  const [field = ""] = path;
  if (!RECORD_FIELDS.has(field)) {
    return [{ text: `records have no field ${field}${nearestText(field, [...RECORD_FIELDS])}`, field: [field] }];
  }
  return path.slice(1).flatMap((inner, i) => {
    const within = path.slice(0, i + 1).join(".");
    const fields = NESTED_FIELDS.get(within);
    if (fields === undefined || fields.has(inner)) return [];
    return [{ text: `${within} has no field ${inner}${nearestText(inner, [...fields])}`, field: path.slice(0, i + 2) }];
  });
}

/** A field's name given as a value is compared as text: it never stands for the other field's value. */
export function doubtsOfText(path: FieldPath, test: ValueTest): readonly string[] {
  if (
    /accountId$/i.test(path.at(-1) ?? "") &&
    test.kind === "in" &&
    test.values.some((one) => typeof one === "number")
  ) {
    return [`${path.join(".")} is text in records: write the account id in quotes`];
  }
  const texts = textsIn(test).filter(({ as }) => as === "whole");
  const only = onlyValues(path.join("."), test);
  if (only !== undefined) return [only];
  return [...texts.flatMap(({ text }) => doubtsOfValue(path.join("."), text)), ...referencesIn(path, test)];
}

/**
 * Fields with few values, as CloudTrail writes them: whether one is a text or not is what rules get wrong.
 * Source: CloudTrail User Guide, "CloudTrail record contents" and "AWS Management Console sign-in events".
 */
const ONLY: { readonly [field: string]: readonly (string | boolean)[] } = {
  readOnly: [true, false],
  managementEvent: [true, false],
  sessionCredentialFromConsole: ["true"],
  "userIdentity.sessionContext.attributes.mfaAuthenticated": ["true", "false"],
  "additionalEventData.MFAUsed": ["Yes", "No"],
  "responseElements.ConsoleLogin": ["Success", "Failure"],
  "insightDetails.state": ["Start", "End"],
};

/** A test that none of a field's few values passes; `flag` also looks for what tools make of them. */
function onlyValues(field: string, test: ValueTest): string | undefined {
  const values = Object.hasOwn(ONLY, field) ? ONLY[field] : undefined;
  const isFlag = test.kind === "in" && new Set(test.values.map((value) => typeof value)).size > 1;
  if (values === undefined || isFlag || test.kind === "none-of") return undefined;
  const passes = compileTest(test);
  if (values.some((value) => passes(value))) return undefined;
  const listed = values.map((value) => JSON.stringify(value)).join(" or ");
  return `no record passes this test of ${field}: there it is ${listed}`;
}

const EVENT_TYPES =
  `AwsApiCall AwsCloudTrailInsight AwsConsoleAction AwsConsoleSignIn AwsServiceEvent AwsVpceEvent`.split(" ");

/** A value that no record has in this field. */
function doubtsOfValue(field: string, text: string): readonly string[] {
  if (field === "userIdentity.type" && !isIdentityType(text)) {
    return [`userIdentity.type is never ${text}${nearestText(text, Object.keys(IDENTITY_TYPES))}`];
  }
  // A type or a region may be newer than these lists.
  const type = field === "eventType" && !EVENT_TYPES.includes(text) ? nearestText(text, EVENT_TYPES) : "";
  if (type !== "") return [`eventType: no type ${text} is known${type}`];
  const region = field === "awsRegion" && !REGIONS.includes(text) ? nearestText(text, REGIONS) : "";
  if (region !== "") return [`awsRegion: no region ${text} is known${region}`];
  const [, account = ""] = /^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d+):/.exec(text) ?? [];
  return account === "" || account.length === 12
    ? []
    : [`${field}: the account ${account} in the ARN has ${account.length} digits, not 12`];
}

function referencesIn(path: FieldPath, test: ValueTest): readonly string[] {
  return textsOf(test)
    .filter((text) => /^[a-z][A-Za-z]+(?:\.[A-Za-z]+)+$/.test(text) && RECORD_FIELDS.has(text.split(".")[0] ?? ""))
    .map((text) => `${path.join(".")} is compared with the text "${text}", not with the value of that field`);
}

/** A rule that asks only for an everyday kind of caller matches everything that such callers do. */
export function doubtsOfScope(condition: Condition): readonly FieldDoubt[] {
  const parts =
    condition.kind === "all" ? condition.of.flatMap((part) => (part.kind === "all" ? part.of : [part])) : [condition];
  const kinds = parts.flatMap((part) => {
    const isType = (part.kind === "field" || part.kind === "text") && CALLER_KINDS.has(part.path.join("."));
    return isType ? [part.tests.flatMap(textsOf)] : [undefined];
  });
  const everyday = ["AssumedRole", "IAMUser", "AWSService", "AWSAccount"].find((kind) => kinds.flat().includes(kind));
  return kinds.includes(undefined) || everyday === undefined
    ? []
    : [{ text: `it tests only the kind of caller: every call of ${everyday} matches`, field: ["userIdentity"] }];
}

const CALLER_KINDS = new Set(["userIdentity.type", "userIdentity.sessionContext.sessionIssuer.type"]);

/** An ARN ends with a name at best. */
export function doubtsOfReferences(condition: Condition): readonly FieldDoubt[] {
  switch (condition.kind) {
    case "all":
    case "any":
      return condition.of.flatMap(doubtsOfReferences);
    case "not":
      return doubtsOfReferences(condition.of);
    case "related": {
      const [field, other] = [condition.path.join("."), condition.other.join(".")];
      const isVain = condition.relation === "equals" && /\.arn$/i.test(field) && /name$/i.test(other);
      const text = `${field} is an ARN and never equals ${other}; you may want fieldref with endswith`;
      return isVain ? [{ text, field: condition.path }] : [];
    }
    default:
      return [];
  }
}

/** Whole texts and parts of texts: as they are written, they stand in records. */
function textsOf(test: ValueTest): readonly string[] {
  return textsIn(test).flatMap(({ text, as }) => (as === "pattern" ? [] : text));
}
