import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pMapIterable } from "p-map";
import { cacheFolder } from "../cache-folder.ts";
import type { DeskFile } from "../records/desk-file.ts";
import { fetchDay, type Lookup } from "./history-day.ts";
import { refusalOf } from "./refusal.ts";
import { regionsOf } from "./regions.ts";
import type { ResumePoint } from "./resume-point.ts";
import { type Source, SourceError } from "./source.ts";
import type { Window } from "./trail-walk.ts";

const DAY = 86_400_000;
/** Event history goes back so far (CloudTrail API Reference, "LookupEvents"). */
export const HISTORY_DAYS = 90;
/** LookupEvents takes two calls a second for an account and region; what somebody else asks shares it. */
const PACE = 550;
const REGIONS_AT_ONCE = 6;
/** How a region that an account has not enabled refuses. */
const DISABLED = new Set([
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidToken",
  "OptInRequired",
  "AuthFailure",
]);

/**
 * Event history of the caller's account, a file for each day and region, which is kept in the user's cache. `note` hears
 * what a person should know, such as regions that are disabled.
 */
export async function historySource(
  given: string | undefined,
  window: Window,
  resumePoint: ResumePoint,
  note: (text: string) => void,
): Promise<Source> {
  const { openEventHistory } = await import("../aws/event-history.ts");
  const history = await openEventHistory();
  const regions = regionsOf(given, history.region);
  const account = await history.accountId().catch((cause: unknown) => {
    throw new SourceError(`Event history: ${refusalOf(cause, "sts:GetCallerIdentity").text}`, { cause });
  });
  const nameOf = (day: number, region: string) =>
    `event-history/${account}/${region}/${new Date(day).toISOString().slice(0, 10)}.jsonl`;
  const now = Date.now();
  const oldest = Math.max(window.since, now - HISTORY_DAYS * DAY);
  const newest = Math.min(window.until, now);
  const days: number[] = [];
  for (let day = Math.floor(oldest / DAY) * DAY; day < newest; day += DAY) days.push(day);
  // Day by day, so that several regions are asked beside each other.
  const units = days
    .flatMap((day) => regions.map((region) => ({ day, region, name: nameOf(day, region) })))
    .filter(({ name }) => !resumePoint.isBehind(name));
  const lookups = new Map(regions.map((region) => [region, paced(history.lookupIn(region))]));
  const turns = new Map<string, Promise<unknown>>();
  const disabled = new Set<string>();
  let events = 0;

  async function fetched({ day, region, name }: (typeof units)[number]): Promise<DeskFile> {
    const path = join(cacheFolder(), name);
    const lookup = lookups.get(region);
    const file: DeskFile = { name, logObject: { bucket: "event-history", key: name }, content: path };
    const turn = (turns.get(region) ?? Promise.resolve()).then(async () => {
      if (lookup === undefined || disabled.has(region)) return;
      await fetchDay(path, day, lookup, Date.now(), (count) => {
        events += count;
      });
    });
    turns.set(
      region,
      turn.catch(() => undefined),
    );
    try {
      await turn;
    } catch (cause) {
      if (cause instanceof SourceError) throw cause;
      const isDisabled = cause instanceof Error && DISABLED.has(cause.name);
      if (!isDisabled || regions.length === 1) {
        const { text: why } = refusalOf(cause, "cloudtrail:LookupEvents");
        throw new SourceError(`${name}: ${why}`, { cause });
      }
      if (!disabled.has(region)) note(`Event history: ${region} is left out, for this account has not enabled it`);
      disabled.add(region);
    }
    return existsSync(path) ? file : { ...file, content: new Uint8Array() };
  }
  return {
    files: pMapIterable(units, fetched, { concurrency: REGIONS_AT_ONCE, backpressure: 2 * REGIONS_AT_ONCE }),
    sample: [],
    known: () => ({
      files: units.length,
      doing: `asking Event history, ${events.toLocaleString("en-US")} events so far `,
    }),
  };
}

/** Asks no faster than LookupEvents may be asked. */
function paced(lookup: Lookup): Lookup {
  let next = 0;
  return async (asked) => {
    const wait = Math.max(0, next - Date.now());
    next = Date.now() + wait + PACE;
    if (wait > 0) await sleep(wait);
    return lookup(asked);
  };
}
