import { createDeskLedger } from "../../cli/desk-ledger.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { keysOf, type ListedKey } from "../../lambda/core/digest/key-ring.ts";
import { lookAtChains } from "../../lambda/core/digest/look.ts";
import { createProof } from "../../lambda/core/digest/proof.ts";
import type { ProofSummary } from "../../lambda/core/digest/proof-summary.ts";
import { noticeOf } from "../../lambda/core/rules/notices.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { createMemoryStore } from "../../lambda/core/store/memory.ts";
import type { LedgerStore } from "../../lambda/core/store/store.ts";
import { createPipeline } from "../../lambda/pipeline.ts";
import type { Summary } from "../../lambda/summary.ts";
import type { InvocationLine } from "./desk-pipeline.ts";
import { SETTINGS, TEST_RULES } from "./desk-pipeline.ts";
import type { Objects, SigningKey } from "./digests.ts";
import { s3Event } from "./log-files.ts";

/** A function with a ledger in memory, a bucket, and a clock of its own. */
export interface ProofDesk {
  readonly objects: Objects;
  readonly alerts: Alert[];
  readonly texts: string[];
  readonly lines: InvocationLine[];
  readonly store: LedgerStore;
  /** The keys of objects that were fetched. */
  readonly fetched: Set<string>;
  keys: readonly SigningKey[];
  /** True while CloudTrail refuses to list its keys. */
  isRefused: boolean;
  now(): number;
  advanceTo(time: number): Promise<void>;
  /** One invocation for these objects. */
  deliver(...keys: readonly string[]): Promise<Summary>;
  invoke(event: unknown): Promise<Summary>;
  /** What the tick does four times an hour; the chains that it asks for are looked for at once. */
  look(): Promise<ProofSummary | undefined>;
  /** Another function instance takes over: what the one before had not written is lost. */
  restart(): void;
  /** Sends all that is due. */
  settle(): Promise<void>;
  /** The names of the rules that were told, in mails so far. */
  told(): readonly string[];
}

/** `start` is in milliseconds since the epoch. */
export async function proofDesk(
  objects: Objects,
  keys: readonly SigningKey[],
  start: number,
  rules = TEST_RULES,
): Promise<ProofDesk> {
  const alerts: Alert[] = [];
  const texts: string[] = [];
  const lines: InvocationLine[] = [];
  const store = createMemoryStore();
  const desk = createDeskLedger(
    rules,
    SETTINGS,
    (alert) => void alerts.push(alert),
    (alert) => void texts.push(alert.sms ?? ""),
    store,
  );
  await desk.advanceTo(start);
  const pipeline = () =>
    createPipeline({
      rules: compileRules(rules),
      ledger: desk.ledger,
      deployment: DESK_DEPLOYMENT,
      accepted: {},
      proof: createProof(store, {
        findKey: async (wanted) => {
          if (own.isRefused) throw Object.assign(new Error("no"), { isRefused: true });
          return keysOf(own.keys.map(({ fingerprint, der }): ListedKey => ({ fingerprint, value: der })))(wanted);
        },
        listKeys: async (_, prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)).sort(),
        now: desk.now,
      }),
      fetchObject: async ({ bucket, key }) => {
        const stored = objects.get(key);
        if (stored === undefined) {
          throw Object.assign(new Error(`s3://${bucket}/${key}: NoSuchKey: none`), { isPermanent: true, isGone: true });
        }
        own.fetched.add(key);
        return { content: stored.body, metadata: stored.metadata };
      },
      now: desk.now,
      log: (summary, details) => void lines.push({ ...summary, ...details }),
    });
  let current = pipeline();
  const own: ProofDesk = {
    objects,
    alerts,
    texts,
    lines,
    store,
    fetched: new Set(),
    keys,
    isRefused: false,
    now: desk.now,
    advanceTo: (time) => desk.advanceTo(time),
    deliver: (...names) => current(s3Event("trail", ...names)),
    invoke: (event) => current(event),
    look: () =>
      lookAtChains({
        store,
        bucket: "trail",
        ask: async (chains) => {
          await current({ trailbell: "digests", chains: chains.map((chain) => ({ bucket: "trail", chain })) });
        },
        tell: async (notices) => {
          const intake = desk.ledger.intake();
          await intake.add(
            notices.map(({ rule, logObject, reason, identity }) =>
              noticeOf(rule, logObject, reason, identity, desk.now()),
            ),
          );
          await intake.finish();
        },
        now: desk.now,
      }),
    restart() {
      current = pipeline();
    },
    settle: () => desk.runToEnd(),
    told: () => alerts.flatMap(({ parts }) => parts.map(({ rule }) => rule)),
  };
  return own;
}
