import type { KeyObject } from "node:crypto";
import { publicKeyOf } from "./signature.ts";

/** A public key as CloudTrail lists it. */
export interface ListedKey {
  readonly fingerprint: string;
  /** DER. */
  readonly value: Uint8Array;
}

/** Which key is wanted: whose digests it signed, where, and when, in milliseconds since the epoch. */
export interface WantedKey {
  readonly region: string;
  readonly fingerprint: string;
  readonly from: number;
  readonly until: number;
}

/** Finds the public key with which a digest was signed; undefined if CloudTrail lists no such key. Rejects if it cannot be asked. */
export type FindKey = (wanted: WantedKey) => Promise<KeyObject | undefined>;

/** Asks CloudTrail which keys were in use in a region in a time, in milliseconds since the epoch. */
export type ListKeys = (region: string, from: number, until: number) => Promise<readonly ListedKey[]>;

const HOUR = 3_600_000;

/** How many answers are kept; a region has one or two keys at a time. */
const MAX_KEPT = 2_000;

/** Asks for each key once. Regions have keys of their own, so that a fingerprint counts in its region only. */
export function createKeyRing(listKeys: ListKeys): FindKey {
  const known = new Map<string, KeyObject>();
  const asked = new Map<string, Promise<void>>();
  return async ({ region, fingerprint, from, until }) => {
    const name = `${region} ${fingerprint}`;
    const key = known.get(name);
    if (key !== undefined) return key;
    // Digests of one hour ask together, whatever their minute.
    const [start, end] = [Math.floor(from / HOUR) * HOUR, Math.ceil(until / HOUR) * HOUR];
    const question = `${region} ${start} ${end}`;
    const answer = asked.get(question) ?? listKeys(region, start, end).then((keys) => keep(region, keys));
    if (asked.size >= MAX_KEPT) asked.clear();
    asked.set(question, answer);
    try {
      await answer;
    } catch (error) {
      asked.delete(question);
      throw error;
    }
    return known.get(name);
  };

  function keep(region: string, keys: readonly ListedKey[]): void {
    if (known.size >= MAX_KEPT) known.clear();
    for (const { fingerprint, value } of keys) {
      const key = publicKeyOf(value);
      if (key !== undefined) known.set(`${region} ${fingerprint}`, key);
    }
  }
}

/** The keys of a file, for whoever must not or cannot ask: they count in every region. */
export function keysOf(keys: readonly ListedKey[]): FindKey {
  const known = new Map(keys.map(({ fingerprint, value }) => [fingerprint, publicKeyOf(value)] as const));
  return async ({ fingerprint }) => known.get(fingerprint);
}
