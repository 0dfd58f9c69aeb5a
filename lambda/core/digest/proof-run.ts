import type { LogObject } from "../envelope/log-object.ts";
import type { FetchedObject } from "../log-file/fetched.ts";
import type { Rule } from "../rules/rule.ts";
import type { ReadContent } from "./read-notes.ts";

/** What came of reading a log object that a digest names. */
export type NamedRead =
  | { readonly is: "read"; readonly content: ReadContent }
  | { readonly is: "gone" }
  /** It can never be read; that is told. */
  | { readonly is: "unreadable" }
  /** It may be read at another time: the invocation fails and comes again. */
  | { readonly is: "unread" };

/** What the proof needs of the invocation that it is part of. */
export interface ProofRun {
  /** Reads a log object now, with all that it leads to. Never rejects. */
  read(logObject: LogObject): Promise<NamedRead>;
  /** Fetches a digest. Rejects as a log object's does. */
  fetch(logObject: LogObject): Promise<FetchedObject>;
  /** Makes an alert about a log object or a digest; the same `identity` rings once. */
  tell(rule: Rule, logObject: LogObject, reason: string, identity: string): Promise<void>;
  /** True while there is time to begin another file. */
  hasTime(): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
}
