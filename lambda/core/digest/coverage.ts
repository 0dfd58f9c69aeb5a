/** A span of time, in milliseconds since the epoch, without its end. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** How far two digests may lie apart and still follow one another: their times are whole seconds. */
const TOLERANCE = 60_000;

/** What of a span no other span covers, in order. */
export function gapsIn({ from, until }: Span, covered: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let at = from;
  for (const span of covered.toSorted((a, b) => a.from - b.from)) {
    if (span.until <= at) continue;
    if (span.from >= until) break;
    if (span.from > at + TOLERANCE) gaps.push({ from: at, until: span.from });
    at = span.until;
  }
  if (until > at + TOLERANCE) gaps.push({ from: at, until });
  return gaps;
}

/** A digest comes within this time after the hour that it covers, in milliseconds; whoever waits longer misses it. */
export const DIGEST_DUE = 135 * 60_000;

/** A chain that wrote a digest within this time is expected to go on, in milliseconds. */
export const CHAIN_REMEMBERED = 35 * 86_400_000;
