import type { CloudTrailRecord } from "../../lambda/core/record/record.ts";
import type { Random } from "./random.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The Monday on which the measured days begin. */
export const MEASURED_FROM = Date.parse("2026-11-16T00:00:00Z");

/** A call, and the record that CloudTrail keeps of it. */
export interface Act {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly record: CloudTrailRecord;
  /** The attack that it is part of. */
  readonly attack?: string;
  /** True from the moment on at which an attack does more than look: it makes a way in, takes, spends or destroys. */
  readonly isDeed?: true;
}

/** Something that begins at a time, and the calls that it makes, in the order of time. */
export interface Doing {
  readonly start: number;
  acts(): Iterable<Act>;
}

/** A day, as whoever plans it sees it. */
export interface Day {
  /** Days since the measured time began; negative while the rules learn. */
  readonly number: number;
  /** Midnight in UTC. */
  readonly start: number;
  /** From Monday, 0, to Sunday, 6. */
  readonly weekday: number;
  /** The share of what machines repeat that is played; all else is played whole. */
  readonly share: number;
  /** Numbers for one who plans this day. */
  randomFor(name: string): Random;
}

/** Somebody or something that does things each day. */
export type Planner = (day: Day) => Iterable<Doing>;

export function isWorkday({ weekday }: Day): boolean {
  return weekday < 5;
}

/**
 * What a machine repeats all day, about every `minutes`. `share` leaves out whole runs: those that are left are the same as
 * without it.
 */
export function* repeated(
  day: Day,
  name: string,
  minutes: number,
  run: (start: number, random: Random) => Iterable<Act>,
  hours: readonly [from: number, to: number] = [0, 24],
): Generator<Doing> {
  const random = day.randomFor(name);
  const [from, to] = hours;
  const step = minutes * MINUTE;
  const phase = random.between(0, step);
  for (let i = 0, time = from * HOUR + phase; time < to * HOUR; i++, time += step) {
    const own = random.fork(i);
    if (!own.chance(day.share)) continue;
    const start = day.start + time + own.between(0, step * 0.05);
    yield { start, acts: () => run(start, own) };
  }
}
