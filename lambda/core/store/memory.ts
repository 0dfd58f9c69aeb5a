import { SEVERITIES, type Severity } from "../rules/rule.ts";
import type { Change, LedgerItem, LedgerStore } from "./store.ts";

interface Stored {
  readonly version: number;
  /** As text, so that nobody who holds a body can change what is stored. */
  readonly json: string;
  readonly bytes?: Uint8Array;
  readonly dueAt?: number;
  readonly urgency?: Severity;
  readonly expiresAt?: number;
}

/** A ledger that lives as long as its process: for desks, replays and tests. */
export interface MemoryStore extends LedgerStore {
  /** When the next item is due; undefined when none is. */
  nextDue(): number | undefined;
}

/** An empty ledger in memory. */
export function createMemoryStore(): MemoryStore {
  const items = new Map<string, Stored>();
  const dueKeys = new Set<string>();
  const dueTimes = () =>
    Array.from(dueKeys, (key) => ({
      key,
      dueAt: items.get(key)?.dueAt ?? 0,
      urgency: items.get(key)?.urgency ?? "info",
    }));
  return {
    async read(keys, now) {
      const found = new Map<string, LedgerItem>();
      for (const key of keys) {
        const item = items.get(key);
        if (item === undefined) continue;
        const { version, json, bytes, dueAt, expiresAt } = item;
        const isExpired = expiresAt !== undefined && expiresAt <= now;
        found.set(
          key,
          isExpired
            ? { version, body: undefined }
            : { version, body: JSON.parse(json), ...(bytes && { bytes }), ...(dueAt !== undefined && { dueAt }) },
        );
      }
      return found;
    },
    async commit(changes) {
      const isCurrent = ({ key, expected }: Change) => (items.get(key)?.version ?? 0) === expected;
      if (!changes.every(isCurrent)) return false;
      for (const { key, expected, next } of changes) {
        const { body, ...rest } = next;
        items.set(key, { version: expected + 1, json: JSON.stringify(body), ...rest });
        if (next.dueAt === undefined) dueKeys.delete(key);
        else dueKeys.add(key);
      }
      return true;
    },
    async due(until, limit) {
      const due = dueTimes().filter(({ dueAt }) => dueAt <= until);
      return due
        .sort((a, b) => SEVERITIES.indexOf(a.urgency) - SEVERITIES.indexOf(b.urgency) || a.dueAt - b.dueAt)
        .slice(0, limit)
        .map(({ key }) => key);
    },
    async park(key) {
      dueKeys.delete(key);
    },
    nextDue() {
      const times = dueTimes().map(({ dueAt }) => dueAt);
      return times.length === 0 ? undefined : Math.min(...times);
    },
  };
}
