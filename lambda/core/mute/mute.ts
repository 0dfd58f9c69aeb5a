import type { Incident } from "../alert/report.ts";
import { isRecord } from "../alert/story/story.ts";
import { shortTarget } from "../record/facts.ts";
import { isNotice } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import { TRAITS } from "../rules/severity.ts";
import { MAX_SKEW } from "../store/clock.ts";
import {
  bodyOf,
  hasShape,
  isCount,
  isFlag,
  isListOf,
  isMaybe,
  isText,
  type Shape,
  type Shaped,
} from "../store/guard.ts";

/** Where mutes are kept. */
export const MUTES = "mutes";

const HOUR = 3_600_000;

/** The longest time for which something is quiet, in milliseconds: one night and one day. */
export const MAX_MUTE = 24 * HOUR;

/** How many there may be at once. */
export const MAX_MUTES = 50;

export const MAX_REASON = 200;
const MAX_NAME = 600;

const isShort =
  (limit: number): Shape<string> =>
  (value) =>
    isText(value) && String(value).length <= limit;
const isLike =
  (pattern: RegExp): Shape<string> =>
  (value) =>
    pattern.test(String(value));
const isWhen: Shape<number> = (value) => isCount(value) && value !== 0;

/** What a mute is about: everything that is given must hold, a rule or an incident among it. */
export type Muted = Shaped<typeof isMuted>;
const isMuted = hasShape({
  /** A rule's name. */
  rule: isMaybe(isShort(200)),
  /** How an incident's key begins: 8 hex digits, or all 32. */
  incident: isMaybe(isLike(/^[0-9a-f]{8}(?:[0-9a-f]{24})?$/)),
  /** The key of who called. */
  actor: isMaybe(isShort(MAX_NAME)),
  account: isMaybe(isShort(100)),
});
const SUBJECTS: readonly string[] = ["rule", "incident", "actor", "account"] satisfies (keyof Muted)[];

/** What somebody quiets for some hours. */
export type Mute = Shaped<typeof isMute>;
const isMute = hasShape({
  id: isLike(/^[0-9a-f]{8}$/),
  of: isMuted,
  /** From when until when, in milliseconds since the epoch. */
  at: isWhen,
  until: isWhen,
  reason: isShort(MAX_REASON),
  /** Who asked for it, as the command says it. */
  by: isShort(MAX_NAME),
  /** True once people were told that it began. */
  isAnnounced: isMaybe(isFlag),
  /** Who ended it before its time. */
  endedBy: isMaybe(isShort(MAX_NAME)),
});

/**
 * One mute; undefined for what is none that this version knows. A word that it does not know may narrow what is muted, and
 * a clock that is far ahead would mute for longer than a day.
 */
export function muteOf(entry: unknown, now: number): Mute | undefined {
  const mute = bodyOf(isMute)(entry);
  if (mute === undefined) return undefined;
  const words = Object.keys(mute.of);
  const isKnown = words.every((word) => SUBJECTS.includes(word)) && words.some((word) => /rule|incident/.test(word));
  return isKnown && mute.at <= now + MAX_SKEW && mute.until <= mute.at + MAX_MUTE ? mute : undefined;
}

/** The item with all mutes. What of it cannot be read is kept, and mutes nothing. */
export type MuteItem = Shaped<typeof isItem>;
const isItem = hasShape({ mutes: isListOf(isRecord) });

/** The item as the ledger has it; undefined if it cannot be read. */
export function mutesOf(body: unknown): MuteItem | undefined {
  const item = bodyOf(isItem)(body);
  return item && item.mutes.length <= 2 * MAX_MUTES ? item : undefined;
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
