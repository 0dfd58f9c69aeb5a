const UNITS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a duration looks like: `90s`, `5m`, `1h`, `1d`. */
export const DURATION = /^([1-9]\d{0,4})([smhd])$/;

/** A duration in milliseconds; the text must fit DURATION. */
export function durationOf(text: string): number {
  const [, count = "0", unit = "s"] = DURATION.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? 0);
}
