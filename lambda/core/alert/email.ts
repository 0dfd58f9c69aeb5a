import { isInsight } from "../record/insight.ts";
import { type CloudTrailRecord, textAt } from "../record/record.ts";
import { sessionIn, sessionOf, sessionText } from "../record/session.ts";
import { viewOf } from "../record/view.ts";
import { isNotice, NOTICES } from "../rules/notices.ts";
import { adviceOf, creditsOf, isWorthReading, rulesOf, runbookOf, stepsOf } from "./advice.ts";
import { consoleLink } from "./console-link.ts";
import {
  callText,
  clock,
  describeAccount,
  describeCall,
  describeCaller,
  describeOrigin,
  describeOutcome,
  describeSpan,
  describeTime,
  type Naming,
} from "./describe.ts";
import { newText } from "./first-text.ts";
import {
  distinct,
  hasNoCaller,
  headLine,
  headRecord,
  headRule,
  isWatched,
  namesText,
  shortName,
  timesOf,
  titleMark,
  titleOf,
} from "./headline.ts";
import { row, shortRows } from "./labelled.ts";
import { placeOfLog } from "./log-place.ts";
import { chainOfRecord, openedLines } from "./opened.ts";
import { incidentId, quietRow } from "./quiet.ts";
import { rateCallersOf, rateOf, rateVerb } from "./rate.ts";
import { fieldRows } from "./record-rows.ts";
import type { Report, Usual } from "./report.ts";
import { sumOf } from "./story.ts";
import { storyOf } from "./story-lines.ts";
import { inert, name } from "./text.ts";

/** Targets and callers that a line names while the whole text stays below its limit. */
const NAMES = [500, 200, 100, 40, 16, 6];
const MAX_BYTES = 110_000;

/** Lines of the call's parameters, grants and answer above what to do, which belongs on the first screen. */
const MAX_FIELDS = 3;

/**
 * The email's text: the worst in full (what happened, who, from where, where, with which parameters), the story in
 * order of weight, why each rule matters and what to do. Every value of a record goes through text.ts.
 */
export function renderEmail(report: Report, naming: Naming, now: number): string {
  for (const names of NAMES) {
    const text = emailWith(report, naming, now, names);
    if (Buffer.byteLength(JSON.stringify(text)) <= MAX_BYTES) return text;
  }
  return `${emailWith(report, naming, now, 2).slice(0, MAX_BYTES / 4)}\n[cut: the JSON has the rest]\n`;
}

function emailWith(report: Report, naming: Naming, now: number, names: number): string {
  const rule = headRule(report);
  const line = headLine(report);
  const { record, logObject } = headRecord(report);
  const isUnverified = report.incident.isUnverified ?? false;
  const [, ...others] = rulesOf(report);
  const head = adviceOf(report, rule);
  const story = storyOf(report, names);
  const fields = fieldRows(record, naming.known);
  const firstFields = shortRows(fields, MAX_FIELDS);
  const blocks = [
    [
      ...(isWatched(rule) ? [] : [`${titleMark(rule, line)}${titleOf(rule, line.call)}`]),
      headline(report, naming, now),
    ],
    [
      ...(hasNoCaller(report)
        ? []
        : [
            ...row("Who", whoOf(report, names)),
            ...row("Opened", ...openedOf(report, record)),
            ...row("Also", ...othersKnown(report, record)),
            ...row("From", describeOrigin(record)),
            ...row("Usual", report.usual && usualText(report.usual)),
            ...row("New", ...newText(report)),
          ]),
      ...row("Where", whereOf(report, naming)),
      ...row("Who", ...rateCallersOf(record)),
      ...row("Rate", ...report.kept.map((kept) => rateOf(kept.record)).slice(0, 4)),
      ...firstFields,
      ...row("Sources", sourcesOf(report)),
    ],
    story.first,
    [...head, ...stepsOf(report, naming), ...creditsOf(rule)],
    ...others.filter(isWorthReading).map((other) => [
      `${titleOf(other, other.name)} (${other.severity})`,
      // Where all were refused, the advice is the same.
      ...adviceOf(report, other).filter((text) => !head.includes(text)),
      ...row("Read", runbookOf(report, other)),
    ]),
    firstFields === fields ? [] : ["The call in full:", ...fields],
    story.rest,
    [
      ...(isNotice(rule) ? [] : row("Event", (isUnverified ? undefined : consoleLink(record)) ?? eventIdOf(record))),
      ...(rule === NOTICES.test ? [] : row("Log", placeOfLog(logObject), moreLogs(report))),
      ...row("Rule", ...[rule, ...others].map(({ name: own, place }) => `${own}, ${place}`)),
      ...row("Alert", idOf(report)),
      ...quietRow(report),
    ],
  ];
  const text = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
  return `${text}\n${/\b(?:npm run|npx cdk) /.test(text) ? CHECKOUT : ""}`;
}

/** Who reads mail at night may not know where such commands belong. */
const CHECKOUT = `${row("", "(npm and npx: type them in the Trailbell checkout)").join("")}\n`;

function headline(report: Report, naming: Naming, now: number): string {
  const rule = headRule(report);
  const line = headLine(report);
  const { record } = headRecord(report);
  if (isNotice(rule)) return inert(rule.description ?? "", 300);
  const time = viewOf(record).time ?? line.firstTime;
  const called = isInsight(record) || record.eventName !== undefined ? describeCall(record) : callText(line.call);
  // A rate is neither granted nor refused.
  const call = isInsight(record)
    ? `${called.replace(/^insight /, "")} ${rateVerb(record)}`
    : `${called} ${describeOutcome(line.outcome)}`;
  if (time === undefined) return `${call}, at an unknown time`;
  const ago = now >= time ? ` (${describeSpan(now - time)} before this mail)` : "";
  const records = sumOf(report.lines.map((one) => one.records));
  const { firstTime, lastTime } = timesOf(report);
  const many = report.lines.length === 1 ? `${records} times` : `one of ${records} calls`;
  const until =
    records > 1 && firstTime !== undefined
      ? `; ${many} ${spanText(firstTime, lastTime ?? firstTime)}${refusedOf(report)}`
      : "";
  return `${call}, ${describeTime(time, naming)}${ago}${until}`;
}

/** `, 15 of them denied`, where the call above had another outcome. */
function refusedOf({ lines }: Report): string {
  const others = lines.filter(({ outcome }) => outcome !== lines[0]?.outcome);
  const counts = (["denied", "failed", "success"] as const).flatMap((outcome) => {
    const count = sumOf(others.filter((line) => line.outcome === outcome).map(({ records }) => records));
    return count === 0 ? [] : [`${count} of them ${outcome === "success" ? "succeeded" : outcome}`];
  });
  return counts.map((text) => `, ${text}`).join("");
}

/** `from 21:25:55 to 21:26:40 UTC`; with the dates where they differ. */
function spanText(first: number, last: number): string {
  const [from, to] = [clock(first, "UTC"), clock(last, "UTC")];
  if (from === to) return `at ${from.slice(11)} UTC`;
  return from.slice(0, 10) === to.slice(0, 10)
    ? `from ${from.slice(11)} to ${to.slice(11)} UTC`
    : `from ${from} to ${to} UTC`;
}

function idOf({ incident, alertId, lines, nextUpdate }: Report): string {
  const records = sumOf(lines.map((line) => line.records));
  const next =
    nextUpdate === undefined ? "" : `; next mail at ${clock(nextUpdate, "UTC").slice(11, 16)} UTC if there is news`;
  return `${alertId.slice(0, 8)} of incident ${incidentId(incident)}${records > 1 ? `, ${records} records` : ""}${next}`;
}

function whoOf(report: Report, names: number): string {
  const caller = describeCaller(headRecord(report).record);
  if (!report.incident.isShared) return caller;
  const callers = [...new Set(report.lines.flatMap((line) => line.callers.map(shortName)))];
  const more = sumOf(report.lines.map(({ moreCallers }) => moreCallers));
  return `many callers: ${namesText(callers, more, names)}; the first is ${caller}`;
}

/** Who opened the session of the first record, and who is behind other sessions that the same lines tell of. */
function openedOf(report: Report, record: CloudTrailRecord): readonly string[] {
  const chain = chainOfRecord(report.chains, record);
  return chain === undefined ? [] : openedLines(chain);
}

/** Who opened the sessions, other than the record's, that mails told of before that was known. */
function othersKnown({ nowKnown = [], chains }: Report, record: CloudTrailRecord): readonly string[] {
  const own = sessionOf(record);
  const others = nowKnown.filter((session) => own === undefined || session !== sessionText(own));
  return others.slice(0, 6).flatMap((session) => {
    const [chain, time] = [chains?.get(session), sessionIn(session)?.opened];
    if (chain === undefined || time === undefined) return [];
    const [first = "", ...rest] = openedLines(chain);
    return [`another session of this role, of ${clock(time, "UTC")} UTC: ${first}`, ...rest];
  });
}

/** `incident 3 of this caller in 35 days of alerts, the last was alert a1b2c3d4 on 2026-11-12; no alert before from 198.51.100.0/24`. */
function usualText({ days, incidents, isMore, last, networks }: Usual): string {
  const span = days === 0 ? "today" : days === 1 ? "in one day of alerts" : `in ${days} days of alerts`;
  const count = `incident ${incidents + 1}${isMore ? " or more" : ""} of this caller ${span}`;
  const before = last === undefined ? "" : `, the last was alert ${last.id} on ${clock(last.at, "UTC").slice(0, 10)}`;
  const from = networks.length === 0 ? "" : `; no alert before from ${namesText(networks, 0, 3)}`;
  return `${incidents === 0 ? `the first incident of this caller ${span}` : count + before}${from}`;
}

function whereOf(report: Report, naming: Naming): string {
  const { accounts, incident } = report;
  const others = accounts.filter((account) => account !== incident.accountId).slice(0, 5);
  const also = others.map((account) => describeAccount(account, naming)).join(", ");
  const regions = [...distinct(report, "regions")].sort();
  const more = regions.length > 5 ? [`and ${regions.length - 5} more regions`] : [];
  return [
    describeAccount(incident.accountId, naming),
    ...regions.slice(0, 5).map((region) => name(region)),
    ...more,
    ...(also === "" ? [] : [`also account ${also}`]),
  ].join(", ");
}

function sourcesOf(report: Report): string | undefined {
  const sources = distinct(report, "sources");
  return sources.length > 1 && !hasNoCaller(report) ? namesText(sources, 0, 10) : undefined;
}

function eventIdOf(record: CloudTrailRecord): string | undefined {
  const id = textAt(record, "eventID");
  return id && `${name(id)} (not known to be in Event history, so there is no link)`;
}

function moreLogs({ logObjects, moreLogObjects }: Report): string | undefined {
  const more = logObjects.length - 1 + moreLogObjects;
  return more > 0 ? `and ${more} more, which the JSON names` : undefined;
}
