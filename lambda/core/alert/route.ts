import { isAtLeast, type Severity } from "../rules/severity.ts";
import type { Incident } from "./report.ts";

/** Sends some alerts to a topic of its own instead of the alert topic. All that it names must hold. */
export interface Route {
  readonly name: string;
  readonly accounts?: readonly string[];
  /** The lowest severity that it takes. */
  readonly severity?: Severity;
}

/**
 * The first route that takes an alert; undefined for the default. What anybody may have put there is never routed, and no route of
 * some accounts takes what may be of others too.
 */
export function routeOf(
  routes: readonly Route[],
  { accountId, isUnverified, isAcross }: Pick<Incident, "accountId" | "isUnverified" | "isAcross">,
  severity: Severity,
): string | undefined {
  if (isUnverified) return undefined;
  return routes.find(
    (route) =>
      (route.accounts === undefined || (!isAcross && route.accounts.includes(accountId))) &&
      (route.severity === undefined || isAtLeast(severity, route.severity)),
  )?.name;
}
