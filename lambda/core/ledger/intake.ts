import type { LogObject } from "../envelope/log-object.ts";
import type { Question } from "../first-seen/question.ts";
import { type AssignedMatch, type AssignedRecord, assign, type Found } from "../incident/assign.ts";
import { Drafts } from "../incident/drafts.ts";
import type { Draft } from "../incident/written.ts";
import { linkIn } from "../links/link-notes.ts";
import { deliver } from "../outbox/deliver.ts";
import { alertKey } from "../outbox/outbox.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import type { Exception, Rule } from "../rules/rule.ts";
import { faultNote } from "../store/access.ts";
import { sendDirectly } from "./direct.ts";
import { sendDue } from "./due.ts";
import { countAlerts, countTold, finished, type LedgerCounts, type Run } from "./run.ts";
import { settleAll, withKeys } from "./settle.ts";
import type { Taken } from "./settlement.ts";
import { Sightings } from "./sightings.ts";
import { writeDown } from "./write-down.ts";

/** One invocation's matches on their way into the ledger. */
export interface Intake {
  add(found: readonly Found[]): Promise<void>;
  /** Notes what a record says of who opened a session, and that its caller acted. */
  follow(record: CloudTrailRecord, logObject: LogObject): void;
  /** True if all that rules with `first` noticed of a record is known, of any record like it. */
  isUsual(record: CloudTrailRecord, logObject: LogObject, noticed: readonly Rule[]): boolean;
  /** How often this instance has forgotten what callers are known for: what was usual may not be so any more. */
  readonly lapses: number;
  /** Counts a record that an exception left out, by the address or the service that it came from. */
  excepted(address: string | undefined, rule: Rule, exception: Exception): void;
  /** Writes down, settles and sends; the faults concern matches that were not recorded. */
  finish(): Promise<{
    readonly counts: LedgerCounts;
    readonly faults: readonly unknown[];
    readonly notes: readonly string[];
    /** The rules of records that turned out to be the first of their kind: one for each such match. */
    readonly firsts: readonly Rule[];
  }>;
}

/** Bounds of what an invocation holds in memory before it writes it down. */
const MAX_MATCHES = 20_000;
const MAX_DRAFTS = 500;
const MAX_SEEN_KEYS = 2_000;
const MAX_NOTICED = 500;

/** An alert is overdue if no tick has sent it after this many milliseconds. */
const OVERDUE = 120_000;

export class LedgerIntake implements Intake {
  readonly #run: Run;
  readonly #drafts = new Drafts();
  readonly #sightings: Sightings;
  readonly #faults: unknown[] = [];
  /** Records of which the table must be asked whether they are the first of their kind. */
  readonly #noticed: { readonly found: Found; readonly questions: readonly Question[] }[] = [];
  readonly #firsts: Rule[] = [];
  /** The alerts that this invocation made, and its own matches in each. */
  readonly #made = new Map<string, { own: number; readonly shown: number }>();
  readonly #unwritten: Draft[] = [];

  constructor(run: Run) {
    this.#run = run;
    this.#sightings = new Sightings(run.access);
  }

  async add(found: readonly Found[]): Promise<void> {
    const { firstSeen } = this.#run;
    const rest: Found[] = [];
    for (const one of found) {
      const { record, logObject, noticed = [] } = one;
      const questions = noticed.length === 0 ? [] : firstSeen.ask({ record, logObject, rules: noticed }).questions;
      if (questions.length > 0) this.#noticed.push({ found: one, questions });
      else rest.push(one);
    }
    await this.#assign(rest);
    // Many at once, for each caller's memory is read and written as a whole.
    if (this.#noticed.length >= MAX_NOTICED) await this.#judge();
  }

  /** Asks which of the noticed records are the first of their kind, and assigns them with the rules that they then meet. */
  async #judge(): Promise<void> {
    const { access, counts, firstSeen, notes } = this.#run;
    const noticed = this.#noticed.splice(0);
    const { firsts, learning, unjudged, unclaimed } = await firstSeen.judge(
      access,
      noticed.flatMap(({ questions }) => questions),
    );
    counts.learning += learning;
    const [open] = unjudged;
    if (open !== undefined && counts.unjudged === 0) {
      // It may have been told already that it is the first, by a try that could not record it: it must come again.
      this.#faults.push(new Error(`the ledger could not be asked whether ${open.rule.name} rings for the first time`));
    }
    counts.unjudged += new Set(unjudged.map(({ record }) => record)).size;
    const [told] = unclaimed;
    if (told !== undefined)
      notes.push(`ledger: ${unclaimed.length} first values may be told twice, one of them for ${told.rule.name}`);
    const found = noticed.map(({ found: one }): Found => {
      const own = firsts.get(one.record) ?? [];
      const met = (one.noticed ?? []).filter(({ name }) => own.some(({ rule }) => rule === name));
      this.#firsts.push(...met);
      return { ...one, rules: [...one.rules, ...met], firsts: own };
    });
    await this.#assign(found);
  }

  async #assign(found: readonly Found[]): Promise<void> {
    const { counts, access } = this.#run;
    const met = found.filter(({ rules, preceding }) => rules.length + preceding.length > 0);
    const assignments = met.map((one) => assign(one, access.now()));
    const matches = assignments.flatMap(({ records, entries }) => [
      ...records.flatMap((record) => record.matches),
      ...entries.map(({ match }) => match),
    ]);
    await this.#sightings.read(matches);
    for (const { records, entries } of assignments) {
      for (const assigned of records) {
        const fresh = assigned.matches.filter((match) => this.#isNew(match, assigned));
        counts.duplicates += assigned.matches.length - fresh.length;
        if (fresh.length > 0) this.#drafts.addRecord({ ...assigned, matches: fresh });
      }
      for (const assigned of entries) {
        const isCounted = !assigned.entry.precedes;
        if (this.#isNew(assigned.match, assigned.entry, isCounted)) this.#drafts.addEntry(assigned);
        else if (isCounted) counts.duplicates++;
      }
    }
    const { matches: held, size } = this.#drafts;
    if (held >= MAX_MATCHES || size >= MAX_DRAFTS || this.#sightings.size >= MAX_SEEN_KEYS) await this.#write();
  }

  follow(record: CloudTrailRecord, logObject: LogObject): void {
    const link = linkIn(record, logObject);
    if (link !== undefined) this.#run.links.add(link);
    this.#run.firstSeen.meet(record, logObject);
  }

  get lapses(): number {
    return this.#run.firstSeen.lapses;
  }

  isUsual(record: CloudTrailRecord, logObject: LogObject, noticed: readonly Rule[]): boolean {
    return noticed.length === 0 || this.#run.firstSeen.ask({ record, logObject, rules: noticed }).isUsual;
  }

  excepted(address: string | undefined, rule: Rule, exception: Exception): void {
    this.#run.tallies.excepted(address, rule, exception);
  }

  async finish() {
    const { counts, notes } = this.#run;
    await this.#judge();
    await this.#write();
    this.#faults.push(...(await sendDirectly(this.#run, this.#unwritten)));
    const sent = await this.#deliver();
    for (const [key, { own, shown }] of this.#made) {
      if (sent.has(key)) countTold(counts, own, shown);
      else counts.pending += own;
    }
    // If the tick's schedule was disabled, alerts come late, but they come.
    const { toldElsewhere, muted } = counts;
    if (!this.#run.access.isDown) await sendDue(this.#run, OVERDUE, 1);
    // Last, for nobody waits for it.
    if (!this.#run.access.isDown) await this.#run.firstSeen.flush(this.#run.access);
    await this.#run.tallies.flush(this.#run.access, this.#run.access.now());
    // What was due comes from other invocations' matches.
    counts.toldElsewhere = toldElsewhere;
    counts.muted = muted;
    return { counts: finished(this.#run), faults: this.#faults, notes, firsts: this.#firsts };
  }

  /** True for a match that is told for the first time; its id with other content is told too, and counted. */
  #isNew(match: AssignedMatch, record: Pick<AssignedRecord, "fingerprint">, isCounted = true): boolean {
    const sighting = this.#sightings.meet(match, record);
    if (isCounted && sighting === "conflict") this.#run.counts.conflicts++;
    return sighting !== "duplicate";
  }

  /** Writes down what was found, and settles what is due. */
  async #write(): Promise<void> {
    const drafts = this.#drafts.take();
    this.#sightings.clear();
    const { due, unwritten } = await writeDown(this.#run, drafts);
    this.#unwritten.push(...unwritten);
    await this.#settle(due);
  }

  async #settle(due: readonly Draft[]): Promise<void> {
    const { counts } = this.#run;
    const keys = due.map(({ key }) => key);
    const settled = await settleAll(this.#run, withKeys(new Map(), keys));
    countAlerts(counts, settled.alerts);
    for (const alert of settled.alerts) this.#made.set(alertKey(alert), { own: 0, shown: alert.listed });
    for (const draft of due) {
      const taken = settled.taken.get(draft.key);
      // Written down here, told by another run.
      if (taken === undefined) counts.pending += draft.matches;
      else this.#count(taken);
    }
  }

  #count({ fresh, duplicates, toldElsewhere, below, muted, alert }: Taken): void {
    const { counts } = this.#run;
    counts.duplicates += duplicates;
    counts.toldElsewhere += toldElsewhere;
    counts.belowThreshold += below;
    counts.muted += muted;
    const ringing = fresh - below - muted;
    const made = alert && this.#made.get(alertKey(alert));
    if (made === undefined) counts.held += ringing;
    else made.own += ringing;
  }

  async #deliver(): Promise<ReadonlySet<string>> {
    const { access, counts, effects, notes } = this.#run;
    if (access.isDown) return new Set();
    try {
      const delivery = await deliver(access, effects.publish, [...this.#made.keys()], "new");
      counts.publishFailures += delivery.publishFailures;
      notes.push(...delivery.notes);
      return delivery.sent;
    } catch (error) {
      notes.push(faultNote(error));
      return new Set();
    }
  }
}
