import { isRecordOf, isText } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import type { LedgerStore } from "../store/store.ts";

/** What is known of log objects that were read before: CloudTrail writes each one once. */
export interface ObjectHistory {
  /** The beginning of an object's ETag when it was read before; undefined if nobody knows. */
  etagBefore(place: string): Promise<string | undefined>;
  /** Notes that an object was read, with its ETag. Notes are written together: after twenty objects or five minutes. */
  note(place: string, etag: string): void;
  /** Writes the notes if it is time. Never rejects: a lost note only means that a rewrite is noticed later. */
  flush(): Promise<void>;
}

/** How many characters of an ETag are kept. */
export const ETAG_LENGTH = 16;

const MAX_NOTED = 20;
const MAX_AGE = 5 * 60_000;
const REMEMBERED = 35 * 86_400_000;

/** How many objects of ten minutes are remembered: an item holds 400 KB. */
const MAX_OBJECTS = 4_000;

/** After a failure the ledger is left alone for this long, in milliseconds: reading must go on. */
const PAUSE = 60_000;
const TRIES = 4;

type Objects = { readonly [object: string]: string };

/** The history of one function instance, in the ledger's store: one item for each ten minutes of log files. */
export function createObjectHistory(store: LedgerStore, now: () => number): ObjectHistory {
  const noted = new Map<string, Map<string, string>>();
  let count = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let pausedUntil = 0;

  async function read(key: string) {
    const item = (await store.read([key], now())).get(key);
    const known = item?.body;
    return {
      objects: isRecordOf(isText)(known) ? (known as Objects) : {},
      version: item?.isForeign ? undefined : (item?.version ?? 0),
    };
  }

  /** False if somebody else was quicker. */
  async function write(key: string, objects: ReadonlyMap<string, string>): Promise<boolean> {
    const { objects: known, version } = await read(key);
    if (version === undefined) return true;
    const all = Object.entries({ ...known, ...Object.fromEntries(objects) }).slice(0, MAX_OBJECTS);
    const next = { body: Object.fromEntries(all), expiresAt: now() + REMEMBERED };
    return store.commit([{ key, expected: version, next }]);
  }

  return {
    async etagBefore(place) {
      const key = keyOf(place);
      const known = noted.get(key)?.get(hashOf(place));
      if (known !== undefined || now() < pausedUntil) return known;
      try {
        return (await read(key)).objects[hashOf(place)];
      } catch {
        pausedUntil = now() + PAUSE;
        return undefined;
      }
    },
    note(place, etag) {
      const key = keyOf(place);
      const objects = noted.get(key) ?? new Map<string, string>();
      noted.set(key, objects.set(hashOf(place), etag.slice(0, ETAG_LENGTH)));
      count++;
      oldest = Math.min(oldest, now());
    },
    async flush() {
      if (count === 0 || now() < pausedUntil || (count < MAX_NOTED && now() - oldest < MAX_AGE)) return;
      try {
        for (const [key, objects] of noted) {
          for (let attempt = 1; attempt <= TRIES && !(await write(key, objects)); attempt++);
        }
      } catch {
        pausedUntil = now() + PAUSE;
      }
      noted.clear();
      count = 0;
      oldest = Number.POSITIVE_INFINITY;
    },
  };
}

/** Objects of ten minutes share an item: `..._20261120T2130Z_...`; those without a time share one too. */
function keyOf(place: string): string {
  const [, start = "none"] = /_(\d{8}T\d{3})\dZ_/.exec(place) ?? [];
  return `objects#${start}`;
}
