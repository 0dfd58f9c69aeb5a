import type { KnownAccounts } from "../../lambda/core/rules/accounts.ts";
import type { EventPattern, Rule } from "../../lambda/core/rules/rule.ts";
import type { DeskFile } from "../records/desk-file.ts";

/** What is to be done with the records of files. It can be handed to a thread. */
export interface ReadingTask {
  readonly rules: readonly Rule[];
  readonly known: KnownAccounts;
  /** Milliseconds since the epoch; infinite where there is no limit. */
  readonly since: number;
  readonly until: number;
  /** A line for people or for scripts per match; or what the ledger must see. */
  readonly as: "text" | "json" | "alerts";
  /** True if rules with `first` learn from what is before `since`. */
  readonly learn: boolean;
}

/** What was found in a part of a file. */
export interface Part {
  readonly seen: number;
  /** What is printed of its matches. */
  readonly lines: string;
  readonly tallies: readonly Tally[];
  readonly found: readonly Finding[];
  /** What cannot be read: `file: why`. */
  readonly faults: readonly string[];
  /** The time of the oldest record that was learned from; infinite if there was none. */
  readonly learnedFrom: number;
}

/** How often a rule matched what an actor did in an account. */
export interface Tally {
  /** The rule's place in the task. */
  readonly rule: number;
  readonly actor: string;
  readonly account: string;
  readonly count: number;
  /** How an exception would name the actor, if it may: a pattern. */
  readonly pattern?: EventPattern | undefined;
}

/** A record that the ledger must see. */
export interface Finding {
  /** The minute in which it arrives, in milliseconds since the epoch. */
  readonly minute: number;
  /** The record with what the rules say of it: see found-store.ts. */
  readonly json: string;
}

/** Takes what was found in a file, part by part. */
export type TakePart = (file: DeskFile, part: Part) => void;
