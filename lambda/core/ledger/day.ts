import { clock } from "../alert/describe.ts";

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
