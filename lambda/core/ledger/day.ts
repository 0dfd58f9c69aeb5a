import { clock } from "../alert/describe.ts";

/** The days of the week, as settings name them. */
export const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const QUARTER = 15 * 60_000;

/** The next moment after `now` at which it is `hour` o'clock in a time zone; both in milliseconds since the epoch. */
export function nextRoundUp(now: number, hour: number, timeZone = "UTC"): number {
  // Every zone's offset is a multiple of a quarter of an hour; an hour that a clock change skips comes the next day.
  const first = (Math.floor(now / QUARTER) + 1) * QUARTER;
  const wanted = `${String(hour).padStart(2, "0")}:00`;
  for (let time = first; time < first + 200 * QUARTER; time += QUARTER) {
    if (clock(time, timeZone).slice(11, 16) === wanted) return time;
  }
  return first + 96 * QUARTER;
}

/** The next round-up after `now` that is made on this day of the week, in milliseconds since the epoch. */
export function nextWeekly(now: number, day: Weekday, hour: number, timeZone = "UTC"): number {
  let time = nextRoundUp(now, hour, timeZone);
  for (let i = 0; i < 8; i++) {
    // The date in the zone, read as if it were UTC's, has the same day of the week.
    const date = clock(time, timeZone).slice(0, 10);
    if (WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] === day) break;
    time = nextRoundUp(time, hour, timeZone);
  }
  return time;
}
