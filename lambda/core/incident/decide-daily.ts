import type { Report } from "../alert/report.ts";
import type { Items } from "../store/items.ts";
import type { Change } from "../store/store.ts";
import type { Circumstances } from "./decision.ts";
import { FORGOTTEN_AFTER, headOf, newHead, ring } from "./incident.ts";

/** What daily incidents tell in one round-up, and the changes that note it; `idle` are due heads with nothing to tell. */
export function decideDaily(owners: readonly string[], items: Items, given: Circumstances) {
  const told = new Map<string, { readonly report: Report; readonly change: Change }>();
  const idle: string[] = [];
  for (const owner of owners) {
    const head = items.get(owner, headOf);
    if (head?.held === undefined || head.incident.kind !== "daily") {
      if (items.dueAt(owner) !== undefined) idle.push(owner);
      continue;
    }
    const { report, head: next } = ring(newHead(head.incident), head.held, items.versionOf(owner), given);
    const change = items.change(owner, { body: next, expiresAt: given.now + FORGOTTEN_AFTER });
    // One head may be due under two keys: its own, which holds what cannot be read, and the one that replaces it.
    told.set(change.key, { report, change });
  }
  const all = [...told.values()];
  return { reports: all.map(({ report }) => report), changes: all.map(({ change }) => change), idle };
}
