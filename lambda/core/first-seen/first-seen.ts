import type { FirstTime } from "../alert/story.ts";
import { type LogObject, logPathOf } from "../envelope/log-object.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { actsAs } from "../rules/aws-work.ts";
import type { First, Rule } from "../rules/rule.ts";
import type { Access } from "../store/access.ts";
import type { Items } from "../store/items.ts";
import { inTurns } from "../store/pool.ts";
import { markOf } from "../store/seen.ts";
import type { LedgerStore } from "../store/store.ts";
import {
  DEPLOYED,
  type Deployed,
  dayOf,
  deployedOf,
  expiryOf,
  later,
  type Note,
  type Owner,
  ownerKey,
  REMEMBERED_VALUE,
  rememberedOf,
  withValues,
} from "./remembered.ts";
import { valuesAt } from "./values.ts";

/** A record that meets the conditions of first-seen rules; whether it is a match, the memory decides. */
export interface Noticed {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  readonly rules: readonly Rule[];
}

/** What becomes of noticed records. */
export interface Judged {
  readonly firsts: ReadonlyMap<CloudTrailRecord, readonly FirstTime[]>;
  /** Records that would be first, if the memory were old enough. */
  readonly learning: number;
  /** Records of which the memory could not say it. */
  readonly unjudged: number;
}

/** The memory of one function instance: what actors and accounts are known for. */
export interface FirstSeen {
  /** Notes that somebody acted, whatever he did: his learning begins. */
  meet(record: CloudTrailRecord, logObject: LogObject): void;
  /** Says of noticed records what they are the first to have, and notes it before anybody is told. Never rejects. */
  judge(access: Access, noticed: readonly Noticed[]): Promise<Judged>;
  /** Says until when rules learn; undefined once they all have learned. */
  remark(access: Access): Promise<string | undefined>;
  /** Writes what is not written yet. Never rejects: what fails is tried again with the next records. */
  flush(access: Access): Promise<void>;
}

const DAY = 86_400_000;

/** A day that is known is written again after this many days; for rules that ask for a return, after one. */
const FRESH_DAYS = 5;

/** A rule that was not deployed for this long, in milliseconds, learns anew. */
const AWAY = 30 * DAY;

/** Owners that an instance keeps in mind, and that one flush writes. */
const MAX_OWNERS = 5_000;
const MAX_WRITTEN = 300;

/** The most time that a flush takes, in milliseconds, apart from one answer; after a failure the table is left alone. */
const PATIENCE = 2_000;
const PAUSE = 60_000;
const SIDE_BY_SIDE = 8;
const TRIES = 8;

type Values = Map<string, Map<string, Note>>;

/** One owner, as far as this instance knows. */
interface Known {
  readonly key: string;
  readonly owner: Owner;
  since?: number;
  /** When its item was written last; undefined as long as the item was not read or is not there. */
  at?: number;
  isRead: boolean;
  readonly values: Values;
  /** What is not written yet. */
  readonly pending: Values;
}

/** One value of a record that a rule asks for. */
interface Question {
  readonly noticed: Noticed;
  readonly rule: Rule;
  readonly first: First;
  readonly of: string;
  readonly value: string;
  /** As it is remembered: refused calls make nothing known for calls that succeed. */
  readonly names: readonly [own: string, ...others: string[]];
  readonly mark: string;
  readonly time: number;
  readonly actor?: Known;
  readonly account: Known;
}

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
  readonly #rules: ReadonlyMap<string, First>;
  readonly #learning: number;
  readonly #now: () => number;
  readonly #lasting: ReadonlySet<string>;
  readonly #asksActors: boolean;
  /** By account and actor. */
  readonly #owners = new Map<string, Known>();
  /** Owners of whom something may have to be written. */
  readonly #open = new Set<Known>();
  #deployed: Deployed | undefined;
  #pausedUntil = 0;

  constructor(store: LedgerStore, rules: readonly Rule[], learning: number, now: () => number) {
    this.#store = store;
    this.#rules = new Map(rules.flatMap(({ first }) => (first === undefined ? [] : [[first.key, first] as const])));
    this.#learning = learning;
    this.#now = now;
    this.#lasting = new Set([...this.#rules.values()].filter(({ again }) => again !== undefined).map(({ key }) => key));
    this.#asksActors = [...this.#rules.values()].some(({ by }) => by === "actor");
  }

  meet(record: CloudTrailRecord, logObject: LogObject): void {
    if (this.#asksActors && isOwnLog(record, logObject) && !actsAs(record, "aws-service")) this.#actorOf(record);
  }

  async judge(access: Access, noticed: readonly Noticed[]): Promise<Judged> {
    const open = noticed.flatMap((one) => this.#questionsOf(one)).filter((question) => !this.#isUsual(question));
    const firsts = new Map<CloudTrailRecord, readonly FirstTime[]>();
    if (open.length === 0) return { firsts, learning: 0, unjudged: 0 };
    try {
      await this.#readDeployed(access);
      await this.#read(
        access,
        open.flatMap(({ actor, account }) => [account, ...(actor ? [actor] : [])]),
      );
    } catch {
      // The access has noted the failure.
      return { firsts, learning: 0, unjudged: new Set(open.map((one) => one.noticed.record)).size };
    }
    const learning = new Set<CloudTrailRecord>();
    // Whatever the order of files, the earliest of a file's records tells.
    for (const question of open.sort((a, b) => a.time - b.time || (a.mark < b.mark ? -1 : 1))) {
      const { record } = question.noticed;
      const judgement = this.#judgementOf(question);
      const firstTime = this.#firstTimeOf(question);
      if (judgement === "first" && (await this.#claim(access, question))) {
        firsts.set(record, [...(firsts.get(record) ?? []), firstTime]);
        continue;
      }
      if (judgement === "learning") learning.add(record);
      this.#note(question);
    }
    return { firsts, learning: learning.size, unjudged: 0 };
  }

  async flush(access: Access): Promise<void> {
    if (this.#rules.size === 0 || this.#now() < this.#pausedUntil) return;
    const end = this.#now() + PATIENCE;
    try {
      await this.#readDeployed(access);
      const isDue = (known: Known) => !known.isRead || known.pending.size > 0 || this.#isStale(known);
      for (const known of this.#open) if (!isDue(known)) this.#open.delete(known);
      const due = [...this.#open].slice(0, MAX_WRITTEN);
      const items = due.length === 0 ? undefined : await access.glance(due.map(({ key }) => key));
      if (items === undefined) return;
      await inTurns(due, SIDE_BY_SIDE, async (known) => {
        if (this.#now() > end) return;
        absorb(known, items);
        // If somebody else was quicker, it is written with the next records.
        if (isDue(known) && (await this.#store.commit([this.#changeOf(known, items)]))) this.#written(known);
      });
    } catch {
      this.#pausedUntil = this.#now() + PAUSE;
    }
    this.#forget();
  }

  async remark(access: Access): Promise<string | undefined> {
    if (this.#rules.size === 0) return undefined;
    const deployed = (await access.glance([DEPLOYED]))?.get(DEPLOYED, deployedOf) ?? {};
    const ends = [...this.#rules.values()].map(
      ({ key, learn = this.#learning }) => (deployed[key]?.since ?? this.#now()) + learn,
    );
    const open = ends.filter((end) => end > this.#now());
    if (open.length === 0) return undefined;
    const rules = open.length === 1 ? "1 rule is" : `${open.length} rules are`;
    const until = new Date(Math.max(...open)).toISOString().slice(0, 10);
    return `${rules} still learning what is usual here, until ${until} at the latest (docs/rules.md#first-seen).`;
  }

  #questionsOf(noticed: Noticed): readonly Question[] {
    const { record, logObject, rules } = noticed;
    const { account: accountId, outcome, time = this.#now() } = viewOf(record);
    if (accountId === undefined || !isOwnLog(record, logObject) || actsAs(record, "aws-service")) return [];
    const account = this.#ownerOf(accountId);
    const actor = this.#actorOf(record);
    const mark = markOf(record);
    return rules.flatMap((rule) => {
      const { first } = rule;
      if (first === undefined || (first.by === "actor" && actor === undefined)) return [];
      return first.of.flatMap((of) =>
        valuesAt(record, of).map((value): Question => {
          const name = `${of} ${value}`;
          return {
            noticed,
            rule,
            first,
            of,
            value,
            names: outcome === "success" ? [name] : [`!${name}`, name],
            mark,
            time: Math.min(time, this.#now()),
            ...(first.by === "actor" && actor && { actor }),
            account,
          };
        }),
      );
    });
  }

  /** True for what needs no look into the table: it is known, and lately enough. */
  #isUsual({ first, names, mark, time, actor, account }: Question): boolean {
    const note = noteIn(actor ?? account, first.key, names);
    if (note === undefined || isTeller({ first, names, mark }, actor ?? account)) return false;
    return dayOf(time) - note[0] < (first.again === undefined ? FRESH_DAYS : 1);
  }

  #judgementOf(question: Question): "known" | "learning" | "first" {
    const { first, names, time, actor, account } = question;
    const { key, again, learn = this.#learning } = first;
    // Whoever told of it does so again: the invocation may have ended before the alert was recorded.
    if (isTeller(question, actor ?? account)) return "first";
    const knows = (owner: Known) =>
      time - (noteIn(owner, key, names)?.[0] ?? Number.NEGATIVE_INFINITY) * DAY <= REMEMBERED_VALUE;
    const note = noteIn(actor ?? account, key, names);
    if (again !== undefined) return note !== undefined && time - note[0] * DAY >= again ? "first" : "known";
    if (knows(actor ?? account)) return "known";
    if (time < (this.#deployed?.[key]?.since ?? this.#now()) + learn) return "learning";
    if (actor !== undefined && !this.#isYoung(actor, time)) return "first";
    // Of whoever is new, only what is new in his account is worth a word.
    if (actor !== undefined && knows(account)) return "known";
    return account.since !== undefined && time >= account.since + learn ? "first" : "learning";
  }

  /** Writes down who tells of a value, before it is told: false if somebody else does. */
  async #claim(access: Access, question: Question): Promise<boolean> {
    const { first, names, mark, time, actor, account } = question;
    const owner = actor ?? account;
    try {
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const items = await access.read([owner.key]);
        absorb(owner, items);
        if (this.#judgementOf(question) !== "first") return false;
        if (isTeller(question, owner)) return true;
        const claimed: Known = { ...owner, pending: copyOf(owner.pending) };
        put(claimed.pending, first.key, names[0], [dayOf(time), mark]);
        const outcome = await access.commit([this.#changeOf(claimed, items)]);
        if (outcome === "done") {
          put(owner.values, first.key, names[0], [dayOf(time), mark]);
          this.#written(owner);
          if (actor !== undefined) this.#noteIn(account, question);
          return true;
        }
        await access.wait(Math.random() * 20 * attempt);
      }
    } catch {
      // The access has noted the failure. Better told twice than never.
    }
    return true;
  }

  #note(question: Question): void {
    const { actor, account } = question;
    if (actor !== undefined) this.#noteIn(actor, question);
    this.#noteIn(account, question);
  }

  #noteIn(owner: Known, { first, names, time }: Question): void {
    const day = dayOf(time);
    const known = owner.values.get(first.key)?.get(names[0]);
    if (known !== undefined && day - known[0] < (first.again === undefined ? FRESH_DAYS : 1)) return;
    put(owner.values, first.key, names[0], [day]);
    put(owner.pending, first.key, names[0], [day]);
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
    const { rule, first, of, value, names, time, actor, account } = question;
    const { since = this.#now() } = this.#deployed?.[first.key] ?? {};
    const owner = actor === undefined || (first.again === undefined && this.#isYoung(actor, time)) ? account : actor;
    const watched = this.#now() - Math.max(since, owner.since ?? since);
    const note = noteIn(owner, first.key, names);
    return {
      rule: rule.name,
      of,
      value,
      by: owner.owner,
      days: Math.floor(Math.min(watched, REMEMBERED_VALUE) / DAY),
      ...(first.again !== undefined && note && !isTeller(question, actor ?? account) && { last: note[0] * DAY }),
    };
  }

  /** The actor of a record: somebody whose key is no address and no name that anybody may choose. */
  #actorOf(record: CloudTrailRecord): Known | undefined {
    const { account, actor } = viewOf(record);
    if (account === undefined || !/^(?:arn:|root of \d{12}$)/.test(actor)) return undefined;
    return this.#ownerOf(account, actor);
  }

  #ownerOf(account: string, actor?: string): Known {
    const name = `${account} ${actor ?? ""}`;
    const owner = actor === undefined ? "account" : "actor";
    const known: Known = this.#owners.get(name) ?? {
      key: ownerKey(account, actor),
      owner,
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

  #changeOf(known: Known, items: Items) {
    const now = this.#now();
    const body = withValues(items.get(known.key, rememberedOf), known.pending, {
      owner: known.owner,
      now,
      lasting: this.#lasting,
    });
    return items.change(known.key, { body, expiresAt: expiryOf(now) });
  }

  #written(known: Known): void {
    known.pending.clear();
    known.at = this.#now();
    known.since ??= this.#now();
    known.isRead = true;
  }

  /** Since when each rule is deployed; a rule that is new begins to learn. */
  async #readDeployed(access: Access): Promise<void> {
    const isCurrent = ({ at }: { readonly at: number }) => at >= this.#now() - FRESH_DAYS * DAY;
    const lacking = () =>
      [...this.#rules.keys()].filter((key) => {
        const own = this.#deployed?.[key];
        return own === undefined || !isCurrent(own);
      });
    for (let attempt = 1; attempt <= TRIES && lacking().length > 0; attempt++) {
      const items = await access.read([DEPLOYED]);
      const known = items.get(DEPLOYED, deployedOf) ?? {};
      this.#deployed = known;
      if (lacking().length === 0) return;
      const now = this.#now();
      const own = Array.from(this.#rules.keys(), (key) => {
        const { since, at } = known[key] ?? { since: now, at: now };
        return [key, { since: at < now - AWAY ? now : since, at: now }] as const;
      });
      const body = { ...known, ...Object.fromEntries(own) };
      if ((await access.commit([items.change(DEPLOYED, { body })])) === "done") this.#deployed = body;
    }
  }

  /** Drops owners of whom everything is written, if there are too many. */
  #forget(): void {
    if (this.#owners.size <= MAX_OWNERS) return;
    for (const [name, known] of this.#owners) if (!this.#open.has(known)) this.#owners.delete(name);
    if (this.#owners.size <= MAX_OWNERS) return;
    this.#owners.clear();
    this.#open.clear();
  }
}

/**
 * True for a record below its own account's path: whoever may write below another path must not teach what this account
 * is used to. A file on somebody's disk may lie anywhere.
 */
function isOwnLog(record: CloudTrailRecord, { key }: LogObject): boolean {
  const path = logPathOf(key)?.account;
  return path === undefined ? !key.split("/").includes("AWSLogs") : path === viewOf(record).account;
}

/** Takes over what an item says. */
function absorb(known: Known, items: Items): void {
  const item = items.get(known.key, rememberedOf);
  known.isRead = true;
  if (item === undefined) return;
  known.since = item.since;
  known.at = item.at;
  for (const [rule, values] of Object.entries(item.values)) {
    for (const [value, note] of Object.entries(values)) put(known.values, rule, value, note);
  }
}

/** What is noted of a value: under its own name, or under one that makes it known as well. */
function noteIn({ values }: Known, rule: string, names: readonly string[]): Note | undefined {
  const own = values.get(rule);
  const notes = names.flatMap((name) => {
    const note = own?.get(name);
    return note === undefined ? [] : [note];
  });
  return notes.length === 0 ? undefined : notes.reduce(later);
}

/** True if the record is the one of which was told that it is the first. */
function isTeller({ first, names, mark }: Pick<Question, "first" | "names" | "mark">, { values }: Known): boolean {
  return values.get(first.key)?.get(names[0])?.[1] === mark;
}

function put(values: Values, rule: string, value: string, note: Note): void {
  const own = values.get(rule) ?? new Map<string, Note>();
  values.set(rule, own);
  own.set(value, later(own.get(value), note));
}

function copyOf(values: Values): Values {
  return new Map(Array.from(values, ([rule, own]) => [rule, new Map(own)]));
}
