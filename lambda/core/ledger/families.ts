import { lookMemoryOf, PROOF_ITEM } from "../digest/look.ts";
import { DEPLOYED, deployedOf, rememberedOf } from "../first-seen/remembered.ts";
import { CHECKUP, checkupOf } from "../health/checkup.ts";
import { headOf } from "../incident/incident.ts";
import { lookOf } from "../incident/look.ts";
import { openIncidentsOf } from "../incident/open-incidents.ts";
import { pastOf } from "../incident/past.ts";
import { head01Of } from "../incident/upgrade.ts";
import { windowOf } from "../incident/window-entry.ts";
import { ownerOf, writtenOf } from "../incident/written.ts";
import { linksOf } from "../links/link-item.ts";
import { MUTES, mutesOf } from "../mute/mute.ts";
import { SWALLOWED, swallowedOf } from "../mute/swallowed.ts";
import { budgetOf } from "../outbox/budget.ts";
import { outgoingOf } from "../outbox/outbox.ts";
import type { Family } from "../store/access.ts";
import { type Guard, keyAt } from "../store/items.ts";
import { chainOf, furtherKeys } from "../store/seen.ts";

/** How what is due is settled (due.ts); "nobodys" for what none of ours writes as due. */
export const DUE_SORTS = ["written", "heads", "looks", "groups", "alerts", "mutes", "weeks", "nobodys"] as const;
export type DueSort = (typeof DUE_SORTS)[number];

interface LedgerFamily extends Family {
  readonly due: DueSort;
}

interface More<T> {
  further?(key: string, body: T | undefined): readonly string[];
  presentIn?(body: T): number | undefined;
}

function family<T>(guard: Guard<T>, due: DueSort = "nobodys", more: More<T> = {}): LedgerFamily {
  return { guard, due, ...more };
}

const chain = family(chainOf, "nobodys", { further: furtherKeys });

/**
 * What the ledger keeps: what its bodies must be, and what is done when it is due. What else is in the table is never due,
 * and is read by its own room alone: docs/decisions/ledger.md names it.
 */
export const FAMILIES: { readonly [family: string]: LedgerFamily } = {
  in: family(writtenOf, "written"),
  incident: family(headOf, "heads", { presentIn: ({ lastMail }) => lastMail?.at }),
  daily: family(headOf, "heads"),
  window: family(windowOf),
  seen2: chain,
  seen: chain,
  opened: family(openIncidentsOf),
  budget: family(budgetOf, "nobodys", { presentIn: ({ at }) => at }),
  links: family(linksOf),
  look: family(lookOf, "looks"),
  past: family(pastOf),
  first: family(rememberedOf),
  [DEPLOYED]: family(deployedOf),
  alert: family(outgoingOf, "alerts"),
  group: family(head01Of, "groups"),
  [CHECKUP]: family(checkupOf),
  [PROOF_ITEM]: family(lookMemoryOf),
  [MUTES]: family(mutesOf, "mutes"),
  [SWALLOWED]: family(swallowedOf, "weeks"),
};

/** How something due is settled, by its key: also if it stands in place of an item that cannot be read. */
export function dueSortOf(key: string): DueSort {
  const [name = "", more] = key.split("#", 2);
  const own = more === undefined ? keyAt(name) : name;
  const { due = "nobodys" } = (Object.hasOwn(FAMILIES, own) && FAMILIES[own]) || {};
  return due === "written" && ownerOf(key) === undefined ? "nobodys" : due;
}
