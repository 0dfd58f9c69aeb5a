import type { Report } from "../alert/report.ts";
import type { Items } from "../store/items.ts";
import type { Change } from "../store/store.ts";
import type { Circumstances } from "./decision.ts";
import { FORGOTTEN_AFTER, headOf, newHead, ring } from "./incident.ts";

/** True for a head that has something for the daily round-up. */
export function hasDaily(owner: string, items: Items): boolean {
  const head = items.get(owner, headOf);
  return head?.held !== undefined && head.incident.kind === "daily";
}

/** What daily incidents tell in one round-up: a report of each, and the changes that note it. */
export function decideDaily(
  owners: readonly string[],
  items: Items,
  { book, now }: Circumstances,
): readonly { readonly report: Report; readonly change: Change }[] {
  const told = new Map<string, { readonly report: Report; readonly change: Change }>();
  for (const owner of owners) {
    const head = items.get(owner, headOf);
    if (head?.held === undefined || !hasDaily(owner, items)) continue;
    const version = items.change(owner, { body: null }).expected;
    const { report, head: next } = ring({ ...newHead(head.incident) }, head.held, book, now, version);
    const change = items.change(owner, { body: next, expiresAt: now + FORGOTTEN_AFTER });
    // One head may be due under two keys: its own, which holds what cannot be read, and the one that replaces it.
    told.set(change.key, { report, change });
  }
  return [...told.values()];
}
