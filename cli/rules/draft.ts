import { stringify } from "yaml";
import { type CloudTrailRecord, valueAt } from "../../lambda/core/record/record.ts";
import { redact } from "../../lambda/core/record/redaction.ts";
import { viewOf } from "../../lambda/core/record/view.ts";
import { callSuggestion } from "../../lambda/core/rules/suggestion.ts";
import { recordsOfFile } from "../replay/records.ts";
import { UsageError } from "../usage.ts";
import { exceptOverlay } from "./suggest-except.ts";

/** Fields that say what was called, by whom and with what: enough for a useful test. */
const KEPT = ["eventSource", "eventName", "eventType", "errorCode", "userIdentity", "requestParameters"];

/**
 * Prints a rule file made from a file's first record: one rule for its call, with a test that matches and one that does
 * not; or, for a rule that is there, an exception that leaves this caller's call out.
 */
export function draft(file: string, except?: string): number {
  const { records, faults } = recordsOfFile(file);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  const [record] = records;
  if (record === undefined) throw new UsageError(`${file} has no record`);
  const watched = callSuggestion(record);
  if (watched === undefined) throw new UsageError(`the record in ${file} has no eventSource and eventName to watch`);
  if (except !== undefined) {
    const overlay = exceptOverlay(except, record, Date.now());
    if (overlay === undefined) {
      throw new UsageError(
        `the record in ${file} names no user, role, root or service that an exception could hold to`,
      );
    }
    process.stdout.write(overlay);
    return 0;
  }
  const [call = viewOf(record).call] = watched.calls ?? [];
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

function isGiven([, value]: readonly unknown[]): boolean {
  return value !== undefined && value !== null;
}

function kebab(call: string): string {
  return (
    call
      .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 64)
      .replace(/-$/, "") || "drafted-rule"
  );
}
