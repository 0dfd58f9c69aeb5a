import type { FirstTime } from "../alert/story/told.ts";
import type { LogObject } from "../envelope/log-object.ts";
import { type CloudTrailRecord, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { actsAs } from "../rules/acting.ts";
import type { Rule } from "../rules/rule.ts";
import type { Access } from "../store/access.ts";
import type { Items } from "../store/items.ts";
import { inTurns } from "../store/pool.ts";
import type { LedgerStore } from "../store/store.ts";
import { firstTimeOf, type Given, judgementOf } from "./judgement.ts";
import { absorb, type Known, merged, note, put, type Values } from "./known.ts";
import { LearningRules } from "./learning-rules.ts";
import { Owners } from "./owners.ts";
import {
  type Asked,
  actorOwning,
  FRESH_DAYS,
  isOwnLog,
  isTeller,
  type Noticed,
  type Question,
  questionsOf,
} from "./question.ts";
import { dayOf, expiryOf, rememberedOf, withValues } from "./remembered.ts";

/** What becomes of questions. */
export interface Judged {
  readonly firsts: ReadonlyMap<CloudTrailRecord, readonly FirstTime[]>;
  /** Records that would be first, if the memory were old enough. */
  readonly learning: number;
  /** What the memory could not say. */
  readonly unjudged: readonly Question[];
  /** Firsts of which could not be written down that they are told: others with the same value may be told too. */
  readonly unclaimed: readonly Question[];
}

/** The memory of one function instance: what actors and accounts are known for. */
export interface FirstSeen {
  /** Notes that somebody acted, whatever he did: his learning begins. */
  meet(record: CloudTrailRecord, logObject: LogObject): void;
  /** What the table must be asked about a record. */
  ask(noticed: Noticed): Asked;
  /** How often it has forgotten what was not written yet. */
  readonly lapses: number;
  /** Says what records are the first to have, and notes it before anybody is told. Never rejects. */
  judge(access: Access, questions: readonly Question[]): Promise<Judged>;
  /** Says until when rules learn; undefined once they all have learned. */
  remark(access: Access): Promise<string | undefined>;
  /** Writes what is not written yet. Never rejects: what fails is tried again with the next records. */
  flush(access: Access): Promise<void>;
}

/** Owners that one flush writes. */
const MAX_WRITTEN = 300;

/** The most time that a flush takes, in milliseconds, apart from one answer; after a failure the table is left alone. */
const PATIENCE = 2_000;
const PAUSE = 60_000;
const SIDE_BY_SIDE = 8;
const TRIES = 8;

export class FirstSeenMemory implements FirstSeen {
  readonly #store: LedgerStore;
  /** Since when rules learn. */
  readonly #learned: LearningRules;
  readonly #learning: number;
  readonly #now: () => number;
  readonly #lasting: ReadonlySet<string>;
  readonly #asksActors: boolean;
  readonly #owners: Owners;
  #pausedUntil = 0;

  /** `learning` is in milliseconds, `now` returns milliseconds since the epoch. */
  constructor(store: LedgerStore, rules: readonly Rule[], learning: number, now: () => number) {
    this.#store = store;
    const firsts = rules.flatMap(({ first }) => first ?? []);
    this.#learned = new LearningRules(firsts, learning, now);
    this.#learning = learning;
    this.#now = now;
    this.#owners = new Owners(now);
    this.#lasting = new Set(firsts.filter(({ again }) => again !== undefined).map(({ key }) => key));
    this.#asksActors = firsts.some(({ by }) => by === "actor");
  }

  meet(record: CloudTrailRecord, logObject: LogObject): void {
    const { account } = viewOf(record);
    if (!this.#asksActors || account === undefined || !isOwnLog(record, logObject)) return;
    const actor = actorOwning(record);
    if (actor !== undefined && !actsAs(record, "aws-service")) this.#owners.of(account, actor);
  }

  get lapses(): number {
    return this.#owners.lapses;
  }

  ask(noticed: Noticed): Asked {
    return questionsOf(noticed, this.#now(), (account, actor) => this.#owners.of(account, actor));
  }

  async judge(access: Access, questions: readonly Question[]): Promise<Judged> {
    const firsts = new Map<CloudTrailRecord, FirstTime[]>();
    if (questions.length === 0) return { firsts, learning: 0, unjudged: [], unclaimed: [] };
    const owners = questions.flatMap(({ owner, account }) => [account, owner]);
    try {
      await this.#learned.read(access);
      await this.#read(access, owners);
    } catch {
      // The access has noted the failure.
      return { firsts, learning: 0, unjudged: questions, unclaimed: [] };
    }
    const learning = new Set<CloudTrailRecord>();
    const claims = new Map<Known, Map<string, Question>>();
    // Whatever the order of files, the earliest of these records tells.
    for (const question of questions.toSorted((a, b) => a.time - b.time || (a.fingerprint < b.fingerprint ? -1 : 1))) {
      const { record, owner, first, names } = question;
      const judgement = judgementOf(question, this.#given());
      if (judgement === "first") {
        const own = claims.get(owner) ?? new Map<string, Question>();
        claims.set(owner, own);
        const name = `${first.key} ${names[0]}`;
        if (isTeller(question) || !own.has(name)) own.set(name, question);
        continue;
      }
      if (judgement === "learning") learning.add(record);
      this.#note(question);
    }
    const unclaimed: Question[] = [];
    await inTurns([...claims], SIDE_BY_SIDE, async ([owner, own]) => {
      const told = new Map<Question, FirstTime>();
      for (const question of own.values()) told.set(question, firstTimeOf(question, this.#given()));
      const { ours, isWritten } = await this.#claim(access, owner, [...told.keys()]);
      if (!isWritten) unclaimed.push(...ours);
      for (const question of ours) {
        const first = told.get(question);
        if (first !== undefined) firsts.set(question.record, [...(firsts.get(question.record) ?? []), first]);
      }
    });
    return { firsts, learning: learning.size, unjudged: [], unclaimed };
  }

  async flush(access: Access): Promise<void> {
    if (this.#learned.isEmpty || this.#now() < this.#pausedUntil) return;
    const end = this.#now() + PATIENCE;
    try {
      await this.#learned.read(access);
      const { open } = this.#owners;
      for (const known of open) if (!this.#owners.isDue(known)) open.delete(known);
      // As after nearly every log file.
      if (open.size === 0) return;
      const due = [...open].slice(0, MAX_WRITTEN);
      const items = await access.glance(due.map(({ key }) => key));
      if (items === undefined) return;
      await inTurns(due, SIDE_BY_SIDE, async (known) => {
        if (this.#now() > end) return;
        absorb(known, items);
        // If somebody else was quicker, it is written with the next records.
        if (this.#owners.isDue(known)) await this.#commit(known, items);
      });
    } catch {
      this.#pausedUntil = this.#now() + PAUSE;
    }
    this.#owners.forget();
  }

  remark(access: Access): Promise<string | undefined> {
    return this.#learned.remark(access);
  }

  #given(): Given {
    return { learned: this.#learned, learning: this.#learning, now: this.#now() };
  }

  /**
   * Writes down who tells of values, before they are told, and returns those questions that nobody else tells of: ours.
   * If it cannot be written, it is better told twice than never.
   */
  async #claim(access: Access, owner: Known, questions: readonly Question[]) {
    let ours = questions;
    try {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const items = await access.read([owner.key]);
        absorb(owner, items);
        ours = questions.filter((question) => judgementOf(question, this.#given()) === "first");
        if (ours.every(isTeller)) return { ours, isWritten: true };
        const claimed: Values = new Map();
        for (const { first, names, time, fingerprint } of ours)
          put(claimed, first.key, names[0], [dayOf(time), fingerprint]);
        // Not through the access: one throttled item is no outage of the ledger.
        const outcome = await this.#commit(owner, items, claimed).catch((cause: unknown) => cause);
        if (valueAt(outcome, "isTimeout") === true) break;
        if (outcome === true) {
          for (const question of ours) if (owner !== question.account) this.#noteIn(question.account, question);
          return { ours, isWritten: true };
        }
        await access.wait(Math.random() * 20 * attempt);
      }
    } catch {
      // The access has noted the failure.
    }
    return { ours, isWritten: false };
  }

  #note(question: Question): void {
    const { owner, account } = question;
    this.#noteIn(owner, question);
    if (owner !== account) this.#noteIn(account, question);
  }

  #noteIn(owner: Known, { first, names, time }: Question): void {
    const day = dayOf(time);
    const known = owner.values.get(first.key)?.get(names[0]);
    if (known !== undefined && day - known[0] < (first.again === undefined ? FRESH_DAYS : 1)) return;
    note(owner, first.key, names[0], day);
    this.#owners.open.add(owner);
  }

  async #read(access: Access, owners: readonly Known[]): Promise<void> {
    const unread = [...new Set(owners)].filter(({ isRead }) => !isRead);
    for (let i = 0; i < unread.length; i += MAX_WRITTEN) {
      const some = unread.slice(i, i + MAX_WRITTEN);
      const items = await access.read(some.map(({ key }) => key));
      for (const known of some) absorb(known, items);
    }
  }

  /** Writes what is pending of an owner, and these claims; false if somebody else was quicker. */
  async #commit(owner: Known, items: Items, claimed: Values = new Map()): Promise<boolean> {
    const now = this.#now();
    const taken = owner.pending;
    owner.pending = new Map();
    let isDone = false;
    try {
      const body = withValues(items.get(owner.key, rememberedOf), merged(taken, claimed), {
        kind: owner.kind,
        now,
        lasting: this.#lasting,
      });
      isDone = await this.#store.commit([items.change(owner.key, { body, expiresAt: expiryOf(now) })]);
    } finally {
      // What was noted meanwhile stays for the next write.
      if (!isDone) owner.pending = merged(taken, owner.pending);
    }
    if (!isDone) return false;
    for (const [rule, own] of claimed) for (const [value, one] of own) put(owner.values, rule, value, one);
    owner.at = now;
    owner.since ??= now;
    return true;
  }
}
