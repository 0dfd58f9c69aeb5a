import { type LogObject, logPathOf } from "./log-object.ts";

/** Whose log objects are read; without either, everybody's. An organization only shuts out other organizations. */
export interface Accepted {
  readonly accounts?: readonly string[];
  readonly organization?: string;
}

/** The owner of a log object that is not accepted: `account 111122223333`; undefined if it is accepted. */
export function foreignerOf({ key }: LogObject, { accounts, organization }: Accepted): string | undefined {
  if (accounts === undefined && organization === undefined) return undefined;
  const path = logPathOf(key);
  if (path === undefined) return "an account that its key does not tell";
  if (accounts?.includes(path.account)) return undefined;
  if (organization !== undefined && path.organization === organization) return undefined;
  // A trail of one account, or of an organization before its keys named it, does not tell its organization.
  if (accounts === undefined && path.organization === undefined) return undefined;
  return path.organization === undefined
    ? `account ${path.account}`
    : `account ${path.account} of organization ${path.organization}`;
}
