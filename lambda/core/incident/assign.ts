import type { Incident } from "../alert/report.ts";
import type { FirstTime, Told } from "../alert/story/told.ts";
import type { LogObject } from "../envelope/log-object.ts";
import { presentable } from "../record/presentable.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { askedSession } from "../record/session.ts";
import { viewOf } from "../record/view.ts";
import { asAttempted, type Rule } from "../rules/rule.ts";
import type { StepsMet, Verdict } from "../rules/rule-set.ts";
import { bySeverity } from "../rules/severity.ts";
import { fingerprintOf, seenBy01 } from "../store/seen.ts";
import {
  basisOf,
  byIncident,
  callerIn,
  isVerified,
  otherPathOf,
  ownOf,
  seenKeyIn,
  toldKeyOf,
  windowFor,
} from "./belonging.ts";
import { valueText, weighed } from "./weight.ts";
import type { WindowEntry, WindowId } from "./window-entry.ts";

export interface Found {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  readonly rules: readonly Rule[];
  /** Rules that must see it before a later record that meets them, whether it meets them itself or not. */
  readonly preceding: readonly Rule[];
  /** Which steps of the rules it meets. */
  readonly steps?: StepsMet;
  /** Rules that it meets if it is the first to have what they ask for. */
  readonly noticed?: readonly Rule[];
  /** True if its log object was read late, because only a digest told of it. */
  readonly isRecovered?: boolean | undefined;
  /** What it is the first to have: by then the rules that ask for it are among those it meets. */
  readonly firsts?: readonly FirstTime[];
}

/** What is found in a record, by what the rules say of it; undefined if no rule has to see it. */
export function foundIn(
  record: CloudTrailRecord,
  logObject: LogObject,
  verdict: Verdict,
  isRecovered = false,
): Found | undefined {
  const { matched, preceding, noticed, steps } = verdict;
  if (matched.length + preceding.length + noticed.length === 0) return undefined;
  return { record, logObject, rules: matched, preceding, noticed, steps, ...(isRecovered && { isRecovered }) };
}

/** One rule's match within an incident or window. */
export interface AssignedMatch {
  readonly rule: Rule;
  readonly seenKey: string;
  readonly by01: ReturnType<typeof seenBy01>;
}

/** A record in an incident: listed once, however many of its rules it meets. */
export interface AssignedRecord {
  readonly fingerprint: string;
  readonly incident: Incident;
  /** Worst first. */
  readonly matches: readonly AssignedMatch[];
  readonly told: Told & { readonly record: CloudTrailRecord; readonly logObject: LogObject };
  /** Where a mail would have noted that it told the record. */
  readonly unless: string;
}

export interface AssignedEntry {
  readonly window: WindowId;
  readonly match: AssignedMatch;
  readonly entry: WindowEntry;
}

/** Records that arrive later than this, in milliseconds, are marked: nobody is woken for them. */
const LATE = 86_400_000;
const MINUTE = 60_000;

/** Says which incidents and windows tell a record, and how its matches are remembered. `arrival` is now. */
export function assign(found: Found, arrival: number) {
  const { record, logObject, rules, preceding, steps = {}, firsts = [], isRecovered } = found;
  const { facts, time } = viewOf(record);
  const fingerprint = fingerprintOf(record);
  const own = ownOf(record, logObject);
  const matching = (rule: Rule, key: string): AssignedMatch => {
    return { rule, seenKey: seenKeyIn(key, rule.name, own), by01: seenBy01(rule.name, own.accountId, record) };
  };

  const tried = rules.map((rule) => asAttempted(rule, facts.outcome));
  const met = tried.sort((a, b) => bySeverity(a, b) || Number(isBroad(a)) - Number(isBroad(b)));
  const unless = toldKeyOf({ ...own, below: otherPathOf(own) }, time);
  const told = {
    facts,
    isLate: time !== undefined && time < arrival - LATE,
    isRecovered,
    source: textAt(record, "sourceIPAddress")?.slice(0, 64),
    session: isVerified(own) ? askedSession(record) : undefined,
  };
  const ringing = met.filter((rule) => !hasWindow(rule));
  const records = byIncident(ringing, own).map(
    ({ incident, of }): AssignedRecord => ({
      fingerprint,
      incident,
      matches: of.map((rule) => matching(rule, basisOf(rule, own).join(" "))),
      told: {
        ...told,
        rules: of.map(({ name }) => name),
        severity: of[0]?.severity ?? "info",
        time,
        apart: incident.isAcross ? own.accountId : undefined,
        sharedBy: callerIn(incident, of[0], own),
        firsts: firsts.filter(({ rule }) => of.some(({ name }) => name === rule)),
        record,
        logObject,
      },
      unless,
    }),
  );
  const isMet = (name: string) => rules.some((rule) => rule.name === name);
  const entries = [
    ...met.filter(hasWindow).map((rule) => [rule, false] as const),
    ...preceding.filter(({ name }) => !isMet(name)).map((rule) => [rule, true] as const),
  ].map(([rule, precedes]): AssignedEntry => {
    const window = windowFor(rule, own);
    const match = matching(rule, window.key);
    const { over } = rule.threshold ?? {};
    return {
      window,
      match,
      entry: {
        ...told,
        // A time in the future would make everything older than it too old to count.
        time: Math.min(time ?? arrival, arrival + MINUTE),
        fingerprint,
        matches: 1,
        ...weighed(record, rule.threshold),
        ...(rule.steps !== undefined && { values: steps[rule.name] ?? [] }),
        ...(over !== undefined && { others: Object.keys(over).map((field) => valueText(record, field)) }),
        sharedBy: callerIn(window.incident, rule, own),
        seenKey: match.seenKey,
        ...(preceding.some(({ name }) => name === rule.name) && { isBefore: true }),
        ...(precedes ? { precedes } : { unless, kept: { record: presentable(record), logObject } }),
      },
    };
  });
  return { records, entries };
}

/** True for a rule that names no calls one by one: it says less of a record than one that does, and stands behind it. */
function isBroad({ calls = ["*"] }: Rule): boolean {
  return calls.some((call) => call.includes("*"));
}

function hasWindow({ threshold, after, steps }: Rule): boolean {
  return threshold !== undefined || after !== undefined || steps !== undefined;
}
