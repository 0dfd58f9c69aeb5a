import { isObject } from "../core/record/record.ts";
import { EventPatternError } from "../core/rules/event-pattern/error.ts";
import { parseOperator } from "../core/rules/event-pattern/parse-operator.ts";
import { compileTest } from "../core/rules/operators.ts";
import type { EventPattern } from "../core/rules/rule.ts";

/**
 * EventBridge's names for CloudTrail's event types.
 * Source: EventBridge User Guide, "AWS service events delivered via AWS CloudTrail".
 */
const EVENT_TYPES: { readonly [detailType: string]: string } = {
  "AWS API Call via CloudTrail": "AwsApiCall",
  "AWS Console Sign In via CloudTrail": "AwsConsoleSignIn",
  "AWS Console Action via CloudTrail": "AwsConsoleAction",
  "AWS Service Event via CloudTrail": "AwsServiceEvent",
  "AWS Insight via CloudTrail": "AwsCloudTrailInsight",
};

/** The record's field for each field of the envelope, and what a value there becomes. */
const FIELDS: {
  readonly [field: string]: { readonly field: string; readonly map: (value: string) => string | undefined };
} = {
  source: {
    field: "eventSource",
    map: (value) => (value.startsWith("aws.") ? `${value.slice("aws.".length)}.amazonaws.com` : undefined),
  },
  "detail-type": {
    field: "eventType",
    map: (value) => (Object.hasOwn(EVENT_TYPES, value) ? EVENT_TYPES[value] : undefined),
  },
  account: { field: "recipientAccountId", map: (value) => value },
  region: { field: "awsRegion", map: (value) => value },
};

/**
 * A pattern over the record, also when it is copied from an EventBridge rule with its envelope: `detail` becomes the
 * record, and source, detail-type, account and region become demands on the record's fields.
 * @throws EventPatternError for what the record has no field for
 */
export function withoutEnvelope(pattern: EventPattern): EventPattern {
  if (!Object.hasOwn(pattern, "detail") && !Object.hasOwn(pattern, "detail-type")) return pattern;
  const { detail = {}, ...rest } = pattern;
  const envelope: { [field: string]: unknown } = rest;
  if (!isObject(detail)) throw new EventPatternError("detail", "must be an object");
  const record: { [field: string]: unknown } = { ...detail };
  // Insights records name the event source only in their details; EventBridge gives aws.cloudtrail for all of them.
  if (isInsight(envelope["detail-type"]) && isOnly(envelope.source, "aws.cloudtrail")) delete envelope.source;
  for (const [field, demanded] of Object.entries(envelope)) {
    const mapping = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (mapping === undefined) {
      throw new EventPatternError(field, `is part of EventBridge's envelope; a CloudTrail record has nothing like it`);
    }
    const mapped = listOf(demanded, field).map((value) => mappedValue(value, mapping.map, field));
    record[mapping.field] = narrowed(mapped, record[mapping.field], field, mapping.field);
  }
  return record;
}

function isInsight(detailType: unknown): boolean {
  return isOnly(detailType, "AWS Insight via CloudTrail");
}

function isOnly(demanded: unknown, value: string): boolean {
  return Array.isArray(demanded) && demanded.length === 1 && demanded[0] === value;
}

function listOf(demanded: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(demanded) || demanded.length === 0)
    throw new EventPatternError(field, "must be a list of strings");
  return demanded;
}

function mappedValue(value: unknown, map: (value: string) => string | undefined, field: string): string {
  const mapped = typeof value === "string" ? map(value) : undefined;
  if (mapped === undefined) {
    throw new EventPatternError(field, `${JSON.stringify(value)} cannot be mapped onto a CloudTrail record`);
  }
  return mapped;
}

/** The mapped values that the detail's own demand on the same field accepts: both demands must hold. */
function narrowed(mapped: readonly string[], own: unknown, field: string, recordField: string): readonly string[] {
  if (own === undefined) return mapped;
  const demands = listOf(own, `detail.${recordField}`).map((one) => parseOperator(one, `detail.${recordField}`));
  const tests = demands
    .filter((demand) => demand.kind !== "absent" && demand.kind !== "size")
    .map((test) => compileTest(test));
  const both = mapped.filter((value) => tests.some((passes) => passes(value)));
  if (both.length === 0) throw new EventPatternError(field, `contradicts detail.${recordField}`);
  return both;
}
