import type { Incident } from "../alert/report.ts";
import type { Story } from "../alert/story/story.ts";
import { isAtLeast, rankOf, type Severity } from "../rules/severity.ts";
import { bodyOf, isRecordOf, isTime } from "../store/guard.ts";
import type { Items } from "../store/items.ts";
import { hashOf, REMEMBERED } from "../store/seen.ts";
import type { Change } from "../store/store.ts";
import { familyOf } from "./belonging.ts";
import type { WrittenStory } from "./written.ts";

/** Open incidents of one rule and account; varied names, varied sessions and forged files must not fill the mailbox. */
export const MAX_INCIDENTS = 50;

/**
 * Open incidents of one account, over all rules: what meets one rule after another must not fill it either, for alerts of other
 * accounts wait behind those that came first.
 */
const MAX_OF_ACCOUNT = 100;

/** An incident counts as open for its rule and account until so long after it began, in milliseconds. */
const OPEN_FOR = 3_600_000;

/** Open incidents, as the ledger has them: when each is over, in milliseconds since the epoch, by rule and incident. */
export const openIncidentsOf = bodyOf(isRecordOf(isTime));

/** Where an incident is counted as open. */
export interface Counted {
  readonly key: string;
  readonly rule: string;
  readonly incident: string;
}

/** Where the incident is counted that something written down opens: of what rings, the rules of an account share an item. */
export function countedAt({ incident, story }: WrittenStory): Counted {
  const { kind, key } = incident;
  const [rule, account] = familyOf(incident, story.lines[0]?.rules[0] ?? "");
  const apart = isCountedApart(incident, severityIn(story)) ? ["critical"] : [];
  const place = kind === "mail" ? [kind, account, ...apart] : [kind, account, rule];
  return { key: `opened#${hashOf(place)}`, rule: hashOf(rule), incident: key };
}

/**
 * True for what begins with a critical call: its limits are its own, for people without any credentials can begin a hundred milder
 * incidents (by failed sign-ins from as many addresses). Who may write below another account's path writes what he likes.
 */
export function isCountedApart({ isUnverified, below }: Incident, severity: Severity): boolean {
  return isAtLeast(severity, "critical") && !isUnverified && below === undefined;
}

/** Of what is told together, what decides where its incident is counted: the worst. */
export function worstIn<W extends WrittenStory>(written: readonly W[]): W | undefined {
  return written.toSorted((a, b) => rankOf(severityIn(a.story)) - rankOf(severityIn(b.story)))[0];
}

function severityIn({ lines: [worst] }: Story): Severity {
  return worst?.severity ?? "info";
}

/** True where an incident is one too many. */
export function isOneTooMany(counted: Counted, items: Items, now: number): boolean {
  const open = openAt(counted.key, items, now);
  return !isCounted(counted, open) && !hasRoom(counted, open);
}

type Open = ReadonlyMap<string, number>;

function openAt(key: string, items: Items, now: number): Open {
  return new Map(Object.entries(items.get(key, openIncidentsOf) ?? {}).filter(([, until]) => until > now));
}

function isCounted({ incident }: Counted, open: Open): boolean {
  return [...open.keys()].some((name) => name.endsWith(` ${incident}`));
}

function hasRoom({ rule }: Counted, open: Open): boolean {
  const ofRule = [...open.keys()].filter((name) => name.startsWith(`${rule} `)).length;
  return ofRule < MAX_INCIDENTS && open.size < MAX_OF_ACCOUNT;
}

/** Counts incidents of one item as open, as far as there is room: the others are told in the incident that callers share. */
export function counting(all: readonly Counted[], items: Items, now: number): readonly Change[] {
  const [first] = all;
  if (first === undefined) return [];
  const before = openAt(first.key, items, now);
  const open = new Map(before);
  for (const one of all) {
    if (!isCounted(one, open) && hasRoom(one, open)) open.set(`${one.rule} ${one.incident}`, now + OPEN_FOR);
  }
  if (open.size === before.size) return [];
  return [items.change(first.key, { body: Object.fromEntries(open), expiresAt: now + REMEMBERED })];
}
