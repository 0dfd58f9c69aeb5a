import { bodyOf, hasShape, isCount, isRecordOf, isText, isTime, type Shape, type Shaped } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";

const DAY = 86_400_000;

/** The last day on which a value was met, in days since the epoch; and the record that an alert told of as the first with it. */
export type Note = readonly [day: number, teller?: string];

/** What was met of an owner: by the key of a rule and by value. */
export type Values = ReadonlyMap<string, ReadonlyMap<string, Note>>;

/** How long a value is remembered after its last day, and how long a value is whose return may be asked for (`again`). */
export const REMEMBERED_VALUE = 90 * DAY;
const REMEMBERED_FOR_RETURN = 400 * DAY;

/** How long an owner is remembered after the last write. */
const REMEMBERED_OWNER = 400 * DAY;

/** Bounds of an item: values of one rule, and bytes in all; those not met for the longest time go first. */
export const MAX_VALUES = { actor: 400, account: 1_000 } as const;
const MAX_BYTES = 120_000;

/**
 * Stands beside a rule's values if there were more than there is room for, with the last such day: whatever is unknown may be
 * one of those. No value has this name.
 */
export const FULL = "";

export type OwnerKind = "actor" | "account";

/** The key of what is remembered of an actor in an account, or of the account. */
export function ownerKey(account: string, actor?: string): string {
  return `first#${hashOf(actor === undefined ? ["account", account] : ["actor", account, actor])}`;
}

/** An item with more values, within its bounds; those of rules that are `lasting` are kept for longer. */
export function withValues(
  known: Remembered | undefined,
  more: Values,
  { kind, now, lasting }: { readonly kind: OwnerKind; readonly now: number; readonly lasting: ReadonlySet<string> },
): Remembered {
  const all = new Map<string, [string, Note][]>();
  for (const rule of new Set([...Object.keys(known?.values ?? {}), ...more.keys()])) {
    const own = new Map(Object.entries(known?.values[rule] ?? {}));
    for (const [value, note] of more.get(rule) ?? []) own.set(value, later(own.get(value), note));
    const oldest = (now - (lasting.has(rule) ? REMEMBERED_FOR_RETURN : REMEMBERED_VALUE)) / DAY;
    const kept = [...own].filter(([, [day]]) => day >= oldest).sort(([, [a]], [, [b]]) => b - a);
    all.set(rule, cut(kept, MAX_VALUES[kind], now));
  }
  const values = () => Object.fromEntries(Array.from(all, ([rule, own]) => [rule, Object.fromEntries(own)]));
  while (Buffer.byteLength(JSON.stringify(values())) > MAX_BYTES) {
    // The rule with the most gives room, so that no rule takes what others remember.
    const [rule, own] = [...all].reduce((a, b) => (b[1].length > a[1].length ? b : a));
    all.set(rule, cut(own, Math.floor(own.length * 0.8), now));
  }
  return { since: known?.since ?? now, at: now, values: values() };
}

/** The newest of a rule's values, and that there were more. */
function cut(own: readonly [string, Note][], limit: number, now: number): [string, Note][] {
  const values = own.filter(([name]) => name !== FULL);
  const full = own.filter(([name]) => name === FULL);
  if (values.length <= limit) return [...values, ...full];
  return [...values.slice(0, limit), [FULL, [dayOf(now)]]];
}

/** When an item that was written now expires. */
export function expiryOf(now: number): number {
  return now + REMEMBERED_OWNER;
}

/** The later day, and whoever told of the value first. */
export function later(known: Note | undefined, note: Note): Note {
  if (known === undefined) return note;
  const day = Math.max(known[0], note[0]);
  const teller = note[1] ?? known[1];
  return teller === undefined ? [day] : [day, teller];
}

export function dayOf(time: number): number {
  return Math.floor(time / DAY);
}

const isNote: Shape<Note> = (value) => Array.isArray(value) && isCount(value[0]) && value.slice(1).every(isText);

/** What an actor, or an account, is known for. */
export type Remembered = Shaped<typeof isRemembered>;
const isRemembered = hasShape({
  /** When it was met for the first time, in milliseconds since the epoch. */
  since: isTime,
  /** When this was written last. */
  at: isTime,
  /** By the key of a rule and by value. */
  values: isRecordOf(isRecordOf(isNote)),
});

/** What is remembered, as the ledger has it; undefined if it cannot be read. */
export const rememberedOf = bodyOf(isRemembered);

export const DEPLOYED = "learning";

/** Since when, and until when, each rule was deployed, by its key; in milliseconds since the epoch. */
export type Deployed = Shaped<typeof isDeployed>;
const isDeployed = isRecordOf(hasShape({ since: isTime, at: isTime }));

/** The rules' deployments, as the ledger has them; undefined if they cannot be read. */
export const deployedOf = bodyOf(isDeployed);
