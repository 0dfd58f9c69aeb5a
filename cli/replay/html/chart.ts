import { rankOf, SEVERITIES, type Severity, worstOf } from "../../../lambda/core/rules/severity.ts";
import type { SentAlert } from "../alerts.ts";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** How long a bar may stand for, in milliseconds. */
const STEPS = [5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY, 364 * DAY];
const MAX_BARS = 60;
const MIN_BARS = 12;

/** Incidents by when they began: how many of each severity in each bar. */
export interface Chart {
  /** When the first bar begins, and how long each is; milliseconds. */
  readonly start: number;
  readonly step: number;
  readonly bars: number;
  /** Of the severities, in their order. */
  readonly counts: readonly (readonly number[])[];
}

/** Alerts and their follow-ups are one incident, as grave as the worst of them, from its first event on. */
export function chartOf(sent: readonly SentAlert[]): Chart {
  const incidents = new Map<string, { time: number; severity: Severity }>();
  for (const { sentAt, alert } of sent) {
    for (const { incident, fullId, firstTime = sentAt, severity } of alert.parts) {
      const key = incident ?? fullId;
      const known = incidents.get(key);
      if (known === undefined) incidents.set(key, { time: firstTime, severity });
      else {
        known.time = Math.min(known.time, firstTime);
        known.severity = worstOf([severity, known.severity]) ?? severity;
      }
    }
  }
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { time } of incidents.values()) [first, last] = [Math.min(first, time), Math.max(last, time)];
  if (first > last) return { start: 0, step: DAY, bars: 0, counts: SEVERITIES.map(() => []) };
  const barsOf = (step: number) => Math.floor(last / step) - Math.floor(first / step) + 1;
  // Of times that no log has, more bars are wide than can be drawn: all of it is in one.
  const step = STEPS.find((one) => barsOf(one) <= MAX_BARS) ?? last - first + 1;
  const begin = Math.floor(first / step);
  const bars = Math.max(barsOf(step), MIN_BARS);
  const start = (begin - Math.floor((bars - barsOf(step)) / 2)) * step;
  const counts = SEVERITIES.map(() => new Array<number>(bars).fill(0));
  for (const { time, severity } of incidents.values()) {
    const row = counts[rankOf(severity)];
    const bar = Math.floor((time - start) / step);
    if (row !== undefined) row[bar] = (row[bar] ?? 0) + 1;
  }
  return { start, step, bars, counts };
}
