import { type LogObject, logPathOf, placeOf } from "../envelope/log-object.ts";
import type { ListedMatch, MatchGroup } from "../ledger/group.ts";
import { type CloudTrailRecord, eventTimeOf, isObject, textAt, valueAt } from "../record/record.ts";
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
import { headOf, isWatched, titleOf } from "./headline.ts";
import { inert, name, quoted, value } from "./text.ts";

const MAX_PARAMETERS = 6;
const LABEL = 9;

/**
 * The email's text: what happened, who, from where, where, with which parameters, why it matters and what to do; then the
 * other matches, one line each. Every value of a record goes through text.ts.
 */
export function renderEmail(group: MatchGroup, naming: Naming, now: number): string {
  const { rule, total } = group;
  const { record, logObject } = headOf(group);
  const blocks = [
    [...(isWatched(group) ? [] : [titleOf(group)]), headline(group, naming, now)],
    [
      ...row("Who", describeCaller(record)),
      ...row("From", describeOrigin(record)),
      ...row("Where", whereOf(group, naming)),
      ...row("What", ...parametersOf(record)),
      ...row("Error", errorOf(record)),
    ],
    othersOf(group),
    [...row("Why", whyOf(rule)), ...row("Do", rule.do, rule.runbook)],
    [
      ...row("Event", consoleLink(record)),
      ...row("Log", placeOfLog(logObject)),
      ...row("Rule", `${rule.name}, ${rule.place}; alert ${group.alertId}${total > 1 ? `, ${total} matches` : ""}`),
    ],
  ];
  const text = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${text.join("\n\n")}\n`;
}

function headline(group: MatchGroup, naming: Naming, now: number): string {
  const { record } = headOf(group);
  const time = eventTimeOf(record);
  const call = `${describeCall(record)} ${describeOutcome(group.outcome)}`;
  if (time === undefined) return `${call}, at an unknown time`;
  const ago = now >= time ? ` (${describeSpan(now - time)} before this mail)` : "";
  const until =
    group.total > 1 && group.lastTime !== undefined
      ? `; ${group.total} times until ${clock(group.lastTime, "UTC").slice(11)} UTC`
      : "";
  return `${call}, ${describeTime(time, naming)}${ago}${until}`;
}

function whyOf({ why, description, name: ruleName }: Rule): string {
  return why ?? description ?? `${ruleName} is on the watch list.`;
}

function whereOf({ accountId, regions }: MatchGroup, naming: Naming): string {
  const shown = regions.slice(0, 5).map((region) => name(region));
  const more = regions.length > 5 ? [`and ${regions.length - 5} more regions`] : [];
  return [describeAccount(/^\d{12}$/.test(accountId) ? accountId : name(accountId), naming), ...shown, ...more].join(
    ", ",
  );
}

function parametersOf(record: CloudTrailRecord): readonly string[] {
  const parameters = valueAt(record, "requestParameters");
  if (!isObject(parameters)) return [];
  const lines = Object.entries(parameters).map(([key, inner]) => `${name(key, 60)}: ${value(inner)}`);
  const rest = lines.length - MAX_PARAMETERS;
  return rest > 0 ? [...lines.slice(0, MAX_PARAMETERS), `and ${rest} more`] : lines;
}

function errorOf(record: CloudTrailRecord): string | undefined {
  const code = textAt(record, "errorCode");
  const message = textAt(record, "errorMessage");
  return [code && name(code), message && quoted(message)].filter(Boolean).join(": ") || undefined;
}

function othersOf({ listed, total }: MatchGroup): readonly string[] {
  const others = listed.slice(1).map(lineOf);
  if (others.length === 0) return [];
  const rest = total - listed.length;
  return ["Also", ...others, ...(rest > 0 ? [`and ${rest} more`] : [])];
}

function lineOf({ record }: ListedMatch): string {
  const time = eventTimeOf(record);
  return [
    time === undefined ? "unknown time" : `${clock(time, "UTC")} UTC`,
    describeCall(record),
    describeIdentity(record),
    name(textAt(record, "sourceIPAddress") ?? "unknown address"),
    name(textAt(record, "awsRegion") ?? "unknown region"),
    parametersOf(record)[0],
  ]
    .filter(Boolean)
    .join("  ");
}

/** CloudTrail's own key layout is printed as it is, to be copied; any other key is treated like text of a record. */
function placeOfLog(logObject: LogObject): string {
  const place = placeOf(logObject);
  const isUsual = logPathOf(logObject.key) !== undefined && /^[\w/!*'()-]+\.json(?:\.gz)?$/.test(logObject.key);
  return isUsual && /^[\w.-]+$/.test(logObject.bucket) ? place : inert(place, 1100).replace("s3[:]//", "s3://");
}

/** A labelled row; further values stand below the first. Without values there is no row. */
function row(label: string, ...values: readonly (string | undefined)[]): readonly string[] {
  return values
    .filter((text) => text !== undefined && text !== "")
    .map((text, i) => `${(i === 0 ? label : "").padEnd(LABEL)}${text}`);
}
