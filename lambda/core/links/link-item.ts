import type { Link } from "../record/link.ts";
import type { Opener } from "../record/opener.ts";
import { SLOT } from "../record/session.ts";
import {
  bodyOf,
  hasShape,
  isCount,
  isFlag,
  isListOf,
  isMaybe,
  isRecordOf,
  isText,
  isTime,
  type Shape,
  type Shaped,
} from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";

const maybeTexts = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, isMaybe(isText)]));

const isIdentity = hasShape({
  kind: isText,
  ...maybeTexts(
    "name",
    "session",
    "sessionSetBy",
    "delivery",
    "sourceIdentity",
    "onBehalfOf",
    "inScopeOf",
    "delegate",
    "person",
  ),
  ...maybeTexts("issuer", "foreignAccount", "via"),
  isAssumedRoot: isMaybe(isFlag),
  isAgent: isMaybe(isFlag),
  isSignedIn: isMaybe(isFlag),
  nameIsChosen: isMaybe(isFlag),
});

const isOpener = hasShape({
  call: isText,
  time: isTime,
  identity: isIdentity,
  actor: isText,
  vouchedBy: isText,
  ...maybeTexts("mfa", "source", "role", "session", "shared", "principal", "account"),
}) as Shape<Opener>;

/** The links of the sessions that one account opened within ten minutes: each opener once, with his sessions. */
export type LinkItem = Shaped<typeof isLinkItem>;
const isLinkItem = hasShape({
  openers: isListOf(isOpener),
  /** By session name: the indexes of its openers; only one, unless sessions cannot be told apart. */
  by: isRecordOf(isListOf(isCount)),
  /** True if there were more than are kept. */
  isFull: isMaybe(isFlag),
  /** When the last of the sessions ends. */
  until: isTime,
});

/** Links as the ledger has them; undefined if they cannot be read. */
export const linksOf = bodyOf(isLinkItem);

export const NO_LINKS: LinkItem = { openers: [], by: {}, until: 0 };

/** Bounds of an item, whatever somebody opens: sessions of one opener, names and bytes in all, openers of one name. */
const MAX_OF_ONE = 300;
const MAX_NAMES = 4_000;
const MAX_BYTES = 250_000;
const MAX_OF_NAME = 4;

/** The item for links of sessions that were opened in an account at a time. */
export function linkKey(account: string, opened: number): string {
  return `links#${hashOf(account)}#${Math.floor(opened / SLOT)}`;
}

/** An item with more links. Links that are already there change nothing, in whatever order they come. */
export function withLinks(item: LinkItem, links: readonly Link[]): LinkItem {
  const openers = [...item.openers];
  const indexes = new Map(openers.map((opener, i) => [JSON.stringify(opener), i]));
  const by = new Map(Object.entries(item.by).map(([name, own]) => [name, [...own]]));
  const counts = new Map<string, number>();
  for (const index of [...by.values()].flat()) {
    const actor = openers[index]?.actor ?? "";
    counts.set(actor, (counts.get(actor) ?? 0) + 1);
  }
  let bytes = Buffer.byteLength(JSON.stringify(item));
  let isFull = item.isFull ?? false;
  let { until } = item;
  for (const { opener, names, opened, lifetime } of links) {
    until = Math.max(until, opened + lifetime);
    const text = JSON.stringify(opener);
    const index = indexes.get(text) ?? openers.length;
    for (const name of names) {
      const own = by.get(name) ?? [];
      if (own.includes(index)) continue;
      const isTooMuch = by.size >= MAX_NAMES || bytes > MAX_BYTES || (counts.get(opener.actor) ?? 0) >= MAX_OF_ONE;
      if (isTooMuch || own.length >= MAX_OF_NAME) {
        isFull = true;
        continue;
      }
      if (index === openers.length) {
        openers.push(opener);
        indexes.set(text, index);
        bytes += Buffer.byteLength(text);
      }
      by.set(name, [...own, index]);
      counts.set(opener.actor, (counts.get(opener.actor) ?? 0) + 1);
      bytes += name.length + 12;
    }
  }
  return { openers, by: Object.fromEntries(by), until, ...(isFull && { isFull }) };
}

/** Who opened the session of a name, as far as the item says. */
export function openersOf({ openers, by }: LinkItem, name: string): readonly Opener[] {
  return (Object.hasOwn(by, name) ? (by[name] ?? []) : []).flatMap((index) => openers[index] ?? []);
}
