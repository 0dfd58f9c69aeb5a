import { createDeskLedger, type DeskLedger } from "../../cli/desk-ledger.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import type { LedgerSettings } from "../../lambda/core/ledger/run.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { SEVERITIES, type Severity } from "../../lambda/core/rules/severity.ts";
import { createMemoryStore, type MemoryStore } from "../../lambda/core/store/memory.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import type { Details, Summary } from "../../lambda/summary.ts";
import { loadedRules } from "./loaded-rules.ts";
import { logFile, logKey, s3Event } from "./log-files.ts";

/** Rules of the tests' own: the shipped ones are a product that changes. */
export const TEST_RULES: readonly Rule[] = loadedRules("test/support/rules").map(({ rule }) => rule);

/** The minute after the sample records. */
export const NOW = Date.parse("2026-11-20T21:29:30Z");

export const NAMING = { accounts: { "111122223333": "prod" }, timeZone: "Europe/Berlin" };

/** A rule that matches every call. */
export function everyCall(severity: Severity = SEVERITIES[0], more: Partial<Rule> = {}): Rule {
  return { name: "every-call", place: "rules/test.yaml:1", severity, calls: ["*:*"], ...more };
}

export const SETTINGS: LedgerSettings = { ...NAMING, smsFrom: "critical", roundUpHour: 8 };

/** What an invocation writes to its log. */
export type InvocationLine = Summary & Details;

/** What a desk sent, and the means to send more. */
export interface TestDesk {
  readonly alerts: Alert[];
  readonly texts: string[];
  readonly lines: InvocationLine[];
  readonly desk: DeskLedger;
  readonly store: MemoryStore;
  /** Calls that the ledger's store got. */
  calls: number;
  ledgerDown: boolean;
  /** Bytes of the largest item that was written. */
  largest: number;
  /** Changes of the largest commit. */
  mostChanges: number;
  failPublishes: boolean;
  /** Alerts whose publish failed. */
  readonly tried: readonly Alert[];
  /** False where the tick's schedule is switched off. */
  ticks: boolean;
  /** Keys of the ledger that begin so. */
  keys(start: string): readonly string[];
  /** One invocation for one log file with these records, at the desk's time. */
  deliver(
    records: readonly unknown[],
    object?: string | { readonly key: string; readonly body: Uint8Array },
  ): Promise<Summary>;
}

/** The pipeline with a ledger in memory and effects that keep what would be published. */
export function testDesk(
  rules: readonly Rule[] = TEST_RULES,
  settings: Partial<LedgerSettings> = {},
  start = NOW,
  memory = createMemoryStore(),
): TestDesk {
  const alerts: Alert[] = [];
  const texts: string[] = [];
  const lines: InvocationLine[] = [];
  const tried: Alert[] = [];
  const keys = new Set<string>();
  const asked = <T>(act: () => Promise<T>): Promise<T> => {
    own.calls++;
    return own.ledgerDown ? Promise.reject(new Error("the ledger is down")) : act();
  };
  const store: MemoryStore = {
    read: (wanted, now) => asked(() => memory.read(wanted, now)),
    commit(changes) {
      own.mostChanges = Math.max(own.mostChanges, changes.length);
      for (const { key, next } of changes) {
        keys.add(key);
        own.largest = Math.max(own.largest, Buffer.byteLength(JSON.stringify(next.body)) + (next.bytes?.length ?? 0));
      }
      return asked(() => memory.commit(changes));
    },
    due: (until, limit) => asked(() => memory.due(until, limit)),
    park: (key) => asked(() => memory.park(key)),
    nextDue: () => (own.ticks ? memory.nextDue() : undefined),
  };
  const send = (alert: Alert, keep: () => void) => {
    if (!own.failPublishes) return keep();
    tried.push(alert);
    throw new Error("SNS is down");
  };
  const desk = createDeskLedger(
    rules,
    { ...SETTINGS, ...settings },
    (alert) => send(alert, () => void alerts.push(alert)),
    (alert) => send(alert, () => void texts.push(alert.sms ?? "")),
    store,
  );
  let body: Uint8Array = Buffer.alloc(0);
  const pipeline = createPipeline({
    rules: compileRules(rules),
    ledger: desk.ledger,
    fetchObject: async () => ({ content: body }),
    deployment: DESK_DEPLOYMENT,
    accepted: {},
    now: desk.now,
    log: (summary, details) => void lines.push({ ...summary, ...details }),
  });
  const ready = desk.advanceTo(start);
  const own: TestDesk = {
    alerts,
    texts,
    lines,
    desk,
    store: memory,
    calls: 0,
    ledgerDown: false,
    largest: 0,
    mostChanges: 0,
    failPublishes: false,
    tried,
    ticks: true,
    keys: (start) => [...keys].filter((key) => key.startsWith(start)),
    async deliver(records, object = logKey("one")) {
      await ready;
      const key = typeof object === "string" ? object : object.key;
      body = typeof object === "string" ? logFile(...records) : object.body;
      return pipeline(s3Event("trail-bucket", key));
    },
  };
  return own;
}

/** What one log file leads to, once the minutes after it are over. */
export async function alertsOf(
  records: readonly unknown[],
  options: {
    readonly rules?: readonly Rule[];
    readonly settings?: Partial<LedgerSettings>;
    readonly key?: string;
  } = {},
) {
  const { alerts, texts, lines, desk, deliver } = testDesk(options.rules, options.settings);
  const summary = await deliver(records, options.key);
  await desk.runToEnd();
  return { alerts, texts, lines, summary };
}
