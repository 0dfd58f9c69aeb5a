import { QUEUES, TRAITS } from "../rules/severity.ts";
import { type Change, type LedgerItem, type LedgerStore, MAX_CHANGES, type Next } from "./store.ts";

interface Stored extends Omit<Next, "body"> {
  readonly version: number;
  /** Kept as text, so that nobody who holds a body can change what is stored. */
  readonly json: string;
}

/** A ledger that lives as long as its process: for local use, replays and tests. */
export interface MemoryStore extends LedgerStore {
  /** When the next item is due; undefined when none is. */
  nextDue(): number | undefined;
}

/** An empty ledger in memory. */
export function createMemoryStore(): MemoryStore {
  const items = new Map<string, Stored>();
  const dueKeys = new Set<string>();
  const dueTime = (key: string) => items.get(key)?.dueAt ?? 0;
  const queueOf = (key: string) => QUEUES.indexOf(TRAITS[items.get(key)?.urgency ?? "info"].queue);
  return {
    async read(keys, now) {
      const found = new Map<string, LedgerItem>();
      for (const key of keys) {
        const item = items.get(key);
        if (item === undefined) continue;
        const { version, json, bytes, dueAt, expiresAt } = item;
        const isExpired = expiresAt !== undefined && expiresAt <= now;
        found.set(key, isExpired ? { version, body: undefined } : { version, body: JSON.parse(json), bytes, dueAt });
      }
      return found;
    },
    async commit(changes) {
      const isCurrent = ({ key, expected }: Change) => (items.get(key)?.version ?? 0) === expected;
      const texts = changes.map(({ next }) => JSON.stringify(next.body));
      refuseTooMuch(changes, texts);
      if (!changes.every(isCurrent)) return false;
      for (const [i, { key, expected, next }] of changes.entries()) {
        const { body: _, ...rest } = next;
        items.set(key, { version: expected + 1, json: texts[i] as string, ...rest });
        if (next.dueAt === undefined) dueKeys.delete(key);
        else dueKeys.add(key);
      }
      return true;
    },
    async due(until, limit) {
      return Array.from(dueKeys)
        .filter((key) => dueTime(key) <= until)
        .sort((a, b) => queueOf(a) - queueOf(b) || dueTime(a) - dueTime(b))
        .slice(0, limit);
    },
    async park(key) {
      dueKeys.delete(key);
    },
    nextDue() {
      let next: number | undefined;
      for (const key of dueKeys) next = Math.min(next ?? Number.POSITIVE_INFINITY, dueTime(key));
      return next;
    },
  };
}

/** Bounds of DynamoDB (Developer Guide, "Quotas"), in bytes. */
const MAX_ITEM = 400 * 1024;
const MAX_COMMIT = 4 * 1024 * 1024;

function refuseTooMuch(changes: readonly Change[], texts: readonly string[]): void {
  const sizes = changes.map(
    ({ key, next: { bytes } }, i) =>
      Buffer.byteLength(key) + Buffer.byteLength(texts[i] ?? "") + (bytes?.length ?? 0) + 100,
  );
  const largest = Math.max(0, ...sizes);
  const whole = sizes.reduce((sum, size) => sum + size, 0);
  if (changes.length <= MAX_CHANGES && largest <= MAX_ITEM && whole <= MAX_COMMIT) return;
  const what = `${changes.length} changes of ${whole} bytes, the largest of ${largest}`;
  throw Object.assign(new Error(`${what}, are more than the store takes`), { isRefused: true });
}
