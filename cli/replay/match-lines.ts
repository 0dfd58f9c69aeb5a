import { describeIdentity } from "../../lambda/core/alert/describe.ts";
import { inert } from "../../lambda/core/alert/text.ts";
import { type CloudTrailRecord, isObject, textAt } from "../../lambda/core/record/record.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";

/** A match as scripts read it; the shape is a contract. */
export function jsonLine({ name, severity }: Rule, record: CloudTrailRecord, source: string): string {
  const text = (field: string) => textAt(record, field) ?? null;
  const line = {
    rule: name,
    severity,
    eventID: text("eventID"),
    eventTime: text("eventTime"),
    eventSource: text("eventSource"),
    eventName: text("eventName"),
    accountId: viewOf(record).account ?? null,
    region: text("awsRegion"),
    actor: viewOf(record).actor,
    identity: isObject(record.userIdentity) ? describeIdentity(record) : null,
    source,
  };
  return `${JSON.stringify(line)}\n`;
}

/** A match as people read it. */
export function textLine({ name, severity }: Rule, record: CloudTrailRecord): string {
  const time = inert(textAt(record, "eventTime") ?? "no time", 30).padEnd(20);
  const call = inert(viewOf(record).call);
  return `${time}  ${severity.padEnd(8)}  ${name}  ${call}  ${describeIdentity(record)}\n`;
}
