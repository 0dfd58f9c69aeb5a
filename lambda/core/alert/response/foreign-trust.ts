import { type CloudTrailRecord, textAt, valueAt } from "../../record/record.ts";
import { viewOf } from "../../record/view.ts";
import { type KnownAccounts, nearnessOf } from "../../rules/accounts.ts";
import type { Report } from "../report.ts";

/** Calls that say who may open a role, and the field that has it. */
const TRUSTS: { readonly [call: string]: string } = {
  "iam:CreateRole": "assumeRolePolicyDocument",
  "iam:UpdateAssumeRolePolicy": "policyDocument",
};

/** Whom the trust that a call gave a role names, beside its own account: `FOREIGN account 999999999999`, `everybody`. */
export function trustedBy(record: CloudTrailRecord, known: KnownAccounts): string | undefined {
  const others = trustedIn(record);
  if (others.includes(EVERYBODY)) return EVERYBODY;
  const foreign = others.filter((one) => nearnessOf(one, record, known) === "foreign");
  const [first, ...more] = foreign.length > 0 ? foreign : others;
  if (first === undefined) return undefined;
  const shown = `${[first, ...more.slice(0, 1)].join(", ")}${more.length > 1 ? " ..." : ""}`;
  return foreign.length > 0 ? `FOREIGN account${more.length > 0 ? "s" : ""} ${shown}` : shown;
}

export const EVERYBODY = "everybody";

/** The roles that calls of a report opened to foreign accounts, or to everybody. */
export function rolesLetOut(report: Report, known: KnownAccounts): ReadonlySet<string> {
  const opened = report.kept.filter(
    ({ record }) =>
      viewOf(record).outcome === "success" &&
      trustedIn(record).some((one) => one === EVERYBODY || nearnessOf(one, record, known) === "foreign"),
  );
  return new Set(opened.map(({ record }) => textAt(record, "requestParameters", "roleName") ?? ""));
}

/** True for a command that takes admin rights from one of these roles. */
export function takesAdminFrom(roles: ReadonlySet<string>, command: string, record: CloudTrailRecord): boolean {
  return (
    /^aws iam detach-role-policy .*AdministratorAccess$/.test(command) &&
    roles.has(textAt(record, "requestParameters", "roleName") ?? "")
  );
}

function trustedIn(record: CloudTrailRecord): readonly string[] {
  const { call } = viewOf(record);
  return Object.hasOwn(TRUSTS, call) ? othersNamedIn(record, TRUSTS[call] ?? "") : [];
}

/** Accounts other than its own that a document of the request names, or everybody. */
export function othersNamedIn(record: CloudTrailRecord, field: string): readonly string[] {
  const value = valueAt(record, "requestParameters", field);
  const document = typeof value === "string" ? value : JSON.stringify(value ?? "");
  if (/"(?:AWS|Principal)"\s*:\s*\[?\s*"\*"/.test(document)) return [EVERYBODY];
  const own = viewOf(record).account;
  const named = Array.from(document.matchAll(ACCOUNT), ([, inArn, bare]) => inArn ?? bare ?? "");
  return [...new Set(named)].filter((one) => one !== own);
}

const ACCOUNT = /arn:aws[\w-]*:(?:iam|sts)::(\d{12}):|"(\d{12})"/g;
