import { z } from "zod";
import { type RouteSetting, routeSettings } from "./route-settings.ts";

export const ACCOUNT_NAME_LENGTH = 40;

const names = z
  .record(
    z.string().regex(/^\d{12}$/, "accounts maps twelve digits, in quotes, to a name"),
    z.string().min(1).max(ACCOUNT_NAME_LENGTH),
  )
  .default({});

/** What accounts are called, by hand and from Organizations. */
export const accountSettings = {
  accounts: names,
  /** What `npm run accounts` wrote. */
  accountsFrom: z.strictObject({ accounts: names, tags: routeSettings.tags, routes: routeSettings.routes }).optional(),
};

interface Named {
  readonly accounts: { readonly [account: string]: string };
  readonly tags: { readonly [tag: string]: readonly string[] };
  readonly routes: readonly RouteSetting[];
}

/** Settings with what Organizations says beside them: what is written by hand counts, and its routes are asked first. */
export function withAccountsFrom<S extends Named & { readonly accountsFrom?: Named | undefined }>(settings: S): S {
  const { accountsFrom: from, accounts, tags, routes } = settings;
  if (from === undefined) return settings;
  const added = from.routes.filter(({ name }) => !routes.some((route) => route.name === name));
  return {
    ...settings,
    accounts: { ...from.accounts, ...accounts },
    tags: { ...from.tags, ...tags },
    routes: [...routes, ...added],
  };
}
