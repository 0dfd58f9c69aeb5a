import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { isListOf, isTime } from "../store/guard.ts";
import type { LedgerStore } from "../store/store.ts";

/** Calls after which the digests of a trail begin anew. */
const TRAIL_CALLS = ["StopLogging", "StartLogging", "UpdateTrail", "PutEventSelectors", "CreateTrail", "DeleteTrail"];

/** True for a call by its name and service. */
export function isTrailCall(record: CloudTrailRecord): boolean {
  const isOfService = textAt(record, "eventSource") === "cloudtrail.amazonaws.com";
  return isOfService && TRAIL_CALLS.includes(textAt(record, "eventName") ?? "");
}

/** When such calls were made, whoever made them: in an organization it may be another account than the digests'. */
export interface TrailCalls {
  follow(record: CloudTrailRecord): void;
  /** True if one was made in a span of time, in milliseconds since the epoch. Rejects if the table does not answer. */
  sawBetween(from: number, until: number): Promise<boolean>;
  /** Writes what was followed. Never rejects: a call that is lost is taken for unseen. */
  flush(): Promise<void>;
}

const KEY = "trail-calls";
const MAX_CALLS = 500;
const REMEMBERED = 40 * 86_400_000;
const TRIES = 4;

/** The calls that one function instance has seen, and those in the ledger's store. */
export function createTrailCalls(store: LedgerStore, now: () => number): TrailCalls {
  const seen = new Set<number>();
  const unwritten = new Set<number>();
  const read = async () => {
    const item = (await store.read([KEY], now())).get(KEY);
    const times = isListOf(isTime)(item?.body) ? (item?.body as readonly number[]) : [];
    return { item, times };
  };
  return {
    follow(record) {
      const { outcome, time } = viewOf(record);
      if (!isTrailCall(record)) return;
      if (outcome !== "success" || time === undefined || seen.size >= MAX_CALLS) return;
      if (!seen.has(time)) unwritten.add(time);
      seen.add(time);
    },
    async sawBetween(from, until) {
      const isWithin = (time: number) => time >= from && time <= until;
      if ([...seen].some(isWithin)) return true;
      return (await read()).times.some(isWithin);
    },
    async flush() {
      if (unwritten.size === 0) return;
      try {
        for (let attempt = 1; attempt <= TRIES; attempt++) {
          const { item, times } = await read();
          if (item?.isForeign) return;
          const body = [...new Set([...times, ...unwritten])].sort((a, b) => a - b).slice(-MAX_CALLS);
          const next = { body, expiresAt: now() + REMEMBERED };
          if (!(await store.commit([{ key: KEY, expected: item?.version ?? 0, next }]))) continue;
          unwritten.clear();
          return;
        }
      } catch {
        // It is written with the next one.
      }
    },
  };
}
