import { type LogObject, placeOf } from "../envelope/log-object.ts";
import { MANY_ACTORS, type MatchGroup } from "../ledger/group.ts";
import type { ListedMatch } from "../ledger/tally.ts";
import { insightOf, isInsight } from "../record/insight.ts";
import { type CloudTrailRecord, eventTimeOf, isObject, textAt, valueAt } from "../record/record.ts";
import { isNotice } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import { consoleLink } from "./console-link.ts";
import {
  clock,
  describeAccount,
  describeCall,
  describeCaller,
  describeIdentity,
  describeOrigin,
  describeOutcome,
  describeSpan,
  describeTime,
  type Naming,
} from "./describe.ts";
import { headOf, isWatched, markOf, titleOf } from "./headline.ts";
import { distinctText } from "./part.ts";
import { inert, name, quoted, value, visible } from "./text.ts";

const MAX_PARAMETERS = 6;
const MAX_RESULTS = 3;
const LABEL = 9;

/**
 * The email's text: what happened, who, from where, where, with which parameters, why it matters and what to do; then the
 * other matches, one line each. Every value of a record goes through text.ts.
 */
export function renderEmail(group: MatchGroup, naming: Naming, now: number): string {
  const { rule } = group;
  const { record, logObject } = headOf(group);
  const blocks = [
    [...(isWatched(group) ? [] : [`${markOf(group)}${titleOf(group)}`]), headline(group, naming, now)],
    [
      ...(isNotice(rule) || isInsight(record)
        ? []
        : [...row("Who", whoOf(group)), ...row("From", describeOrigin(record))]),
      ...row("Where", whereOf(group, naming)),
      ...row("Rate", ...group.listed.map((listed) => rateOf(listed.record)).slice(0, 4)),
      ...row("What", ...fieldsOf(record, "requestParameters", MAX_PARAMETERS)),
      ...row("Result", ...fieldsOf(record, "responseElements", MAX_RESULTS)),
      ...row("Error", errorOf(record)),
      ...distinctRows(group),
    ],
    othersOf(group),
    [
      ...row("Why", whyOf(group)),
      ...row("Do", rule.do, group.isUnverified ? undefined : rule.runbook),
      ...creditsOf(rule),
    ],
    [
      ...(isNotice(rule)
        ? []
        : row("Event", (group.isUnverified ? undefined : consoleLink(record)) ?? eventIdOf(record))),
      ...row("Log", placeOfLog(logObject)),
      ...row("Rule", `${rule.name}, ${rule.place}; ${idOf(group)}`),
    ],
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${text.join("\n\n")}\n`;
}

function headline(group: MatchGroup, naming: Naming, now: number): string {
  const { record } = headOf(group);
  if (isNotice(group.rule)) return inert(group.rule.description ?? "", 300);
  const time = eventTimeOf(record);
  const call = `${describeCall(record)} ${describeOutcome(group.outcome)}`;
  if (time === undefined) return `${call}, at an unknown time`;
  const ago = now >= time ? ` (${describeSpan(now - time)} before this mail)` : "";
  const until =
    group.total > 1 && group.lastTime !== undefined
      ? `; ${isOneCall(group) ? `${group.total} times` : `${group.total} calls`} until ${clock(group.lastTime, "UTC").slice(11)} UTC`
      : "";
  return `${call}, ${describeTime(time, naming)}${ago}${until}`;
}

/** True where all that is listed is the same call. */
function isOneCall({ listed }: MatchGroup): boolean {
  return new Set(listed.map(({ record }) => describeCall(record))).size <= 1;
}

/** What many matches have had between them; the lines of a few show it themselves. */
function distinctRows({ targets, addresses, total, listed, follows }: MatchGroup): readonly string[] {
  if (total === listed.length && follows === undefined) return [];
  return [
    ...row("Targets", targets.length > 1 ? distinctText(targets, 10) : undefined),
    ...row("Sources", addresses.length > 1 ? distinctText(addresses, 10) : undefined),
  ];
}

function idOf({ alertId, total, nextUpdate }: MatchGroup): string {
  const matches = total > 1 ? `, ${total} matches` : "";
  const next =
    nextUpdate === undefined ? "" : `; next update ${clock(nextUpdate, "UTC").slice(11, 16)} UTC if more comes`;
  return `alert ${alertId.slice(0, 8)}${matches}${next}`;
}

function whyOf({ rule }: MatchGroup): string | undefined {
  return rule.why ?? rule.description ?? (rule.name.includes(":") ? `${rule.name} is on the watch list.` : undefined);
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

function whoOf(group: MatchGroup): string {
  const caller = describeCaller(headOf(group).record);
  return group.actor === MANY_ACTORS ? `many callers; the first is ${caller}` : caller;
}

function whereOf({ accountId, accounts, regions }: MatchGroup, naming: Naming): string {
  const others = accounts.filter((account) => account !== accountId);
  const also =
    others.length === 0
      ? []
      : [
          `also account ${others
            .slice(0, 5)
            .map((account) => describeAccount(account, naming))
            .join(", ")}`,
        ];
  const shown = regions.slice(0, 5).map((region) => name(region));
  const more = regions.length > 5 ? [`and ${regions.length - 5} more regions`] : [];
  return [describeAccount(accountId, naming), ...shown, ...more, ...also].join(", ");
}

function fieldsOf(
  record: CloudTrailRecord,
  part: "requestParameters" | "responseElements",
  limit: number,
): readonly string[] {
  const fields = valueAt(record, part);
  if (!isObject(fields)) return [];
  const lines = Object.entries(fields).map(([key, inner]) => `${name(key, 60)}: ${value(inner)}`);
  const rest = lines.length - limit;
  return rest > 0 ? [...lines.slice(0, limit), `and ${rest} more`] : lines;
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

function othersOf(group: MatchGroup): readonly string[] {
  const { listed, total } = group;
  const head = shownOf(headOf(group));
  const others = listed.slice(1).map((match) => differences(match, head));
  if (others.length === 0) return [];
  const rest = total - listed.length;
  return ["Also", ...others, ...(rest > 0 ? [`and ${rest} more`] : [])];
}

/** What a line of a further match may say, beside its time. */
function shownOf({ record }: ListedMatch): readonly string[] {
  return [
    describeCall(record),
    describeIdentity(record),
    name(textAt(record, "sourceIPAddress") ?? "unknown address"),
    name(textAt(record, "awsRegion") ?? "unknown region"),
    ...fieldsOf(record, "requestParameters", MAX_PARAMETERS),
  ];
}

/** A further match in one line: its time, and what is not as in the first. */
function differences(match: ListedMatch, head: readonly string[]): string {
  const time = eventTimeOf(match.record);
  const shown = time === undefined ? "unknown time" : `${clock(time, "UTC")} UTC`;
  const others = shownOf(match).filter((text) => !head.includes(text));
  return [shown, ...(others.length > 0 ? others.slice(0, 4) : ["the same"])].join("  ");
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
