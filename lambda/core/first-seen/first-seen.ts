import type { FirstTime } from "../alert/told.ts";
import type { LogObject } from "../envelope/log-object.ts";
import { type CloudTrailRecord, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { actsAs } from "../rules/aws-work.ts";
import type { Rule } from "../rules/rule.ts";
import type { Access } from "../store/access.ts";
import type { Items } from "../store/items.ts";
import { inTurns } from "../store/pool.ts";
import type { LedgerStore } from "../store/store.ts";
import { absorb, type Known, merged, note, noteIn, put, type Values } from "./known.ts";
import { LearningRules } from "./learning-rules.ts";
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
import { dayOf, expiryOf, FULL, ownerKey, REMEMBERED_VALUE, rememberedOf, withValues } from "./remembered.ts";

/** What becomes of questions. */
export interface Judged {
  readonly firsts: ReadonlyMap<CloudTrailRecord, readonly FirstTime[]>;
  /** Records that would be first, if the memory were old enough. */
  readonly learning: number;
  /** What the memory could not say. */
  readonly unjudged: readonly Question[];
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

const DAY = 86_400_000;

/** For how many days a rule's values count as more than are remembered, after the last that had no room. */
const FULL_DAYS = 30;

/** Owners that an instance keeps in mind, and that one flush writes. */
const MAX_OWNERS = 5_000;
const MAX_WRITTEN = 300;

/** The most time that a flush takes, in milliseconds, apart from one answer; after a failure the table is left alone. */
const PATIENCE = 2_000;
const PAUSE = 60_000;
const SIDE_BY_SIDE = 8;
const TRIES = 8;

/** `learning` is in milliseconds, `now` returns milliseconds since the epoch. */
export function createFirstSeen(
  store: LedgerStore,
  rules: readonly Rule[],
  learning: number,
  now: () => number,
): FirstSeen {
  return new Memory(store, rules, learning, now);
}

class Memory implements FirstSeen {
  readonly #store: LedgerStore;
  /** Since when rules learn. */
  readonly #learned: LearningRules;
  readonly #learning: number;
  readonly #now: () => number;
  readonly #lasting: ReadonlySet<string>;
  readonly #asksActors: boolean;
  /** By account and actor. */
  readonly #owners = new Map<string, Known>();
  /** Owners of whom something may have to be written. */
  readonly #open = new Set<Known>();
  #pausedUntil = 0;
  #lapses = 0;

  constructor(store: LedgerStore, rules: readonly Rule[], learning: number, now: () => number) {
    this.#store = store;
    const firsts = rules.flatMap(({ first }) => first ?? []);
    this.#learned = new LearningRules(firsts, learning, now);
    this.#learning = learning;
    this.#now = now;
    this.#lasting = new Set(firsts.filter(({ again }) => again !== undefined).map(({ key }) => key));
    this.#asksActors = firsts.some(({ by }) => by === "actor");
  }

  meet(record: CloudTrailRecord, logObject: LogObject): void {
    const { account } = viewOf(record);
    if (!this.#asksActors || account === undefined || !isOwnLog(record, logObject)) return;
    const actor = actorOwning(record);
    if (actor !== undefined && !actsAs(record, "aws-service")) this.#ownerOf(account, actor);
  }

  get lapses(): number {
    return this.#lapses;
  }

  ask(noticed: Noticed): Asked {
    return questionsOf(noticed, this.#now(), (account, actor) => this.#ownerOf(account, actor));
  }

  async judge(access: Access, questions: readonly Question[]): Promise<Judged> {
    const firsts = new Map<CloudTrailRecord, FirstTime[]>();
    if (questions.length === 0) return { firsts, learning: 0, unjudged: [] };
    try {
      await this.#learned.read(access);
      await this.#read(
        access,
        questions.flatMap(({ owner, account }) => [account, owner]),
      );
    } catch {
      // The access has noted the failure.
      return { firsts, learning: 0, unjudged: questions };
    }
    const learning = new Set<CloudTrailRecord>();
    const claims = new Map<Known, Map<string, Question>>();
    // Whatever the order of files, the earliest of these records tells.
    for (const question of questions.toSorted((a, b) => a.time - b.time || (a.mark < b.mark ? -1 : 1))) {
      const { record, owner, first, names } = question;
      const judgement = this.#judgementOf(question);
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
    await inTurns([...claims], SIDE_BY_SIDE, async ([owner, own]) => {
      const told = new Map([...own.values()].map((question) => [question, this.#firstTimeOf(question)] as const));
      for (const question of await this.#claim(access, owner, [...told.keys()])) {
        const first = told.get(question);
        if (first !== undefined) firsts.set(question.record, [...(firsts.get(question.record) ?? []), first]);
      }
    });
    return { firsts, learning: learning.size, unjudged: [] };
  }

  async flush(access: Access): Promise<void> {
    if (this.#learned.isEmpty || this.#now() < this.#pausedUntil) return;
    const end = this.#now() + PATIENCE;
    try {
      await this.#learned.read(access);
      const isDue = (known: Known) => !known.isRead || known.pending.size > 0 || this.#isStale(known);
      for (const known of this.#open) if (!isDue(known)) this.#open.delete(known);
      const due = [...this.#open].slice(0, MAX_WRITTEN);
      const items = due.length === 0 ? undefined : await access.glance(due.map(({ key }) => key));
      if (items === undefined) return;
      await inTurns(due, SIDE_BY_SIDE, async (known) => {
        if (this.#now() > end) return;
        absorb(known, items);
        // If somebody else was quicker, it is written with the next records.
        if (isDue(known)) await this.#commit(known, items);
      });
    } catch {
      this.#pausedUntil = this.#now() + PAUSE;
    }
    this.#forget();
  }

  remark(access: Access): Promise<string | undefined> {
    return this.#learned.remark(access);
  }

  #judgementOf(question: Question): "known" | "learning" | "first" {
    const { first, names, time, owner, account } = question;
    const { key, again, learn = this.#learning } = first;
    // Whoever told of it does so again: the invocation may have ended before the alert was recorded.
    if (isTeller(question)) return "first";
    const knows = (one: Known) => {
      const day = noteIn(one, key, names)?.[0];
      if (day !== undefined && time - day * DAY <= REMEMBERED_VALUE) return true;
      // Unknown values may be among those that had no room.
      const full = one.values.get(key)?.get(FULL)?.[0];
      return full !== undefined && dayOf(time) - full <= FULL_DAYS;
    };
    const before = noteIn(owner, key, names);
    if (again !== undefined) return before !== undefined && time - before[0] * DAY >= again ? "first" : "known";
    if (knows(owner)) return "known";
    const isLearning = (since = this.#now()) => learn > 0 && time < since + learn;
    if (isLearning(this.#learned.since(key))) return "learning";
    if (owner !== account && !this.#isYoung(owner, time)) return "first";
    // Of whoever is new, only what is new in his account is worth a word.
    if (owner !== account && knows(account)) return "known";
    return isLearning(account.since) ? "learning" : "first";
  }

  /**
   * Writes down who tells of values, before they are told, and returns those questions that nobody else tells of. If it
   * cannot be written, it is better told twice than never.
   */
  async #claim(access: Access, owner: Known, questions: readonly Question[]): Promise<readonly Question[]> {
    let own = questions;
    try {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const items = await access.read([owner.key]);
        absorb(owner, items);
        own = questions.filter((question) => this.#judgementOf(question) === "first");
        if (own.every(isTeller)) return own;
        const claimed: Values = new Map();
        for (const { first, names, time, mark } of own) put(claimed, first.key, names[0], [dayOf(time), mark]);
        // Not through the access: one throttled item is no outage of the ledger.
        const outcome = await this.#commit(owner, items, claimed).catch((cause: unknown) => cause);
        if (valueAt(outcome, "isTimeout") === true) break;
        if (outcome === true) {
          for (const question of own) if (owner !== question.account) this.#noteIn(question.account, question);
          return own;
        }
        await access.wait(Math.random() * 20 * attempt);
      }
    } catch {
      // The access has noted the failure.
    }
    return own;
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
    this.#open.add(owner);
  }

  /** True for an owner who is not written down, or who would be forgotten although he is active. */
  #isStale({ at }: Known): boolean {
    return at === undefined || at < this.#now() - FRESH_DAYS * DAY;
  }

  #isYoung({ since }: Known, time: number): boolean {
    return since === undefined || time < since + this.#learning;
  }

  #firstTimeOf(question: Question): FirstTime {
    const { rule, first, of, value, names, time, account } = question;
    const since = this.#learned.since(first.key) ?? this.#now();
    const owner = first.again === undefined && this.#isYoung(question.owner, time) ? account : question.owner;
    const watched = this.#now() - Math.max(since, owner.since ?? since);
    const before = noteIn(owner, first.key, names);
    return {
      rule: rule.name,
      of,
      value,
      by: owner.kind,
      days: Math.floor(Math.min(watched, REMEMBERED_VALUE) / DAY),
      ...(first.again !== undefined && before && !isTeller(question) && { last: before[0] * DAY }),
    };
  }

  #ownerOf(account: string, actor?: string): Known {
    const name = `${account} ${actor ?? ""}`;
    const known: Known = this.#owners.get(name) ?? {
      key: ownerKey(account, actor),
      kind: actor === undefined ? "account" : "actor",
      isRead: false,
      values: new Map(),
      pending: new Map(),
    };
    this.#owners.set(name, known);
    if (this.#isStale(known)) this.#open.add(known);
    return known;
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

  /** Drops owners of whom everything is written, if there are too many. */
  #forget(): void {
    if (this.#owners.size <= MAX_OWNERS) return;
    for (const [name, known] of this.#owners) if (!this.#open.has(known)) this.#owners.delete(name);
    if (this.#owners.size <= MAX_OWNERS) return;
    this.#owners.clear();
    this.#open.clear();
    this.#lapses++;
  }
}
