import { logPathOf } from "../envelope/log-object.ts";
import type { Sketch } from "../log-file/scan/sketch.ts";
import type { Sieve } from "../log-file/sieve.ts";
import { isSessionOfRole } from "../record/identity.ts";
import { mayLink } from "../record/link.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { RuleSet, Verdict } from "../rules/rule-set.ts";
import { type CallClass, CallClasses, type LeftRule } from "./call-class.ts";
import { Recent } from "./recent.ts";
import { keyPart, networkPart } from "./sketch-fields.ts";

/** The sieve for the records of one log object. */
export interface RecordSieve extends Sieve {
  /** The places of the rules that a record with such a sketch may meet; undefined if nobody knows. */
  possible(sketch: Sketch): readonly number[] | undefined;
  /** Notes what rules say of a record, and whether there is nothing to be done about it. */
  note(record: CloudTrailRecord, sketch: Sketch, seen: Seen): void;
}

/** What became of a record. */
export interface Seen {
  readonly verdict: Verdict;
  /**
   * True if it was nothing: no rule matches it, the memory knows all that rules noticed of any such record, and it is none of
   * the alerter's own.
   */
  readonly isNothing: boolean;
  /** When it was read, in milliseconds since the epoch. */
  readonly now: number;
}

/** Bounds of what is kept in mind; what was forgotten is parsed once more. A call and its errors are about 150 characters. */
const MAX_CALLS = 5_000;
const MAX_ALIKE = 15_000;
const MAX_NETWORKS = 10_000;
const MAX_TEXTS = 20_000;
const MAX_TEXT = 1_500;

/** Records with equal texts: what is true of one of them is true of all. */
interface Alike {
  /** Rules that the sketch leaves possible. */
  readonly possible: readonly LeftRule[];
  readonly ranks: readonly number[];
  /** True if nothing has to be done about them. */
  isSettled: boolean;
}

/**
 * Remembers what records with equal sketches can be to the rules. A record is passed over only if an earlier one with the same
 * bytes in every field that decides was parsed, put to all rules and found to be nothing. What decides is in the sketch:
 * where a rule looks at more, records are parsed as long as their sketch leaves the rule possible (weakened.ts), and then put to
 * those rules only.
 */
export class Sieves {
  readonly #classes: CallClasses;
  /** By the `call` text; "once" for one that came only once: sorting it costs more than parsing a record. */
  readonly #byCall = new Recent<CallClass | "once">(MAX_CALLS);
  /** By all that decides but the session, and with it where the session decides as well. */
  readonly #alike = new Recent<Alike | "by session">(MAX_ALIKE);
  /** Numbers of texts, and of networks by the address as it stands in the record: keys of numbers are short. */
  readonly #numbers = new Numbers(MAX_TEXTS);
  readonly #networks = new Recent<number>(MAX_NETWORKS);
  readonly #followsSessions: boolean;

  /** `isFollowed` says of which calls, by name and service, others than the rules want each record. */
  constructor(
    { rules, known }: Pick<RuleSet, "rules" | "known">,
    followsSessions: boolean,
    isFollowed: (record: CloudTrailRecord) => boolean,
  ) {
    this.#classes = new CallClasses(rules, known, isFollowed);
    this.#followsSessions = followsSessions;
  }

  /** The sieve for the log object with this key: whose account's path it is below decides as well. */
  for(key: string): RecordSieve {
    const account = logPathOf(key)?.account ?? (key.split("/").includes("AWSLogs") ? "unknown" : "");
    const path = this.#numbers.of(account);
    return {
      passesOver: (sketch) => this.#alikeOf(sketch, path)?.isSettled === true,
      possible: (sketch) => this.#alikeOf(sketch, path)?.ranks,
      note: (record, sketch, seen) => this.#note(record, sketch, path, seen),
    };
  }

  /** Begins anew: the memory of first-seen rules has forgotten some of what it knew. */
  forget(): void {
    this.#alike.clear();
  }

  #alikeOf(sketch: Sketch, path: number): Alike | undefined {
    const sort = this.#byCall.get(sketch.call);
    if (sort === undefined || sort === "once" || sort.isOpen) return undefined;
    const key = this.#keyOf(sketch, path, sort);
    const alike = this.#alike.get(key);
    if (alike !== "by session") return alike;
    const own = this.#alike.get(`${key},${this.#numbers.of(sketch.session)}`);
    return own === "by session" ? undefined : own;
  }

  #note(record: CloudTrailRecord, sketch: Sketch, path: number, { verdict, isNothing, now }: Seen): void {
    // Nobody is called so; whoever writes log files must not fill the memory.
    if (sizeOf(sketch) > MAX_TEXT) return;
    const sort = this.#sort(record, sketch);
    if (sort === undefined || sort.isOpen) return;
    const alike = this.#alikeOf(sketch, path) ?? this.#add(record, sketch, path, sort);
    if (alike.isSettled || !isNothing || (sort.isLinking && this.#followsSessions && mayLink(record))) return;
    // A time in the future counts as now, whose day is not in the sketch.
    if ((viewOf(record).time ?? Number.POSITIVE_INFINITY) > now) return;
    // What an exception keeps from being noticed is not settled either: exceptions end.
    alike.isSettled = alike.possible.every(({ rule, isDecided }) => isDecided && verdict.noticed.includes(rule));
  }

  #add(record: CloudTrailRecord, sketch: Sketch, path: number, sort: CallClass): Alike {
    const possible = this.#classes.possibleIn(sort.left, record);
    const alike: Alike = { possible, ranks: possible.map(({ rank }) => rank), isSettled: false };
    const key = this.#keyOf(sketch, path, sort);
    const isBySession = needsSession(record) || sort.left.some(({ asksSession }) => asksSession(record, record));
    this.#alike.set(key, isBySession ? "by session" : alike);
    if (isBySession) this.#alike.set(`${key},${this.#numbers.of(sketch.session)}`, alike);
    return alike;
  }

  #sort(record: CloudTrailRecord, { call }: Sketch): CallClass | undefined {
    const known = this.#byCall.get(call);
    if (known !== undefined && known !== "once") return known;
    const sort = known === undefined ? "once" : this.#classes.classOf(record);
    this.#byCall.set(call, sort);
    return sort === "once" ? undefined : sort;
  }

  #keyOf({ caller, credential, address, agent }: Sketch, path: number, sort: CallClass): string {
    const key = this.#numbers.of(keyPart(credential));
    const from = sort.readsAddress ? this.#numbers.of(address) : this.#networkOf(address);
    const by = sort.readsAgent ? this.#numbers.of(agent) : 0;
    return `${sort.id},${path},${this.#numbers.of(caller)},${key},${from},${by}`;
  }

  #networkOf(address: string): number {
    const known = this.#networks.get(address);
    if (known !== undefined) return known;
    const network = this.#numbers.of(networkPart(address));
    this.#networks.set(address, network);
    return network;
  }
}

/** Gives equal texts equal numbers. What was forgotten gets another number, that nothing else ever had. */
class Numbers {
  readonly #known: Recent<number>;
  #last = 0;

  constructor(limit: number) {
    this.#known = new Recent(limit);
  }

  of(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, ++this.#last);
    return this.#last;
  }
}

/** True unless role, type and account say who the caller is, whatever his session is called. */
function needsSession(record: CloudTrailRecord): boolean {
  return !isSessionOfRole(record) || (textAt(record, "userIdentity", "accessKeyId") ?? "").startsWith("AKIA");
}

function sizeOf({ call, caller, credential, session, address, agent }: Sketch): number {
  return call.length + caller.length + credential.length + session.length + address.length + agent.length;
}
