import { type Facts, shortHash } from "../../record/facts.ts";
import type { Severity } from "../../rules/severity.ts";
import { hasShape, isCount, isMaybe, isOneOf, isText, isTime, type Shaped } from "../../store/guard.ts";

/** What a story takes of one record. */
export interface Told {
  readonly facts: Facts;
  /** Targets that the facts leave out; undefined if they leave out none. */
  readonly moreTargets?: number | undefined;
  /** The rules that it meets, worst first. */
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly time?: number | undefined;
  readonly isLate: boolean;
  /** True if its log file was read only because a digest named it. */
  readonly isRecovered?: boolean | undefined;
  /** The caller's address. */
  readonly source?: string | undefined;
  /** The account, where the incident is of several: no number of calls in one takes the place of those in another. */
  readonly apart?: string | undefined;
  /** The key of who called, where callers share the incident. */
  readonly sharedBy?: string | undefined;
  /** The key of the incident of a rule's own grouping that it would be in, where that shares another. */
  readonly group?: string | undefined;
  /** The session as one word, if somebody else may have opened it. */
  readonly session?: string | undefined;
  /** What the record is the first to have. */
  readonly firsts?: readonly FirstTime[];
}

/** What a record is the first to have. */
export type FirstTime = Shaped<typeof isFirstTime>;
export const isFirstTime = hasShape({
  rule: isText,
  /** What of the record, as the rule says it: a word such as sourceNetwork, or a path. */
  of: isText,
  value: isText,
  /** For whom it is the first time. */
  by: isOneOf(["actor", "account"]),
  /** How many days the memory reaches back. */
  days: isCount,
  /** The last day on which it was met, in milliseconds since the epoch; undefined if it never was. */
  last: isMaybe(isTime),
});

/** The key of the line that a record belongs to. */
export function lineKeyOf({ rules, facts: { call, outcome }, apart }: Pick<Told, "rules" | "facts" | "apart">): string {
  const key = factHash(JSON.stringify([rules, call, outcome]));
  return apart === undefined ? key : keyApart(key, apart);
}

/** The key of a line that is kept apart, by the key that it has otherwise. */
export function keyApart(key: string, apart: string): string {
  return `${key} ${apart}`;
}

/** What keeps the line of a key apart from others. */
export function apartIn(key: string): Told["apart"] {
  return / (.*)$/s.exec(key)?.[1];
}

type NewsOf = Pick<Told, "rules" | "facts" | "firsts" | "isLate">;

/**
 * What a record says that is news if nobody was told: its rules, its outcome, what it changes (call, target and parameters,
 * each in its account and region and with its outcome), the network, the region and the credential.
 */
export function factsIn({ rules, facts, firsts = [], isLate }: NewsOf): readonly string[] {
  const { call, outcome, isRead, target, isMade, parameters, network, region, account, credential } = facts;
  // Nobody is woken for what is late: it makes no old news of the rest.
  const apart = isLate ? "late " : "";
  // The same call elsewhere, or with another outcome, is another fact.
  const where = [account, region, call, outcome].join(" ");
  const said: readonly (readonly [string, string | undefined])[] = [
    ...rules.map((rule) => ["rule", rule] as const),
    ["outcome", outcome],
    ["call", isRead ? undefined : where],
    ["target", isRead || isMade || target === undefined ? undefined : `${where} ${target}`],
    ["parameters", parameters === undefined ? undefined : `${where} ${parameters}`],
    ["network", network],
    ["region", region],
    ["account", account],
    ["credential", credential],
    ...firsts.map(({ of, value }) => ["first", `${of} ${value}`] as const),
  ];
  return said.flatMap(([kind, value]) => (value === undefined ? [] : [factHash(`${apart}${kind} ${value}`)]));
}

/** What stands for a change's target among the facts of an incident's own caller. */
export function targetFact(where: readonly [account: string, region: string, call: string], target: string): string {
  return factHash(`target ${[...where, "success"].join(" ")} ${target}`);
}

/** What stands for a rule among a line's facts, for each of those who share the line. */
export function ruleFacts(rule: string, callers: readonly string[]): readonly string[] {
  const fact = factHash(`rule ${rule}`);
  return callers.length === 0 ? [fact] : callers.map((caller) => factHash(`${fact} ${caller}`));
}

const hashes = new Map<string, string>();

/** What stands for a text among facts. */
export function factHash(text: string): string {
  let hash = hashes.get(text);
  if (hash === undefined) {
    hash = shortHash(text);
    if (hashes.size > 20_000) hashes.clear();
    hashes.set(text, hash);
  }
  return hash;
}
