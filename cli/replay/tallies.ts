import type { Tally } from "./task.ts";

/** How often a rule matched, and what of it each actor and account caused. */
export interface RuleTally {
  readonly rule: number;
  readonly matches: number;
  /** The most frequent first. */
  readonly actors: readonly (readonly [actor: string, account: string, count: number])[];
  readonly accounts: readonly (readonly [account: string, count: number])[];
}

/** So many callers of a rule are counted; with more, the rare ones are let go now and then. */
const MAX_CALLERS = 5_000;

/** Counts the matches of rules. */
export class Tallies {
  readonly #rules: Map<string, readonly [actor: string, account: string, count: number]>[];
  readonly #matches: number[];
  matches = 0;

  constructor(rules: number) {
    this.#rules = Array.from({ length: rules }, () => new Map());
    this.#matches = Array.from({ length: rules }, () => 0);
  }

  add(tallies: readonly Tally[]): void {
    for (const { rule, actor, account, count } of tallies) {
      this.matches += count;
      this.#matches[rule] = (this.#matches[rule] ?? 0) + count;
      const callers = this.#rules[rule];
      if (callers === undefined) continue;
      const key = `${account} ${actor}`;
      callers.set(key, [actor, account, (callers.get(key)?.[2] ?? 0) + count]);
      if (callers.size > MAX_CALLERS) forgetRare(callers);
    }
  }

  /** Rules that matched. */
  ofRules(): readonly RuleTally[] {
    return this.#rules.flatMap((callers, rule) => {
      const matches = this.#matches[rule] ?? 0;
      if (matches === 0) return [];
      const accounts = new Map<string, number>();
      for (const [, account, count] of callers.values()) accounts.set(account, (accounts.get(account) ?? 0) + count);
      return [
        {
          rule,
          matches,
          actors: [...callers.values()].sort(([, , a], [, , b]) => b - a),
          accounts: [...accounts].sort(([, a], [, b]) => b - a),
        },
      ];
    });
  }
}

function forgetRare(callers: Map<string, readonly [string, string, number]>): void {
  const rare = [...callers].sort(([, a], [, b]) => a[2] - b[2]).slice(0, callers.size / 2);
  for (const [key] of rare) callers.delete(key);
}
