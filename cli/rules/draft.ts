import { stringify } from "yaml";
import { quantity } from "../../lambda/core/alert/quantity.ts";
import { visible } from "../../lambda/core/alert/text.ts";
import { serviceOf, withoutApiVersion } from "../../lambda/core/record/call.ts";
import { type CloudTrailRecord, textAt, valueAt } from "../../lambda/core/record/record.ts";
import { redact } from "../../lambda/core/record/redaction.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import { callerPattern, exceptText, mayBeExcepted } from "../../lambda/core/rules/suggested-except.ts";
import { faultOfCall } from "../../lambda/core/rules/watch-list.ts";
import { nearestText } from "../../lambda/rule-files/nearest-name.ts";
import { deskRules } from "../desk-cache.ts";
import { recordsOfFile } from "../records/read.ts";
import { UsageError } from "../usage.ts";

/** Fields that say what was called, by whom and with what: enough for a useful test. */
const KEPT = ["eventSource", "eventName", "eventType", "errorCode", "userIdentity", "requestParameters"];

/**
 * Prints a rule file with one rule for the call of a file's record, with a test that matches and one that does not; or an
 * exception of a rule for the record's caller. Of several records, `id` names one by its eventID; else it is the first.
 */
export async function draft(file: string, id?: string, excepted?: string): Promise<number> {
  const { records, faults } = await recordsOfFile(file);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  const record = id === undefined ? records[0] : records.find(({ eventID }) => eventID === id);
  if (record === undefined && id !== undefined) throw new UsageError(`${file} has no record with the eventID ${id}`);
  if (record === undefined && faults.length > 0) return 1;
  if (record === undefined) throw new UsageError(`${file} has no record`);
  if (id === undefined && records.length > 1) {
    process.stderr.write(
      `made from the first of ${quantity(records.length, "record")}, ${visible(viewOf(record).call)}; --event ID takes another\n`,
    );
  }
  if (excepted !== undefined) return draftExcept(file, record, excepted);
  const eventName = textAt(record, "eventName");
  const eventSource = textAt(record, "eventSource");
  if (eventName === undefined || eventSource === undefined) {
    throw new UsageError(`the record in ${file} has no eventSource and eventName to watch`);
  }
  const call = `${serviceOf(eventSource)}:${withoutApiVersion(eventName.trim())}`;
  // A pattern can say what no entry of a watch list can.
  const isCall = eventSource.endsWith(".amazonaws.com") && faultOfCall(call) === undefined;
  const watched = isCall ? { calls: [call] } : { pattern: { eventSource: [eventSource], eventName: [eventName] } };
  const kept = redact(Object.fromEntries(KEPT.map((field) => [field, valueAt(record, field)]).filter(isGiven)));
  const rule = {
    name: kebab(`${call}`),
    description: `TODO: what happened when ${call} was called.`,
    why: "TODO: why it matters.",
    do: "TODO: what to do about it.",
    severity: "medium",
    ...watched,
    tests: [
      { name: "the record that this rule was made from", matches: true, record: kept },
      { name: "another call", matches: false, record: { ...(kept as CloudTrailRecord), eventName: "SomethingElse" } },
    ],
  };
  process.stdout.write(stringify({ rules: [rule] }, { lineWidth: 120, aliasDuplicateObjects: false }));
  return 0;
}

/** Prints an exception of a rule for the record's caller. */
async function draftExcept(file: string, record: CloudTrailRecord, name: string): Promise<number> {
  const { rules } = await deskRules([]);
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined) {
    const names = rules.map((one) => one.name);
    process.stderr.write(`the packs have no rule ${visible(name)}${nearestText(name, names)}\n`);
  }
  if (rule !== undefined && !mayBeExcepted(rule)) {
    throw new UsageError(`${name} watches the alerter itself: it can be neither excepted nor changed`);
  }
  const pattern = callerPattern(record);
  if (pattern === undefined) {
    throw new UsageError(
      `the record in ${file} is of a caller whom no exception should name: root, or one without a name that it cannot choose`,
    );
  }
  process.stdout.write(
    exceptText([{ rule: name, pattern }], new Date(Date.now() + QUARTER).toISOString().slice(0, 10)),
  );
  return 0;
}

const QUARTER = 90 * 86_400_000;

function isGiven([, value]: readonly unknown[]): boolean {
  return value !== undefined && value !== null;
}

function kebab(call: string): string {
  return (
    call
      .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
      // DBInstance, SAMLProvider.
      .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 64)
      .replace(/-$/, "") || "drafted-rule"
  );
}
