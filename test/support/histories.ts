import fc from "fast-check";
import { openMuteBook } from "../../cli/mute/ledger.ts";
import type { Alert } from "../../lambda/core/alert/alert.ts";
import { createLedger } from "../../lambda/core/ledger/ledger.ts";
import type { LedgerCounts } from "../../lambda/core/ledger/run.ts";
import { MUTE_RULES } from "../../lambda/core/mute/announce.ts";
import { alertKey, type Outgoing } from "../../lambda/core/outbox/outbox.ts";
import { isCopy } from "../../lambda/core/outbox/ways.ts";
import type { Outcome } from "../../lambda/core/record/outcome.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { compileRules, type RuleSet } from "../../lambda/core/rules/rule-set.ts";
import { DESK_DEPLOYMENT } from "../../lambda/core/rules/self.ts";
import { isAtLeast, SEVERITIES, type Severity } from "../../lambda/core/rules/severity.ts";
import { bytesOf, hashOf, longHashOf, seenBy01 } from "../../lambda/core/store/seen.ts";
import type { Change, LedgerStore } from "../../lambda/core/store/store.ts";
import { createPipeline, InvocationError } from "../../lambda/pipeline.ts";
import type { Summary } from "../../lambda/summary.ts";
import { ACCOUNT, logKey, s3Event } from "./log-files.ts";
import { assumes, inSession } from "./sessions.ts";

/** Two routes, a bus and a chat. */
const WAYS = {
  routes: [
    { name: "grave", severity: "critical" },
    { name: "others", accounts: [ACCOUNT], severity: "low" },
  ],
  isOnBus: true,
  chatFrom: "medium",
} as const;

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = Date.parse("2026-11-20T12:00:00Z");

/** News of a critical is told two minutes after a mail at the latest; the tick is given one more. */
const CRITICAL_TOLD_WITHIN = 3 * MINUTE;

/** The rules whose severity a history changes. */
const CHANGED = ["changing", "threshold"] as const;
type Severities = { readonly [R in (typeof CHANGED)[number]]: Severity };
const FIRST_SEVERITIES: Severities = { changing: "high", threshold: "high" };

const rule = (name: string, severity: Rule["severity"], more: Partial<Rule> = {}): Rule => ({
  name,
  place: "rules/test.yaml:1",
  severity,
  calls: [`test:${name}`],
  ...more,
});

/** Rules of each sort; most match the call of their own name. */
function rulesWith({ changing, threshold }: Severities): readonly Rule[] {
  const three = { count: 3, within: 10 * MINUTE };
  return [
    rule("critical", "critical"),
    rule("high", "high"),
    rule("medium", "medium"),
    rule("low", "low"),
    rule("changing", changing),
    rule("excepted", "high", { except: [{ reason: "known", pattern: { sourceIPAddress: ["192.0.2.1"] } }] }),
    rule("attempt", "critical", { outcome: "attempt" }),
    rule("try", "medium", { outcome: "attempt" }),
    rule("address", "high", { group: { by: ["sourceIPAddress"] } }),
    rule("address-low", "low", { calls: ["test:address"] }),
    rule("both-high", "high", { calls: ["test:both"] }),
    rule("both-low", "low", { calls: ["test:both"] }),
    rule("threshold", threshold, { threshold: three, group: { by: ["actor"] } }),
    rule("few", "high", { threshold: three }),
    rule("few-low", "low", { calls: ["test:few"] }),
    rule("after", "high", { after: { pattern: { eventName: ["before"] }, count: 2, within: 10 * MINUTE } }),
  ];
}

interface Rules {
  readonly set: RuleSet;
  severityOf(rules: readonly string[], outcome: Outcome): Severity;
}

const compiled = new Map<string, Rules>();

function compiledWith(severities: Severities): Rules {
  const key = JSON.stringify(severities);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const set = compileRules(rulesWith(severities));
  const own = new Map(set.rules.map(({ name, severity }) => [name, severity]));
  const made: Rules = {
    set,
    severityOf: (names, outcome) =>
      worstOf(
        names.map((name) => {
          if (outcome === "denied" && name === "attempt") return "high";
          if (outcome === "denied" && name === "try") return "low";
          // The rule of a group of 0.1.0 that is gone.
          return own.get(name) ?? "high";
        }),
      ),
  };
  compiled.set(key, made);
  return made;
}

function worstOf(severities: readonly Severity[]): Severity {
  return SEVERITIES.find((severity) => severities.includes(severity)) ?? "info";
}

/** Callers from this number on are roles, each in one session. */
const FIRST_ROLE = 6;
const LAST_ROLE = 7;

/** When their sessions were opened. */
const OPENED = START - 30 * MINUTE;

/** The calls of records; "before", "gone" and "assume", which opens a role's session, meet no rule. */
type Call =
  | "assume"
  | ("critical" | "high" | "medium" | "low" | "changing" | "excepted" | "attempt" | "address" | "both")
  | ("try" | "threshold" | "few" | "before" | "after" | "gone");

/** Calls that are counted by eventTime. */
const WINDOWED: ReadonlySet<Call> = new Set<Call>(["threshold", "few", "before", "after"]);

/** What a record of a history is. */
export interface RecordPlan {
  readonly call: Call;
  readonly actor: number;
  /** Minutes before the start; a month-old one is 43,200. */
  readonly age: number;
  readonly outcome: Outcome;
}

/**
 * What can happen to an effect: it fails without having happened, or it happens and its answer is lost, or the process ends;
 * or the ledger is gone for as long as the process lives.
 */
export type Fault = "none" | "refused" | "lost" | "crash before" | "crash after" | "outage";

/** What somebody writes into the table that no version of ours would have written. */
const JUNK = [
  "unknown",
  "head",
  "daily head",
  "window",
  "alert",
  "written",
  "written entries",
  "budget",
  "look",
  "past",
  "links",
  "mutes",
  "swallowed",
] as const;

/** The rules that somebody mutes. */
const MUTED = [
  "high",
  "medium",
  "both-high",
  "attempt",
  "changing",
  "address",
  "few",
  "threshold",
  "critical",
] as const;

export type Step =
  | { readonly kind: "deliver"; readonly files: readonly number[] }
  | { readonly kind: "wait"; readonly minutes: number; readonly ticks: number }
  | {
      readonly kind: "mute";
      readonly rule: (typeof MUTED)[number];
      /** Whose calls; everybody's where it is null. */
      readonly actor: number | null;
      readonly minutes: number;
    }
  | { readonly kind: "rules"; readonly rule: keyof Severities; readonly severity: Severity }
  | {
      readonly kind: "junk";
      readonly sort: (typeof JUNK)[number];
      readonly actor: number;
      /** How many unreadable items stand in the way of a key. */
      readonly places: number;
      readonly isDue: boolean;
    };

/** A group of 0.1.0 that has something left to tell. */
export interface GroupPlan {
  readonly rule: "critical" | "high" | "medium" | "low" | "gone";
  readonly actor: number;
  readonly listed: number;
  readonly counted: number;
  /** For how many minutes it has been due at the start. */
  readonly overdue: number;
}

/** One history: which records stand in which files, what happens in which order, and what goes wrong on the way. */
export interface History {
  readonly records: readonly RecordPlan[];
  /** Which records a file holds, by their numbers: the same record may be in several files. */
  readonly files: readonly (readonly number[])[];
  /** Many callers of one rule in one file, the last of whom stand in a second file as well. */
  readonly crowd: { readonly call: "critical" | "high" | "medium" | "low"; readonly size: number } | null;
  readonly groups: readonly GroupPlan[];
  readonly steps: readonly Step[];
  /** True when nothing fails and the tick comes each minute: then all must come in time, and in order. */
  readonly isCalm: boolean;
  readonly faults: readonly Fault[];
  /** How long each effect takes, in turns; it decides how invocations overlap. */
  readonly turns: readonly number[];
}

const recordOfCalls = (calls: readonly [Call, ...Call[]]) =>
  fc.record({
    call: fc.constantFrom(...calls),
    actor: fc.integer({ min: 0, max: LAST_ROLE }),
    age: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 25 }) },
      { weight: 1, arbitrary: fc.constantFrom(1_380, 43_200) },
    ),
    outcome: fc.constantFrom<Outcome>("success", "success", "denied", "denied", "failed"),
  });

const WINDOWED_CALLS = [
  "threshold",
  "threshold",
  "few",
  "few",
  "before",
  "before",
  "before",
  "after",
  "assume",
] as const;
const RECORD = recordOfCalls([
  ...(["critical", "critical", "high", "medium", "low", "changing", "changing", "changing", "excepted"] as const),
  ...(["attempt", "attempt", "try", "address", "both", "gone", "assume", "assume"] as const),
  ...WINDOWED_CALLS,
]);

const recordsOf = (record: fc.Arbitrary<RecordPlan>) => fc.array(record, { minLength: 1, maxLength: 24, size: "max" });

const CROWD = fc.record({
  call: fc.constantFrom("critical" as const, "high" as const, "medium" as const, "low" as const),
  size: fc.integer({ min: 51, max: 70 }),
});

const GROUP = fc.record({
  rule: fc.constantFrom("critical" as const, "high" as const, "medium" as const, "low" as const, "gone" as const),
  actor: fc.integer({ min: 0, max: 5 }),
  listed: fc.integer({ min: 1, max: 3 }),
  counted: fc.integer({ min: 0, max: 30 }),
  overdue: fc.constantFrom(0, 30, 3_000),
});

const FAULT = fc.oneof(
  { weight: 36, arbitrary: fc.constant<Fault>("none") },
  { weight: 12, arbitrary: fc.constantFrom<Fault>("refused", "lost", "crash before", "crash after") },
  { weight: 1, arbitrary: fc.constant<Fault>("outage") },
);

const FILES = fc.array(fc.nat(8), { minLength: 1, maxLength: 3 });

const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("deliver" as const), files: FILES }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      minutes: fc.constantFrom(0, 1, 2, 4, 7, 20, 90, 1500),
      ticks: fc.integer({ min: 0, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("rules" as const),
      rule: fc.constantFrom(...CHANGED),
      severity: fc.constantFrom("critical" as const, "high" as const, "medium" as const, "low" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("mute" as const),
      rule: fc.constantFrom(...MUTED),
      actor: fc.constantFrom(null, null, 0, 1, FIRST_ROLE),
      minutes: fc.constantFrom(5, 60, 1_440),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("junk" as const),
      sort: fc.constantFrom(...JUNK),
      actor: fc.integer({ min: 0, max: 2 }),
      places: fc.integer({ min: 1, max: 2 }),
      isDue: fc.boolean(),
    }),
  },
);

/** Random histories. */
export const HISTORIES: fc.Arbitrary<History> = fc.record({
  records: fc.oneof(
    { weight: 2, arbitrary: recordsOf(RECORD) },
    // What is counted needs many of a sort.
    { weight: 1, arbitrary: recordsOf(recordOfCalls(WINDOWED_CALLS)) },
  ),
  files: fc.array(fc.array(fc.nat(23), { minLength: 1, maxLength: 14, size: "max" }), { minLength: 1, maxLength: 6 }),
  crowd: fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: CROWD }),
  groups: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(GROUP, { minLength: 1, maxLength: 3 }) },
  ),
  steps: fc.array(STEP, { minLength: 1, maxLength: 9, size: "max" }),
  isCalm: fc.boolean(),
  faults: fc.array(FAULT, { maxLength: 60, size: "max" }),
  turns: fc.array(fc.nat(6), { minLength: 5, maxLength: 20 }),
});

/** A history with all its records and files. */
interface World {
  readonly plans: readonly RecordPlan[];
  readonly files: readonly (readonly number[])[];
  readonly groups: readonly (GroupPlan & { readonly numbers: readonly number[] })[];
}

function worldOf({ records, files, crowd, groups }: History): World {
  const plans = records.map((plan) => {
    if (plan.call === "assume") return { ...plan, actor: FIRST_ROLE + (plan.actor % 2), outcome: "success" as const };
    if (!WINDOWED.has(plan.call)) return plan;
    // Few callers and a short time, so that windows fill.
    const few = plan.actor >= FIRST_ROLE ? FIRST_ROLE : Number(plan.actor === 1);
    return { ...plan, actor: few, age: plan.age % 15 };
  });
  const add = (plan: Omit<RecordPlan, "outcome" | "age">) => plans.push({ ...plan, outcome: "success", age: 7 }) - 1;
  const members = Array.from({ length: crowd?.size ?? 0 }, (_, i) =>
    add({ call: crowd?.call ?? "high", actor: 100 + i }),
  );
  const held = groups.map((group) => ({
    ...group,
    numbers: Array.from({ length: group.listed }, () => add({ call: group.rule, actor: group.actor })),
  }));
  const special = [members, members.slice(-20), held.flatMap(({ numbers }) => numbers)];
  return {
    plans,
    groups: held,
    files: [...special.filter(({ length }) => length > 0), ...files.map((file) => file.map((i) => i % records.length))],
  };
}

/** A process that ended in the middle of its work: nothing after it happens. */
class Crash extends Error {}

interface Publish {
  readonly alert: Alert;
  readonly way: "alert" | "sms" | "bus" | "chat";
  readonly by: Process;
  /** True when whoever published cannot know that it was. */
  readonly isUnknown: boolean;
}

interface Process {
  readonly rules: Rules;
  crashed: boolean;
  isCutOff: boolean;
  /** True when an operation of its ledger failed. */
  stumbled: boolean;
  /** Keys of the alerts that it is to send: what it has made itself, and what was due when its tick began. */
  readonly knows: Set<string>;
  hasLooked: boolean;
  /** By the key of what it claimed that is no critical: the criticals that waited then. */
  readonly passedOver: Map<string, readonly string[]>;
}

/** What a history left behind. */
export interface Aftermath {
  readonly violations: readonly string[];
  readonly publishes: number;
  readonly crashes: number;
  /** What it has met of what histories are for. */
  readonly met: ReadonlySet<string>;
}

/** Plays a history against a store, lets the dust settle, and says what does not hold. */
export async function play(history: History, store: LedgerStore, hasWays = false): Promise<Aftermath> {
  const world = worldOf(history);
  const { isCalm } = history;
  const violations: string[] = [];
  const publishes: Publish[] = [];
  const copies: Publish[] = [];
  const called = new Set<string>();
  const notes: string[] = [];
  const mutes: PlayedMute[] = [];
  /** Records that arrived under a mute of all that they meet. */
  const quiet = new Set<number>();
  let muted = 0;
  const junk = new Map<string, { readonly body: object; readonly isDue: boolean }>();
  const faults = isCalm ? [] : [...history.faults];
  const outbox = new Outbox();
  const timeline = new Timeline(world, isCalm);
  let severities = FIRST_SEVERITIES;
  let turn = 0;
  let now = START;
  let crashes = 0;
  let hasStumbled = false;

  /** Runs an effect with the next fault of the history. */
  async function effect<T>(process: Process, isUnknown: (unknown: boolean) => void, act: () => Promise<T>): Promise<T> {
    for (let i = history.turns[turn++ % history.turns.length] ?? 0; i > 0; i--) await Promise.resolve();
    if (process.crashed) throw new Crash();
    const fault = faults.shift() ?? "none";
    if (fault === "refused") throw new Error("refused");
    if (fault === "crash before") crash(process);
    if (fault === "outage") process.isCutOff = true;
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

  function processOf(isTick: boolean) {
    const rules = compiledWith(severities);
    const process: Process = {
      rules,
      crashed: false,
      isCutOff: false,
      stumbled: false,
      knows: new Set(),
      hasLooked: !isTick,
      passedOver: new Map(),
    };
    const onStore = <T>(act: () => Promise<T>): Promise<T> =>
      effect(
        process,
        () => undefined,
        async () => {
          if (process.isCutOff) throw new Error("the ledger is gone");
          return act();
        },
      ).catch((error: unknown) => {
        process.stumbled = true;
        hasStumbled = true;
        throw error;
      });
    const publish = (way: "alert" | "sms") => async (alert: Alert) => {
      if (way === "alert") {
        called.add(alertKey(alert));
        if (isCalm) violations.push(...jumpedQueue(alert, process, called));
      }
      let unknown = false;
      await effect(
        process,
        (is) => {
          unknown = is;
        },
        async () => {
          const earlier = publishes.filter((one) => one.alert.fullId === alert.fullId && one.way === way);
          const excused = earlier.some(({ by, isUnknown }) => isUnknown || by.crashed || by.stumbled);
          const repeats = mayRepeat(alert) || earlier.some((one) => mayRepeat(one.alert));
          if (earlier.length > 0 && !excused && !repeats) violations.push(`${alert.fullId} was sent twice (${way})`);
          publishes.push({ alert, way, by: process, isUnknown: unknown });
          if (way === "alert") violations.push(...timeline.told(alert, outbox.madeWith(alert) ?? rules, now));
        },
      );
    };
    const routed = (name: string) => async (alert: Alert) => {
      const others = alert.parts.filter(({ route }) => route !== name);
      if (alert.route !== name || others.length > 0) violations.push(`${alert.fullId} was sent to route ${name}`);
      await publish("alert")(alert);
    };
    const copy = (way: "bus" | "chat") => async (alert: Alert) => {
      let unknown = false;
      await effect(
        process,
        (is) => {
          unknown = is;
        },
        async () => {
          if (way === "chat" && alert.chat === undefined) violations.push(`${alert.fullId} says nothing in the chat`);
          const earlier = copies.filter((one) => one.alert.fullId === alert.fullId && one.way === way);
          const excused = earlier.some(({ by, isUnknown }) => isUnknown || by.crashed || by.stumbled);
          if (earlier.length > 0 && !excused && !mayRepeat(alert))
            violations.push(`${alert.fullId} came twice (${way})`);
          copies.push({ alert, way, by: process, isUnknown: unknown });
        },
      );
    };
    const ledger = createLedger({
      store: {
        read: (keys, time) => onStore(() => store.read(keys, time)),
        commit: (changes) =>
          onStore(async () => {
            const isDone = await store.commit(changes);
            if (isDone) violations.push(...outbox.committed(changes, process));
            return isDone;
          }),
        due: (until, limit) =>
          onStore(async () => {
            const due = await store.due(until, limit);
            if (!process.hasLooked) for (const key of due) process.knows.add(key);
            process.hasLooked = true;
            return due;
          }),
        park: (key) => onStore(() => store.park(key)),
      },
      rules: rules.set.rules,
      settings: { accounts: {}, smsFrom: "critical", roundUpHour: 8, ...(hasWays && WAYS) },
      publish: {
        // What the topic of a route keeps refusing comes here in the end.
        alert: publish("alert"),
        sms: publish("sms"),
        health: async () => undefined,
        "health-sms": async () => undefined,
        ...(hasWays && {
          bus: copy("bus"),
          chat: copy("chat"),
          routes: Object.fromEntries(WAYS.routes.map(({ name }) => [name, routed(name)])),
        }),
      },
      now: () => now,
      sleep: async () => undefined,
    });
    return { process, ledger };
  }

  const bodies = world.files.map((file) =>
    Buffer.from(JSON.stringify({ Records: file.map((number) => recordOf(world, number)) })),
  );
  const undelivered = new Set<number>();
  const delivered = new Set<number>();

  async function deliver(file: number): Promise<void> {
    const { process, ledger } = processOf(false);
    for (const number of world.files[file] ?? []) {
      if (isCalm && timeline.isNew(number) && isQuiet(world.plans[number] as RecordPlan, mutes, now)) quiet.add(number);
      timeline.arrived(number, process.rules, now);
    }
    const pipeline = createPipeline({
      rules: process.rules.set,
      ledger,
      fetchObject: async () => ({ content: bodies[file] ?? Buffer.alloc(0), etag: "once" }),
      deployment: DESK_DEPLOYMENT,
      accepted: {},
      now: () => now,
      log: (_, { remarks }) => notes.push(...remarks),
    });
    const summary = await pipeline(s3Event("trail", logKey(`file${file}`))).then(
      (counts): Summary | undefined => counts,
      (error: unknown) => {
        // Lambda tries again what failed.
        undelivered.add(file);
        if (isCalm) violations.push(`an invocation failed though nothing else did: ${String(error)}`);
        return error instanceof InvocationError ? error.summary : undefined;
      },
    );
    if (process.crashed) undelivered.add(file);
    else if (summary !== undefined) violations.push(...unreconciled(summary));
    muted += summary?.muted ?? 0;
  }

  async function tick(): Promise<LedgerCounts | undefined> {
    const { ledger } = processOf(true);
    const counts = await ledger.tick().catch(() => undefined);
    notes.push(...(counts?.notes ?? []));
    muted += counts?.muted ?? 0;
    return counts;
  }

  /** When the next item is due, or the end where that comes first. */
  async function nextDue(end: number): Promise<number> {
    const items = await store.read(await store.due(end, 10_000), now);
    return Math.min(end, ...Array.from(items.values(), ({ dueAt = now }) => dueAt));
  }

  /** Minutes with a tick each; those in which nothing is due are leapt over. */
  async function passCalmly(minutes: number, ticks: number): Promise<void> {
    const end = now + minutes * MINUTE;
    while (now < end) {
      const quiet = Math.ceil(((await nextDue(end)) - now) / MINUTE);
      now += Math.max(quiet, 1) * MINUTE;
      await Promise.all(Array.from({ length: Math.max(1, ticks) }, tick));
    }
  }

  for (const { key, next } of itemsOf01(world)) await store.commit([{ key, expected: 0, next }]);
  for (const step of history.steps) {
    switch (step.kind) {
      case "deliver": {
        const files = step.files.map((file) => file % world.files.length);
        for (const file of files) delivered.add(file);
        await Promise.all(files.map(deliver));
        break;
      }
      case "wait":
        if (isCalm) await passCalmly(step.minutes, step.ticks);
        else {
          now += step.minutes * MINUTE;
          await Promise.all(Array.from({ length: step.ticks }, tick));
        }
        break;
      case "rules":
        severities = { ...severities, [step.rule]: step.severity };
        timeline.rulesChanged(now);
        break;
      case "mute": {
        const { rule: name, actor, minutes } = step;
        const of = { rule: name, ...(actor !== null && { actor: arnOf(actor) }) };
        const time = now;
        const { until } = await openMuteBook(store, () => time).add(of, minutes * MINUTE, "work", "somebody");
        mutes.push({ rule: name, actor, until });
        break;
      }
      case "junk":
        for (const { key, body } of junkOf(step, now)) {
          const next = { body, ...(step.isDue && { dueAt: now - MINUTE, urgency: "critical" as const }) };
          if (await store.commit([{ key, expected: 0, next }])) junk.set(key, { body, isDue: step.isDue });
        }
        break;
      default:
        step satisfies never;
    }
  }

  // The dust settles: nothing fails any more, what failed is delivered again, and minutes and days go by.
  faults.length = 0;
  for (const file of undelivered) await deliver(file);
  for (let i = 0; i < 20 && (await store.due(Number.MAX_SAFE_INTEGER, 1)).length > 0; i++) {
    if (isCalm) await passCalmly(DAY / 2 / MINUTE, 1);
    else {
      for (let minute = 0; minute < 4; minute++) {
        now += MINUTE;
        await tick();
      }
      now += DAY / 2;
      await tick();
    }
  }
  const left = await store.due(Number.MAX_SAFE_INTEGER, 10);
  if (left.length > 0) violations.push(`still due: ${left.join(", ")}`);
  const numbers = new Set([...delivered].flatMap((file) => world.files[file] ?? []));
  violations.push(
    ...unaccounted(world, numbers, publishes, hasStumbled, mutes),
    ...[...quiet].flatMap((number) =>
      publishes.some(({ alert }) => numbersIn(alert.json).has(number))
        ? [`record-${number} was muted, and was told`]
        : [],
    ),
    ...(await unfinished(publishes, store, now)),
    ...(await spoilt(junk, store, now)),
    ...(isCalm ? [...timeline.late(), ...unnoted(junk, notes)] : []),
    ...(hasWays && isCalm ? uncopied(publishes, copies) : []),
  );
  const met = new Set([...metIn(history, publishes, junk.size), ...(muted > 0 ? ["muted"] : [])]);
  return { violations, publishes: publishes.length, crashes, met };
}

const ERROR_CODES: { readonly [O in Outcome]?: string } = { denied: "AccessDenied", failed: "ValidationException" };

function recordOf({ plans }: Pick<World, "plans">, number: number) {
  const plan = plans[number] as RecordPlan;
  const { call, actor, outcome } = plan;
  const errorCode = ERROR_CODES[outcome];
  return {
    eventID: `record-${number}`,
    eventTime: new Date(timeOf(plans, number)).toISOString(),
    eventSource: "test.amazonaws.com",
    eventName: call,
    awsRegion: "us-east-1",
    sourceIPAddress: `192.0.2.${actor === 1 ? 1 : 2 + (actor % 2)}`,
    userIdentity: actor >= FIRST_ROLE && actor <= LAST_ROLE ? inSession(sessionOf(actor)) : identityOf(actor),
    requestParameters: { name: `record-${number}` },
    recipientAccountId: ACCOUNT,
    ...(errorCode !== undefined && { errorCode }),
    ...(call === "assume" && opensSession(plan)),
  };
}

const identityOf = (actor: number) => ({ type: "IAMUser", arn: arnOf(actor), accountId: ACCOUNT });
const sessionOf = (actor: number) => ({
  role: `role-${actor}`,
  name: "one",
  key: `ASIA${actor}`,
  opened: new Date(OPENED).toISOString().slice(0, 19).concat("Z"),
});

/** What a record has that opens a role's session. Now and then another person claims to have opened it. */
function opensSession({ actor, age }: RecordPlan) {
  const { eventSource, eventName, eventTime, requestParameters, responseElements, userIdentity } = assumes(
    identityOf(age % 7 === 0 ? 2 : actor - FIRST_ROLE),
    sessionOf(actor),
  );
  return { eventSource, eventName, eventTime, requestParameters, responseElements, userIdentity };
}

function timeOf(plans: readonly RecordPlan[], number: number): number {
  return START - (plans[number]?.age ?? 0) * MINUTE;
}

function arnOf(actor: number): string {
  const isRole = actor >= FIRST_ROLE && actor <= LAST_ROLE;
  return `arn:aws:iam::${ACCOUNT}:${isRole ? "role/role" : "user/user"}-${actor}`;
}

/** The numbers of records that stand in a text. */
function numbersIn(text: string): ReadonlySet<number> {
  return new Set(Array.from(text.matchAll(/record-(\d+)/g), ([, number]) => Number(number)));
}

/** What 0.1.0 has left in the table: groups that hold matches back, and the fingerprints of these. */
function itemsOf01(world: World): readonly Pick<Change, "key" | "next">[] {
  const fingerprints = new Map<string, string[]>();
  const heads = world.groups.map(({ rule: name, actor, counted, overdue, numbers }, i) => {
    const records = numbers.map((number) => recordOf(world, number));
    for (const record of records) {
      const { key, fingerprint } = seenBy01(name, ACCOUNT, record);
      fingerprints.set(key, [...(fingerprints.get(key) ?? []), fingerprint]);
    }
    const dueAt = START - overdue * MINUTE;
    const times = numbers.map((number) => timeOf(world.plans, number));
    const held = {
      total: numbers.length + counted,
      listed: records.map((record) => ({ record, logObject: { bucket: "trail", key: logKey("of 0.1.0") } })),
      accounts: [ACCOUNT],
      regions: ["us-east-1"],
      addresses: ["192.0.2.2"],
      targets: numbers.map((number) => `record-${number}`),
      firstTime: Math.min(...times),
      lastTime: Math.max(...times),
      ids: "0",
    };
    const body = {
      rule: name,
      key: hashOf(["group of 0.1.0", i]),
      severity: name === "gone" ? "high" : name,
      accountId: ACCOUNT,
      actor: arnOf(actor),
      outcome: "success",
      openUntil: dueAt,
      step: 0,
      lastAlert: { id: "01010101", at: dueAt - 5 * MINUTE },
      held,
    };
    return { key: `group#${body.key}`, next: { body, dueAt, urgency: name === "gone" ? ("high" as const) : name } };
  });
  const seen = [...fingerprints].map(([key, own]) => ({
    key,
    next: { body: { parts: 1, generation: START - DAY }, bytes: bytesOf(own), expiresAt: START + 30 * DAY },
  }));
  return [...heads, ...seen];
}

/** Items that cannot be read, at a key where a readable one would stand. */
function junkOf({ sort, actor, places }: Extract<Step, { kind: "junk" }>, now: number) {
  const incident = (kind: "mail" | "daily") => longHashOf(["actor", ACCOUNT, arnOf(actor), kind]);
  const [key, body] = ((): readonly [string, object] => {
    switch (sort) {
      case "unknown":
        return [`of-a-later-version#${actor}`, { lines: [] }];
      case "head":
        return [`incident#${incident("mail")}`, { incident: "nobody's", told: 7 }];
      case "daily head":
        return [`daily#${incident("daily")}`, { incident: "nobody's", told: 7 }];
      case "window":
        return [`window#${longHashOf(["window", "few", ACCOUNT, arnOf(actor), "verified"])}`, { entries: "many" }];
      case "alert":
        return [`alert#${hashOf(["broken", actor])}`, { todo: ["alert"], madeAt: now, claims: 0, alert: { id: 7 } }];
      case "written":
        return [`in#incident#${incident("mail")}#${hashOf(["broken", actor])}`, { story: { lines: [] } }];
      case "written entries":
        return [`in#window#${hashOf(["no window", actor])}#${hashOf(["broken", actor])}`, { entries: [{}] }];
      case "look":
        return [`look#${incident("mail")}`, { sessions: "many", looks: -1 }];
      case "past":
        return [`past#${incident("mail")}`, { incidents: [{ at: "never" }] }];
      case "links":
        return [`links#${hashOf(ACCOUNT)}#${Math.floor(now / 600_000)}`, { links: [{ names: 7 }] }];
      case "mutes":
        return ["mutes", { mutes: { of: "everything" } }];
      case "swallowed":
        return ["swallowed", { entries: [], others: "many" }];
      case "budget":
        return ["budget", { tokens: -1_000_000, at: now, texts: [] }];
      default:
        return sort satisfies never;
    }
  })();
  return Array.from({ length: places }, (_, i) => ({ key: key + "~".repeat(i), body }));
}

/** The alerts that the ledger holds, as its commits show them. */
class Outbox {
  readonly #made = new Map<string, Rules>();
  readonly #unclaimed = new Map<string, Alert>();

  /** The rules by which an alert was made. */
  madeWith(alert: Alert): Rules | undefined {
    return this.#made.get(alertKey(alert));
  }

  /** Notes what a process has written down; returns what is wrong with it. */
  committed(changes: readonly Change[], process: Process): readonly string[] {
    const claimed: Alert[] = [];
    for (const { key, next } of changes) {
      if (!key.startsWith("alert#")) continue;
      const { alert, claims } = next.body as Outgoing;
      if (alert !== undefined && !this.#made.has(key)) this.#made.set(key, process.rules);
      process.knows.add(key);
      if (alert !== undefined && claims === 0) this.#unclaimed.set(key, alert);
      else {
        if (alert !== undefined && this.#unclaimed.has(key)) claimed.push(alert);
        this.#unclaimed.delete(key);
      }
    }
    // Those of the same commit count: they are to be published first.
    const criticals = [...claimed.map((alert) => [alertKey(alert), alert] as const), ...this.#unclaimed]
      .filter(([key, { severity }]) => severity === "critical" && process.knows.has(key))
      .map(([key]) => key);
    for (const alert of claimed) {
      if (alert.severity !== "critical") process.passedOver.set(alertKey(alert), criticals);
    }
    return changes.flatMap((change) => wronglyUrgent(change, process.rules));
  }
}

/** Whatever is due is looked at by the severity of what it tells. */
function wronglyUrgent({ key, next }: Change, rules: Rules): readonly string[] {
  const severity = next.dueAt === undefined ? undefined : severityIn(key, next.body, rules);
  if (severity === undefined) return [];
  return next.urgency === severity ? [] : [`${key} tells of something ${severity}, and is due as ${next.urgency}`];
}

/** The severity of what an item has to tell. */
function severityIn(key: string, body: unknown, rules: Rules): Severity | undefined {
  interface Told {
    readonly lines: readonly {
      readonly rules: readonly string[];
      readonly outcome: Outcome;
      readonly severity: Severity;
    }[];
  }
  const {
    alert,
    todo = [],
    held,
    story,
    window,
  } = body as {
    readonly alert?: Alert;
    readonly todo?: Outgoing["todo"];
    readonly held?: Told;
    readonly story?: Told;
    readonly window?: { readonly rule: string };
  };
  // Copies come after all that people wait for.
  if (key.startsWith("alert#")) return alert && (todo.every(isCopy) ? "info" : alert.severity);
  if (key.startsWith("in#window#")) return window && rules.severityOf([window.rule], "success");
  // What is written down is judged by the rules of then; a head by those of today.
  if (key.startsWith("in#")) return story && worstOf(story.lines.map(({ severity }) => severity));
  return held && worstOf(held.lines.map((line) => rules.severityOf(line.rules, line.outcome)));
}

/** A mail that goes out while a critical one waits that its sender knows of. */
function jumpedQueue(alert: Alert, process: Process, called: ReadonlySet<string>): readonly string[] {
  return (process.passedOver.get(alertKey(alert)) ?? [])
    .filter((key) => !called.has(key))
    .map(
      (key) => `a ${alert.severity} alert (${alert.subject}) was mailed before ${key}, which is critical and waited`,
    );
}

interface AlertJson {
  readonly late: boolean;
  readonly lines: readonly {
    readonly rules: readonly string[];
    readonly severity: Severity;
    readonly news: boolean;
    readonly outcome: Outcome;
    readonly targets: readonly string[];
    readonly callers: readonly string[];
  }[];
}

/** When records came, and when they were told. */
class Timeline {
  readonly #plans: readonly RecordPlan[];
  readonly #isCalm: boolean;
  readonly #arrived = new Map<number, { readonly at: number; readonly severity: Severity }>();
  readonly #toldAt = new Map<number, number>();
  readonly #changes: number[] = [];
  readonly #checked = new Set<string>();

  constructor({ plans, groups }: World, isCalm: boolean) {
    this.#plans = plans;
    this.#isCalm = isCalm;
    for (const number of groups.flatMap(({ numbers }) => numbers)) {
      this.#arrived.set(number, { at: START, severity: "info" });
    }
  }

  isNew(number: number): boolean {
    return !this.#arrived.has(number);
  }

  arrived(number: number, rules: Rules, at: number): void {
    if (this.#arrived.has(number)) return;
    const { call, outcome } = this.#plans[number] as RecordPlan;
    const isMet = rules.set.rules.some(({ name, threshold, after, outcome: wanted }) => {
      return name === call && threshold === undefined && after === undefined && !(wanted && outcome === "failed");
    });
    this.#arrived.set(number, { at, severity: isMet ? rules.severityOf([call], outcome) : "info" });
  }

  rulesChanged(at: number): void {
    this.#changes.push(at);
  }

  /** Notes what a mail tells, which was made by these rules; returns what is wrong with it. */
  told(alert: Alert, rules: Rules, now: number): readonly string[] {
    const numbers = numbersIn(alert.json);
    if (alert.rule.startsWith("mute-")) return [];
    if (isDaily(alert)) return this.#isCalm ? this.#again(alert, now) : [];
    for (const number of numbers) if (!this.#toldAt.has(number)) this.#toldAt.set(number, now);
    const worst = worstOf(alert.parts.map(({ severity }) => severity));
    if (alert.severity !== worst) return [`${alert.subject}: it tells of something ${worst}`];
    if (this.#checked.has(alert.fullId) || alert.kind === "round-up" || mayRepeat(alert)) return [];
    this.#checked.add(alert.fullId);
    const { late, lines } = JSON.parse(alert.json) as AlertJson;
    const severities = lines.map((line) => rules.severityOf(line.rules, line.outcome));
    const own = worstOf(severities);
    const isOfOneSeverity = lines.every((line) => !line.rules.some((name) => Object.hasOwn(FIRST_SEVERITIES, name)));
    // Nobody knows when exactly it arrived: not before it was first delivered, and not after it was told.
    const mayBeLate = (number: number) => timeOf(this.#plans, number) < now - DAY;
    const mayBeInTime = (number: number) =>
      timeOf(this.#plans, number) >= (this.#arrived.get(number)?.at ?? START) - DAY;
    const ringing = lines
      .filter(({ news }, i) => news && severities[i] === "critical")
      .map(({ targets }) => [...numbersIn(targets.join(" "))]);
    const wrong = [
      own !== alert.severity && `its severity is ${alert.severity}, but its records are ${own}`,
      isOfOneSeverity && !isAtLeast(own, "medium") && "it did not wait for the round-up",
      late && ![...numbers].every(mayBeLate) && "it is marked LATE, but not all of its records are a day old",
      !late && ![...numbers].some(mayBeInTime) && "it is not marked LATE, though all of its records are a day old",
      alert.sms !== undefined &&
        !ringing.some((line) => line.some(mayBeInTime)) &&
        "it is texted, though nothing critical in it is news and less than a day old",
      alert.sms === undefined &&
        ringing.some((line) => line.some((number) => !mayBeLate(number))) &&
        "it is not texted, though something critical in it is news",
    ];
    return wrong.flatMap((what) => (what === false ? [] : [`${alert.subject}: ${what}`]));
  }

  /** Criticals that were told too late. All are news: each has a target of its own. */
  late(): readonly string[] {
    return [...this.#arrived].flatMap(([number, { at, severity }]) => {
      const end = at + CRITICAL_TOLD_WITHIN;
      const toldAt = this.#toldAt.get(number);
      const isChanged = this.#plans[number]?.call === "changing" && this.#changes.some((t) => at <= t && t <= end);
      if (severity !== "critical" || isChanged || (toldAt !== undefined && toldAt <= end)) return [];
      const when = toldAt === undefined ? "in no mail" : `${(toldAt - at) / MINUTE} minutes after it came`;
      return [`record-${number} is critical news, and was told ${when}`];
    });
  }

  /** A round-up may name what a mail of an earlier minute has told, but must not count it. */
  #again({ json, subject }: Alert, now: number): readonly string[] {
    const { alerts } = JSON.parse(json) as {
      readonly alerts: readonly { rules: object; matches: number; detail: string }[];
    };
    return alerts.flatMap(({ rules, matches, detail }) => {
      const untold = [...numbersIn(detail)].filter((number) => (this.#toldAt.get(number) ?? now) >= now);
      if (Object.keys(rules).join() !== "few-low" || matches <= untold.length) return [];
      return [`${subject}: it tells of ${matches} records, of which a mail has told ${matches - untold.length}`];
    });
  }
}

function isDaily({ kind, subject }: Alert): boolean {
  return kind === "round-up" && subject.includes("Daily round-up");
}

function unreconciled(summary: Summary): readonly string[] {
  const { matches, listed, counted, pending, held, belowThreshold, duplicates, toldElsewhere, excepted, muted } =
    summary;
  const untold = belowThreshold + duplicates + toldElsewhere + excepted + muted + summary.unrecorded;
  const sum = listed + counted + pending + held + untold;
  return sum === matches ? [] : [`matches do not reconcile: ${JSON.stringify(summary)}`];
}

/** A mute of a history; whose calls it is about, or everybody's. */
interface PlayedMute {
  readonly rule: (typeof MUTED)[number];
  readonly actor: number | null;
  readonly until: number;
}

/** True for a record of one rule, never critical, that is muted at a time. */
function isQuiet({ call, actor }: RecordPlan, mutes: readonly PlayedMute[], now: number): boolean {
  if (call !== "high" && call !== "medium") return false;
  return mutes.some((mute) => mute.rule === call && now < mute.until && (mute.actor ?? actor) === actor);
}

/** Whether a match must be told. "either": a mail may tell the record for another rule, and then the round-up need not. */
type Telling = "told" | "not told" | "either";

function tellingsOf({ plans, groups }: World, numbers: ReadonlySet<number>, number: number) {
  const { call, actor, outcome } = plans[number] as RecordPlan;
  const tellings = (...list: readonly (readonly [string, Telling])[]) => list;
  const told = (is: boolean): Telling => (is ? "told" : "not told");
  switch (call) {
    case "excepted":
      return tellings([call, told(actor !== 1)]);
    case "attempt":
    case "try":
      return tellings([call, told(outcome !== "failed")]);
    case "address":
      return tellings([call, "told"], ["address-low", "told"]);
    case "both":
      return tellings(["both-high", "told"], ["both-low", "told"]);
    case "threshold":
      return tellings([call, told(isOverThreshold(plans, numbers, number))]);
    case "few": {
      const isOver = isOverThreshold(plans, numbers, number);
      return tellings([call, told(isOver)], ["few-low", isOver ? "either" : "told"]);
    }
    case "after":
      return tellings([call, told(isPrepared(plans, numbers, number))]);
    case "before":
    case "assume":
      return [];
    case "gone":
      return tellings([call, told(groups.some((group) => group.numbers.includes(number)))]);
    default:
      return tellings([call, "told"]);
  }
}

/** Each record that was delivered and matched must be in the alerts that were sent exactly once, and be named there. */
function unaccounted(
  world: World,
  delivered: ReadonlySet<number>,
  publishes: readonly Publish[],
  hasStumbled: boolean,
  mutes: readonly PlayedMute[],
): readonly string[] {
  const least = new Map<string, number>();
  const most = new Map<string, number>();
  const add = (counts: Map<string, number>, name: string, count = 1) =>
    counts.set(name, (counts.get(name) ?? 0) + count);
  const sent = new Map(publishes.filter(({ way }) => way === "alert").map(({ alert }) => [alert.fullId, alert]));
  const alerts = [...sent.values()];
  const repeated = new Set(
    alerts.filter(mayRepeat).flatMap(({ parts }) => parts.flatMap(({ rules }) => Object.keys(rules))),
  );
  const named = numbersIn(alerts.map(({ json }) => json).join(" "));
  const violations: string[] = [];
  // When exactly a mute holds, and for what else of the same record, is said elsewhere.
  const mayBeMuted = (name: string, actor: number) =>
    mutes.some((mute) => mute.rule === name && mute.rule !== "critical" && (mute.actor ?? actor) === actor);
  for (const { rule: name, actor, counted } of world.groups) {
    if (!mayBeMuted(name, actor)) add(least, name, counted);
    add(most, name, counted);
  }
  const old = world.groups.flatMap(({ numbers }) => numbers);
  const numbers = new Set([...delivered, ...old]);
  // The fingerprints of 0.1.0 are looked at once, and that may fail.
  const toldBefore = new Set<string>(hasStumbled ? world.groups.map(({ rule: name }) => name) : []);
  for (const number of numbers) {
    const certain = tellingsOf(world, numbers, number);
    const { actor } = world.plans[number] as RecordPlan;
    const isQuietened = certain.some(([name]) => mayBeMuted(name, actor));
    const tellings = certain.map(
      ([name, telling]) => [name, isQuietened && telling === "told" ? "either" : telling] as const,
    );
    for (const [name, telling] of tellings) {
      if (telling === "told") add(least, name);
      if (telling !== "not told") add(most, name);
    }
    const isExpected = tellings.some(([name, telling]) => telling === "told" && !repeated.has(name));
    if (isExpected && !named.has(number)) violations.push(`record-${number} stands in no mail`);
  }
  const told = new Map<string, number>();
  for (const [name, matches] of alerts.flatMap(({ parts }) => parts.flatMap(({ rules }) => Object.entries(rules)))) {
    add(told, name, matches);
  }
  for (const name of new Set([...most.keys(), ...told.keys()])) {
    const [min, max, have] = [least, most, told].map((counts) => counts.get(name) ?? 0) as [number, number, number];
    if (have >= min && (have <= max || repeated.has(name) || toldBefore.has(name))) continue;
    violations.push(`${name}: ${min === max ? min : `${min} to ${max}`} records matched, ${have} were told of`);
  }
  return violations;
}

function isOverThreshold(plans: readonly RecordPlan[], numbers: ReadonlySet<number>, number: number): boolean {
  const { call, actor, age } = plans[number] as RecordPlan;
  const minutes = agesOf(plans, numbers, call, actor);
  return minutes.some(
    (from) => from <= age && age <= from + 10 && minutes.filter((m) => m >= from && m <= from + 10).length >= 3,
  );
}

/** True for a match of `after` before which enough has come. */
function isPrepared(plans: readonly RecordPlan[], numbers: ReadonlySet<number>, number: number): boolean {
  const { actor, age } = plans[number] as RecordPlan;
  return agesOf(plans, numbers, "before", actor).filter((m) => m >= age && m <= age + 10).length >= 2;
}

function agesOf(plans: readonly RecordPlan[], numbers: ReadonlySet<number>, call: Call, actor: number) {
  return [...numbers]
    .map((number) => plans[number] as RecordPlan)
    .filter((plan) => plan.call === call && plan.actor === actor)
    .map(({ age }) => age);
}

function mayRepeat({ json }: Alert): boolean {
  return json.includes('"mayRepeat":true');
}

/** When nothing fails, each mail is on the bus as well, and each of medium and above in the chat. */
function uncopied(publishes: readonly Publish[], copies: readonly Publish[]): readonly string[] {
  const has = (alert: Alert, way: Publish["way"]) =>
    copies.some((one) => one.way === way && one.alert.fullId === alert.fullId);
  // What begins and ends a mute is told on the alert topic only.
  const isAnnouncement = ({ rule }: Alert) => (Object.values(MUTE_RULES) as readonly string[]).includes(rule);
  const mails = publishes.filter(({ way }) => way === "alert").map(({ alert }) => alert);
  return mails
    .filter((alert) => !isAnnouncement(alert))
    .flatMap((alert) => [
      ...(has(alert, "bus") ? [] : [`${alert.fullId} is not on the bus`]),
      ...(!isAtLeast(alert.severity, "medium") || has(alert, "chat") ? [] : [`${alert.fullId} is not in the chat`]),
    ]);
}

/** Whatever was sent by one way must have been sent by the other as well, and nothing is left to do. */
async function unfinished(publishes: readonly Publish[], store: LedgerStore, now: number): Promise<readonly string[]> {
  const alerts = new Map(publishes.map(({ alert }) => [alert.fullId, alert]));
  const items = await store.read([...alerts.values()].map(alertKey), now);
  const own = (fullId: string) => publishes.filter((one) => one.alert.fullId === fullId);
  const ways = (fullId: string) => new Set(own(fullId).map(({ way }) => way));
  const isWithheld = (fullId: string) =>
    own(fullId).some(({ alert }) => alert.email.includes("No text message came with this alert"));
  // Without a ledger nobody makes up for the other half: the invocation fails, and its retry tells all of it again.
  const halfSent = [...alerts.values()]
    .filter((alert) => !mayRepeat(alert))
    .filter(({ fullId, sms }) => ways(fullId).size < (sms === undefined || isWithheld(fullId) ? 1 : 2));
  const missing = halfSent.map(({ fullId }) => `${fullId} was sent by ${[...ways(fullId)].join()} only`);
  const open = [...items].flatMap(([key, { body }]) => {
    const { todo = [] } = (body ?? {}) as Partial<Outgoing>;
    return todo.length > 0 ? [`${key} is not sent to ${todo.join(", ")}`] : [];
  });
  return [...missing, ...open];
}

type Junk = ReadonlyMap<string, { readonly body: object; readonly isDue: boolean }>;

/** What the ledger does not know it leaves as it is. */
async function spoilt(junk: Junk, store: LedgerStore, now: number): Promise<readonly string[]> {
  const items = await store.read([...junk.keys()], now);
  return [...junk].flatMap(([key, { body }]) =>
    JSON.stringify(items.get(key)?.body) === JSON.stringify(body) ? [] : [`${key} cannot be read, and was overwritten`],
  );
}

/** What is due and cannot be read is told to whoever runs it. */
function unnoted(junk: Junk, notes: readonly string[]): readonly string[] {
  return [...junk].flatMap(([key, { isDue }]) =>
    isDue && !notes.some((note) => note.includes(`ledger-item-unreadable: ${key} `))
      ? [`${key} cannot be read, and nobody was told`]
      : [],
  );
}

/** What histories are for: each must have been met now and then, else they prove nothing of it. */
export const TO_BE_MET = [
  ...[
    "threshold",
    "few",
    "few-low",
    "after",
    "attempt, denied",
    "try, denied",
    "address",
    "both-low",
    "gone",
    "many actors",
  ],
  ...["muted", "mute-began", "mute-ended", "joined", "role alone", "now known"],
  ...["junk", "may repeat", "LATE", "round-up of too many", "daily round-up", "follow-up", "severity changed"],
];

function metIn(history: History, publishes: readonly Publish[], junk: number): ReadonlySet<string> {
  const met = new Set<string>();
  if (junk > 0) met.add("junk");
  if (history.steps.some(({ kind }) => kind === "rules")) met.add("severity changed");
  for (const alert of new Set(publishes.map((one) => one.alert))) {
    const { kind, parts, json, rule: name } = alert;
    met.add(kind);
    if (name.startsWith("mute-")) met.add(name);
    if (mayRepeat(alert)) met.add("may repeat");
    const { lines = [] } = JSON.parse(json) as Partial<AlertJson>;
    const ofRoles = lines.some(({ callers }) => callers.some((caller) => caller.includes(":role/role-")));
    if (ofRoles && parts.some(({ actor }) => actor.includes(":user/"))) met.add("joined");
    if (alert.subject.includes("Now known")) met.add("now known");
    for (const { rules, actor, outcome } of parts) {
      for (const name of Object.keys(rules)) {
        met.add(name);
        met.add(`${name}, ${outcome}`);
      }
      met.add(actor);
      if (actor.includes(":role/role-") && !isDaily(alert)) met.add("role alone");
    }
    if (alert.kind === "round-up") met.add(isDaily(alert) ? "daily round-up" : "round-up of too many");
    if (json.includes('"late":true')) met.add("LATE");
  }
  return met;
}
