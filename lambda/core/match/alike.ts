import { mayLink } from "../record/link.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { isOfOwnCalls } from "../rules/own-traffic.ts";
import type { Exception, Rule } from "../rules/rule.ts";
import type { Possible, Verdict } from "../rules/rule-set.ts";
import { type LeftRule, lastingExceptions } from "./call-class.ts";

/** A match that an exception left out. */
export interface LeftOut {
  readonly rule: Rule;
  readonly exception: Exception;
  /** The address or the service that the call came from. */
  readonly address: string | undefined;
}

const NOTHING_LEFT_OUT: readonly Omit<LeftOut, "address">[] = [];

/** What became of a record. */
export interface Seen {
  readonly verdict: Verdict;
  /**
   * True if it was nothing: no rule matches it, unless an exception left it out, the memory knows all that rules noticed of any
   * such record, and it is none of the alerter's own.
   */
  readonly isNothing: boolean;
  /** When it was read, in milliseconds since the epoch. */
  readonly now: number;
}

/** Records with equal texts: what is true of one of them is true of all. */
export interface Alike {
  /** The rules that they may meet. */
  readonly possible: readonly Possible[];
  /** Notes what rules say of one of them, and whether there is nothing to be done about it. */
  note(record: CloudTrailRecord, seen: Seen): void;
}

/** What becomes of them is learnt from those that were parsed. */
export class AlikeRecords implements Alike {
  readonly possible: readonly LeftRule[];
  readonly #isLinking: boolean;
  /** True if nothing has to be done about them, apart from counting what is left out. */
  isSettled = false;
  /** True if nobody asks more of them than their sketch says. */
  readonly isOfSketch: boolean;
  /** What exceptions leave out of each of them. */
  leftOut = NOTHING_LEFT_OUT;

  /** The rules that they may meet. */
  get rules(): readonly Rule[] {
    return this.possible.map(({ rule }) => rule);
  }

  /** They open sessions if `isLinking`. */
  constructor(possible: readonly LeftRule[], isLinking: boolean) {
    this.possible = possible;
    this.#isLinking = isLinking;
    this.isOfSketch = !isLinking && possible.every(({ isOfMemory }) => isOfMemory);
  }

  note(record: CloudTrailRecord, { verdict, isNothing, now }: Seen): void {
    if (this.isSettled || !isNothing || (this.#isLinking && mayLink(record))) return;
    // A time in the future counts as now, whose day is not in the sketch.
    if ((viewOf(record).time ?? Number.POSITIVE_INFINITY) > now) return;
    const { noticed, excepted, exceptions } = verdict;
    // Where the alerter's own calls are made, the request says whether it is one of them.
    if (excepted.length > 0 && isOfOwnCalls(record)) return;
    const leftOut = excepted.flatMap((rule, i) => {
      const exception = exceptions[i];
      return exception !== undefined && lastingExceptions(rule).includes(exception) ? { rule, exception } : [];
    });
    // What an exception keeps from being noticed is not settled: exceptions end.
    this.isSettled = this.possible.every(
      (one) =>
        one.isDecided && (noticed.includes(one.rule) || (one.isSure && leftOut.some(({ rule }) => rule === one.rule))),
    );
    if (leftOut.length > 0) this.leftOut = leftOut;
  }
}
