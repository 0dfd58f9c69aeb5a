import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { AWS_ACCOUNTS } from "./aws-accounts.ts";

/** What the settings say about accounts: those of the company and its suppliers, and the company's organization. */
export interface KnownAccounts {
  /** Twelve digits each. */
  readonly accounts: readonly string[];
  /** `o-exampleorgid`; undefined if no organization is set, so that none is one's own. */
  readonly organization?: string;
}

export const NOBODY_KNOWN: KnownAccounts = { accounts: [] };

export const NEARNESS = ["own", "known", "foreign"] as const;

/** Whose an account is: the record's, one that the settings name or AWS owns, or anybody else's. */
export type Nearness = (typeof NEARNESS)[number];

/** How close an account is to the account that was called. */
export function nearnessOf(account: string, record: CloudTrailRecord, { accounts }: KnownAccounts): Nearness {
  if (account === viewOf(record).account) return "own";
  return accounts.includes(account) || Object.hasOwn(AWS_ACCOUNTS, account) ? "known" : "foreign";
}

/**
 * The account numbers that a value is or holds: a bare number, an ARN's account, the one in a queue's or a repository's
 * address, or the one whose users and roles Lake Formation means by `111122223333:IAMPrincipals`. Accounts of AWS in ARNs (`aws`, `cloudfront`) are no numbers.
 */
export function accountsIn(value: unknown): readonly string[] {
  if (typeof value === "number") return accountsIn(withZeros(String(value)));
  if (typeof value !== "string") return [];
  if (value.startsWith("arn:")) {
    const account = value.split(":", 5)[4] ?? "";
    return isAccountNumber(account) ? [account] : [];
  }
  if (isAccountNumber(value)) return [value];
  const [, queue, repository, all] =
    /^https:\/\/[a-z0-9.-]+\/(\d{12})\/|^(\d{12})\.dkr\.ecr[a-z0-9.-]*\.amazonaws\.com|^(\d{12}):IAMPrincipals$/i.exec(
      value,
    ) ?? [];
  return [queue, repository, all].filter((account) => account !== undefined);
}

/** An account that was written as a number has lost the zeros that it begins with; other texts stay. */
export function withZeros(text: string): string {
  return /^\d{6,11}$/.test(text) ? text.padStart(12, "0") : text;
}

export function isAccountNumber(text: string): boolean {
  return /^\d{12}$/.test(text);
}

/** How near the farthest of a value's accounts is; undefined if it holds none. */
export function nearnessIn(value: unknown, record: CloudTrailRecord, known: KnownAccounts): Nearness | undefined {
  // An organization's ARN holds its management account, which the settings need not name.
  const [, organization] = /^arn:[a-z-]+:organizations::\d{12}:[a-z]+\/(o-[a-z0-9]+)/.exec(String(value)) ?? [];
  if (organization !== undefined && organization === known.organization) return "known";
  const found = new Set(accountsIn(value).map((account) => nearnessOf(account, record, known)));
  return [...NEARNESS].reverse().find((nearness) => found.has(nearness));
}
