import type { CloudTrailRecord } from "../record/record.ts";
import type { KnownAccounts } from "./accounts.ts";
import { type Condition, compileCondition, type Predicate } from "./condition.ts";

/** Shares the compiled form of equal conditions, and what they answered of the record that was asked about last. */
export class PredicateMemo {
  readonly #numbers = new WeakMap<Condition, number>();
  /** The numbers of conditions, by their kinds and the numbers of their parts. */
  readonly #equal = new Map<string, number>();
  /** By number. */
  readonly #compiled: Predicate[] = [];
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

  /** Stands for a condition and all that are equal to it. */
  numberOf(condition: Condition): number {
    const known = this.#numbers.get(condition);
    if (known !== undefined) return known;
    const key = this.#keyOf(condition);
    const number = this.#equal.get(key) ?? this.#equal.size;
    this.#equal.set(key, number);
    this.#numbers.set(condition, number);
    return number;
  }

  compile(condition: Condition): Predicate {
    const number = this.numberOf(condition);
    this.#compiled[number] ??= this.#predicateOf(condition);
    return this.#compiled[number];
  }

  /** The same, compiled when it is asked for the first time: most rules never are. */
  later(conditionOf: () => Condition): Predicate {
    let holds: Predicate | undefined;
    return (object, record) => {
      holds ??= this.compile(conditionOf());
      return holds(object, record);
    };
  }

  #keyOf(condition: Condition): string {
    switch (condition.kind) {
      case "all":
      case "any":
        return `${condition.kind} ${condition.of.map((part) => this.numberOf(part)).join()}`;
      case "not":
        return `not ${this.numberOf(condition.of)}`;
      default:
        return JSON.stringify(condition);
    }
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
