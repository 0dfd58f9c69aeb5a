import { clock, describeAccount, type Naming } from "../alert/describe.ts";
import { type Answer, type Finding, findingsOn } from "./finding.ts";
import { countOf, HOUR, type LastHeard } from "./heard.ts";

/** An account, in some or all of its regions, that wrote daily and is no longer heard. */
export interface Silence {
  readonly account: string;
  /** In alphabetical order. */
  readonly regions: readonly string[];
  /** True when nothing is heard from any of the account's regions. */
  readonly isWhole: boolean;
  /** When any of these regions was last heard, in milliseconds since the epoch. */
  readonly since: number;
  /** True if it has lasted so long that the account may simply have been closed. */
  readonly isOld: boolean;
}

/** A region is missed only if it was heard on this many days of the week before it fell silent. */
const WEEK = 7;
const REGULAR_DAYS = 6;

/** A silence longer than this is no longer told daily: an account that was closed stays silent. */
const TOLD = 72 * HOUR;

/** Nobody was heard since the deployment: so long nothing is wrong, in milliseconds. CloudTrail delivers in about five minutes. */
const FIRST_OBJECT = HOUR / 2;

/** How many accounts are told one by one. */
const MAX_TOLD = 10;

/**
 * Who has fallen silent: whoever was heard on six of seven days, but not within the last `patience` hours. Digests come
 * every hour even if nothing is logged, so where a trail has them, silence does not mean little traffic.
 * @param patience hours of silence that are normal; 0 or less: nobody is missed
 */
export function silencesIn(heard: readonly LastHeard[], patience: number, now: number): readonly Silence[] {
  if (patience <= 0) return [];
  const limit = patience * HOUR;
  return [...new Set(heard.map(({ account }) => account))]
    .flatMap((account) => {
      const all = heard.filter((one) => one.account === account);
      const silent = all.filter((one) => isRegular(one) && now - one.at > limit);
      if (silent.length === 0) return [];
      const isWhole = all.every(({ at }) => now - at > limit);
      const regions = silent.map(({ region }) => region).sort();
      const since = Math.max(...silent.map(({ at }) => at));
      return [{ account, regions, isWhole, since, isOld: now - since > limit + TOLD }];
    })
    .sort((a, b) => Number(b.isWhole) - Number(a.isWhole) || a.account.localeCompare(b.account));
}

function isRegular({ days }: LastHeard): boolean {
  const week = days % 2 ** WEEK;
  return countOf(week) >= REGULAR_DAYS;
}

/** What must be known to tell who has fallen silent. */
export interface Listening {
  readonly naming: Naming;
  /** An account and region that wrote daily are missed after this many hours; 0: never. */
  readonly accountSilentAfterHours: number;
}

/** Tells who has fallen silent, and that nobody was ever heard. `since`: when this was first looked at, after the deployment. */
export function silenceFindings(
  { naming, accountSilentAfterHours }: Listening,
  answer: Answer<readonly LastHeard[]>,
  since: number,
  now: number,
): readonly Finding[] {
  return findingsOn("silence", "Whose log files come", answer, (heard) => {
    if (heard.length === 0) return now - since >= FIRST_OBJECT ? [NEVER_HEARD] : [];
    const silences = silencesIn(heard, accountSilentAfterHours, now);
    const told = silences.slice(0, MAX_TOLD).map((silence) => findingOf(silence, naming));
    const more = silences.length - told.length;
    return more <= 0 ? told : [...told, { ...NO_MORE, what: `${more} more accounts have fallen silent.` }];
  });
}

const CAUSES =
  "Likely, in this order: the trail does not log; it writes below another prefix than the setting says; the bucket's notification or its filter is gone; the function may not be invoked, or not read, or not use the key.";

const NEVER_HEARD: Finding = {
  check: "silence",
  state: "broken",
  what: "No log file and no digest has come since this was deployed.",
  why: CAUSES,
  remedy: "npm run doctor says which of them it is.",
};

const NO_MORE: Finding = {
  check: "silence",
  state: "broken",
  what: "",
  remedy: "npm run doctor",
};

function findingOf({ account, regions, isWhole, since, isOld }: Silence, naming: Naming): Finding {
  const who = describeAccount(account, naming);
  const where = isWhole ? "" : ` in ${regions.slice(0, 5).join(", ")}${regions.length > 5 ? " and others" : ""}`;
  const what = `Nothing has come of account ${who}${where} since ${clock(since, "UTC")} UTC: no log file, no digest.`;
  return {
    check: "silence",
    // An account that was closed is told for three days, not for ever.
    state: isOld ? "doubtful" : "broken",
    what,
    why: "It wrote daily before. Somebody may have stopped its trail, left the organization, or closed the account.",
    remedy: `aws cloudtrail describe-trails --region ${regions[0] ?? "us-east-1"}, in that account; then get-trail-status for each of them`,
  };
}
