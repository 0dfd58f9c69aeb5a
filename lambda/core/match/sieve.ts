import { logPathOf } from "../envelope/log-object.ts";
import { Recent } from "../log-file/recent.ts";
import {
  ADDRESS,
  AGENT,
  CALL,
  CALLER,
  numberOf,
  SESSION,
  SKETCH_TEXTS,
  type Sketch,
  type TextName,
} from "../log-file/scan/sketch.ts";
import type { Sieve } from "../log-file/sieve.ts";
import { isSessionOfRole } from "../record/identity.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import type { Rule } from "../rules/rule.ts";
import { type Alike, AlikeRecords, type LeftOut } from "./alike.ts";
import { ByNumbers } from "./by-numbers.ts";
import {
  type CallClass,
  CallClasses,
  kindOf,
  ONCE,
  OPEN,
  READS_ADDRESS,
  READS_AGENT,
  type SievedRules,
} from "./call-class.ts";
import { NumberByNumber } from "./number-by-number.ts";
import { keyNumber, networkNumber } from "./sketch-fields.ts";
import { sketchedRecord } from "./sketched-record.ts";

/** The sieve for the records of one log object. */
export interface RecordSieve extends Sieve<Alike> {
  meet(record: CloudTrailRecord, sketch: Sketch): Alike | undefined;
  /** What exceptions left out of records that were passed over, since it was asked last. */
  leftOut(): readonly LeftOut[];
}

/**
 * Says that nothing is to be done about a record that no rule matches: everybody knows all of it that rules noticed. It gets
 * the record as its sketch tells it.
 */
export type IsUsual = (sketched: CloudTrailRecord, noticed: readonly Rule[]) => boolean;

/** What sieving one log object needs. */
interface Sieving {
  /** The number of whose account's path it is below. */
  readonly path: number;
  readonly leftOut: LeftOut[];
  readonly isUsual: IsUsual | undefined;
}

/** Bounds of what is kept in mind; what was forgotten is parsed once more. A call and its errors are about 150 characters. */
const MAX_CALLS = 5_000;
const MAX_ALIKE = 15_000;
const MAX_NETWORKS = 10_000;
const MAX_TEXT = 1_500;

/** The place of the session's number in a key; 0 stands there where the session does not matter. */
const BY_SESSION = 6;

/** Marks of keys: of records of which nothing is to be done, and of those where the session decides as well. */
const SETTLED = 1;
const SESSION_DECIDES = 2;

/**
 * Remembers what records with equal sketches can be to the rules. A record is passed over only if an earlier one with the same
 * bytes in every field that decides was parsed, put to all rules and found to be nothing, or nothing but what an exception leaves
 * out, which is counted; or if its call is known, and nobody asks more of such records than the sketch says. What decides is in it:
 * where a rule looks at more, records are parsed as long as their sketch leaves the rule possible (weakened.ts), and then put to
 * those rules only.
 */
export class Sieves {
  readonly #classes: CallClasses;
  /** By the `call` text ONCE, OPEN, or what kindOf says of its class. */
  readonly #byCall = new NumberByNumber(MAX_CALLS);
  /** By what kindOf says of them. */
  readonly #byKind = new Recent<CallClass, number>(MAX_CALLS);
  /** By all that decides but the session, and with it where the session decides as well. */
  readonly #alike = new ByNumbers<AlikeRecords | "by session">(MAX_ALIKE);
  /** Numbers of networks, by address. */
  readonly #networks = new NumberByNumber(MAX_NETWORKS);
  readonly #followsSessions: boolean;

  /** `isFollowed` says of which calls, by name and service, others than the rules want each record. */
  constructor(rules: SievedRules, followsSessions: boolean, isFollowed: (record: CloudTrailRecord) => boolean) {
    this.#classes = new CallClasses(rules, isFollowed);
    this.#followsSessions = followsSessions;
  }

  /**
   * The sieve for the log object with this key: whose account's path it is below decides as well. With `isUsual`, records are
   * judged by their sketches where these say enough.
   */
  for(key: string, isUsual?: IsUsual): RecordSieve {
    const account = logPathOf(key)?.account ?? (key.split("/").includes("AWSLogs") ? "unknown" : "");
    const path = numberOf(account);
    const leftOut: LeftOut[] = [];
    const sieving = { path, leftOut, isUsual };
    return {
      expect: (sketches) => this.#expect(sketches, path),
      passesOver: (sketch, number) => this.#isSettled(sketch, number, sieving),
      meet: (record, sketch) => this.#alikeOf(sketch, path) ?? this.#add(record, sketch, path),
      leftOut: () => leftOut.splice(0),
    };
  }

  /** Begins anew: the memory of first-seen rules has forgotten some of what it knew. */
  forget(): void {
    this.#alike.clear();
  }

  #expect(sketches: readonly (Sketch | undefined)[], path: number): void {
    for (let number = 0; number < sketches.length; number++) {
      const sketch = sketches[number];
      const kind = sketch === undefined ? 0 : this.#byCall.get(sketch.number(CALL));
      if (sketch !== undefined && kind > OPEN) {
        this.#setKey(sketch, path, kind);
        this.#alike.hold(number);
      } else {
        this.#alike.holdNone(number);
      }
    }
    this.#alike.bringNear(sketches.length);
  }

  #isSettled(sketch: Sketch, number: number | undefined, sieving: Sieving): boolean {
    let mark = number === undefined ? undefined : this.#alike.heldMark(number);
    if (mark === undefined) {
      // Nothing was known of its call when it was expected; a record may have told since.
      const kind = this.#byCall.get(sketch.number(CALL));
      if (kind <= OPEN) return false;
      this.#setKey(sketch, sieving.path, kind);
      mark = this.#alike.mark();
    }
    if (mark === SESSION_DECIDES) {
      this.#alike.key[BY_SESSION] = sketch.number(SESSION);
      mark = this.#alike.mark();
    }
    if (mark === SETTLED) return true;
    return this.#isFoundSettled(sketch, sieving);
  }

  /** The rest of #isSettled, which is asked about nearly every record and short for that. */
  #isFoundSettled(sketch: Sketch, sieving: Sieving): boolean {
    const alike = this.#alikeAtKey(sketch);
    if (alike?.isSettled !== true) return this.#isSettledNow(sketch, alike, sieving);
    if (alike.leftOut.length === 0) this.#alike.setMark(SETTLED);
    else for (const one of alike.leftOut) sieving.leftOut.push({ ...one, address: addressIn(sketch) });
    return true;
  }

  /** Settles records like one of which nobody asks more than its sketch says. */
  #isSettledNow(sketch: Sketch, known: AlikeRecords | undefined, { path, isUsual }: Sieving): boolean {
    if (isUsual === undefined || known?.isOfSketch === false || sizeOf(sketch) > MAX_TEXT) return false;
    const sort = this.#byKind.get(this.#byCall.get(sketch.number(CALL)));
    const record = sketchedRecord(sketch);
    if (sort === undefined || record === undefined) return false;
    const alike = known ?? this.#newAlike(sort, record, sketch, path);
    alike.isSettled = alike.isOfSketch && isUsual(record, alike.rules);
    return alike.isSettled;
  }

  #alikeOf(sketch: Sketch, path: number): AlikeRecords | undefined {
    const kind = this.#byCall.get(sketch.number(CALL));
    if (kind <= OPEN) return undefined;
    this.#setKey(sketch, path, kind);
    return this.#alikeAtKey(sketch);
  }

  /** Leaves the key with the session in it where that decides. */
  #alikeAtKey(sketch: Sketch): AlikeRecords | undefined {
    const alike = this.#alike.get();
    if (alike !== "by session") return alike;
    this.#alike.setMark(SESSION_DECIDES);
    this.#alike.key[BY_SESSION] = sketch.number(SESSION);
    const own = this.#alike.get();
    return own === "by session" ? undefined : own;
  }

  #add(record: CloudTrailRecord, sketch: Sketch, path: number): Alike | undefined {
    // Nobody is called so; whoever writes log files must not fill the memory.
    if (sizeOf(sketch) > MAX_TEXT) return undefined;
    const sort = this.#sort(record, sketch);
    return sort === undefined || sort.isOpen ? undefined : this.#newAlike(sort, record, sketch, path);
  }

  #newAlike(sort: CallClass, record: CloudTrailRecord, sketch: Sketch, path: number): AlikeRecords {
    const isLinking = sort.isLinking && this.#followsSessions;
    const alike = new AlikeRecords(this.#classes.possibleIn(sort.left, record), isLinking);
    const isBySession = needsSession(record) || sort.left.some(({ asksSession }) => asksSession(record, record));
    this.#setKey(sketch, path, kindOf(sort));
    if (isBySession && this.#alike.key[BY_SESSION] === 0) {
      this.#alike.set("by session");
      this.#alike.key[BY_SESSION] = sketch.number(SESSION);
    }
    this.#alike.set(alike);
    return alike;
  }

  #sort(record: CloudTrailRecord, sketch: Sketch): CallClass | undefined {
    const call = sketch.number(CALL);
    const known = this.#byCall.get(call);
    if (known === OPEN) return undefined;
    const sort = known === 0 ? undefined : (this.#byKind.get(known) ?? this.#classes.classOf(record));
    this.#byCall.set(call, sort === undefined ? ONCE : kindOf(sort));
    if (sort !== undefined) this.#byKind.set(kindOf(sort), sort);
    return sort;
  }

  #setKey(sketch: Sketch, path: number, kind: number): void {
    const { key } = this.#alike;
    key[0] = kind;
    key[1] = path;
    key[2] = sketch.number(CALLER);
    key[3] = keyNumber(sketch);
    key[4] = (kind & READS_ADDRESS) === 0 ? this.#networkOf(sketch) : sketch.number(ADDRESS);
    key[5] = (kind & READS_AGENT) === 0 ? 0 : sketch.number(AGENT);
    // Who has no key of a session is hardly a role's session, of which role, type and account say who it is.
    key[BY_SESSION] = key[3] === 0 ? 0 : sketch.number(SESSION);
  }

  #networkOf(sketch: Sketch): number {
    const address = sketch.number(ADDRESS);
    const known = this.#networks.get(address);
    if (known !== 0) return known;
    const network = networkNumber(sketch);
    this.#networks.set(address, network);
    return network;
  }
}

/** True unless role, type and account say who the caller is, whatever his session is called. */
function needsSession(record: CloudTrailRecord): boolean {
  return !isSessionOfRole(record) || (textAt(record, "userIdentity", "accessKeyId") ?? "").startsWith("AKIA");
}

function sizeOf(sketch: Sketch): number {
  return SKETCH_TEXTS.reduce((size, _, name) => size + sketch.size(name as TextName), 0);
}

function addressIn(sketch: Sketch): string | undefined {
  const text = sketch.text(ADDRESS).trimEnd();
  const value: unknown = text === "" ? undefined : JSON.parse(text);
  return typeof value === "string" && value !== "" ? value : undefined;
}
