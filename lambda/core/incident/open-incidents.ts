import type { Incident } from "../alert/report.ts";
import { bodyOf, isRecordOf, isTime } from "../store/guard.ts";
import type { Items } from "../store/items.ts";
import { hashOf, REMEMBERED } from "../store/seen.ts";
import type { Change } from "../store/store.ts";
import type { WrittenStory } from "./written.ts";

/** Open incidents of one rule and account; varied names, varied sessions and forged files must not fill the mailbox. */
export const MAX_INCIDENTS = 50;

/** An incident counts as open for its rule and account until so long after its last mail, in milliseconds. */
export const OPEN_FOR = 3_600_000;

/** The open incidents of a rule and account: when each is over, in milliseconds since the epoch. */
export type OpenIncidents = { readonly [incident: string]: number };

/** An incident that was opened, and the item that counts it. */
export interface Opened {
  readonly key: string;
  readonly incident: string;
  readonly until: number;
}

/** The open incidents as the ledger has them; undefined if they cannot be read. */
export const openIncidentsOf = bodyOf<OpenIncidents>(isRecordOf(isTime));

/** The item that counts an incident as open: one for its rule and account, or one for all that are unverified. */
export function openKey({ accountId, isUnverified }: Incident, rule: string): string {
  return `opened#${hashOf(isUnverified ? ["unverified"] : [rule, accountId])}`;
}

/** The item that counts the incident that something written down opens. */
export function countedAt({ incident, story }: WrittenStory): string {
  return openKey(incident, story.lines[0]?.rules[0] ?? "");
}

/** What a run has opened, by the item that counts it: each incident, and when it is over. */
export type OpenedInRun = Map<string, Map<string, number>>;

export function noteOpened(run: OpenedInRun, { key, incident, until }: Opened): void {
  const own = run.get(key) ?? new Map<string, number>();
  run.set(key, own.set(incident, until));
}

/** True where an incident is one too many. */
export function isOneTooMany(
  key: string,
  incident: string,
  items: Items,
  { now, opened }: { readonly now: number; readonly opened: OpenedInRun },
): boolean {
  const open = new Set([...openAt(key, items, now).keys(), ...(opened.get(key)?.keys() ?? [])]);
  open.delete(incident);
  return open.size >= MAX_INCIDENTS;
}

function openAt(key: string, items: Items, now: number): ReadonlyMap<string, number> {
  return new Map(Object.entries(items.get(key, openIncidentsOf) ?? {}).filter(([, until]) => until > now));
}

/** Counts incidents before they are settled, as far as there is room: the others are told in the incident that callers share. */
export function reserved(key: string, incidents: readonly string[], items: Items, now: number): readonly Change[] {
  const open = openAt(key, items, now);
  const fresh = incidents.filter((one) => !open.has(one)).slice(0, Math.max(0, MAX_INCIDENTS - open.size));
  if (fresh.length === 0) return [];
  return [countedNext(key, new Map(fresh.map((one) => [one, now + OPEN_FOR])), items, now)];
}

/** True for an incident that is counted as open. */
export function isCounted(key: string, incident: string, items: Items, now: number): boolean {
  return openAt(key, items, now).has(incident);
}

/** The counting item after these incidents are counted too. */
export function countedNext(key: string, own: ReadonlyMap<string, number>, items: Items, now: number): Change {
  const open = [...openAt(key, items, now), ...own].slice(-2 * MAX_INCIDENTS);
  return items.change(key, { body: Object.fromEntries(open), expiresAt: now + REMEMBERED });
}
