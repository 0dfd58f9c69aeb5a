import { type LogObject, logPathOf } from "./log-object.ts";

/** Whose log objects are read; without either, everybody's. An organization shuts out other organizations only. */
export interface Accepted {
  readonly accounts?: readonly string[];
  readonly organization?: string;
}

/** Whose log object it is, where that is nobody who is accepted: `account 111122223333`; else undefined. */
export function foreignerOf({ key }: LogObject, { accounts, organization }: Accepted): string | undefined {
  if (accounts === undefined && organization === undefined) return undefined;
  const path = logPathOf(key);
  if (path === undefined) return "an account that its key does not tell";
  if (accounts?.includes(path.account)) return undefined;
  if (organization !== undefined && path.organization === organization) return undefined;
  // A trail of one account, or of an organization before its keys named it, says nothing of an organization.
  if (accounts === undefined && path.organization === undefined) return undefined;
  return path.organization === undefined
    ? `account ${path.account}`
    : `account ${path.account} of organization ${path.organization}`;
}
