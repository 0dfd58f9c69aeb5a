import type { CloudTrailRecord } from "../record/record.ts";
import type { KnownAccounts } from "./accounts.ts";
import { type Condition, compileCondition, type Predicate } from "./condition.ts";

/** Shares the compiled form of equal conditions, and what they answered of the record that was asked about last. */
export class PredicateMemo {
  readonly #same = new WeakMap<Condition, Predicate>();
  readonly #equal = new Map<string, Predicate>();
  readonly #known: KnownAccounts;
  #record: CloudTrailRecord | undefined;
  /** How many records came. */
  #count = 0;

  constructor(known: KnownAccounts) {
    this.#known = known;
  }

  /** What follows is asked of this record: what was known of another one is dropped. */
  begin(record: CloudTrailRecord): void {
    if (record === this.#record) return;
    this.#record = record;
    this.#count++;
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

  /** The same, compiled when it is asked for the first time: most rules never are. */
  later(conditionOf: () => Condition): Predicate {
    let holds: Predicate | undefined;
    return (object, record) => {
      holds ??= this.compile(conditionOf());
      return holds(object, record);
    };
  }

  #predicateOf(condition: Condition): Predicate {
    const ask = compileCondition(condition, this.#known, (part) => this.compile(part));
    let askedAt = -1;
    let answer = false;
    return (record: CloudTrailRecord) => {
      if (askedAt !== this.#count) {
        answer = ask(record, record);
        askedAt = this.#count;
      }
      return answer;
    };
  }
}
