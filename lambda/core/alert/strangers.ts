import { type CloudTrailRecord, isObject, textAt, valueAt } from "../record/record.ts";
import { accountsIn, type KnownAccounts, nearnessOf } from "../rules/accounts.ts";
import { name } from "./text.ts";

const MAX_SHOWN = 3;
/** How many values of the parameters are looked at, and how deep. */
const MAX_VALUES = 2_000;
const MAX_DEPTH = 10;

/** Their parameters name accounts of one organization, which the settings need not list. */
const OF_ORGANIZATIONS = /^(?:organizations|sso|account|controltower)\.amazonaws\.com$/;

/**
 * The foreign accounts that a call's parameters name, and where: `account 999999999999 (in layers)`. Parameters are shown
 * in part; whose account is among them is never left out for want of room. Policies that were put into words (`told`) say
 * it themselves.
 */
export function strangersIn(
  record: CloudTrailRecord,
  known: KnownAccounts,
  told: ReadonlySet<string> = new Set(),
): readonly string[] {
  if (OF_ORGANIZATIONS.test(textAt(record, "eventSource") ?? "")) return [];
  const found = new Map<string, string>();
  let left = MAX_VALUES;
  const look = (value: unknown, path: string, depth: number): void => {
    if (left-- <= 0 || depth > MAX_DEPTH) return;
    if (Array.isArray(value)) for (const element of value) look(element, path, depth + 1);
    else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value))
        look(inner, isWorthNaming(key) ? `${path} ${name(key, 40)}` : path, depth + 1);
    } else {
      for (const account of accountsIn(value)) {
        if (nearnessOf(account, record, known) === "foreign" && !found.has(account)) found.set(account, path);
      }
    }
  };
  const parameters = valueAt(record, "requestParameters");
  for (const [key, value] of Object.entries(isObject(parameters) ? parameters : {})) {
    if (!told.has(key)) look(value, name(key, 40), 0);
  }
  const all = Array.from(found, ([account, path]) => `account ${account} (in ${path.slice(0, 200)})`);
  return all.length <= MAX_SHOWN ? all : [...all.slice(0, MAX_SHOWN), `and ${all.length - MAX_SHOWN} more`];
}

/** False for the objects that EC2 wraps lists in. */
function isWorthNaming(key: string): boolean {
  return key !== "items";
}
