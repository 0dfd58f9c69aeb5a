import { type CloudTrailRecord, isObject, valueAt } from "../record/record.ts";
import { accountsIn, type KnownAccounts, nearnessOf } from "../rules/accounts.ts";
import { isNotice } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import { headRecord, headRule } from "./headline.ts";
import { row } from "./labelled.ts";
import type { Report } from "./report.ts";

/** How many accounts the row names, and how many values of a record are looked at, and how deep. */
const MAX_NAMED = 3;
const MAX_VALUES = 2_000;
const MAX_DEPTH = 10;

/** Where a record names accounts: the parameters, the caller, and what was called. */
const PLACES = ["requestParameters", "userIdentity", "resources"] as const;

/** Accounts in a policy's text: those of ARNs, and those that stand in quotes. */
const IN_TEXT = /:(\d{12}):|"(\d{12})"/g;

/** How a foreign account becomes a known one, in mails of rules that ask whose an account is. */
export function forGoodRow(report: Report, known: KnownAccounts): readonly string[] {
  const rule = headRule(report);
  if (report.incident.isUnverified || isNotice(rule) || !asksWhose(rule)) return [];
  const all = foreignIn(headRecord(report).record, known);
  const named = all.slice(0, MAX_NAMED);
  if (named.length === 0) return [];
  const more = all.length > named.length ? ` and ${all.length - named.length} more` : "";
  const them = `${named.join(", ")}${more} ${all.length === 1 ? "is" : "are"}`;
  return row(
    "For good",
    `only once you know that ${them} yours or a partner's: write this into trailbell.config.yaml and deploy`,
    `accounts: { ${named.map((account) => `"${account}": partner`).join(", ")} }`,
  );
}

/** True for a rule that rings for accounts that the settings do not name. */
function asksWhose({ pattern, policy, each, steps, after }: Rule): boolean {
  return /"foreign(?:-account)?"/.test(JSON.stringify([pattern, policy, each, steps, after]));
}

function foreignIn(record: CloudTrailRecord, known: KnownAccounts): readonly string[] {
  const found = new Set<string>();
  let left = MAX_VALUES;
  const look = (value: unknown, depth: number): void => {
    if (left-- <= 0 || depth > MAX_DEPTH) return;
    if (Array.isArray(value)) for (const element of value) look(element, depth + 1);
    else if (isObject(value)) for (const inner of Object.values(value)) look(inner, depth + 1);
    else {
      const inText = typeof value === "string" ? value.matchAll(IN_TEXT) : [];
      const named = Array.from(inText, ([, inArn, quoted]) => inArn ?? quoted ?? "");
      for (const account of [...accountsIn(value), ...named]) found.add(account);
    }
  };
  for (const place of PLACES) look(valueAt(record, place), 0);
  return [...found].filter((account) => nearnessOf(account, record, known) === "foreign");
}
