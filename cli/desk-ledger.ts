import type { Alert } from "../lambda/core/alert/alert.ts";
import { createLedger, type Ledger } from "../lambda/core/ledger/ledger.ts";
import type { LedgerSettings } from "../lambda/core/ledger/run.ts";
import { type Copy, forCopies } from "../lambda/core/outbox/ways.ts";
import type { Rule } from "../lambda/core/rules/rule.ts";
import { createMemoryStore, type MemoryStore } from "../lambda/core/store/memory.ts";

/** The real ledger on a desk: in memory, with a clock that stands until it is set. */
export interface DeskLedger {
  readonly ledger: Ledger;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Sets the clock; the ticks of the minutes in between are run. Never goes back. */
  advanceTo(time: number): Promise<void>;
  /** Lets the clock run until nothing is due any more. */
  runToEnd(): Promise<void>;
  /** Alerts that ticks have made. */
  readonly alertsOfTicks: number;
}

const MINUTE = 60_000;

/** An empty ledger whose alerts go to `send` and `sendSms`, and their copies to `sendCopy`. */
export function createDeskLedger(
  rules: readonly Rule[],
  settings: LedgerSettings,
  send: (alert: Alert) => void,
  sendSms: (alert: Alert) => void,
  store: MemoryStore = createMemoryStore(),
  sendCopy: (way: Copy) => void = () => undefined,
): DeskLedger {
  let time = 0;
  let alertsOfTicks = 0;
  const ledger = createLedger({
    store,
    rules,
    settings,
    // What a route takes goes the way of alerts here, and bears the name of its route.
    publish: {
      alert: async (alert) => send(alert),
      sms: async (alert) => sendSms(alert),
      ...forCopies(async (way) => sendCopy(way)),
    },
    now: () => time,
    sleep: async () => undefined,
  });
  async function tickUntil(end: number): Promise<void> {
    let idle = 0;
    for (let due = store.nextDue(); due !== undefined && due < end; due = store.nextDue()) {
      // Ticks come at full minutes; what waits for the budget is due already, and waits for the next one.
      const minute = due > time ? Math.ceil(due / MINUTE) * MINUTE : (Math.floor(time / MINUTE) + 1) * MINUTE;
      if (minute > end) break;
      time = minute;
      const before = due;
      alertsOfTicks += (await ledger.tick()).alerts;
      // Nothing is slow on a desk: what is still due after an hour of ticks will be due for ever.
      idle = store.nextDue() === before ? idle + 1 : 0;
      if (idle > 60) throw new Error(`the ledger holds something that is due but cannot be sent`);
    }
  }
  return {
    ledger,
    now: () => time,
    async advanceTo(next) {
      if (time > 0) await tickUntil(next);
      time = Math.max(time, next);
    },
    runToEnd: () => tickUntil(Number.POSITIVE_INFINITY),
    get alertsOfTicks() {
      return alertsOfTicks;
    },
  };
}
