import type { Tally } from "./task.ts";

/** How often a rule matched, and how much of it each actor and account caused: the most frequent first. */
export interface RuleTally {
  readonly matches: number;
  readonly actors: readonly Tally[];
  readonly accounts: readonly (readonly [account: string, count: number])[];
}

/** So many callers of a rule are counted; with more, the rare ones are let go now and then. */
const MAX_CALLERS = 5_000;

const NOTHING: RuleTally = { matches: 0, actors: [], accounts: [] };

/** Counts the matches of rules, by their places in the task. */
export class Tallies {
  readonly #callers = new Map<number, Map<string, Tally>>();
  readonly #matches = new Map<number, number>();
  matches = 0;

  add(tallies: readonly Tally[]): void {
    for (const tally of tallies) {
      const { rule, actor, account, count } = tally;
      this.matches += count;
      this.#matches.set(rule, (this.#matches.get(rule) ?? 0) + count);
      const callers = this.#callers.get(rule) ?? new Map<string, Tally>();
      this.#callers.set(rule, callers);
      const key = `${account} ${actor}`;
      const known = callers.get(key);
      callers.set(key, known === undefined ? tally : { ...known, count: known.count + count });
      if (callers.size > MAX_CALLERS) forgetRare(callers);
    }
  }

  of(rule: number): RuleTally {
    const callers = this.#callers.get(rule);
    if (callers === undefined) return NOTHING;
    const accounts = new Map<string, number>();
    for (const { account, count } of callers.values()) accounts.set(account, (accounts.get(account) ?? 0) + count);
    return {
      matches: this.#matches.get(rule) ?? 0,
      actors: [...callers.values()].sort((a, b) => b.count - a.count),
      accounts: [...accounts].sort(([, a], [, b]) => b - a),
    };
  }
}

function forgetRare(callers: Map<string, Tally>): void {
  const rare = [...callers].sort(([, a], [, b]) => a.count - b.count).slice(0, callers.size / 2);
  for (const [key] of rare) callers.delete(key);
}
