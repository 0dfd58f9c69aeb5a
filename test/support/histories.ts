import fc from "fast-check";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { createLedger } from "../../lambda/core/ledger/ledger.ts";
import { alertKey, type Outgoing } from "../../lambda/core/ledger/outbox.ts";
import type { LedgerCounts } from "../../lambda/core/ledger/run.ts";
import type { LedgerStore } from "../../lambda/core/ledger/store.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { createPipeline, InvocationError, type Summary } from "../../lambda/pipeline.ts";
import { ACCOUNT, logKey, s3Event } from "./log-files.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.parse("2026-11-20T12:00:00Z");

const rule = (name: string, severity: Rule["severity"], more: Partial<Rule> = {}): Rule => ({
  name,
  place: "rules/test.yaml:1",
  severity,
  calls: [`test:${name}`],
  ...more,
});

/** One rule of each sort; each matches the call of its own name. */
const RULES = compileRules([
  rule("critical", "critical"),
  rule("high", "high"),
  rule("medium", "medium"),
  rule("low", "low"),
  rule("excepted", "high", { except: [{ reason: "known", pattern: { sourceIPAddress: ["192.0.2.1"] } }] }),
  rule("threshold", "high", { threshold: { count: 3, within: 10 * MINUTE }, group: { by: ["actor"] } }),
]);

/** What a record of a history is, in numbers. */
export interface RecordPlan {
  readonly rule: "critical" | "high" | "medium" | "low" | "excepted" | "threshold";
  readonly actor: number;
  /** Minutes before the start; a month-old one is 43,200. */
  readonly age: number;
}

/** What can happen to an effect: it fails without having happened, or it happens and its answer is lost, or the process ends. */
export type Fault = "none" | "refused" | "lost" | "crash before" | "crash after";

export type Step =
  | { readonly kind: "deliver"; readonly files: readonly number[] }
  | { readonly kind: "wait"; readonly minutes: number; readonly ticks: number };

/** One history: which records stand in which files, what happens in which order, and what goes wrong on the way. */
export interface History {
  readonly records: readonly RecordPlan[];
  /** Which records a file holds, by their numbers: the same record may be in several files. */
  readonly files: readonly (readonly number[])[];
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  /** How long each effect takes, in turns; it decides how invocations overlap. */
  readonly turns: readonly number[];
}

const RECORD = fc.record({
  rule: fc.constantFrom(
    ...(["critical", "high", "high", "medium", "low", "excepted", "threshold", "threshold"] as const),
  ),
  actor: fc.integer({ min: 0, max: 5 }),
  age: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 25 }) },
    { weight: 1, arbitrary: fc.constant(43_200) },
  ),
});

const FAULT = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Fault>("none") },
  { weight: 4, arbitrary: fc.constantFrom<Fault>("refused", "lost", "crash before", "crash after") },
);

/** Random histories. */
export const HISTORIES: fc.Arbitrary<History> = fc.record({
  records: fc.array(RECORD, { minLength: 1, maxLength: 24, size: "max" }),
  files: fc.array(fc.array(fc.nat(23), { minLength: 1, maxLength: 14, size: "max" }), { minLength: 1, maxLength: 6 }),
  steps: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("deliver" as const), files: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }) }),
      fc.record({
        kind: fc.constant("wait" as const),
        minutes: fc.constantFrom(0, 1, 2, 4, 7, 20, 90, 1500),
        ticks: fc.integer({ min: 0, max: 2 }),
      }),
    ),
    { minLength: 1, maxLength: 8, size: "max" },
  ),
  faults: fc.array(FAULT, { maxLength: 60, size: "max" }),
  turns: fc.array(fc.nat(6), { minLength: 5, maxLength: 20 }),
});

/** A process that ended in the middle of its work: nothing after it happens. */
class Crash extends Error {}

interface Publish {
  readonly alert: Alert;
  readonly way: "alert" | "sms";
  readonly by: Process;
  /** True when whoever published cannot know that it was. */
  readonly isUnknown: boolean;
}

interface Process {
  crashed: boolean;
  /** True when an operation of its ledger failed. */
  stumbled: boolean;
}

/** What a history left behind. */
export interface Aftermath {
  readonly violations: readonly string[];
  readonly publishes: number;
  readonly crashes: number;
}

/** Plays a history against a store, lets the dust settle, and says what does not hold. */
export async function play(history: History, store: LedgerStore): Promise<Aftermath> {
  const violations: string[] = [];
  const publishes: Publish[] = [];
  const faults = [...history.faults];
  let turn = 0;
  let now = START;
  let crashes = 0;

  /** Runs an effect with the next fault of the history. */
  async function effect<T>(process: Process, isUnknown: (unknown: boolean) => void, act: () => Promise<T>): Promise<T> {
    for (let i = history.turns[turn++ % history.turns.length] ?? 0; i > 0; i--) await Promise.resolve();
    if (process.crashed) throw new Crash();
    const fault = faults.shift() ?? "none";
    if (fault === "refused") throw new Error("refused");
    if (fault === "crash before") crash(process);
    isUnknown(fault === "lost" || fault === "crash after");
    const result = await act();
    if (fault === "crash after") crash(process);
    if (fault === "lost") throw new Error("the answer was lost");
    return result;
  }

  function crash(process: Process): never {
    process.crashed = true;
    crashes++;
    throw new Crash();
  }

  function processOf() {
    const process: Process = { crashed: false, stumbled: false };
    const onStore = <T>(act: () => Promise<T>): Promise<T> =>
      effect(process, () => undefined, act).catch((error: unknown) => {
        process.stumbled = true;
        throw error;
      });
    const publish = (way: "alert" | "sms") => async (alert: Alert) => {
      let unknown = false;
      await effect(
        process,
        (is) => {
          unknown = is;
        },
        async () => {
          const earlier = publishes.filter((one) => one.alert.fullId === alert.fullId && one.way === way);
          const excused = earlier.some(({ by, isUnknown }) => isUnknown || by.crashed || by.stumbled);
          const repeats = alert.json.includes('"mayRepeat":true') || earlier.some((one) => mayRepeat(one.alert));
          if (earlier.length > 0 && !excused && !repeats) violations.push(`${alert.fullId} was sent twice (${way})`);
          publishes.push({ alert, way, by: process, isUnknown: unknown });
        },
      );
    };
    const ledger = createLedger({
      store: {
        read: (keys, time) => onStore(() => store.read(keys, time)),
        commit: (changes) => onStore(() => store.commit(changes)),
        due: (until, limit) => onStore(() => store.due(until, limit)),
        park: (key) => onStore(() => store.park(key)),
      },
      rules: RULES.rules,
      settings: { accounts: {}, smsFrom: "critical", roundUpHour: 8 },
      publish: { alert: publish("alert"), sms: publish("sms") },
      now: () => now,
      sleep: async () => undefined,
    });
    return { process, ledger };
  }

  const bodies = history.files.map((file) =>
    Buffer.from(JSON.stringify({ Records: file.map((i) => recordOf(history, i)) })),
  );
  const undelivered = new Set<number>();
  const delivered = new Set<number>();

  async function deliver(file: number): Promise<void> {
    const { process, ledger } = processOf();
    const pipeline = createPipeline({
      rules: RULES,
      ledger,
      fetchObject: async () => ({ bytes: bodies[file] ?? Buffer.alloc(0), etag: "once" }),
      deployment: DESK_DEPLOYMENT,
      accepted: {},
      now: () => now,
      log: () => undefined,
    });
    const summary = await pipeline(s3Event("trail", logKey(`file${file}`))).then(
      (counts): Summary | undefined => counts,
      (error: unknown) => {
        // Lambda tries again what failed.
        undelivered.add(file);
        return error instanceof InvocationError ? error.summary : undefined;
      },
    );
    if (process.crashed) undelivered.add(file);
    else if (summary !== undefined) violations.push(...unreconciled(summary));
  }

  async function tick(): Promise<LedgerCounts | undefined> {
    const { ledger } = processOf();
    return ledger.tick().catch(() => undefined);
  }

  for (const step of history.steps) {
    if (step.kind === "deliver") {
      const files = step.files.map((file) => file % history.files.length);
      for (const file of files) delivered.add(file);
      await Promise.all(files.map(deliver));
    } else {
      now += step.minutes * MINUTE;
      await Promise.all(Array.from({ length: step.ticks }, tick));
    }
  }

  // The dust settles: nothing fails any more, what failed is delivered again, and minutes and days go by.
  faults.length = 0;
  for (const file of undelivered) await deliver(file);
  for (let i = 0; i < 20 && (await store.due(Number.MAX_SAFE_INTEGER, 1)).length > 0; i++) {
    for (let minute = 0; minute < 4; minute++) {
      now += MINUTE;
      await tick();
    }
    now += DAY / 2;
    await tick();
  }
  const left = await store.due(Number.MAX_SAFE_INTEGER, 10);
  if (left.length > 0) violations.push(`still due: ${left.join(", ")}`);
  violations.push(...unaccounted(history, delivered, publishes), ...(await unfinished(publishes, store, now)));
  return { violations, publishes: publishes.length, crashes };
}

function recordOf({ records }: History, i: number) {
  const number = i % records.length;
  const { rule, actor, age } = records[number] as RecordPlan;
  return {
    eventID: `record-${number}`,
    eventTime: new Date(START - (rule === "threshold" ? age % 26 : age) * MINUTE).toISOString(),
    eventSource: "test.amazonaws.com",
    eventName: rule,
    awsRegion: "us-east-1",
    sourceIPAddress: actor === 1 ? "192.0.2.1" : "192.0.2.2",
    userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/user-${actor}`, accountId: ACCOUNT },
    requestParameters: { number },
    recipientAccountId: ACCOUNT,
  };
}

function unreconciled(summary: Summary): readonly string[] {
  const { matches, listed, counted, pending, held, belowThreshold, duplicates, toldElsewhere, excepted, unrecorded } =
    summary;
  const sum = listed + counted + pending + held + belowThreshold + duplicates + toldElsewhere + excepted + unrecorded;
  return sum === matches ? [] : [`matches do not reconcile: ${JSON.stringify(summary)}`];
}

/** Each record that was delivered and matched must be in the alerts that were sent exactly once. */
function unaccounted(
  history: History,
  delivered: ReadonlySet<number>,
  publishes: readonly Publish[],
): readonly string[] {
  const numbers = new Set(
    [...delivered].flatMap((file) => history.files[file] ?? []).map((i) => i % history.records.length),
  );
  const expected = new Map<string, number>();
  for (const number of numbers) {
    const { rule, actor } = history.records[number] as RecordPlan;
    if (rule === "excepted" && actor === 1) continue;
    if (rule === "threshold" && !isOverThreshold(history, numbers, number)) continue;
    expected.set(rule, (expected.get(rule) ?? 0) + 1);
  }
  const told = new Map<string, number>();
  const sent = new Map(publishes.filter(({ way }) => way === "alert").map(({ alert }) => [alert.fullId, alert]));
  for (const { parts } of sent.values()) {
    for (const [rule, matches] of parts.flatMap(({ rules }) => Object.entries(rules))) {
      told.set(rule, (told.get(rule) ?? 0) + matches);
    }
  }
  const repeated = new Set(
    [...sent.values()].filter(mayRepeat).flatMap(({ parts }) => parts.flatMap(({ rules }) => Object.keys(rules))),
  );
  return [...new Set([...expected.keys(), ...told.keys()])].flatMap((rule) => {
    const [want, have] = [expected.get(rule) ?? 0, told.get(rule) ?? 0];
    const isRight = repeated.has(rule) ? have >= want : have === want;
    return isRight ? [] : [`${rule}: ${want} records matched, ${have} were told of`];
  });
}

function isOverThreshold({ records }: History, numbers: ReadonlySet<number>, number: number): boolean {
  const own = records[number] as RecordPlan;
  const minutes = [...numbers]
    .map((other) => records[other] as RecordPlan)
    .filter(({ rule, actor }) => rule === "threshold" && actor === own.actor)
    .map(({ age }) => age % 26);
  const age = own.age % 26;
  return minutes.some(
    (from) => from <= age && age <= from + 10 && minutes.filter((m) => m >= from && m <= from + 10).length >= 3,
  );
}

function mayRepeat({ json }: Alert): boolean {
  return json.includes('"mayRepeat":true');
}

/** Whatever was sent by one way must have been sent by the other as well, and nothing is left to do. */
async function unfinished(publishes: readonly Publish[], store: LedgerStore, now: number): Promise<readonly string[]> {
  const alerts = new Map(publishes.map(({ alert }) => [alert.fullId, alert]));
  const items = await store.read([...alerts.values()].map(alertKey), now);
  const ways = (fullId: string) =>
    new Set(publishes.filter((one) => one.alert.fullId === fullId).map(({ way }) => way));
  // No history is long enough to reach the limits of text messages.
  // Without a ledger nobody makes up for the other half: the invocation fails, and its retry tells all of it again.
  const halfSent = [...alerts.values()]
    .filter((alert) => !mayRepeat(alert))
    .filter((alert) => ways(alert.fullId).size < (alert.sms === undefined ? 1 : 2));
  const missing = halfSent.map(({ fullId }) => `${fullId} was sent by ${[...ways(fullId)].join()} only`);
  const open = [...items].flatMap(([key, { body }]) => {
    const { todo = [] } = (body ?? {}) as Partial<Outgoing>;
    return todo.length > 0 ? [`${key} is not sent to ${todo.join(", ")}`] : [];
  });
  return [...missing, ...open];
}
