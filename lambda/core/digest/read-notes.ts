import type { LogObject } from "../envelope/log-object.ts";
import type { LedgerStore } from "../store/store.ts";
import {
  MAX_ENTRIES,
  merged,
  objectHash,
  partOf,
  READ_REMEMBERED,
  type ReadEntry,
  type ReadPart,
  readItemOf,
  readKeyOf,
  readPartOf,
} from "./read-items.ts";

/** What was found in a log object that was read to its end. */
export interface ReadContent {
  /** SHA-256 of its uncompressed content, in hexadecimal. */
  readonly hash: string;
  readonly records: number;
  /** The rules that its records met. */
  readonly rules: readonly string[];
  /** True if it was read because a digest named it. */
  readonly isRecovered?: boolean;
}

/** A log object that was read with two contents. */
export interface Rewritten {
  readonly logObject: LogObject;
  /** Their hashes. */
  readonly hashes: readonly [string, string];
}

/** Notes what the log objects held that were read, so that digests can be compared with it. */
export interface ReadNotes {
  note(logObject: LogObject, content: ReadContent): void;
  /** Log objects that were read with several contents, as far as it was noticed since it was last asked. */
  rewritten(): readonly Rewritten[];
  /**
   * Writes the notes of an hour of which there are twenty, or that are five minutes old; all of them if it must. Never
   * rejects: what is lost is read once more when its digest comes.
   */
  flush(isAll?: boolean): Promise<void>;
}

const MANY = 20;
const MAX_AGE = 5 * 60_000;

/** After a failure the ledger is left alone for this long, in milliseconds: reading must go on. */
const PAUSE = 60_000;
const TRIES = 4;

/** Notes that are held at most: while the ledger is down, later ones are lost. */
const MAX_HELD = 5_000;

/** Items of one hour. */
const MAX_PARTS = 100;

interface Held {
  readonly since: number;
  readonly entries: ReadEntry[];
  readonly logObjects: Map<string, LogObject>;
}

/** The notes of one function instance, in the ledger's store: items for each hour of an account and region. */
export function createReadNotes(store: LedgerStore, now: () => number): ReadNotes {
  const held = new Map<string, Held>();
  /** The item of an hour that has room, as far as it is known. */
  const open = new Map<string, number>();
  const rewritten: Rewritten[] = [];
  let count = 0;
  let pausedUntil = 0;

  async function write(key: string, { entries, logObjects }: Held): Promise<void> {
    let left: readonly ReadEntry[] = entries;
    for (let attempt = 1; attempt <= TRIES && left.length > 0; ) {
      const part = open.get(key) ?? 0;
      if (part >= MAX_PARTS) return;
      const partKey = partOf(key, part);
      const known = readPartOf(partKey, (await store.read([partKey], now())).get(partKey));
      const { all, rest } = withEntries(known, left);
      if (known.isForeign || rest.length === left.length) {
        if (open.size > MAX_HELD) open.clear();
        open.set(key, part + 1);
        continue;
      }
      if (!(await store.commit([partChange(known, all, now())]))) {
        attempt++;
        continue;
      }
      for (const { object, hash } of entries) {
        const logObject = logObjects.get(object);
        const other = all.find((one) => one.object === object && one.hash !== hash);
        if (logObject !== undefined && other !== undefined && rewritten.length < MAX_HELD) {
          rewritten.push({ logObject, hashes: hash < other.hash ? [hash, other.hash] : [other.hash, hash] });
        }
      }
      left = rest;
    }
  }

  return {
    note(logObject, { hash, records, rules, isRecovered = false }) {
      const key = readKeyOf(logObject.key);
      if (key === undefined || count >= MAX_HELD) return;
      const entry = { object: objectHash(logObject), hash, records, isNamed: false, isRecovered, rules };
      const known = held.get(key);
      const own: Held = known ?? { since: now(), entries: [], logObjects: new Map() };
      own.entries.push(entry);
      own.logObjects.set(entry.object, logObject);
      held.set(key, own);
      count++;
    },
    rewritten: () => rewritten.splice(0),
    async flush(isAll = false) {
      if (now() < pausedUntil) return;
      const due = [...held].filter(
        ([, { since, entries }]) => isAll || entries.length >= MANY || now() - since >= MAX_AGE,
      );
      try {
        for (const [key, one] of due) {
          await write(key, one);
          held.delete(key);
          count -= one.entries.length;
        }
      } catch {
        pausedUntil = now() + PAUSE;
      }
    },
  };
}

/** An item's entries with more of them, and those for which it has no room. */
export function withEntries(
  { entries }: ReadPart,
  more: readonly ReadEntry[],
): { readonly all: readonly ReadEntry[]; readonly rest: readonly ReadEntry[] } {
  const all = new Map(entries.map((entry) => [nameOf(entry), entry]));
  const rest: ReadEntry[] = [];
  for (const entry of more) {
    const known = all.get(nameOf(entry));
    if (known !== undefined) all.set(nameOf(entry), merged(known, entry));
    else if (all.size < MAX_ENTRIES) all.set(nameOf(entry), entry);
    else rest.push(entry);
  }
  return { all: [...all.values()], rest };
}

/** The change that gives an item these entries. */
export function partChange({ key, version }: ReadPart, entries: readonly ReadEntry[], now: number) {
  return { key, expected: version, next: { ...readItemOf(entries), expiresAt: now + READ_REMEMBERED } };
}

/** Of two contents of one object, each has an entry. */
function nameOf({ object, hash }: ReadEntry): string {
  return object + hash;
}

/** All items of these hours, by the key of the hour. Rejects if the store does. */
export async function readParts(
  store: LedgerStore,
  keys: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, readonly ReadPart[]>> {
  const found = new Map<string, ReadPart[]>(keys.map((key) => [key, []]));
  let wanted = [...found.keys()];
  for (let part = 0; wanted.length > 0 && part < MAX_PARTS; part++) {
    const items = await store.read(
      wanted.map((key) => partOf(key, part)),
      now,
    );
    wanted = wanted.filter((key) => {
      const own = readPartOf(partOf(key, part), items.get(partOf(key, part)));
      found.get(key)?.push(own);
      return own.isForeign || own.entries.length >= MAX_ENTRIES;
    });
  }
  return found;
}
