import { headRecord } from "../alert/headline.ts";
import type { Incident, Near, Report, Usual } from "../alert/report.ts";
import { MAX_SOURCES } from "../alert/story/line.ts";
import { BUDGET, budgetOf } from "../outbox/budget.ts";
import { recentIn } from "../outbox/recent.ts";
import { networkOf } from "../record/facts.ts";
import { textAt } from "../record/record.ts";
import {
  bodyOf,
  hasShape,
  isFlag,
  isListOf,
  isMaybe,
  isRecordOf,
  isText,
  isTime,
  type Shaped,
} from "../store/guard.ts";
import type { Items } from "../store/items.ts";
import type { Change } from "../store/store.ts";

/** What the ledger remembers of a caller longer than his actions: his incidents, and where he came from. */
type Past = Shaped<typeof isPast>;
const isPast = hasShape({
  /** The first alert of each incident, the newest last. */
  incidents: isListOf(hasShape({ id: isText, at: isTime })),
  /** When he was last told of from each network, in milliseconds since the epoch. */
  networks: isRecordOf(isTime),
  /** True if there were more networks than are kept: then none is called new. */
  isCut: isMaybe(isFlag),
});

/** The past as the ledger has it; undefined if it cannot be read. */
export const pastOf = bodyOf(isPast);

const DAY = 86_400_000;

const REMEMBERED_PAST = 35 * DAY;

const MAX_INCIDENTS = 20;
const MAX_NETWORKS = 50;

export function pastKey(incident: Pick<Incident, "key">): string {
  return `past#${incident.key}`;
}

const NO_PAST: Past = { incidents: [], networks: {} };

/** True for an incident of one caller, whose past means something. */
function hasPast({ kind, isShared, isUnverified, rule }: Incident): boolean {
  return kind === "mail" && !isShared && !isUnverified && rule === undefined;
}

/** What is usual for a caller, before this report of him; undefined if too little is remembered to say. */
export function usualIn(items: Items, report: Report, now: number): Usual | undefined {
  const key = pastKey(report.incident);
  // A past that cannot be read supports no claim.
  if (!hasPast(report.incident) || items.placeOf(key) !== key) return undefined;
  const since = items.get(BUDGET, budgetOf)?.since ?? now;
  const days = Math.floor(Math.min(now - since, REMEMBERED_PAST) / DAY);
  const { incidents, networks, isCut } = items.get(key, pastOf) ?? NO_PAST;
  // The last incident is the one that a follow-up follows.
  const before = report.follows === undefined ? incidents : incidents.slice(0, -1);
  const known = before.filter(({ at }) => at > now - REMEMBERED_PAST);
  const last = known.at(-1);
  if (days < 1 && last === undefined) return undefined;
  const fresh = networksOf(report).filter((network) => !((networks[network] ?? 0) > now - REMEMBERED_PAST));
  return {
    days,
    incidents: known.length,
    isMore: incidents.length >= MAX_INCIDENTS,
    ...(last !== undefined && { last }),
    networks: isCut || days < 1 || known.length === 0 ? [] : fresh,
  };
}

/** The alert of another incident that last told of calls from the address of this one's head record. */
export function nearIn(items: Items, report: Report, now: number): Near | undefined {
  const { kind, isShared, isUnverified } = report.incident;
  if (kind !== "mail" || isShared || isUnverified || items.placeOf(BUDGET) !== BUDGET) return undefined;
  const address = textAt(headRecord(report).record, "sourceIPAddress");
  const recent = recentIn(items.get(BUDGET, budgetOf)?.recent, now);
  return address === undefined
    ? undefined
    : recent.findLast(({ incident, from }) => incident !== report.incident.key && from.includes(address));
}

/** The change that remembers what was told. */
export function pastChanges(items: Items, report: Report, now: number): readonly Change[] {
  if (!hasPast(report.incident)) return [];
  const key = pastKey(report.incident);
  const { incidents, networks, isCut } = items.get(key, pastOf) ?? NO_PAST;
  const first = { id: report.alertId.slice(0, 8), at: now };
  const isNew = report.follows === undefined;
  const all = new Map([...Object.entries(networks), ...networksOf(report).map((network) => [network, now] as const)]);
  const hasMoreSources = report.lines.some(({ sources }) => sources.length >= MAX_SOURCES);
  const kept = [...all].filter(([, at]) => at > now - REMEMBERED_PAST).sort(([, a], [, b]) => b - a);
  const past: Past = {
    incidents: (isNew ? [...incidents, first] : incidents).slice(-MAX_INCIDENTS),
    networks: Object.fromEntries(kept.slice(0, MAX_NETWORKS)),
    ...((isCut || kept.length > MAX_NETWORKS || hasMoreSources) && { isCut: true }),
  };
  return [items.change(key, { body: past, expiresAt: now + REMEMBERED_PAST })];
}

function networksOf({ lines }: Report): readonly string[] {
  return [...new Set(lines.flatMap(({ sources }) => sources.flatMap((source) => networkOf(source) ?? [])))];
}
