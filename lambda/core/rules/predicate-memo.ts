import type { CloudTrailRecord } from "../record/record.ts";
import type { KnownAccounts } from "./accounts.ts";
import { type Condition, compileCondition, type Predicate } from "./condition.ts";

/** Shares the compiled form of equal conditions, and their answers for the current record. */
export class PredicateMemo {
  readonly #same = new WeakMap<Condition, Predicate>();
  readonly #equal = new Map<string, Predicate>();
  readonly #known: KnownAccounts;
  #record = 0;

  constructor(known: KnownAccounts) {
    this.#known = known;
  }

  /** Starts a new record: what was known of the last one is dropped. */
  forget(): void {
    this.#record++;
  }

  compile(condition: Condition): Predicate {
    const same = this.#same.get(condition);
    if (same !== undefined) return same;
    const key = JSON.stringify(condition);
    const predicate = this.#equal.get(key) ?? this.#predicateOf(condition);
    this.#equal.set(key, predicate);
    this.#same.set(condition, predicate);
    return predicate;
  }

  #predicateOf(condition: Condition): Predicate {
    const ask = compileCondition(condition, this.#known, (part) => this.compile(part));
    let askedFor = -1;
    let answer = false;
    return (record: CloudTrailRecord) => {
      if (askedFor !== this.#record) {
        answer = ask(record, record);
        askedFor = this.#record;
      }
      return answer;
    };
  }
}
