import { isTime, type Shape } from "./guard.ts";

/** How far ahead of its own clock a process believes another one, in milliseconds. */
export const MAX_SKEW = 15 * 60_000;

/** A time that is past at `now`, or that somebody with a faster clock wrote as the present. */
export const isPastAt =
  (now: number): Shape<number> =>
  (value) =>
    isTime(value) && (value as number) <= now + MAX_SKEW;

/**
 * The time by which the ledger judges what is due: this process's clock, moved ahead to the newest time seen in
 * the ledger. Otherwise what a process with a fast clock wrote would wait too long in one with a slow clock.
 */
export class Clock {
  readonly #now: () => number;
  #ahead = 0;

  /** `now` returns milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  now(): number {
    return this.#now() + this.#ahead;
  }

  /** Notes a time that somebody wrote as the present. */
  saw(time: number | undefined): void {
    if (time === undefined) return;
    const ahead = time - this.#now();
    if (ahead > this.#ahead && ahead <= MAX_SKEW) this.#ahead = ahead;
  }
}
