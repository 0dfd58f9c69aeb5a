import type { Incident } from "../alert/report.ts";
import type { Told } from "../alert/told.ts";
import type { LogObject } from "../envelope/log-object.ts";
import type { CloudTrailRecord } from "../record/record.ts";

/** What a threshold or `after` counts in: a window by rule and actor, or by what the rule groups by. */
export interface WindowId {
  /** Short, and always the same for one window. */
  readonly key: string;
  readonly rule: string;
  /** The incident that tells what passes, unless all of it is low or info. */
  readonly incident: Incident;
  /** The key of the incident that tells it then. */
  readonly daily: string;
}

/** One match that the window remembers, or several of one value and about the same time that only count. */
export interface WindowEntry extends Omit<Told, "rules" | "severity" | "firsts" | "apart"> {
  /** eventTime in milliseconds since the epoch. */
  readonly time: number;
  readonly fingerprint: string;
  /** How many matches it stands for. */
  readonly matches: number;
  /** What it counts for, if not its matches: lists weigh more, discounted matches less. */
  readonly weight?: number;
  /** True if discounted: as a value of `distinct` it counts in part. */
  readonly isLight?: true;
  /** The value of `distinct`. */
  readonly value?: string;
  /** The values of `distinct`, from a list of several. */
  readonly values?: readonly string[];
  /** The values of the fields in `over`. */
  readonly others?: readonly string[];
  /** True for what comes before a match (`after`); it never rings itself. */
  readonly precedes?: boolean;
  /** True once it is told. */
  readonly rung?: boolean;
  /** Where a mail notes that it told the record (see toldKeyOf); absent where there was no room for it. */
  readonly unless?: string;
  /** The item that remembers it; only until it is settled. */
  readonly seenKey?: string;
  /** Only a few entries keep it. */
  readonly record?: CloudTrailRecord;
  readonly logObject?: LogObject;
}
