import { type LogObject, logPathOf } from "../envelope/log-object.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { actsAs } from "../rules/acting.ts";
import type { First, Rule } from "../rules/rule.ts";
import { fingerprintOf } from "../store/seen.ts";
import { type Known, noteIn } from "./known.ts";
import { dayOf } from "./remembered.ts";
import { valuesAt } from "./values.ts";

/** A record that meets the conditions of first-seen rules; whether it is a match, the memory decides. */
export interface Noticed {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  readonly rules: readonly Rule[];
}

/** One value of a record that a rule asks for. */
export interface Question {
  readonly record: CloudTrailRecord;
  readonly rule: Rule;
  readonly first: First;
  readonly of: string;
  readonly value: string;
  /** As it is remembered: refused calls make nothing known for calls that succeed. */
  readonly names: readonly [own: string, ...others: string[]];
  readonly fingerprint: string;
  /** Milliseconds since the epoch, never in the future. */
  readonly time: number;
  /** Of whom it is asked: the actor, or the account. */
  readonly owner: Known;
  readonly account: Known;
}

/** A day that is known is written again after this many days; for rules that ask for a return, after one. */
export const FRESH_DAYS = 5;

/** What the memory at hand leaves open about a record. */
export interface Asked {
  /** What only the table can answer. */
  readonly questions: readonly Question[];
  /** True if all is known of any such record, and not only of the one of which it was told. */
  readonly isUsual: boolean;
}

const NOTHING_ASKED: Asked = { questions: [], isUsual: true };

/** The questions of a record; `ownerOf` finds what is known of an account or actor. */
export function questionsOf(
  { record, logObject, rules }: Noticed,
  now: number,
  ownerOf: (account: string, actor?: string) => Known,
): Asked {
  const { account: accountId, outcome, time = now } = viewOf(record);
  if (accountId === undefined || !isOwnLog(record, logObject) || actsAs(record, "aws-service")) return NOTHING_ASKED;
  const account = ownerOf(accountId);
  const actor = actorOwning(record);
  const own = actor === undefined ? undefined : ownerOf(accountId, actor);
  let fingerprint: string | undefined;
  let isUsual = true;
  const questions = rules.flatMap((rule) => {
    const { first } = rule;
    const owner = first?.by === "account" ? account : own;
    if (first === undefined || owner === undefined) return [];
    return first.of.flatMap((of) =>
      valuesAt(record, of).flatMap((value): readonly Question[] => {
        const name = `${of} ${value}`;
        const names = outcome === "success" ? ([name] as const) : ([`!${name}`, name] as const);
        const at = Math.min(time, now);
        const note = noteIn(owner, first.key, names);
        const isFresh = note !== undefined && dayOf(at) - note[0] < (first.again === undefined ? FRESH_DAYS : 1);
        // Known, and lately enough: most records end here, before anything is hashed.
        if (isFresh && note[1] === undefined) return [];
        isUsual = false;
        fingerprint ??= fingerprintOf(record);
        const question: Question = { record, rule, first, of, value, names, fingerprint, time: at, owner, account };
        return isFresh && !isTeller(question) ? [] : [question];
      }),
    );
  });
  return { questions, isUsual };
}

/** The actor of a record: somebody whose key is no address and no name that anybody may choose. */
export function actorOwning(record: CloudTrailRecord): string | undefined {
  const { actor } = viewOf(record);
  return /^(?:arn:|root of \d{12}$)/.test(actor) ? actor : undefined;
}

/**
 * True for a record below its own account's path: whoever may write below another path must not teach what this account
 * is used to. A file on somebody's disk may lie anywhere.
 */
export function isOwnLog(record: CloudTrailRecord, { key }: LogObject): boolean {
  const path = logPathOf(key)?.account;
  return path === undefined ? !key.split("/").includes("AWSLogs") : path === viewOf(record).account;
}

/** True if the record is the one of which was told that it is the first. */
export function isTeller({ first, names, fingerprint, owner }: Question): boolean {
  return owner.values.get(first.key)?.get(names[0])?.[1] === fingerprint;
}
