import { type Alert, type AlertSettings, renderAlert } from "../alert/alert.ts";
import { outcomeOf } from "../record/outcome.ts";
import { eventTimeOf } from "../record/record.ts";
import { isAtLeast, type Rule } from "../rules/rule.ts";
import { type Batch, MAX_GROUPS, without } from "./batch.ts";
import {
  admit,
  flush,
  type GroupHead,
  isOpen,
  isTampered,
  MANY_ACTORS,
  type MatchGroup,
  quietFrom,
  type Ringing,
} from "./group.ts";
import { alertKey, isUrgent, outgoingOf } from "./outbox.ts";
import { changesToRemember, digest, furtherKeys, marksIn, REMEMBERED } from "./seen.ts";
import type { Change, LedgerItem } from "./store.ts";
import { EMPTY_TALLY, type ListedMatch, type Tally } from "./tally.ts";
import { slide, type WindowEntry } from "./threshold.ts";

/** What is given in one decision. */
export interface Circumstances {
  readonly settings: AlertSettings;
  readonly now: number;
  /** When the next daily round-up is made. */
  readonly endOfDay: () => number;
}

/** What becomes of a batch: the changes that say so, and the numbers. */
export interface Decision {
  readonly changes: readonly Change[];
  /** True where the rule has too many open groups in the account: the batch belongs into the one that they share. */
  readonly isOverflow?: true;
  /** The alert that was made, and how many of the batch's own matches it lists and counts. */
  readonly alert?: { readonly key: string; readonly listed: number; readonly counted: number };
  readonly held: number;
  readonly belowThreshold: number;
  readonly duplicates: number;
  readonly tampered: boolean;
}

const MINUTE = 60_000;

const NOTHING: Decision = { changes: [], held: 0, belowThreshold: 0, duplicates: 0, tampered: false };

export function headKey(groupKey: string): string {
  return `group#${digest(groupKey)}`;
}

function openKey({ name, group }: Rule, accountId: string): string {
  return `open#${digest([name, group?.acrossAccounts ? "all accounts" : accountId])}`;
}

/** The items that a decision on a batch needs; those of long chains are known once these are read. */
export function keysOf(batch: Batch): readonly string[] {
  const seen = new Set(batch.entries.map(({ seenKey }) => seenKey));
  return [headKey(batch.key), openKey(batch.rule, batch.accountId), ...seen];
}

/** The further items of chains that were read. */
export function moreKeysOf(items: ReadonlyMap<string, LedgerItem>): readonly string[] {
  return [...items].flatMap(([key, item]) => (key.startsWith("seen#") ? furtherKeys(key, item) : []));
}

/** Decides on the new matches of one group: what is known already, what rings, what is held back. */
export function decide(batch: Batch, items: ReadonlyMap<string, LedgerItem>, given: Circumstances): Decision {
  const { rule, accountId } = batch;
  const seenKeys = [...new Set(batch.entries.map(({ seenKey }) => seenKey))];
  const seen = new Map(seenKeys.map((key) => [key, marksIn(key, items)]));
  const fresh = without(batch, ({ seenKey, mark }) => {
    const isKnown = seen.get(seenKey)?.look(mark) === "duplicate";
    seen.get(seenKey)?.add(mark);
    return isKnown;
  });
  const duplicates = batch.tally.total - fresh.tally.total;
  if (fresh.entries.length === 0) return { ...NOTHING, duplicates };

  const key = headKey(batch.key);
  const known = knownHead(items.get(key), given.now);
  const head = known.head ?? newHead(batch);
  const { rung, inAlert, window } = overThreshold(fresh, head, given.now);
  const admitted: Ringing =
    rung.total === 0
      ? { head: { ...head, severity: rule.severity } }
      : admit({ ...head, severity: rule.severity }, rung, rule, given.now, given.endOfDay);
  const registry = registered(admitted.head, head, rule, items.get(openKey(rule, accountId)), given.now);
  if (registry === "full") {
    return { ...NOTHING, isOverflow: true };
  }
  const made = alertOf(admitted, rule, given);
  const marks = seenKeys.map((seenKey) => ({
    seenKey,
    marks: fresh.entries.filter((entry) => entry.seenKey === seenKey).map(({ mark }) => mark),
  }));
  const changes = [
    changeHead(key, items.get(key), { ...made.head, ...(window && { window }) }, given.now),
    ...marks.flatMap(({ seenKey, marks: own }) =>
      own.length === 0 ? [] : changesToRemember(seenKey, items, own, given.now),
    ),
    ...(typeof registry === "object" ? [registry] : []),
    ...(made.alert ? [newAlert(made.alert, given.now)] : []),
  ];
  const listed = Math.min(inAlert, rung.listed.length);
  return {
    changes,
    duplicates,
    tampered: known.tampered,
    belowThreshold: fresh.tally.total - inAlert,
    held: made.alert === undefined ? inAlert : 0,
    ...(made.alert && { alert: { key: alertKey(made.alert), listed, counted: inAlert - listed } }),
  };
}

/** The alert of a batch when there is no ledger to ask; undefined where the batch alone is below its rule's threshold. */
export function withoutLedger(batch: Batch, { settings, now }: Circumstances): Alert | undefined {
  const head = newHead(batch);
  const { rung } = overThreshold(batch, head, now);
  if (rung.total === 0) return undefined;
  return renderAlert(groupOf({ head, rung }, batch.rule, now), settings, now, { mayRepeat: true });
}

/** What a head whose interval has ended tells, and the changes that say so; undefined when nothing is due. */
export function decideFlush(
  key: string,
  items: ReadonlyMap<string, LedgerItem>,
  rule: Rule,
  given: Circumstances,
): { readonly changes: readonly Change[]; readonly alertKey: string; readonly tampered: boolean } | undefined {
  const { head, tampered } = knownHead(items.get(key), given.now);
  const flushed = head && flush(head, rule, given.now);
  if (head === undefined || flushed === undefined) return undefined;
  const made = alertOf(flushed, rule, given);
  if (made.alert === undefined) return undefined;
  const registry = registered(made.head, head, rule, items.get(openKey(rule, made.head.accountId)), given.now);
  const changes = [
    changeHead(key, items.get(key), made.head, given.now),
    ...(typeof registry === "object" ? [registry] : []),
    newAlert(made.alert, given.now),
  ];
  return { changes, alertKey: alertKey(made.alert), tampered };
}

/** The keys that decideFlush needs. */
export function flushKeysOf(key: string, { accountId }: GroupHead, rule: Rule): readonly string[] {
  return [key, openKey(rule, accountId)];
}

/** A head as it is in the ledger. One that ends later than any rule allows counts as ended. */
export function knownHead(
  item: LedgerItem | undefined,
  now: number,
): { readonly head?: GroupHead; readonly tampered: boolean } {
  if (item?.body === undefined) return { tampered: false };
  const head = item.body as GroupHead;
  return isTampered(head, now) ? { head: { ...head, openUntil: 0 }, tampered: true } : { head, tampered: false };
}

/** The change of a head that was told of in a round-up. */
export function emptied(key: string, item: LedgerItem, { held: _, ...head }: GroupHead, now: number): Change {
  return changeHead(key, item, head, now);
}

/** What was held back in a group, as a group of its own. */
export function heldGroup(head: GroupHead, rule: Rule, now: number): MatchGroup {
  return groupOf({ head, rung: head.held ?? EMPTY_TALLY }, rule, now);
}

/** The change that puts a finished alert into the outbox. */
export function newAlert(alert: Alert, now: number): Change {
  return {
    key: alertKey(alert),
    expected: 0,
    next: { body: outgoingOf(alert, now), dueAt: now, isUrgent: isUrgent(alert) },
  };
}

function newHead({ key, rule, accountId, actor, outcome, isUnverified }: Batch): GroupHead {
  const head = { rule: rule.name, key, severity: rule.severity, accountId, actor, outcome, openUntil: 0, step: -1 };
  return isUnverified ? { ...head, isUnverified } : head;
}

function overThreshold(
  { rule, entries, tally }: Batch,
  { window = [] }: GroupHead,
  now: number,
): { readonly rung: Tally; readonly inAlert: number; readonly window?: readonly WindowEntry[] } {
  if (rule.threshold === undefined && rule.after === undefined) return { rung: tally, inAlert: tally.total };
  const fresh = entries.map(
    ({ times: { time = now, late }, mark, value, others, precedes, listed }): WindowEntry => ({
      // A time to come would make all that is older than it too old to count.
      time: Math.min(time, now + MINUTE),
      ...(late && { late }),
      mark,
      matches: 1,
      ...(value !== undefined && { value }),
      ...(others && { others }),
      ...(precedes && { precedes }),
      ...(listed && { listed }),
    }),
  );
  const { window: slid, rung, fresh: inAlert } = slide(window, fresh, rule);
  return { rung, inAlert, window: slid };
}

function alertOf(ringing: Ringing, rule: Rule, { settings, now }: Circumstances) {
  if (ringing.rung === undefined) return { head: ringing.head };
  const alert = renderAlert(groupOf(ringing, rule, now), settings, now);
  return { head: { ...ringing.head, lastAlert: { id: alert.id, at: now } }, alert };
}

function groupOf({ head, rung = EMPTY_TALLY, follows }: Ringing, rule: Rule, now: number): MatchGroup {
  const { accountId, actor, key, openUntil } = head;
  const [first] = rung.listed;
  // A group of `after` began with a record of another outcome.
  const outcome = rule.after !== undefined && first !== undefined ? outcomeOf(first.record) : head.outcome;
  const time = ({ record }: ListedMatch) => eventTimeOf(record) ?? Number.MAX_SAFE_INTEGER;
  return {
    ...rung,
    listed: rung.listed.toSorted((a, b) => time(a) - time(b)),
    regions: rung.regions.toSorted(),
    rule,
    accountId,
    actor,
    outcome,
    ...(head.isUnverified && { isUnverified: true as const }),
    alertId: digest([key, rung.ids, rung.total, now]),
    ...(follows && { follows }),
    ...(openUntil > 0 && { nextUpdate: openUntil }),
  };
}

function changeHead(key: string, item: LedgerItem | undefined, head: GroupHead, now: number): Change {
  const isHeld = head.held !== undefined;
  return {
    key,
    expected: item?.version ?? 0,
    next: {
      body: head,
      ...(isHeld
        ? { dueAt: head.openUntil, isUrgent: isAtLeast(head.severity, "high") }
        : { expiresAt: now + REMEMBERED }),
    },
  };
}

/** The groups of a rule and account that are open, by the digest of their key: when each is over. */
interface Registry {
  readonly [group: string]: number;
}

function registered(
  head: GroupHead,
  before: GroupHead,
  rule: Rule,
  item: LedgerItem | undefined,
  now: number,
): Change | "full" | undefined {
  // The group that all share is always open; the others count once they have rung, or hold something back.
  if (head.actor === MANY_ACTORS || head.openUntil === before.openUntil) return undefined;
  // A threshold keeps groups from being many, and what it remembers cannot move to another group.
  if (rule.threshold !== undefined || rule.after !== undefined) return undefined;
  const own = digest(head.key);
  const open = Object.entries((item?.body ?? {}) as Registry).filter(([group, until]) => until > now && group !== own);
  if (open.length >= MAX_GROUPS && !isOpen(before, rule, now)) return "full";
  const body: Registry = { ...Object.fromEntries(open.slice(0, MAX_GROUPS)), [own]: quietFrom(head, rule) };
  const key = openKey(rule, head.accountId);
  return { key, expected: item?.version ?? 0, next: { body, expiresAt: now + REMEMBERED } };
}
