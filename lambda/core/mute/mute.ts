import type { Incident } from "../alert/report.ts";
import { shortTarget } from "../record/facts.ts";
import { isObject } from "../record/record.ts";
import { isNotice } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import { TRAITS } from "../rules/severity.ts";
import { MAX_SKEW } from "../store/clock.ts";
import { hasShape, isFlag, isListOf, isMaybe, isText } from "../store/guard.ts";

/** What somebody quiets for some hours. */
export interface Mute {
  /** Eight hex digits. */
  readonly id: string;
  readonly of: Muted;
  /** From when until when, in milliseconds since the epoch. */
  readonly at: number;
  readonly until: number;
  readonly reason: string;
  /** Who asked for it, as the command says it. */
  readonly by: string;
  /** True once people were told that it began. */
  readonly isAnnounced?: true;
  /** Who ended it before its time. */
  readonly endedBy?: string;
}

/** What a mute is about: everything that is given must hold, a rule or an incident among it. */
export interface Muted {
  /** A rule's name. */
  readonly rule?: string;
  /** How an incident's key begins: 8 hex digits, or all 32. */
  readonly incident?: string;
  /** The key of who called. */
  readonly actor?: string;
  readonly account?: string;
}

/** The item with all mutes. What of it cannot be read is kept, and mutes nothing. */
export interface MuteItem {
  readonly mutes: readonly { readonly [field: string]: unknown }[];
}

/** Where it is kept. */
export const MUTES = "mutes";

const HOUR = 3_600_000;

/** The longest time for which something is quiet, in milliseconds: one night and one day. */
export const MAX_MUTE = 24 * HOUR;

/** How many there may be at once. */
export const MAX_MUTES = 50;

export const MAX_REASON = 200;
const MAX_NAME = 600;

const isShort = (limit: number) => (value: unknown) => isText(value) && String(value).length <= limit;
const isSubject = hasShape({
  rule: isMaybe(isShort(200)),
  incident: isMaybe((value) => /^[0-9a-f]{8}(?:[0-9a-f]{24})?$/.test(String(value))),
  actor: isMaybe(isShort(MAX_NAME)),
  account: isMaybe(isShort(100)),
});
const SUBJECTS: readonly string[] = ["rule", "incident", "actor", "account"] satisfies (keyof Muted)[];

const isMute = hasShape({
  id: (value) => /^[0-9a-f]{8}$/.test(String(value)),
  of: isSubject,
  at: isWhen,
  until: isWhen,
  reason: isShort(MAX_REASON),
  by: isShort(MAX_NAME),
  isAnnounced: isMaybe(isFlag),
  endedBy: isMaybe(isShort(MAX_NAME)),
});

function isWhen(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/**
 * One mute; undefined for what is none that this version knows. A word that it does not know may narrow what is muted, and
 * a clock that is far ahead would mute for longer than a day.
 */
export function muteOf(entry: unknown, now: number): Mute | undefined {
  if (!isMute(entry)) return undefined;
  const mute = entry as Mute;
  const words = Object.keys(mute.of);
  const isKnown = words.every((word) => SUBJECTS.includes(word)) && words.some((word) => /rule|incident/.test(word));
  return isKnown && mute.at <= now + MAX_SKEW && mute.until <= mute.at + MAX_MUTE ? mute : undefined;
}

const isItem = hasShape({ mutes: isListOf(isObject) });

/** The item as the ledger has it; undefined if it cannot be read. */
export function mutesOf(body: unknown): MuteItem | undefined {
  return isItem(body) && (body as MuteItem).mutes.length <= 2 * MAX_MUTES ? (body as MuteItem) : undefined;
}

/** The mutes of an item that this version knows. */
export function mutesIn(item: MuteItem | undefined, now: number): readonly Mute[] {
  return (item?.mutes ?? []).flatMap((entry) => muteOf(entry, now) ?? []);
}

/** True for a rule that always rings: by its severity, or as it watches the alerter or speaks of log objects. */
export function isNeverMuted(rule: Rule): boolean {
  return TRAITS[rule.severity].alwaysRings || rule.isAboutSelf === true || isNotice(rule);
}

/** True if a mute covers what a rule says in an incident. `callers` are those who share it, if they do. */
export function covers({ of }: Mute, rule: string, incident: Incident, callers: readonly string[]): boolean {
  if (of.rule !== undefined && of.rule !== rule) return false;
  if (of.incident !== undefined && !incident.key.startsWith(of.incident)) return false;
  if (of.account !== undefined && (incident.isAcross || of.account !== incident.accountId)) return false;
  if (of.actor === undefined) return true;
  // Whoever may write below another account's path writes what name he likes.
  if (incident.isUnverified) return false;
  const { actor } = of;
  if (callers.length > 0) return callers.every((caller) => caller === shortTarget(actor));
  return !incident.isShared && incident.actor === actor;
}

/** A mute's end is announced so long after it, in milliseconds: by then what it swallowed is written down. */
export const AFTER_END = 60_000;

/** When somebody must look at the mutes again: at once for one that was not announced. */
export function muteItemDue(mutes: readonly Mute[]): number | undefined {
  if (mutes.length === 0) return undefined;
  return Math.min(...mutes.map(({ at, until, isAnnounced }) => (isAnnounced ? until + AFTER_END : at)));
}
