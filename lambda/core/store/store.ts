import type { Severity } from "../rules/severity.ts";

/** One item of the ledger as it was read. */
export interface LedgerItem {
  /** Grows with each change of the item; a change must name the version that was read. */
  readonly version: number;
  /** JSON; undefined if the item has expired but is still there. */
  readonly body: unknown;
  readonly bytes?: Uint8Array;
  /** When somebody must look at the item, in milliseconds since the epoch; undefined if nothing is due. */
  readonly dueAt?: number;
  /** True for an item that no store of ours wrote: no JSON, no version. Nobody changes it. */
  readonly isForeign?: true;
}

/** One change of a commit. */
export interface Change {
  readonly key: string;
  /** The version that was read; 0 if there was no item. */
  readonly expected: number;
  readonly next: Next;
}

/** What an item becomes. */
export interface Next {
  readonly body: unknown;
  readonly bytes?: Uint8Array;
  readonly dueAt?: number;
  /** Due items are looked at in this order; "info" if it is left out. */
  readonly urgency?: Severity;
  /** From when the item counts as absent, in milliseconds since the epoch; undefined: never. */
  readonly expiresAt?: number;
}

/** DynamoDB's limit of a transaction (API Reference, "TransactWriteItems"). */
export const MAX_CHANGES = 100;

/**
 * Where the ledger is kept. Items are small JSON objects (under 400 KB with their bytes); a commit holds at most
 * MAX_CHANGES changes and 4 MB. Operations reject with `isTimeout` if the store did not answer at all, and with
 * `isRefused` if it would give the same answer again.
 */
export interface LedgerStore {
  /** Those of the items that exist, as they are now. `now` tells which of them have expired. */
  read(keys: readonly string[], now: number): Promise<ReadonlyMap<string, LedgerItem>>;
  /** Makes all changes or none: false if an item was not at the expected version. */
  commit(changes: readonly Change[]): Promise<boolean>;
  /** Keys of items due at `until`: critical, then high, then the rest; within each, the longest due first. */
  due(until: number, limit: number): Promise<readonly string[]>;
  /** Takes an item, whatever it is, out of what is due, and otherwise leaves it as it is. */
  park(key: string): Promise<void>;
}
