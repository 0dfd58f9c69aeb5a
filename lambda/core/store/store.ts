import type { Severity } from "../rules/rule.ts";

/** One item of the ledger as it was read. */
export interface LedgerItem {
  /** Grows with each change of the item; whoever changes it says which version was read. */
  readonly version: number;
  /** JSON; undefined when the item's time is past, though it is still there. */
  readonly body: unknown;
  readonly bytes?: Uint8Array;
  /** Milliseconds since the epoch at which somebody has to look at the item; undefined when nothing is due. */
  readonly dueAt?: number;
  /** True for an item that no store of ours has written: no JSON, no version. Nobody changes it. */
  readonly isForeign?: true;
}

/** One change of a commit. */
export interface Change {
  readonly key: string;
  /** The version that was read; 0 where there was no item. */
  readonly expected: number;
  readonly next: Next;
}

/** What an item becomes. */
export interface Next {
  readonly body: unknown;
  readonly bytes?: Uint8Array;
  readonly dueAt?: number;
  /** What is due is looked at in the order of this: "info" where it is left out. */
  readonly urgency?: Severity;
  /** Milliseconds since the epoch from which the item counts as absent; undefined: never. */
  readonly expiresAt?: number;
}

/** DynamoDB's limit of a transaction (API Reference, "TransactWriteItems"). */
export const MAX_CHANGES = 100;

/**
 * Where the ledger is kept. Items are small JSON objects (under 400 KB with their bytes); a commit holds at most
 * MAX_CHANGES changes and 4 MB. Operations reject with `isTimeout` where the store did not answer at all, and with
 * `isRefused` where it would answer the same again.
 */
export interface LedgerStore {
  /** The items that there are, as they are at this moment. `now` tells which of them have expired. */
  read(keys: readonly string[], now: number): Promise<ReadonlyMap<string, LedgerItem>>;
  /** Makes all changes or none: false when an item was not at the version expected. */
  commit(changes: readonly Change[]): Promise<boolean>;
  /** Keys of items that are due at `until`: what is critical, what is high, the rest; of each the longest due first. */
  due(until: number, limit: number): Promise<readonly string[]>;
  /** Takes an item out of what is due, whatever it is, and leaves it as it is otherwise. */
  park(key: string): Promise<void>;
}
