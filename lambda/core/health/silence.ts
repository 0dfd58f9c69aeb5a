import { HOUR, type LastHeard } from "./heard.ts";

/** Somebody who wrote daily and is not heard of any more: an account in some or all of its regions. */
export interface Silence {
  readonly account: string;
  /** In alphabetical order. */
  readonly regions: readonly string[];
  /** True when nothing is heard from any of the account's regions. */
  readonly isWhole: boolean;
  /** The last time that any of these regions was heard, in milliseconds since the epoch. */
  readonly since: number;
}

/** Of the week before it fell silent, days on which a region must have been heard to be missed. */
const WEEK = 7;
const REGULAR_DAYS = 6;

/** How long silence is told of: an account that was closed stays silent. */
const TOLD = 72 * HOUR;

/**
 * Who has fallen silent: whoever was heard on six of seven days, and not within `patience` hours any more. Digests come
 * every hour also where nothing is logged, so that silence is no matter of little traffic where a trail has them.
 * @param patience hours of silence that are nothing; 0 or less: nobody is missed
 */
export function silencesIn(heard: readonly LastHeard[], patience: number, now: number): readonly Silence[] {
  if (patience <= 0) return [];
  const limit = patience * HOUR;
  return [...new Set(heard.map(({ account }) => account))]
    .flatMap((account) => {
      const all = heard.filter((one) => one.account === account);
      const silent = all.filter((one) => isRegular(one) && now - one.at > limit && now - one.at <= limit + TOLD);
      if (silent.length === 0) return [];
      const isWhole = all.every(({ at }) => now - at > limit);
      const regions = silent.map(({ region }) => region).sort();
      return [{ account, regions, isWhole, since: Math.max(...silent.map(({ at }) => at)) }];
    })
    .sort((a, b) => Number(b.isWhole) - Number(a.isWhole) || a.account.localeCompare(b.account));
}

function isRegular({ days }: LastHeard): boolean {
  const week = days % 2 ** WEEK;
  return week.toString(2).replaceAll("0", "").length >= REGULAR_DAYS;
}
