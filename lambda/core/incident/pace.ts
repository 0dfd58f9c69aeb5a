import { type Severity, TRAITS } from "../rules/severity.ts";

/** Mails of one incident within this time, in milliseconds, make its further news wait longer. */
const HOUR = 3_600_000;

/** How many mails of an hour leave the interval as it is. */
const UNHURRIED_MAILS = 2;

/** How many mails a head remembers: with more the interval grows no further. */
const MAX_MAILS = 5;

/** The mails of an incident that its pace depends on, after one more at `now`; all in milliseconds since the epoch. */
export function mailsAfter(mails: readonly number[], now: number): readonly number[] {
  return [...mails, now].filter((at) => at > now - HOUR).slice(-MAX_MAILS);
}

/** The longest that news of a severity waits after the last of these mails, in milliseconds: the more in its hour, the longer. */
export function newsInterval(severity: Severity, mails: readonly number[]): number {
  const { newsWithin, newsAtMost } = TRAITS[severity];
  // Counted back from the last mail, so that what is due does not move while it waits.
  const recent = mails.filter((at) => at > Math.max(...mails) - HOUR).length;
  return Math.min(newsAtMost, newsWithin * 2 ** Math.max(0, recent - UNHURRIED_MAILS));
}
