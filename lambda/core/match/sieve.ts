import { logPathOf } from "../envelope/log-object.ts";
import type { Sketch } from "../log-file/scan/sketch.ts";
import type { Sieve } from "../log-file/sieve.ts";
import { isSessionOfRole } from "../record/identity.ts";
import { mayLink } from "../record/link.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import type { RuleSet, Verdict } from "../rules/rule-set.ts";
import { type CallClass, CallClasses } from "./call-class.ts";
import { Recent } from "./recent.ts";
import { keyPart, networkPart } from "./sketch-fields.ts";

/** The sieve for the records of one log object. */
export interface RecordSieve extends Sieve {
  /**
   * Notes that a record was looked at and is nothing: no rule matches it, the memory knows all that rules noticed of it, and it
   * is none of the alerter's own. `now` is milliseconds since the epoch.
   */
  settle(record: CloudTrailRecord, sketch: Sketch, verdict: Verdict, now: number): void;
}

/** Bounds of what is kept in mind; what was forgotten is parsed once more. A call and its errors are about 150 characters. */
const MAX_CALLS = 5_000;
const MAX_SETTLED = 15_000;
const MAX_NETWORKS = 10_000;
const MAX_TEXT = 1_500;

/**
 * Remembers which records need no second look. A record is passed over only if an earlier one with the same bytes in every
 * field that decides was parsed, put to all rules and found to be nothing. What decides is in the sketch: where a rule
 * looks at more, records are parsed as long as their sketch leaves the rule possible (weakened.ts).
 */
export class Sieves {
  readonly #classes: CallClasses;
  /** By the `call` text; "once" for one that came only once: sorting it costs more than parsing a record. */
  readonly #byCall = new Recent<CallClass | "once">(MAX_CALLS);
  /** By all that decides but the session, and with it where the session decides as well. */
  readonly #settled = new Recent<"settled" | "by session">(MAX_SETTLED);
  /** By address, as it stands in the record. */
  readonly #networks = new Recent<string>(MAX_NETWORKS);
  readonly #followsSessions: boolean;

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

  /** Begins anew: the memory of first-seen rules has forgotten some of what it knew. */
  forget(): void {
    this.#settled.clear();
  }

  #passesOver(sketch: Sketch, path: string): boolean {
    const sort = this.#byCall.get(sketch.call);
    if (sort === undefined || sort === "once" || sort.isOpen) return false;
    const key = this.#keyOf(sketch, path, sort);
    const known = this.#settled.get(key);
    return known === "settled" || (known !== undefined && this.#settled.get(`${key}${sketch.session}`) !== undefined);
  }

  #settle(record: CloudTrailRecord, sketch: Sketch, path: string, { noticed }: Verdict, now: number): void {
    // Nobody is called so; whoever writes log files must not fill the memory.
    if (sizeOf(sketch) > MAX_TEXT) return;
    const sort = this.#sort(record, sketch);
    if (sort === undefined || sort.isOpen || (sort.isLinking && this.#followsSessions && mayLink(record))) return;
    // A time in the future counts as now, whose day is not in the sketch.
    if ((viewOf(record).time ?? Number.POSITIVE_INFINITY) > now) return;
    // What an exception keeps from being noticed is not settled either: exceptions end.
    const isPossible = sort.left.some(
      ({ rule, mayHold, isDecided }) => mayHold(record, record) && !(isDecided && noticed.includes(rule)),
    );
    if (isPossible) return;
    const key = this.#keyOf(sketch, path, sort);
    const isBySession = needsSession(record) || sort.left.some(({ asksSession }) => asksSession(record, record));
    this.#settled.set(key, isBySession ? "by session" : "settled");
    if (isBySession) this.#settled.set(`${key}${sketch.session}`, "settled");
  }

  #sort(record: CloudTrailRecord, { call }: Sketch): CallClass | undefined {
    const known = this.#byCall.get(call);
    if (known !== undefined && known !== "once") return known;
    const sort = known === undefined ? "once" : this.#classes.classOf(record);
    this.#byCall.set(call, sort);
    return sort === "once" ? undefined : sort;
  }

  #keyOf({ caller, credential, address, agent }: Sketch, path: string, sort: CallClass): string {
    // One line each: no part of it holds a line break.
    const from = sort.readsAddress ? address : `${this.#networkOf(address)}\n`;
    const by = sort.readsAgent ? agent : "\n";
    return `${sort.id}\n${path}\n${keyPart(credential)}\n${from}${by}${caller}`;
  }

  #networkOf(address: string): string {
    const known = this.#networks.get(address);
    if (known !== undefined) return known;
    const network = networkPart(address);
    this.#networks.set(address, network);
    return network;
  }
}

/** True unless role, type and account say who the caller is, whatever his session is called. */
function needsSession(record: CloudTrailRecord): boolean {
  return !isSessionOfRole(record) || (textAt(record, "userIdentity", "accessKeyId") ?? "").startsWith("AKIA");
}

function sizeOf({ call, caller, credential, session, address, agent }: Sketch): number {
  return call.length + caller.length + credential.length + session.length + address.length + agent.length;
}
