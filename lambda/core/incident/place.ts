import type { Incident } from "../alert/report.ts";
import type { FirstTime, Told } from "../alert/told.ts";
import { type LogObject, logPathOf, placeOf } from "../envelope/log-object.ts";
import { shortTarget } from "../record/facts.ts";
import { presentable } from "../record/presentable.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { askedSession } from "../record/session.ts";
import { viewOf } from "../record/view.ts";
import { compileCondition, type Predicate } from "../rules/condition.ts";
import { scalarsAt, someSize } from "../rules/field-path.ts";
import { asAttempted, type Discount, hasOwnIncidents, type Rule, SEVERITIES, type Threshold } from "../rules/rule.ts";
import { discountCondition, type StepsMet, type Verdict } from "../rules/rule-set.ts";
import { hashOf, isTwin, markOf, seenKeyOf, seenKeyOf01, twinsKeyOf } from "../store/seen.ts";
import { isForRoundUp } from "./rule-book.ts";
import type { WindowEntry, WindowId } from "./window.ts";

/** A record and the rules that it meets. */
export interface Found {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  readonly rules: readonly Rule[];
  /** Rules that it does not meet itself, but that must see it before a later record that meets them. */
  readonly preceding: readonly Rule[];
  /** Which steps of the rules it meets. */
  readonly steps?: StepsMet;
  /** Rules that it meets if it is the first to have what they ask for. */
  readonly noticed?: readonly Rule[];
  /** True if its log object was read late, because only a digest told of it. */
  readonly isRecovered?: boolean;
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

/** One rule's match within a place. */
export interface PlacedMatch {
  readonly rule: Rule;
  readonly seenKey: string;
  /** Where else it may be remembered: by its twin, by the other kind of trail, by 0.1.0. */
  readonly otherKeys: readonly string[];
}

/** A record in an incident: listed once, however many of its rules it meets. */
export interface PlacedRecord {
  readonly mark: string;
  readonly incident: Incident;
  /** Worst first. */
  readonly matches: readonly PlacedMatch[];
  readonly told: Told;
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  /** Where a mail would have noted that it told the record. */
  readonly unless: string;
}

/** A record in a window. */
export interface PlacedEntry {
  readonly mark: string;
  readonly window: WindowId;
  readonly match: PlacedMatch;
  readonly entry: WindowEntry;
}

/** Where the matches of a record belong. */
export interface Places {
  readonly records: readonly PlacedRecord[];
  readonly entries: readonly PlacedEntry[];
}

/** Records that arrive later than this, in milliseconds, are marked: nobody is woken for them. */
const LATE = 86_400_000;
const MINUTE = 60_000;

/** The actor of the incident that callers share once there are too many of them. */
export const MANY_ACTORS = "many actors";

/** Says which incidents and windows tell a record, and how its matches are remembered. `arrival` is now. */
export function placesOf(found: Found, arrival: number): Places {
  const { record, logObject, rules, preceding, steps = {}, firsts = [], isRecovered } = found;
  const facts = viewOf(record).facts;
  const mark = markOf(record);
  const time = viewOf(record).time;
  const accountId = (viewOf(record).account ?? logPathOf(logObject.key)?.account ?? "unknown account").slice(0, 100);
  const own: Own = { record, logObject, accountId, actor: viewOf(record).actor.slice(0, 500) };
  const isLate = time !== undefined && time < arrival - LATE;
  const source = textAt(record, "sourceIPAddress")?.slice(0, 64);
  const matching = (key: string, rule: Rule): PlacedMatch => {
    const [seenKey, ...otherKeys] = keysOf(key, rule.name, own);
    return { rule, seenKey, otherKeys: [...otherKeys, seenKeyOf01(rule.name, accountId, mark, record)] };
  };

  const session = isVerified(own) ? askedSession(record) : undefined;
  const met = rules
    .map((rule) => asAttempted(rule, facts.outcome))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const unless = toldKeyOf(own.accountId, own.actor, time);
  const records = [
    ...byIncident(
      met.filter((rule) => !hasWindow(rule)),
      own,
    ).values(),
  ].map(
    ({ incident, of }): PlacedRecord => ({
      mark,
      incident,
      matches: of.map((rule) => matching(basisOf(rule, own).join(" "), rule)),
      told: {
        facts,
        rules: of.map(({ name }) => name),
        severity: of[0]?.severity ?? "info",
        ...(time !== undefined && { time }),
        isLate,
        ...(isRecovered && { isRecovered }),
        source,
        session,
        sharedBy: callerIn(incident, of[0], own),
        firsts: firsts.filter(({ rule }) => of.some(({ name }) => name === rule)),
      },
      record,
      logObject,
      unless,
    }),
  );
  const entries = [
    ...met.filter(hasWindow).map((rule) => [rule, false] as const),
    ...preceding.map((rule) => [rule, true] as const),
  ].map(([rule, precedes]): PlacedEntry => {
    const window = windowFor(rule, own);
    const { over } = rule.threshold ?? {};
    const caller = callerIn(window.incident, rule, own);
    return {
      mark,
      window,
      match: matching(window.key, rule),
      entry: {
        // A time in the future would make everything older than it too old to count.
        time: Math.min(time ?? arrival, arrival + MINUTE),
        mark,
        matches: 1,
        ...weighed(record, rule.threshold),
        ...(rule.steps !== undefined && { values: steps[rule.name] ?? [] }),
        ...(over !== undefined && { others: Object.keys(over).map((field) => valueText(record, field)) }),
        ...(precedes && { precedes }),
        isLate,
        ...(isRecovered && { isRecovered }),
        facts,
        ...(source !== undefined && { source }),
        ...(caller !== undefined && { caller }),
        ...(!precedes && { unless }),
        ...(!precedes && { record: presentable(record), logObject }),
      },
    };
  });
  return { records, entries };
}

/** Where a mail notes, by caller and hour, that it told a record, so that the daily round-up leaves it out. */
export function toldKeyOf(accountId: string, actor: string, time: number | undefined): string {
  return `seen2#${hashOf(["told", accountId, actor, time === undefined ? "none" : Math.floor(time / 3_600_000)])}`;
}

/** The shared incident: of callers beyond the limit of a rule and account, or of all unverified log objects. */
export function sharedIncident({ accountId, kind, isUnverified }: Incident, rule: string): Incident {
  const key = hashOf(["shared", ...(isUnverified ? ["unverified"] : [rule, accountId])]);
  return { key, kind, accountId, actor: MANY_ACTORS, isShared: true, ...(isUnverified && { isUnverified }) };
}

interface Own {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  readonly accountId: string;
  readonly actor: string;
}

function hasWindow({ threshold, after, steps }: Rule): boolean {
  return threshold !== undefined || after !== undefined || steps !== undefined;
}

/** Low and info are told together with worse matches of the same record; alone they wait for the daily round-up. */
function byIncident(met: readonly Rule[], own: Own) {
  const incidents = new Map<string, { readonly incident: Incident; readonly of: Rule[] }>();
  const add = (incident: Incident, rule: Rule) => {
    const known = incidents.get(incident.key);
    if (known === undefined) incidents.set(incident.key, { incident, of: [rule] });
    else known.of.push(rule);
  };
  const worse = met.filter(({ severity }) => !isForRoundUp(severity));
  for (const rule of worse) add(incidentFor(rule, own, "mail"), rule);
  const [mail] = [...incidents.values()].sort(
    (a, b) => Number(a.incident.rule !== undefined) - Number(b.incident.rule !== undefined),
  );
  for (const rule of met.filter(({ severity }) => isForRoundUp(severity))) {
    add(mail?.incident ?? incidentFor(rule, own, "daily"), rule);
  }
  return incidents;
}

/** A rule that groups by something other than the caller has incidents of its own. */
function groupOf(rule: Rule, { record, accountId, actor }: Own): readonly unknown[] | undefined {
  if (!hasOwnIncidents(rule)) return undefined;
  const { by = ["actor"], acrossAccounts } = rule.group ?? {};
  const values = by.map((field) => {
    if (field === "actor") return actor;
    return field === "target" ? targetText(record) : scalarsAt(record, field.split("."));
  });
  return [rule.name, acrossAccounts ? "all accounts" : accountId, values];
}

/** Who called, where an incident of the rule's own is of several callers. */
function callerIn(incident: Incident, rule: Rule | undefined, { actor }: Own): string | undefined {
  const { by = ["actor"] } = rule?.group ?? {};
  return incident.rule === undefined || by.includes("actor") ? undefined : shortTarget(actor);
}

/** What a rule's incident and its remembered matches are keyed by, whatever severity the rule has by then. */
function basisOf(rule: Rule, own: Own): readonly string[] {
  // Whoever can put files into the bucket must not add to other people's alerts.
  if (!isVerified(own)) return ["unverified", placeOf(own.logObject)];
  const group = groupOf(rule, own);
  return group === undefined ? ["actor", own.accountId, own.actor] : ["rule", JSON.stringify(group)];
}

function incidentFor(rule: Rule, own: Own, kind: Incident["kind"]): Incident {
  const basis = basisOf(rule, own);
  const { accountId, actor } = own;
  return {
    key: hashOf([...basis, kind]),
    kind,
    accountId,
    actor,
    ...(basis[0] === "unverified" && { isUnverified: true }),
    ...(basis[0] === "rule" && { rule: rule.name }),
  };
}

function windowFor(rule: Rule, own: Own): WindowId {
  const incident = incidentFor(rule, own, isForRoundUp(rule.severity) ? "daily" : "mail");
  const group = groupOf(rule, own) ?? [rule.name, own.accountId, own.actor];
  const target = rule.steps?.same === "target" ? [targetText(own.record)] : [];
  const basis = [
    ...(incident.isUnverified ? [rule.name, placeOf(own.logObject), "unverified"] : [...group, "verified"]),
    ...target,
  ];
  const key = hashOf(["window", ...basis]);
  return { key, rule: rule.name, incident };
}

/**
 * True unless the object's path and its record name different accounts. Organization trails keep cross-account calls
 * below either account, so there the caller's account and those of the resources count too.
 */
function isVerified({ record, logObject: { key } }: Own): boolean {
  const path = logPathOf(key);
  // What CloudTrail writes has an account in its path; a file on somebody's disk may lie anywhere.
  if (path === undefined) return !key.split("/").includes("AWSLogs");
  const account = viewOf(record).account;
  if (account === undefined || account === path.account) return true;
  return path.organization !== undefined && viewOf(record).accounts.includes(path.account);
}

/** The item that remembers a match, and other items in which its record may already be known. */
function keysOf(key: string, rule: string, own: Own): readonly [string, ...string[]] {
  const { record, logObject, accountId } = own;
  if (!isTwin(record) || !isVerified(own)) return [seenKeyOf(key, rule, record)];
  // An account may write anything below its own path: that can only duplicate this account's own records.
  const accounts = seenKeyOf(`${key} ${accountId}`, rule, record);
  const twins = twinsKeyOf(rule, record);
  const path = logPathOf(logObject.key);
  return path === undefined || path.organization !== undefined ? [twins, accounts] : [accounts, twins];
}

/** What a call was about; calls about nothing in particular have that in common. */
function targetText(record: CloudTrailRecord): string {
  return viewOf(record).facts.target ?? "";
}

/** List elements beyond this number are not counted one by one: no service takes more in one call. */
const MAX_WEIGHT = 1_000;
/** How many different values a window keeps of one record. */
const MAX_VALUES = 50;

/** How much a match counts in its rule's window. */
function weighed(
  record: CloudTrailRecord,
  threshold: Threshold | undefined,
): Pick<WindowEntry, "weight" | "isLight" | "value" | "values"> {
  const { distinct, weight = [], discount } = threshold ?? {};
  const elements = Math.max(1, ...weight.map((path) => lengthAt(record, path)));
  const isLight = discount !== undefined && isDiscounted(record, discount);
  const counted = Math.min(elements, MAX_WEIGHT) / (isLight ? discount.by : 1);
  const values = distinct === undefined ? [] : [...new Set(scalarsAt(record, distinct.split(".")))];
  return {
    ...(counted !== 1 && { weight: counted }),
    ...(isLight && { isLight }),
    ...(distinct !== undefined && { value: valueText(record, distinct) }),
    ...(values.length > 1 && { values: values.slice(0, MAX_VALUES).map((value) => shortText([value])) }),
  };
}

function lengthAt(record: CloudTrailRecord, path: string): number {
  let longest = 0;
  someSize(record, path.split("."), (size) => {
    longest = Math.max(longest, size);
    return false;
  });
  return longest;
}

const discounts = new WeakMap<Discount, Predicate>();

function isDiscounted(record: CloudTrailRecord, discount: Discount): boolean {
  let holds = discounts.get(discount);
  if (holds === undefined) {
    holds = compileCondition(discountCondition(discount));
    discounts.set(discount, holds);
  }
  return holds(record, record);
}

/** A field's values as one short text; `actor` is no field but the caller, `target` what the call was about. */
function valueText(record: CloudTrailRecord, field: string): string {
  if (field === "actor") return shortText(viewOf(record).actor);
  return shortText(field === "target" ? targetText(record) : scalarsAt(record, field.split(".")));
}

function shortText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 16 ? text : hashOf(text);
}
