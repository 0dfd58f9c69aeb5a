import type { Items } from "../store/items.ts";
import { FULL, later, MAX_VALUES, type Note, type OwnerKind, rememberedOf } from "./remembered.ts";

export type Values = Map<string, Map<string, Note>>;

/** One owner, as far as this instance knows. */
export interface Known {
  readonly key: string;
  readonly kind: OwnerKind;
  since?: number;
  /** When its item was written last; undefined as long as the item was not read or is not there. */
  at?: number;
  isRead: boolean;
  readonly values: Values;
  /** What is not written yet. */
  pending: Values;
}

/** Takes over what an item says. */
export function absorb(known: Known, items: Items): void {
  const item = items.get(known.key, rememberedOf);
  known.isRead = true;
  if (item === undefined) return;
  known.since = item.since;
  known.at = item.at;
  for (const [rule, values] of Object.entries(item.values)) {
    for (const [value, note] of Object.entries(values)) put(known.values, rule, value, note);
  }
}

/** What is noted of a value: under its own name, or under one that makes it known as well. */
export function noteIn({ values }: Known, rule: string, names: readonly string[]): Note | undefined {
  const own = values.get(rule);
  const notes = names.flatMap((name) => {
    const note = own?.get(name);
    return note === undefined ? [] : [note];
  });
  return notes.length === 0 ? undefined : notes.reduce(later);
}

/** Notes a value, here and for the next write; of a rule that has no room for more, that it is full. */
export function note(known: Known, rule: string, name: string, day: number): void {
  const own = known.values.get(rule);
  const isMore = own !== undefined && !own.has(name) && own.size >= MAX_VALUES[known.kind];
  put(known.values, rule, isMore ? FULL : name, [day]);
  put(known.pending, rule, isMore ? FULL : name, [day]);
}

export function put(values: Values, rule: string, value: string, note: Note): void {
  const own = values.get(rule) ?? new Map<string, Note>();
  values.set(rule, own);
  own.set(value, later(own.get(value), note));
}

/** All of both. */
export function merged(a: Values, b: Values): Values {
  const all: Values = new Map(Array.from(a, ([rule, own]) => [rule, new Map(own)]));
  for (const [rule, own] of b) for (const [value, note] of own) put(all, rule, value, note);
  return all;
}
