import { addressKindOf } from "../record/address-kind.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { type KnownAccounts, NOBODY_KNOWN } from "../rules/accounts.ts";
import { isNotice } from "../rules/notices.ts";
import { isAtLeast, type Severity } from "../rules/severity.ts";
import { dailyAdvice, firstAdvice } from "./advice.ts";
import { consoleLink } from "./console-link.ts";
import { clock, describeCaller, describeOrigin, describeTime, type Naming } from "./describe.ts";
import { grantsOf } from "./grants.ts";
import {
  callerOf,
  distinct,
  hasNoCaller,
  headLine,
  headRecord,
  headRule,
  namesText,
  outcomeText,
  severityOf,
  shortName,
  timesOf,
  titleOf,
} from "./headline.ts";
import { row } from "./labelled.ts";
import { placeOfLog } from "./log-place.ts";
import { chainOfRecord } from "./opened.ts";
import { lineText } from "./rate.ts";
import { relationOf } from "./relation.ts";
import type { Report } from "./report.ts";
import { type Route, routeOf } from "./route.ts";
import { oddFirst } from "./story/odd-names.ts";
import { matchesIn, sumOf } from "./story/story.ts";
import { renderSubject } from "./subject.ts";
import { name } from "./text.ts";
import { isWorthText, type TextSubjects, textingOf } from "./texted.ts";

/** What only the functions ask of an alert: by which ways it goes, and what it is. */
interface Within {
  readonly fullId: string;
  readonly isTexted: boolean;
  /** What such a text tells of; absent in what 0.1.0 left behind. */
  readonly texted?: TextSubjects;
  /** True where it goes to an EventBridge bus as well. */
  readonly isOnBus?: true;
  /** True where it is told in a chat as well. */
  readonly isInChat?: true;
  /** The key of its incident; absent in what 0.1.0 left behind. */
  readonly incident?: string;
  /** Whom it is about, or of a rule with incidents of its own the title, and the addresses of the internet from which they called; absent where that may be several. */
  readonly caller?: { readonly who: string; readonly from: readonly string[] };
}

const WITHIN: { readonly [F in keyof Within]-?: true } = {
  fullId: true,
  isTexted: true,
  texted: true,
  isOnBus: true,
  isInChat: true,
  incident: true,
  caller: true,
};

/** A part as its JSON has it. */
export function partJson({ firstTime, lastTime, ...part }: AlertPart): object {
  const shown = Object.entries(part).filter(([field]) => !Object.hasOwn(WITHIN, field));
  return { ...Object.fromEntries(shown), firstEventTime: isoTime(firstTime), lastEventTime: isoTime(lastTime) };
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** One alert's lines in a round-up. */
export interface AlertPart extends Within {
  readonly id: string;
  readonly severity: Severity;
  readonly rule: string;
  /** How often each rule matched. */
  readonly rules: { readonly [rule: string]: number };
  readonly subject: string;
  readonly detail: string;
  /** What to do first, and where to look: one line each. */
  readonly next?: readonly string[];
  readonly accountId: string;
  readonly actor: string;
  readonly outcome: string;
  readonly matches: number;
  readonly firstTime?: number;
  readonly lastTime?: number;
  /** True where one of its rules watches the alerter itself. */
  readonly isAboutSelf?: true;
  /** True where phones that hear of the alerter's health get a copy. */
  readonly isHealthTexted?: true;
  /** The route that takes it; absent for the default. */
  readonly route?: string;
}

/** How a deployment renders alerts. */
export interface AlertSettings extends Naming {
  /** The lowest severity that is sent by SMS. */
  readonly smsFrom: Severity;
  /** The lowest severity at which phones hear of the alerter's own health; absent if they do not. */
  readonly healthTextsFrom?: Severity;
  /** In order: the first that takes an alert has it. */
  readonly routes?: readonly Route[];
  /** True if alerts go to an EventBridge bus. */
  readonly isOnBus?: boolean;
  /** The lowest severity that is told in a chat; absent without one. */
  readonly chatFrom?: Severity;
}

/** What a round-up says of one incident. */
export function partOf(report: Report, settings: AlertSettings): AlertPart {
  const { incident, alertId, lines } = report;
  const matches = matchesIn(report);
  const isAboutSelf = lines.some(({ ruleList }) => ruleList.some((rule) => rule.isAboutSelf));
  const severity = severityOf(report);
  const route = routeOf(settings.routes ?? [], incident, severity);
  return {
    id: alertId.slice(0, 8),
    fullId: alertId,
    severity,
    rule: headRule(report).name,
    rules: Object.fromEntries(matches),
    incident: incident.key,
    ...callerIn(report),
    subject: renderSubject(report, settings),
    detail: partDetail(report, settings),
    next: nextSteps(report, settings.known ?? NOBODY_KNOWN),
    accountId: incident.accountId.slice(0, 100),
    actor: incident.actor.slice(0, 200),
    outcome: headLine(report).outcome,
    matches: sumOf(matches.values()),
    ...timesOf(report),
    ...(isAboutSelf && { isAboutSelf }),
    ...(isAboutSelf && isWorthText(report, settings.healthTextsFrom) && { isHealthTexted: true }),
    ...textingOf(report, settings.smsFrom),
    ...(route !== undefined && { route }),
    ...(settings.isOnBus && { isOnBus: true }),
    ...(settings.chatFrom !== undefined && isAtLeast(severity, settings.chatFrom) && { isInChat: true }),
  };
}

/** How many addresses of a caller are remembered for later alerts. */
const MAX_FROM = 3;

function callerIn(report: Report): Pick<Within, "caller"> {
  const { isUnverified, isShared, rule } = report.incident;
  if (isUnverified || isShared || !isAtLeast(severityOf(report), "medium")) return {};
  const from = distinct(report, "sources").filter((source) => addressKindOf(source) === "outside");
  // An incident by a rule's own grouping may have many callers.
  const who = rule === undefined ? callerOf(report) : titleOf(headRule(report), headLine(report).call);
  return from.length === 0 ? {} : { caller: { who, from: from.slice(0, MAX_FROM) } };
}

/** How long the advice in a round-up may be. */
const MAX_NEXT = 400;

/** What a round-up says of what to do: the record for all, advice and what undoes the worst call from medium on, below it advice alone. */
function nextSteps(report: Report, known: KnownAccounts): readonly string[] {
  const { record, logObject } = headRecord(report);
  const rule = headRule(report);
  const isUnverified = report.incident.isUnverified ?? false;
  const advice = isAtLeast(severityOf(report), "medium")
    ? firstAdvice(report, rule, known, MAX_NEXT)
    : dailyAdvice(report, MAX_NEXT);
  const link = isUnverified ? undefined : consoleLink(record);
  const look =
    link !== undefined || !isNotice(rule)
      ? row(link === undefined ? "Log" : "Event", link ?? placeOfLog(logObject))
      : [];
  return [...advice, ...look];
}

/** How many names of each sort a round-up's part shows, and how many characters it has for all of them. */
const NAMES = [60, 40, 24, 12, 6];
const MAX_DETAIL = 1_200;

/** Characters of a name there, and how many grants it tells. */
const NAME_LENGTH = 90;
const MAX_GRANTS = 3;

/** What a round-up adds to an alert's subject: the calls, when, where, from where, about what. */
function partDetail(report: Report, naming: Naming): string {
  const texts = NAMES.map((names) => detailWith(report, naming, names));
  return texts.find(({ length }) => length <= MAX_DETAIL) ?? (texts.at(-1) ?? "").slice(0, MAX_DETAIL);
}

function detailWith(report: Report, naming: Naming, names: number): string {
  const { firstTime, lastTime } = timesOf(report);
  const sources = distinct(report, "sources");
  const others = report.lines.length - 1;
  const calls = report.lines.slice(0, 3).map((line) => `${lineText(line, report)}${outcomeText(line)}`);
  const { call, moreTargets, details, moreDetails } = headLine(report);
  // The odd ones of one line stand before the names of all others: here there is room for some only.
  const callers = oddFirst([...new Set(report.lines.flatMap((line) => line.callers.map(shortName)))]);
  const moreCallers = sumOf(report.lines.map((line) => line.moreCallers));
  const all = oddFirst([...new Set(distinct(report, "targets").map(shortName))]);
  const { record } = headRecord(report);
  const who = hasNoCaller(report) ? undefined : whoOf(report, record);
  return [
    [...new Set(calls)].join(", ") + (others > 2 ? ` and ${others - 2} other calls` : ""),
    spanText(firstTime, lastTime, naming),
    namesText(distinct(report, "regions"), 0, 5),
    sources.length > 0 && `from ${sources.length === 1 ? describeOrigin(record) : namesText(sources, 0, 6)}`,
    callers.length > 0 && !hasNoCaller(report) ? `by ${namesText(callers, moreCallers, names)}` : who && `by ${who}`,
    all.length > 0 && `on ${namesText(all, moreTargets, names, NAME_LENGTH)}`,
    details.length > 0 &&
      `${relationOf(call).replace(/^,? ?/, "")} ${namesText(details, moreDetails, names)}`.trimStart(),
    ...grantsIn(report, naming),
  ]
    .filter(Boolean)
    .join("; ");
}

/** What the worst calls grant, so far as their records are kept; of several, each with its own name. */
function grantsIn(report: Report, { known = NOBODY_KNOWN }: Naming): readonly string[] {
  const { key, outcome } = headLine(report);
  const records = report.kept.filter(({ line }) => line === key).map(({ record }) => record);
  if (outcome !== "success" || report.incident.isUnverified) return [];
  return records.slice(0, MAX_GRANTS).flatMap((record) => {
    const of = records.length > 1 ? `${name(shortName(viewOf(record).facts.target ?? ""), NAME_LENGTH)} ` : "";
    return grantsOf(record, known)
      .lines.slice(0, MAX_GRANTS)
      .map((text) => of + text);
  });
}

/** `IAM user alice, long-term key AKIA... (carries no MFA)`; who opened a role's session, where that is known. */
function whoOf(report: Report, record: CloudTrailRecord): string {
  const isAlone = !report.incident.isShared && chainOfRecord(report.chains, record) === undefined;
  return isAlone ? describeCaller(record) : callerOf(report);
}

function spanText(firstTime: number | undefined, lastTime: number | undefined, naming: Naming): string | undefined {
  if (firstTime === undefined || lastTime === undefined) return undefined;
  if (clock(firstTime, "UTC") === clock(lastTime, "UTC")) return describeTime(firstTime, naming);
  return `${clock(firstTime, "UTC")} to ${clock(lastTime, "UTC")} UTC`;
}
