import { UsageError } from "./usage.ts";

const UNITS: { readonly [unit: string]: number } = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/**
 * A time as it is given: 2026-11-20, 2026-11-20T21:00 (UTC), with seconds or a zone; or how long ago: 7d, 24h, 90m, 2w.
 * @throws UsageError
 */
export function timeOf(text: string | undefined, option: string, now: number): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ""] = /^(\d{1,6})\s?([mhdw])$/.exec(text.trim().toLowerCase()) ?? [];
  if (count !== undefined) return now - Number(count) * (UNITS[unit] ?? 0);
  if (text === "now") return now;
  const [, date, time = "T00:00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i.exec(text.trim()) ?? [];
  const parsed = date === undefined ? Number.NaN : Date.parse(`${date}T${time.replace(/^T/, "")}${zone.toUpperCase()}`);
  // Date.parse takes February 31 for March 3.
  const isDay = date !== undefined && !Number.isNaN(parsed) && isoDay(Date.parse(`${date}T00:00Z`)) === date;
  if (!isDay) {
    throw new UsageError(`${option}: write 7d, 24h, 2026-11-20 or 2026-11-20T21:00 (UTC), not ${text}`);
  }
  return parsed;
}

function isoDay(time: number): string {
  return Number.isNaN(time) ? "" : new Date(time).toISOString().slice(0, 10);
}
