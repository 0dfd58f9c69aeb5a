import type { Incident } from "../alert/report.ts";
import { bodyOf, isRecordOf, isTime } from "../store/guard.ts";
import type { Items } from "../store/items.ts";
import { hashOf, REMEMBERED } from "../store/seen.ts";
import type { Change } from "../store/store.ts";
import { familyOf } from "./belonging.ts";
import type { WrittenStory } from "./written.ts";

/** Open incidents of one rule and account; varied names, varied sessions and forged files must not fill the mailbox. */
export const MAX_INCIDENTS = 50;

/** An incident counts as open for its rule and account until so long after it began, in milliseconds. */
const OPEN_FOR = 3_600_000;

/** The open incidents of a rule and account, as the ledger has them: when each is over, in milliseconds since the epoch. */
export const openIncidentsOf = bodyOf(isRecordOf(isTime));

/** The item that counts an incident as open: one for its family. */
export function openKey(incident: Incident, rule: string): string {
  return `opened#${hashOf(familyOf(incident, rule))}`;
}

/** The item that counts the incident that something written down opens. */
export function countedAt({ incident, story }: WrittenStory): string {
  return openKey(incident, story.lines[0]?.rules[0] ?? "");
}

/** True where an incident is one too many. */
export function isOneTooMany(key: string, incident: string, items: Items, now: number): boolean {
  const open = openAt(key, items, now);
  return !open.has(incident) && open.size >= MAX_INCIDENTS;
}

function openAt(key: string, items: Items, now: number): ReadonlyMap<string, number> {
  return new Map(Object.entries(items.get(key, openIncidentsOf) ?? {}).filter(([, until]) => until > now));
}

/** Counts incidents as open, as far as there is room: the others are told in the incident that callers share. */
export function counting(key: string, incidents: readonly string[], items: Items, now: number): readonly Change[] {
  const open = openAt(key, items, now);
  const fresh = incidents.filter((one) => !open.has(one)).slice(0, Math.max(0, MAX_INCIDENTS - open.size));
  if (fresh.length === 0) return [];
  const body = Object.fromEntries([...open, ...fresh.map((one) => [one, now + OPEN_FOR] as const)]);
  return [items.change(key, { body, expiresAt: now + REMEMBERED })];
}
