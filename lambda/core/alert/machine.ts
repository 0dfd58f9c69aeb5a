import { s3Uri } from "../envelope/log-object.ts";
import type { Rule } from "../rules/rule.ts";
import { describeIdentity, identityText, type Naming } from "./describe.ts";
import { firstsIn } from "./first-text.ts";
import { distinct, headLine, headRecord, severityOf, timesOf } from "./headline.ts";
import { chainOfRecord } from "./opened.ts";
import type { AlertPart } from "./part.ts";
import { queriesOf } from "./queries.ts";
import type { Report } from "./report.ts";
import { commandsOf } from "./response/typed.ts";
import { matchesIn, sumOf } from "./story/story.ts";
import { apartIn } from "./story/told.ts";

/** SNS counts all protocols' bodies of one message together (SNS Developer Guide, "Message size"). */
export const MAX_MESSAGE_BYTES = 262_144;

/** Subject, the request's own overhead, and what the mail may say of a late delivery or of a text that did not come. */
const RESERVED_BYTES = 3_000;

/** How much of it commands may take, over all rules: names of a record may be long. */
const COMMANDS_BYTES = 20_000;

export const SCHEMA = "trailbell.alert/2";

/** A message of MessageStructure "json": a body for email, and the JSON for all other protocols. */
export function snsMessage(json: string, email: string): string {
  return JSON.stringify({ default: json, email });
}

interface Marks {
  readonly late: boolean;
  readonly recovered: boolean;
  readonly mayRepeat: boolean;
  readonly others: readonly AlertPart[];
}

/**
 * The alert for machines, version 2, as JSON (docs/alert-json.md), with as many records and lines as fit one SNS message
 * beside the email. Fields are added within a version, never changed or removed.
 */
export function fitMachineAlert(report: Report, naming: Naming, email: string, marks: Marks): string {
  const fits = (json: string) => Buffer.byteLength(snsMessage(json, email)) <= MAX_MESSAGE_BYTES - RESERVED_BYTES;
  for (let records = report.kept.length; ; records--) {
    const json = JSON.stringify(machineAlert(report, naming, marks, records, report.lines.length));
    if (fits(json)) return json;
    if (records === 0) break;
  }
  for (let lines = report.lines.length - 1; ; lines = Math.floor(lines / 2)) {
    const json = JSON.stringify(machineAlert(report, naming, marks, 0, lines));
    if (fits(json)) return json;
    if (lines <= 1) break;
  }
  // What no item and no topic takes would be told to nobody.
  for (let rules = MAX_RULES - 1; ; rules--) {
    const json = JSON.stringify(machineAlert(report, naming, marks, 0, 1, rules));
    if (rules <= 1 || fits(json)) return json;
  }
}

/** How many rules it describes; the lines name them all. */
const MAX_RULES = 40;

function machineAlert(
  report: Report,
  naming: Naming,
  { late, recovered, mayRepeat, others }: Marks,
  records: number,
  lines: number,
  rules = MAX_RULES,
) {
  const { incident, alertId, follows, accounts } = report;
  const head = headLine(report);
  const matches = matchesIn(report);
  const { firstTime, lastTime } = timesOf(report);
  const { accountId } = incident;
  const known = new Map<string, Rule>();
  for (const rule of report.lines.flatMap(({ ruleList }) => ruleList))
    if (!known.has(rule.name)) known.set(rule.name, rule);
  let room = COMMANDS_BYTES;
  const fitting = (command: string) => {
    room -= Buffer.byteLength(command);
    return room >= 0;
  };
  return {
    schema: SCHEMA,
    kind: follows === undefined ? "alert" : "follow-up",
    id: alertId.slice(0, 8),
    incident: incident.key,
    follows: follows?.id ?? null,
    late,
    recovered,
    unverified: incident.isUnverified ?? false,
    mayRepeat,
    news: report.lines.some(({ isNews }) => isNews),
    severity: severityOf(report),
    rules: [...known.values()].slice(0, rules).map((rule) => ({
      ...ruleOf(rule, commandsOf(report, rule)?.filled.filter(fitting)),
      matches: matches.get(rule.name) ?? 0,
    })),
    call: head.call,
    outcome: head.outcome,
    accountId: accountId.slice(0, 500),
    accountName: Object.hasOwn(naming.accounts, accountId) ? (naming.accounts[accountId] ?? null) : null,
    actor: incident.actor.slice(0, 2000),
    identity: describeIdentity(headRecord(report).record),
    openedBy: openedBy(report),
    usual: usualOf(report),
    firstSeen: firstsIn(report).map(({ rule, of, value, by, days, last }) => ({
      rule,
      of,
      value,
      by,
      days,
      last: isoTime(last),
    })),
    regions: [...distinct(report, "regions")].sort(),
    accounts,
    sourceAddresses: distinct(report, "sources"),
    firstEventTime: isoTime(firstTime),
    lastEventTime: isoTime(lastTime),
    matches: sumOf(matches.values()),
    queries: queriesOf(report, naming.recordsTable),
    lines: report.lines.slice(0, lines).map((line) => ({
      rules: line.rules,
      severity: line.severity,
      news: line.isNews,
      call: line.call,
      outcome: line.outcome,
      accountId: apartIn(line.key) ?? null,
      records: line.records,
      targets: line.targets,
      moreTargets: line.moreTargets,
      details: line.details,
      moreDetails: line.moreDetails,
      callers: line.callers,
      moreCallers: line.moreCallers,
      firstEventTime: isoTime(line.firstTime),
      lastEventTime: isoTime(line.lastTime),
    })),
    records: report.kept.slice(0, records).map(({ line, record, logObject }) => ({
      source: s3Uri(logObject),
      rules: report.lines.find(({ key }) => key === line)?.rules ?? [],
      record,
    })),
    logObjects: report.logObjects,
    moreLogObjects: report.moreLogObjects,
    others: others.map(({ id, severity, rules, subject, accountId: account, actor }) => ({
      id,
      severity,
      rules,
      subject,
      accountId: account,
      actor,
    })),
  };
}

/** Who opened the session of the first record, nearest first; several where CloudTrail does not tell which. */
function openedBy(report: Report) {
  const { steps = [] } = chainOfRecord(report.chains, headRecord(report).record) ?? {};
  return steps.map((step) =>
    step.map(({ identity, actor, call, time, source, mfa, role, vouchedBy }) => ({
      identity: identityText(identity),
      actor,
      call,
      eventTime: isoTime(time),
      sourceAddress: source ?? null,
      mfa: mfa ?? null,
      role: role ?? null,
      accordingTo: vouchedBy,
    })),
  );
}

function usualOf({ usual }: Report) {
  if (usual === undefined) return null;
  const { days, incidents, last, networks } = usual;
  return { days, incidents, lastAlert: last?.id ?? null, newNetworks: networks };
}

function ruleOf(rule: Rule, commands: readonly string[] | undefined) {
  return {
    name: rule.name,
    severity: rule.severity,
    place: rule.place,
    description: rule.description,
    why: rule.why,
    do: rule.do,
    runbook: rule.runbook,
    commands,
    title: rule.title,
    author: rule.author,
    references: rule.references,
    falsePositives: rule.falsePositives,
  };
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
