import { isSessionOfRole, ROOT_USER } from "../record/identity.ts";
import { isInsight } from "../record/insight.ts";
import { type CloudTrailRecord, isObject, valueAt } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { isNotice } from "../rules/notices.ts";
import type { Rule } from "../rules/rule.ts";
import type { Severity } from "../rules/severity.ts";
import { shortCaller } from "./opened.ts";
import type { Report, ReportLine } from "./report.ts";
import type { KeptRecord } from "./story/story.ts";
import { inert, name } from "./text.ts";

/** The head line of a report: the worst news. */
export function headLine({ lines: [first] }: Report): ReportLine {
  if (first === undefined) throw new TypeError("a report without lines");
  return first;
}

/**
 * The lines that are told one by one, and those that are folded: reads beside a change of the same rules and outcome, for
 * refused reads say nothing of those that succeeded. The head line is never folded.
 */
export function foldedLines(report: Report): {
  readonly shown: readonly ReportLine[];
  readonly folded: readonly ReportLine[];
} {
  const { lines } = report;
  const head = headLine(report);
  const named = new Set(
    lines.flatMap((line) => (line.isRead ? [] : line.rules.map((rule) => `${rule} ${line.outcome}`))),
  );
  const isFolded = (line: ReportLine) =>
    line.isRead && line !== head && line.rules.every((rule) => named.has(`${rule} ${line.outcome}`));
  return { shown: lines.filter((line) => !isFolded(line)), folded: lines.filter(isFolded) };
}

/** The worst rule of a report. */
export function headRule(report: Report): Rule {
  const [rule] = headLine(report).ruleList;
  return rule ?? { name: "unknown", place: "a rule that is no longer there", severity: headLine(report).severity };
}

export function severityOf(report: Report): Severity {
  return headLine(report).severity;
}

/** The record that stands for the report: one of its head line, or what is known of it where none was kept. */
export function headRecord(report: Report): KeptRecord {
  const { key, sources, regions, firstTime } = headLine(report);
  const kept = report.kept.find(({ line }) => line === key);
  if (kept !== undefined) return kept;
  const userIdentity = userOf(report);
  const record = {
    ...(userIdentity !== undefined && { userIdentity }),
    recipientAccountId: report.incident.accountId,
    ...(firstTime !== undefined && { eventTime: new Date(firstTime).toISOString() }),
    awsRegion: regions[0],
    sourceIPAddress: sources[0],
  };
  return { line: key, record, logObject: { bucket: "unknown", key: "unknown" } };
}

/** Who made the worst calls, by a record of others that the same caller made, without what only that call had: its key, its session. */
function userOf(report: Report): CloudTrailRecord["userIdentity"] {
  const { incident, lines, kept } = report;
  const head = headLine(report);
  if (incident.isUnverified || head.callers.length + head.moreCallers > 1) return undefined;
  const own = lines.filter(({ callers, moreCallers }) => moreCallers === 0 && `${callers}` === `${head.callers}`);
  const record = kept.find(({ line }) => own.some(({ key }) => key === line))?.record;
  if (record === undefined || !isObject(record.userIdentity)) return undefined;
  const { type, accountId, userName, arn, principalId } = record.userIdentity;
  const sessionIssuer = valueAt(record.userIdentity, "sessionContext", "sessionIssuer");
  return {
    ...{ type, accountId, userName },
    ...(!isSessionOfRole(record) && { arn, principalId }),
    ...(sessionIssuer !== undefined && { sessionContext: { sessionIssuer } }),
  };
}

/** Words of rule names that have a spelling of their own. */
const SPELLINGS: { readonly [word: string]: string } = {
  acl: "ACL",
  api: "API",
  appsync: "AppSync",
  aws: "AWS",
  center: "Center",
  cloudtrail: "CloudTrail",
  dns: "DNS",
  ec2: "EC2",
  guardduty: "GuardDuty",
  iam: "IAM",
  kms: "KMS",
  lambda: "Lambda",
  mfa: "MFA",
  s3: "S3",
  saml: "SAML",
  sms: "SMS",
  sns: "SNS",
  ssh: "SSH",
  url: "URL",
  vpc: "VPC",
  workspaces: "WorkSpaces",
};

/** What happened, in words: a rule's name as a sentence, or the call where the rule is an entry of a watch list. */
export function titleOf(rule: Rule, call: string): string {
  if (rule.title !== undefined) return inert(rule.title);
  if (isWatched(rule)) return name(call);
  const words = rule.name.split("-").map((word) => SPELLINGS[word] ?? word);
  const sentence = words.join(" ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The last part of an ARN, by which people know it, or the end of one that lost its middle; other names as they are. */
export function shortName(target: string): string {
  if (!/^arn:[a-z-]+:/.test(target)) return target;
  // Of Lambda's functions the type says nothing that the call does not say.
  return (
    target
      .split(":")
      .slice(5)
      .join(":")
      .replace(/^function:/, "") || target.replace(/^.*(\u2026.*) #[\w-]{8,20}$/s, "$1")
  );
}

/** True for a rule that is just an entry of a watch list and is named after it. */
export function isWatched(rule: Rule): boolean {
  return rule.name.includes(":");
}

/** Who called, in a few words. */
export function callerOf(report: Report): string {
  if (!isOfOneCaller(report)) return "many callers";
  const own = shortCaller(report.chains, headRecord(report).record);
  const { callers } = headLine(report);
  const isAlone = report.lines.every(
    (line) => line.moreCallers === 0 && line.callers.every((one) => one === callers[0]),
  );
  return report.incident.isShared && !isAlone ? `${own} and others` : own;
}

/** True if the head record says who made the worst calls: where callers share the incident, these may still be of one. */
function isOfOneCaller(report: Report): boolean {
  const { key, callers, moreCallers } = headLine(report);
  if (!report.incident.isShared) return true;
  return callers.length + moreCallers === 1 && report.kept.some(({ line }) => line === key);
}

/** True where nobody called: a notice, or a rate. */
export function hasNoCaller(report: Report): boolean {
  return isNotice(headRule(report)) || isInsight(headRecord(report).record);
}

/** True when the root user called. */
export function isRoot(report: Report): boolean {
  return isOfOneCaller(report) && viewOf(headRecord(report).record as CloudTrailRecord).identity.kind === ROOT_USER;
}

/** ` ok`, ` DENIED`, behind a call; nothing behind a rate of calls, which has no outcome. */
export function outcomeText({ call, outcome }: Pick<ReportLine, "call" | "outcome">): string {
  return call.startsWith("insight ") ? "" : ` ${outcomeWord(outcome)}`;
}

export function outcomeWord(outcome: ReportLine["outcome"]): string {
  return outcome === "success" ? "ok" : outcome.toUpperCase();
}

/** Marks an attempt that did not succeed, unless the rule watches for nothing else: `DENIED `. */
export function markOf(rule: Rule, { outcome }: Pick<ReportLine, "outcome">): string {
  return outcome === "success" || isAboutErrors(rule) ? "" : `${outcome.toUpperCase()} `;
}

/** True for a rule that watches for nothing but what did not succeed. */
export function isAboutErrors({ outcome = "any", pattern }: Rule): boolean {
  if (outcome !== "any" && outcome !== "attempt") return outcome !== "success";
  const codes = pattern?.errorCode;
  return codes !== undefined && ![codes].flat().some(admitsNone);
}

/** True for a part of a pattern that a record without an error meets too. */
function admitsNone(code: unknown): boolean {
  return code === null || (isObject(code) && code.exists === false);
}

/** What stands before a title, which says what was tried as if it had been done: `Attempt DENIED: `. */
export function titleMark(rule: Rule, line: Pick<ReportLine, "outcome">): string {
  const mark = markOf(rule, line);
  if (mark === "") return "";
  return `${line.outcome === "dry-run" ? "" : "Attempt "}${mark.trimEnd()}: `;
}

/** What stands before a title: the kind of news; and, if it is `ofTitle`, whether that was only tried. */
export function marksOf(report: Report, ofTitle = true): string {
  const { incident, follows } = report;
  const late = isLate(report) || isRecovered(report) ? "LATE " : "";
  const follow = follows === undefined ? "" : report.nowKnown ? "Now known: " : "Follow-up: ";
  return `${incident.isUnverified ? "UNVERIFIED " : ""}${late}${follow}${ofTitle ? titleMark(headRule(report), headLine(report)) : ""}`;
}

/** True when all its records reached the bucket more than a day after they happened. */
export function isLate({ lines }: Report): boolean {
  return lines.every((line) => line.isLate);
}

/** True when all its records were read only because a digest named their log files. */
export function isRecovered({ lines }: Report): boolean {
  return lines.every((line) => line.isRecovered === true);
}

/** When it began and ended, over all lines; undefined when no record has a time. */
export function timesOf({ lines }: Report): { readonly firstTime?: number; readonly lastTime?: number } {
  const first = lines.flatMap(({ firstTime }) => firstTime ?? []);
  const last = lines.flatMap(({ lastTime }) => lastTime ?? []);
  return first.length === 0 ? {} : { firstTime: Math.min(...first), lastTime: Math.max(...last) };
}

/** The names of a list, and how many more there are: a long list shows its first and last. */
export function namesText(names: readonly string[], more: number, shown: number, length = 60): string {
  const isAll = names.length <= shown;
  const half = Math.floor(shown / 2);
  const front = isAll ? names : names.slice(0, half);
  const back = isAll ? [] : names.slice(names.length - half);
  const left = names.length - front.length - back.length + more;
  const shownNames = (list: readonly string[]) => list.map((text) => name(text, length));
  return (
    [...shownNames(front), ...(back.length > 0 ? ["..."] : []), ...shownNames(back)].join(", ") +
    (left > 0 ? `, and ${left} more` : "")
  );
}

/** Distinct values over all lines, in their order. */
export function distinct(report: Report, of: "sources" | "regions" | "targets"): readonly string[] {
  return [...new Set(report.lines.flatMap((line) => line[of]))];
}
