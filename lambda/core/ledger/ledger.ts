import type { Alert, AlertSettings } from "../alert/alert.ts";
import { renderRoundUp } from "../alert/round-up.ts";
import { isAtLeast, type Rule, SEVERITIES } from "../rules/rule.ts";
import { asOverflow, type Batch, Batches, type Match, placed, without } from "./batch.ts";
import { nextRoundUp } from "./day.ts";
import { type Circumstances, type Decision, decide, keysOf, moreKeysOf, withoutLedger } from "./decide.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { flushDue } from "./flush.ts";
import { digest, marksIn, REMEMBERED, type SeenMarks } from "./seen.ts";
import { type Change, type LedgerItem, type LedgerStore, MAX_CHANGES } from "./store.ts";

/** What the ledger needs of the world. Effects reject on failure. */
export interface LedgerEffects {
  readonly store: LedgerStore;
  readonly rules: readonly Rule[];
  readonly settings: LedgerSettings;
  /** Publishes email and JSON, in one message. */
  readonly publish: (alert: Alert) => Promise<void>;
  /** Publishes the text message of an alert that has one. */
  readonly publishSms: (alert: Alert) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Waits for milliseconds. */
  readonly sleep: (time: number) => Promise<void>;
}

export interface LedgerSettings extends AlertSettings {
  /** The hour of the day, in the time zone of the settings, at which low and info are told. */
  readonly roundUpHour: number;
}

/** What became of the matches of one invocation: matches = the sum of these, but for conflicts, which are in others. */
export interface Outcomes {
  /** In an alert that was sent: shown, and only counted there. */
  readonly listed: number;
  readonly counted: number;
  /** In an alert that is still to be sent. */
  readonly pending: number;
  /** Held back until the group's interval ends, or for the daily round-up. */
  readonly held: number;
  readonly belowThreshold: number;
  readonly duplicates: number;
  /** Matches that could not be recorded: the invocation fails, and they come again. */
  readonly unrecorded: number;
}

/** What the ledger did in one invocation. */
export interface LedgerCounts extends Outcomes {
  /** Alerts that were made, round-ups included. */
  readonly alerts: number;
  /** Of the matches, those whose eventID is known with other content. */
  readonly conflicts: number;
  readonly publishFailures: number;
  /** Operations of the ledger that failed. */
  readonly ledgerFailures: number;
  /** Groups that somebody else has written to the table. */
  readonly tampered: number;
  /** Age of the oldest alert that waits to be sent, in seconds. */
  readonly oldestPendingSeconds: number;
}

/** One invocation's matches on their way into the ledger. */
export interface Intake {
  add(matches: readonly Match[]): Promise<void>;
  /** The ETag that a log object had when it was read before, if it was; in the end the new one is noted. */
  lastEtag(place: string, etag: string): Promise<string | undefined>;
  /** Records and sends; the faults are of matches that were not recorded. */
  finish(): Promise<{
    readonly counts: LedgerCounts;
    readonly faults: readonly unknown[];
    readonly notes: readonly string[];
  }>;
}

/** Remembers what was alerted, and sends each alert once, whatever crashes, comes twice or is refused. */
export interface Ledger {
  intake(): Intake;
  /** The minute's run: what is due rings, what waits is sent. */
  tick(): Promise<LedgerCounts & { readonly notes: readonly string[] }>;
}

/** Matches that an invocation holds before it records them. */
const MAX_MATCHES = 20_000;

/** Seen keys whose marks an invocation holds. */
const MAX_SEEN_KEYS = 300;

/** Alerts that are sent one by one while the ledger is down; the others share a round-up. */
const MAX_DIRECT = 5;

/** With the waits between them about twenty seconds. */
const TRIES = 30;

/** Failed operations after which an invocation takes the ledger for down. */
const FAILURES = 3;

/** An alert is overdue when this many milliseconds have passed and no tick has sent it. */
const OVERDUE = 120_000;

/** A transaction holds 4 MB. */
const MAX_COMMIT_BYTES = 3_000_000;

type MutableCounts = { -readonly [K in keyof LedgerCounts]: LedgerCounts[K] };

export function createLedger(effects: LedgerEffects): Ledger {
  return {
    intake: () => new LedgerIntake(effects),
    async tick() {
      const counts = noCounts();
      const notes: string[] = [];
      await sendDue(effects, counts, notes, 0, ROUNDS);
      return { ...counts, notes };
    },
  };
}

class LedgerIntake implements Intake {
  readonly #effects: LedgerEffects;
  readonly #batches = new Batches();
  readonly #seen = new Map<string, SeenMarks>();
  readonly #counts = noCounts();
  readonly #faults: unknown[] = [];
  #failures = 0;
  readonly #notes: string[] = [];
  /** The ETags of the log objects of this invocation, to be noted in the end. */
  readonly #etags: Change[] = [];
  /** The alerts that this invocation has made, with its own matches in each. */
  readonly #made = new Map<string, { readonly listed: number; readonly counted: number }>();
  readonly #direct: { readonly batch: Batch; readonly cause: unknown }[] = [];

  constructor(effects: LedgerEffects) {
    this.#effects = effects;
  }

  async add(matches: readonly Match[]): Promise<void> {
    const all = matches.map(placed);
    await this.#look(all.map(({ seenKey }) => seenKey));
    for (const match of all) {
      const marks = this.#seen.get(match.seenKey);
      const sighting = marks?.look(match.mark) ?? "new";
      if (sighting === "duplicate") {
        if (!match.precedes) this.#counts.duplicates++;
        this.#batches.addTwin(match);
        continue;
      }
      if (sighting === "conflict" && !match.precedes) this.#counts.conflicts++;
      marks?.add(match.mark);
      this.#batches.add(match, this.#effects.now());
      if (this.#batches.matches >= MAX_MATCHES) await this.#record();
    }
    if (this.#seen.size > MAX_SEEN_KEYS) await this.#record();
  }

  async lastEtag(place: string, etag: string): Promise<string | undefined> {
    const { store, now } = this.#effects;
    const key = `object#${digest(place)}`;
    if (this.#failures >= FAILURES) return undefined;
    try {
      const item = (await store.read([key], now())).get(key);
      this.#etags.push({ key, expected: item?.version ?? 0, next: { body: etag, expiresAt: now() + REMEMBERED } });
      return item?.body as string | undefined;
    } catch (error) {
      this.#failures++;
      this.#note(error);
      return undefined;
    }
  }

  async finish() {
    await this.#record();
    await this.#sendDirectly();
    const delivery = await this.#deliver([...this.#made.keys()]);
    for (const [key, { listed, counted }] of this.#made) {
      if (delivery.has(key)) {
        this.#counts.listed += listed;
        this.#counts.counted += counted;
      } else this.#counts.pending += listed + counted;
    }
    // Not before what was found is recorded: a retry must find it again.
    if (this.#faults.length === 0) await this.#noteEtags();
    // Where the schedule of the tick was disabled, alerts come late, but they come.
    await sendDue(this.#effects, this.#counts, this.#notes, OVERDUE, 1);
    return { counts: this.#counts, faults: this.#faults, notes: this.#notes };
  }

  /** Reads the marks behind keys that were not looked at yet. Without a ledger nothing counts as known. */
  async #look(keys: readonly string[]): Promise<void> {
    const unknown = [...new Set(keys)].filter((key) => !this.#seen.has(key));
    if (unknown.length === 0) return;
    try {
      const items = await readAll(this.#effects, unknown);
      for (const key of unknown) this.#seen.set(key, marksIn(key, items));
    } catch (error) {
      this.#note(error);
      for (const key of unknown) this.#seen.set(key, marksIn(key, new Map()));
    }
  }

  /** Records all batches, the most severe first, then by the time of their first record. */
  async #record(): Promise<void> {
    const rank = ({ rule }: Batch) => SEVERITIES.indexOf(rule.severity);
    const batches = this.#batches
      .take()
      .toSorted((a, b) => rank(a) - rank(b) || (a.tally.firstTime ?? 0) - (b.tally.firstTime ?? 0));
    this.#seen.clear();
    const overflow: Batch[] = [];
    for (const batch of batches) overflow.push(...(await this.#recordBatch(batch)));
    for (const batch of asOverflow(overflow)) await this.#recordBatch(batch);
  }

  /** Records one batch; what of it belongs into the overflow group comes back. */
  async #recordBatch(batch: Batch): Promise<readonly Batch[]> {
    try {
      const decision = await this.#commit(batch);
      if (decision === "too large") {
        const [some, others] = halves(batch);
        return [...(await this.#recordBatch(some)), ...(await this.#recordBatch(others))];
      }
      if (decision.isOverflow) return [batch];
      this.#counts.duplicates += decision.duplicates;
      this.#counts.held += decision.held;
      this.#counts.belowThreshold += decision.belowThreshold;
      if (decision.tampered) this.#counts.tampered++;
      if (decision.alert !== undefined) {
        this.#counts.alerts++;
        this.#made.set(decision.alert.key, decision.alert);
      }
    } catch (cause) {
      this.#direct.push({ batch, cause });
    }
    return [];
  }

  async #commit(batch: Batch): Promise<Decision | "too large"> {
    const { store, sleep } = this.#effects;
    const isOneItem = batch.entries.every(({ seenKey }) => seenKey === batch.entries[0]?.seenKey);
    let tried: Decision | undefined;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      try {
        const items = await readAll(this.#effects, keysOf(batch));
        const decision = decide(batch, items, this.#given());
        if (decision.isOverflow) return decision;
        // After a commit of unknown outcome all is known already: it was ours.
        if (decision.changes.length === 0) return tried ?? decision;
        if (isTooLarge(decision) && !isOneItem) return "too large";
        tried = decision;
        if (await store.commit(decision.changes)) return decision;
        tried = undefined;
      } catch (error) {
        this.#note(error);
        // Lambda's time is short: what was down twice is down for the rest of this invocation.
        if (++this.#failures >= FAILURES) throw error;
      }
      await sleep(Math.random() * Math.min(2_000, 20 * 1.5 ** attempt));
    }
    throw new Error(`the ledger's items of ${batch.rule.name} were changed by others ${TRIES} times`);
  }

  /** Without a ledger, what is critical or high goes out at once and the rest fails the invocation. */
  async #sendDirectly(): Promise<void> {
    const given = this.#given();
    const alerts: Alert[] = [];
    for (const { batch, cause } of this.#direct) {
      const alert = isAtLeast(batch.rule.severity, "high") ? withoutLedger(batch, given) : undefined;
      if (alert !== undefined) {
        alerts.push(alert);
        continue;
      }
      this.#counts.unrecorded += batch.tally.total;
      this.#faults.push(
        new Error(`${batch.tally.total} matches of ${batch.rule.name} were not recorded: ${messageOf(cause)}`, {
          cause,
        }),
      );
    }
    const single = alerts.length > MAX_DIRECT ? alerts.slice(0, MAX_DIRECT - 1) : alerts;
    const rest = alerts.slice(single.length);
    const roundUp =
      rest.length > 0
        ? [
            renderRoundUp(
              rest.flatMap(({ parts }) => parts),
              "ledger down",
            ),
          ]
        : [];
    for (const alert of [...single, ...roundUp]) {
      this.#counts.alerts++;
      if (await this.#publishDirectly(alert)) {
        const listed = alert.kind === "round-up" ? 0 : Math.min(20, alert.matches);
        this.#counts.listed += listed;
        this.#counts.counted += alert.matches - listed;
      } else this.#counts.unrecorded += alert.matches;
    }
  }

  async #publishDirectly(alert: Alert): Promise<boolean> {
    const { publish, publishSms } = this.#effects;
    const faults: unknown[] = [];
    for (const send of [publish, ...(alert.sms === undefined ? [] : [publishSms])]) {
      await send(alert).catch((cause: unknown) => {
        this.#counts.publishFailures++;
        faults.push(
          new Error(`alert ${alert.id} of ${alert.rule} was neither recorded nor published: ${messageOf(cause)}`, {
            cause,
          }),
        );
      });
    }
    this.#faults.push(...faults);
    return faults.length === 0;
  }

  async #noteEtags(): Promise<void> {
    const { store, now } = this.#effects;
    for (let at = 0; at < this.#etags.length && this.#failures < FAILURES; at += 1) {
      const change = this.#etags[at] as Change;
      try {
        if (await store.commit([change])) continue;
        // Another invocation has noted the same object meanwhile: if it was another version, the retry tells of it.
        const noted = (await store.read([change.key], now())).get(change.key)?.body;
        if (noted !== change.next?.body)
          this.#faults.push(new Error("a log object was written again while it was read"));
      } catch (error) {
        this.#note(error);
        this.#failures++;
      }
    }
  }

  async #deliver(keys: readonly string[]): Promise<ReadonlySet<string>> {
    try {
      return this.#counted(await deliver(this.#effects, keys, { mayFold: false }));
    } catch (error) {
      this.#note(error);
      return new Set();
    }
  }

  #counted({ sent, publishFailures, notes }: Delivery): ReadonlySet<string> {
    this.#counts.publishFailures += publishFailures;
    this.#notes.push(...notes);
    return sent;
  }

  #given(): Circumstances {
    return circumstances(this.#effects);
  }

  #note(error: unknown): void {
    this.#counts.ledgerFailures++;
    this.#notes.push(`ledger: ${messageOf(error)}`);
  }
}

/**
 * What is due since `slack` milliseconds rings and is sent, in rounds while the budget refills. Faults are noted: the next
 * minute tries again.
 */
async function sendDue(
  effects: LedgerEffects,
  counts: MutableCounts,
  notes: string[],
  slack: number,
  rounds: number,
): Promise<void> {
  try {
    for (let round = 1; round <= rounds; round++) {
      const due = await effects.store.due(effects.now() - slack, MAX_DUE);
      if (due.length === 0) return;
      const flushed = await flushDue(effects, due, circumstances(effects));
      const waiting = [...due.filter((key) => key.startsWith("alert#")), ...flushed.alertKeys];
      const delivery = await deliver(effects, waiting.slice(0, MAX_CHANGES - 10), { mayFold: true });
      counts.alerts += flushed.alertKeys.length + delivery.roundUps;
      counts.tampered += flushed.tampered;
      counts.ledgerFailures += flushed.failures.length;
      counts.publishFailures += delivery.publishFailures;
      counts.oldestPendingSeconds = Math.max(
        counts.oldestPendingSeconds,
        delivery.oldestSeconds,
        flushed.oldestSeconds,
      );
      notes.push(...flushed.failures.map((failure) => `ledger: ${messageOf(failure)}`), ...delivery.notes);
      if (delivery.left === 0 && due.length < MAX_DUE) return;
      if (round < rounds) await effects.sleep(ROUND);
    }
  } catch (error) {
    counts.ledgerFailures++;
    notes.push(`ledger: ${messageOf(error)}`);
  }
}

/** What one round looks at. */
const MAX_DUE = 200;

/** Between two rounds of a tick, in milliseconds: the budget gets four messages back. */
const ROUND = 12_000;
const ROUNDS = 4;

/** Items with all parts of their chains. */
async function readAll(
  { store, now }: LedgerEffects,
  keys: readonly string[],
): Promise<ReadonlyMap<string, LedgerItem>> {
  const items = await store.read(keys, now());
  const more = moreKeysOf(items);
  return more.length === 0 ? items : new Map([...items, ...(await store.read(more, now()))]);
}

function circumstances({ settings, now }: LedgerEffects): Circumstances {
  const time = now();
  return { settings, now: time, endOfDay: () => nextRoundUp(time, settings.roundUpHour, settings.timeZone) };
}

function isTooLarge({ changes }: Decision): boolean {
  const bytes = changes.reduce((sum, { next }) => sum + (next?.bytes?.length ?? 0), 0);
  return bytes > MAX_COMMIT_BYTES || changes.length > MAX_CHANGES - 5;
}

/** A batch as two, each with the half of the items that remember its records. */
function halves(batch: Batch): readonly [Batch, Batch] {
  const keys = [...new Set(batch.entries.map(({ seenKey }) => seenKey))];
  const first = new Set(keys.slice(0, Math.ceil(keys.length / 2)));
  return [without(batch, ({ seenKey }) => !first.has(seenKey)), without(batch, ({ seenKey }) => first.has(seenKey))];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

export function noCounts(): MutableCounts {
  return {
    listed: 0,
    counted: 0,
    pending: 0,
    held: 0,
    belowThreshold: 0,
    duplicates: 0,
    unrecorded: 0,
    alerts: 0,
    conflicts: 0,
    publishFailures: 0,
    ledgerFailures: 0,
    tampered: 0,
    oldestPendingSeconds: 0,
  };
}
