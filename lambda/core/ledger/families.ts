import { lookMemoryOf, PROOF_ITEM } from "../digest/look.ts";
import { DEPLOYED, deployedOf, rememberedOf } from "../first-seen/remembered.ts";
import { CHECKUP, checkupOf } from "../health/checkup.ts";
import { headOf } from "../incident/incident.ts";
import { lookOf } from "../incident/look.ts";
import { openIncidentsOf } from "../incident/open-incidents.ts";
import { pastOf } from "../incident/past.ts";
import { windowOf } from "../incident/stored-window.ts";
import { head01Of } from "../incident/upgrade.ts";
import { writtenOf } from "../incident/written.ts";
import { linksOf } from "../links/link-item.ts";
import { MUTES, mutesOf } from "../mute/mute.ts";
import { SWALLOWED, swallowedOf } from "../mute/swallowed.ts";
import { budgetOf } from "../outbox/budget.ts";
import { outgoingOf } from "../outbox/outbox.ts";
import type { Families, Family } from "../store/access.ts";
import type { Guard } from "../store/items.ts";
import { chainOf, furtherKeys } from "../store/seen.ts";

interface More<T> {
  further?(key: string, body: T | undefined): readonly string[];
  presentIn?(body: T): number | undefined;
}

function family<T>(guard: Guard<T>, more: More<T> = {}): Family {
  return { guard, ...more };
}

const chain = family(chainOf, { further: furtherKeys });

/** What the ledger keeps. Whoever adds a sort of item defines here what its bodies must be. */
export const FAMILIES: Families = {
  in: family(writtenOf),
  incident: family(headOf, { presentIn: ({ lastMail }) => lastMail?.at }),
  daily: family(headOf),
  window: family(windowOf),
  seen2: chain,
  seen: chain,
  opened: family(openIncidentsOf),
  budget: family(budgetOf, { presentIn: ({ at }) => at }),
  links: family(linksOf),
  look: family(lookOf),
  past: family(pastOf),
  first: family(rememberedOf),
  [DEPLOYED]: family(deployedOf),
  alert: family(outgoingOf),
  group: family(head01Of),
  [CHECKUP]: family(checkupOf),
  [PROOF_ITEM]: family(lookMemoryOf),
  [MUTES]: family(mutesOf),
  [SWALLOWED]: family(swallowedOf),
};
