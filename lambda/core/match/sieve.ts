import { logPathOf } from "../envelope/log-object.ts";
import type { Sketch } from "../log-file/scan/sketch.ts";
import type { Sieve } from "../log-file/sieve.ts";
import { sourceNetworkOf } from "../record/address-kind.ts";
import { isSessionOfRole } from "../record/identity.ts";
import { mayLink } from "../record/link.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { RuleSet, Verdict } from "../rules/rule-set.ts";
import { type CallClass, CallClasses } from "./call-class.ts";

/** The sieve for the records of one log object. */
export interface RecordSieve extends Sieve {
  /**
   * Notes that a record was looked at and is nothing: no rule matches it, and the memory has no question about what rules
   * noticed of it. `now` is milliseconds since the epoch.
   */
  settle(record: CloudTrailRecord, sketch: Sketch, verdict: Verdict, now: number): void;
}

/** Bounds of what is kept in mind; a record that was forgotten is parsed once more. */
const MAX_SETTLED = 30_000;
const MAX_NETWORKS = 20_000;

/**
 * Remembers which records need no second look. A record is passed over only if an earlier one with the same bytes in every
 * field that decides was parsed, put to all rules and found to be nothing. What decides is in the sketch: where a rule
 * looks at more, records are parsed as long as their sketch leaves the rule possible (weakened.ts). The memory of first-seen
 * rules only learns: what it knows of a day stays known, and the day is in the sketch.
 */
export class Sieves {
  readonly #classes: CallClasses;
  readonly #followsSessions: boolean;
  /** By all that decides but the session. */
  readonly #settled = new Map<string, "settled" | "by session">();
  readonly #sessions = new Set<string>();
  /** By address, as it stands in the record. */
  readonly #networks = new Map<string, string>();

  constructor({ rules, known }: Pick<RuleSet, "rules" | "known">, followsSessions: boolean) {
    this.#classes = new CallClasses(rules, known);
    this.#followsSessions = followsSessions;
  }

  /** The sieve for the log object with this key: whose account's path it is below decides as well. */
  for(key: string): RecordSieve {
    const path = logPathOf(key)?.account ?? (key.split("/").includes("AWSLogs") ? "unknown" : "");
    return {
      passesOver: (sketch) => this.#passesOver(sketch, path),
      settle: (record, sketch, verdict, now) => this.#settle(record, sketch, path, verdict, now),
    };
  }

  #passesOver(sketch: Sketch, path: string): boolean {
    const sort = this.#classes.get(sketch.call);
    if (sort === undefined || sort.isOpen) return false;
    const key = this.#keyOf(sketch, path, sort);
    const known = this.#settled.get(key);
    if (known === undefined) return false;
    return isSessionApart(sketch, known) || this.#sessions.has(`${key}${sketch.session}`);
  }

  #settle(record: CloudTrailRecord, sketch: Sketch, path: string, { noticed }: Verdict, now: number): void {
    const sort = this.#classes.of(record, sketch.call);
    // A time in the future counts as now, whose day is not in the sketch.
    if (sort.isOpen || (viewOf(record).time ?? Number.POSITIVE_INFINITY) > now) return;
    if (this.#followsSessions && mayLink(record)) return;
    // What an exception keeps from being noticed is not settled either: exceptions end.
    const isPossible = sort.left.some(
      ({ rule, mayHold, isDecided }) => mayHold(record, record) && !(isDecided && noticed.includes(rule)),
    );
    if (isPossible) return;
    const key = this.#keyOf(sketch, path, sort);
    const how = sort.readsSession || !isSessionOfRole(record) ? "by session" : "settled";
    if (this.#settled.size >= MAX_SETTLED || this.#sessions.size >= MAX_SETTLED) {
      this.#settled.clear();
      this.#sessions.clear();
    }
    this.#settled.set(key, how);
    if (!isSessionApart(sketch, how)) this.#sessions.add(`${key}${sketch.session}`);
  }

  #keyOf({ caller, address }: Sketch, path: string, { id, readsAddress }: CallClass): string {
    const from = readsAddress ? address : this.#networkOf(address);
    return `${id} ${path} ${from}\n${caller}`;
  }

  #networkOf(address: string): string {
    const known = this.#networks.get(address);
    if (known !== undefined) return known;
    // What is no plain text stands for itself.
    const [, text] = /^"([^"\\]*)"\n$/.exec(address) ?? [];
    const network = (text === undefined ? undefined : sourceNetworkOf(text)) ?? address;
    if (this.#networks.size >= MAX_NETWORKS) this.#networks.clear();
    this.#networks.set(address, network);
    return network;
  }
}

/** Long-term keys are told apart even in sessions. */
function isSessionApart({ session }: Sketch, how: "settled" | "by session"): boolean {
  return how === "settled" && !session.startsWith('"AKIA');
}
