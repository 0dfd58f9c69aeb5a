import { type LogObject, placeOf } from "../envelope/log-object.ts";
import { endOfChain } from "../links/chain.ts";
import { insightOf, isInsight } from "../record/insight.ts";
import { type CloudTrailRecord, eventTimeOf, isObject, textAt, valueAt } from "../record/record.ts";
import { sessionIn, sessionOf, sessionText } from "../record/session.ts";
import { isNotice } from "../rules/notices.ts";
import { isAtLeast, type Rule } from "../rules/rule.ts";
import { commandsFrom } from "./commands.ts";
import { consoleLink } from "./console-link.ts";
import {
  clock,
  describeAccount,
  describeCall,
  describeCaller,
  describeOrigin,
  describeOutcome,
  describeSpan,
  describeTime,
  type Naming,
  shortText,
} from "./describe.ts";
import {
  commandsOf,
  distinct,
  hasNoCaller,
  headLine,
  headRecord,
  headRule,
  isWatched,
  markOf,
  namesText,
  shortName,
  timesOf,
  titleOf,
} from "./headline.ts";
import { chainOfRecord, openedLines } from "./opened.ts";
import type { Report, ReportLine, Usual } from "./report.ts";
import { sumOf } from "./story.ts";
import { inert, name, quoted, value, visible } from "./text.ts";

const MAX_PARAMETERS = 6;
const MAX_RESULTS = 3;
const LABEL = 9;

/** Targets and callers that a line names, as long as the whole text stays below its limit. */
const NAMES = [100, 40, 16, 6];
const MAX_BYTES = 110_000;

/** Rules whose why and do are told, once each. */
const MAX_RULES = 6;

/**
 * The email's text: the worst of it in full (what happened, who, from where, where, with which parameters), the story in
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
  const blocks = [
    [...(isWatched(rule) ? [] : [`${markOf(rule, line)}${titleOf(rule, line.call)}`]), headline(report, naming, now)],
    [
      ...(hasNoCaller(report)
        ? []
        : [
            ...row("Who", whoOf(report, names)),
            ...row("Opened", ...openedOf(report, record)),
            ...row("Also", ...othersKnown(report, record)),
            ...row("From", describeOrigin(record)),
            ...row("Usual", report.usual && usualText(report.usual)),
          ]),
      ...row("Where", whereOf(report, naming)),
      ...row("Who", ...rateCallersOf(record)),
      ...row("Rate", ...report.kept.map((kept) => rateOf(kept.record)).slice(0, 4)),
      ...row("What", ...fieldsOf(record, "requestParameters", MAX_PARAMETERS)),
      ...row("Result", ...fieldsOf(record, "responseElements", MAX_RESULTS)),
      ...row("Details", ...fieldsOf(record, "serviceEventDetails", MAX_PARAMETERS)),
      ...row("On", ...resourcesOf(record)),
      ...row("Addendum", addendumOf(record)),
      ...row("Error", errorOf(record)),
      ...row("Sources", sourcesOf(report)),
    ],
    storyOf(report, names),
    [...adviceOf(report, rule), ...creditsOf(rule)],
    ...others
      .filter(isWorthReading)
      .map((other) => [`${titleOf(other, other.name)} (${other.severity})`, ...adviceOf(report, other)]),
    [
      ...(isNotice(rule) ? [] : row("Event", (isUnverified ? undefined : consoleLink(record)) ?? eventIdOf(record))),
      ...row("Log", placeOfLog(logObject), moreLogs(report)),
      ...row("More", isUnverified ? undefined : callsOfKey(record)),
      ...row(
        "Rule",
        ...[rule, ...others].map(
          ({ name: own, place }, i, all) => `${own}, ${place}${i === all.length - 1 ? `; ${idOf(report)}` : ""}`,
        ),
      ),
    ],
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${text.join("\n\n")}\n`;
}

/** What only makes a list of the day says nothing beside what is worse; its name stands at the end. */
function isWorthReading(rule: Rule): boolean {
  return isAtLeast(rule.severity, "medium") && whyOf(rule) !== undefined;
}

/** The rules of a report, in the order of its lines, each once. */
function rulesOf({ lines }: Report): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const rule of lines.flatMap(({ ruleList }) => ruleList)) if (!rules.has(rule.name)) rules.set(rule.name, rule);
  return [...rules.values()].slice(0, MAX_RULES);
}

function headline(report: Report, naming: Naming, now: number): string {
  const rule = headRule(report);
  const line = headLine(report);
  const { record } = headRecord(report);
  if (isNotice(rule)) return inert(rule.description ?? "", 300);
  const time = eventTimeOf(record) ?? line.firstTime;
  const called = isInsight(record) || record.eventName !== undefined ? describeCall(record) : name(line.call);
  // A rate is neither granted nor refused.
  const call = isInsight(record) ? called : `${called} ${describeOutcome(line.outcome)}`;
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

/** `, 15 of them denied` where the call above says another outcome. */
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

function idOf({ alertId, lines, nextUpdate }: Report): string {
  const records = sumOf(lines.map((line) => line.records));
  const next =
    nextUpdate === undefined ? "" : `; next update ${clock(nextUpdate, "UTC").slice(11, 16)} UTC if there is news`;
  return `alert ${alertId.slice(0, 8)}${records > 1 ? `, ${records} records` : ""}${next}`;
}

/** Why a rule matters, what to do about it, and what to type. */
function adviceOf(report: Report, rule: Rule): readonly string[] {
  return [
    ...row(
      "Why",
      whyOf(rule) ?? (isWatched(rule) ? `You asked to hear of each ${rule.name} (${rule.place}).` : undefined),
    ),
    ...row(
      "Do",
      rule.do ?? (isWatched(rule) ? ASK : undefined),
      report.incident.isUnverified ? undefined : rule.runbook,
    ),
    ...row("Type", ...typedOf(report, rule)),
  ];
}

const ASK = "Ask the caller whether this was meant. If nobody knows of it, look at what else the caller did.";

function whyOf(rule: Rule): string | undefined {
  return rule.why ?? rule.description;
}

/** What to type, ready to be copied; names that are none leave a command out, and that is said. */
function typedOf(report: Report, rule: Rule): readonly string[] {
  const { filled = [], left = 0 } = commandsOf(report, rule) ?? {};
  const missing = `(${left === 1 ? "one command" : `${left} commands`} left out: the record has no plain name for it)`;
  return left === 0 ? filled : [...filled, missing];
}

/** What a Sigma rule says of itself; its licence (DRL 1.1) wants the author named. */
function creditsOf({ author, references = [], falsePositives = [] }: Rule): readonly string[] {
  return [
    ...row("May be", ...falsePositives.map((text) => inert(text, 300))),
    ...row("By", author && inert(author, 300)),
    ...row("See", ...references.map((text) => visible(text, 300))),
  ];
}

/** `45.1 a minute, 226 times the usual 0.2 (Start)`; undefined for what is no Insights record. */
function rateOf(record: CloudTrailRecord): string | undefined {
  const insight = insightOf(record);
  if (insight?.observed === undefined) return undefined;
  const { state, baseline, observed, minutes } = insight;
  const shown = (figure: number) => String(Number(figure.toPrecision(3)));
  const factor = baseline ? `, ${shown(observed / baseline)} times the usual ${shown(baseline)}` : "";
  const span = minutes === undefined ? "" : `, for ${shown(minutes)} min`;
  return `${shown(observed)} a minute${factor}${span}${state === undefined ? "" : ` (${name(state)})`}`;
}

/** Who called most while a rate was unusual, as the Insights record attributes it. */
function rateCallersOf(record: CloudTrailRecord): readonly string[] {
  const { callers = [] } = insightOf(record) ?? {};
  return callers.map(({ arn, rate }) =>
    [name(arn, 200), rate !== undefined && `${Number(rate.toPrecision(3))} a minute`].filter(Boolean).join(", "),
  );
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

/** Who opened other sessions than that of the record, of which mails told before it was known. */
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

/** `incident 3 of this caller in 35 days, the last was alert a1b2c3d4 on 2026-11-12; never before from 198.51.100.0/24`. */
function usualText({ days, incidents, isMore, last, networks }: Usual): string {
  const span = days === 0 ? "today" : days === 1 ? "in the one day that is remembered" : `in ${days} days`;
  const count = `incident ${incidents + 1}${isMore ? " or more" : ""} of this caller ${span}`;
  const before = last === undefined ? "" : `, the last was alert ${last.id} on ${clock(last.at, "UTC").slice(0, 10)}`;
  const from = networks.length === 0 ? "" : `; no alert before from ${namesText(networks, 0, 3)}`;
  return `${incidents === 0 ? `the first incident of this caller ${span}` : count + before}${from}`;
}

/** Who is behind the sessions of a line, where that is not just the one who is told above: `in sessions of alice, bob`. */
function behindOf({ sessions = [], moreSessions = 0 }: ReportLine, report: Report): string {
  const above = endOfChain(chainOfRecord(report.chains, headRecord(report).record))?.actor;
  const ends = sessions.map((session) => endOfChain(report.chains?.get(session)));
  const known = new Map(
    ends.flatMap((end) => (end === undefined ? [] : [[end.actor, shortText(end.identity)] as const])),
  );
  const unknown = ends.length - ends.filter(Boolean).length + moreSessions;
  if (known.size === 0 || (known.size === 1 && unknown === 0 && above !== undefined && known.has(above))) return "";
  return `, in sessions of ${[...known.values(), ...(unknown > 0 ? [`${unknown} unknown`] : [])].join(", ")}`;
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

function fieldsOf(
  record: CloudTrailRecord,
  part: "requestParameters" | "responseElements" | "serviceEventDetails",
  limit: number,
): readonly string[] {
  const fields = valueAt(record, part);
  if (fields === undefined || fields === null) return [];
  if (!isObject(fields)) return [value(fields)];
  const lines = Object.entries(fields).map(([key, inner]) => `${name(key, 60)}: ${value(inner)}`);
  const rest = lines.length - limit;
  return rest > 0 ? [...lines.slice(0, limit), `and ${rest} more`] : lines;
}

/** The resources of a call whose parameters do not name any. */
function resourcesOf(record: CloudTrailRecord): readonly string[] {
  const resources = valueAt(record, "resources");
  if (isObject(valueAt(record, "requestParameters")) || !Array.isArray(resources)) return [];
  const arns = resources.slice(0, MAX_RESULTS).flatMap((one) => textAt(one, "ARN") ?? textAt(one, "arn") ?? []);
  const more = resources.length - arns.length;
  return [...arns.map((arn) => name(arn, 200)), ...(more > 0 ? [`and ${more} more`] : [])];
}

/** Why CloudTrail delivers late, or again: `UPDATED_DATA, of the record 1a2b..., fields: eventName`. */
function addendumOf(record: CloudTrailRecord): string | undefined {
  const reason = textAt(record, "addendum", "reason");
  if (reason === undefined) return undefined;
  const original = textAt(record, "addendum", "originalEventID");
  const fields = textAt(record, "addendum", "updatedFields");
  return [name(reason), original && `of the record ${name(original)}`, fields && `fields: ${name(fields)}`]
    .filter(Boolean)
    .join(", ");
}

function eventIdOf(record: CloudTrailRecord): string | undefined {
  const id = textAt(record, "eventID");
  return id && `${name(id)} (not known to be in Event history, so there is no link)`;
}

function errorOf(record: CloudTrailRecord): string | undefined {
  const code = textAt(record, "errorCode");
  const message = textAt(record, "errorMessage");
  return [code && name(code), message && quoted(message)].filter(Boolean).join(": ") || undefined;
}

/** The story: what is news, then what was told before, then how much was read. One record alone is told above. */
function storyOf(report: Report, names: number): readonly string[] {
  const { lines } = report;
  if (sumOf(lines.map((line) => line.records)) < 2) return [];
  const head = headLine(report);
  // Reads are folded beside a change of the same rules and outcome: what was refused says nothing of what was not.
  const named = new Set(
    lines.flatMap((line) => (line.isRead ? [] : line.rules.map((rule) => `${rule} ${line.outcome}`))),
  );
  const isFolded = (line: ReportLine) =>
    line.isRead && line !== head && line.rules.every((rule) => named.has(`${rule} ${line.outcome}`));
  const shown = lines.filter((line) => !isFolded(line));
  const news = shown.filter(({ isNews }) => isNews);
  const before = shown.filter(({ isNews }) => !isNews);
  const text = (line: ReportLine) => storyLine(line, head, lines.length > 1, names, behindOf(line, report));
  return [
    ...news.map(text),
    ...(before.length > 0 ? ["Told before:", ...before.map(text)] : []),
    ...readsOf(lines.filter(isFolded)),
  ];
}

/** `21:26:40  iam:AttachUserPolicy DENIED on bob, 3 times until 21:27:01, from 192.0.2.9`. */
function storyLine(line: ReportLine, head: ReportLine, namesRule: boolean, names: number, behind: string): string {
  const {
    call,
    outcome,
    targets,
    moreTargets,
    details,
    moreDetails,
    records,
    firstTime,
    lastTime,
    sources,
    callers,
    moreCallers,
  } = line;
  const time = firstTime === undefined ? "--:--:--" : clock(firstTime, "UTC").slice(11);
  const isMany = records > 1;
  const until = isMany && lastTime !== undefined ? ` until ${clock(lastTime, "UTC").slice(11)}` : "";
  // The first call of the head line stands above with all its parameters.
  const shownAbove = line === head ? 1 : 0;
  const elsewhere = sources.filter((source) => source !== head.sources[0]);
  return [
    `${time}  ${name(call)}${call.startsWith("insight ") ? "" : ` ${outcome === "success" ? "ok" : outcome.toUpperCase()}`}`,
    targets.length > 0 ? ` on ${namesText(targets, moreTargets, names)}` : "",
    details.length > shownAbove ? ` with ${namesText(details, moreDetails, names)}` : "",
    callers.length > 0 ? ` by ${namesText(callers.map(shortName), moreCallers, names)}` : "",
    behind,
    isMany ? `, ${records} times${until}` : "",
    elsewhere.length > 0 ? `, from ${namesText(elsewhere, 0, 4)}` : "",
    namesRule ? ` (${line.ruleList.map((rule) => rule.name).join(", ")})` : "",
  ].join("");
}

/** `and 141 reads (List, Get, Describe), 6 refused`. */
function readsOf(lines: readonly ReportLine[]): readonly string[] {
  const records = sumOf(lines.map((line) => line.records));
  if (records === 0) return [];
  const refused = sumOf(lines.filter(({ outcome }) => outcome === "denied").map((line) => line.records));
  const verbs = [...new Set(lines.map(({ call }) => /^[A-Z][a-z]+/.exec(call.split(":").pop() ?? "")?.[0] ?? "other"))];
  const targets = lines.flatMap((line) => line.targets);
  const more = sumOf(lines.map((line) => line.moreTargets));
  const about = targets.length === 0 ? "" : ` of ${namesText([...new Set(targets)].map(shortName), more, 10)}`;
  return [
    `          and ${records} read${records === 1 ? "" : "s"} (${namesText(verbs, 0, 6)})${refused > 0 ? `, ${refused} refused` : ""}${about}`,
  ];
}

const CALLS_OF_KEY =
  "aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue={userIdentity.accessKeyId} --region {awsRegion}";

/** What shows all else that the caller's key did. */
function callsOfKey(record: CloudTrailRecord): string | undefined {
  const key = textAt(record, "userIdentity", "accessKeyId") ?? "";
  return /^(?:AKIA|ASIA)[A-Z0-9]{12,}$/.test(key) ? commandsFrom([CALLS_OF_KEY], record).filled[0] : undefined;
}

function moreLogs({ logObjects, moreLogObjects }: Report): string | undefined {
  const more = logObjects.length - 1 + moreLogObjects;
  return more > 0 ? `and ${more} more, which the JSON names` : undefined;
}

/**
 * Where the log file is. What CloudTrail lays out itself is printed as it is, to be copied; a prefix in front of it is
 * treated like text of a record.
 */
function placeOfLog(logObject: LogObject): string {
  const place = placeOf(logObject);
  const [tail = ""] = /AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/[\w/-]+\.json(?:\.gz)?$/.exec(place) ?? [];
  const front = place.slice(0, place.length - tail.length);
  const isPlain = /^s3:\/\/[a-z0-9.-]+\/(?:[\w!*'()/-]*\/)?$/.test(front) && tail !== "";
  return isPlain ? place : inert(front, 1100).replace("s3[:]//", "s3://") + tail;
}

/** A labelled row; further values stand below the first. Without values there is no row. */
function row(label: string, ...values: readonly (string | undefined)[]): readonly string[] {
  return values
    .filter((text) => text !== undefined && text !== "")
    .map((text, i) => `${(i === 0 ? label : "").padEnd(LABEL)}${text}`);
}
