import type { Incident } from "../alert/report.ts";
import { type LogObject, logPathOf, s3Uri } from "../envelope/log-object.ts";
import { shortTarget } from "../record/facts.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { viewOf } from "../record/view.ts";
import { scalarsAt } from "../rules/field-path.ts";
import { hasOwnIncidents, type Rule } from "../rules/rule.ts";
import type { Severity } from "../rules/severity.ts";
import { hashOf, longHashOf, seenKeyOf } from "../store/seen.ts";
import { isForRoundUp } from "./rule-book.ts";
import type { WindowId } from "./window-entry.ts";

/** The actor of the incident that callers share once there are too many of them. */
export const MANY_ACTORS = "many actors";

/** A record, where it was read, and whose it is. */
export interface Own {
  readonly record: CloudTrailRecord;
  readonly logObject: LogObject;
  readonly accountId: string;
  readonly actor: string;
}

/** More than an ARN in IAM takes with the longest path, for what is cut off tells nobody apart. */
const MAX_ACTOR = 1_000;

export function ownOf(record: CloudTrailRecord, logObject: LogObject): Own {
  const { account = logPathOf(logObject.key)?.account ?? "unknown account", actor } = viewOf(record);
  return { record, logObject, accountId: account.slice(0, 100), actor: actor.slice(0, MAX_ACTOR) };
}

/**
 * The rule and account whose incidents are limited together. Whoever may write below another account's path can name any accounts
 * and meet all rules, so there it is all of that path, or all that is unverified.
 */
export function familyOf({ accountId, isUnverified, below }: Incident, rule: string): readonly [string, string] {
  if (isUnverified) return ["any rule", "unverified"];
  return below === undefined ? [rule, accountId] : ["any rule", `below ${below}`];
}

/** The incident that those of a family share which are too many. */
export function sharedIncident(incident: Incident, rule: string): Incident {
  const { isUnverified, below } = incident;
  const key = longHashOf(["shared", ...familyOf(incident, rule)]);
  const { rule: _, ...rest } = incident;
  const isAcross = below !== undefined && !isUnverified;
  return { ...rest, key, actor: MANY_ACTORS, isShared: true, ...(isAcross && { isAcross }) };
}

/** What one caller does in the account of an incident. */
export function incidentOfCaller({ accountId, kind }: Pick<Incident, "accountId" | "kind">, actor: string): Incident {
  return { key: longHashOf(["actor", accountId, actor, kind]), kind, accountId, actor };
}

/** Low and info are told together with worse matches of the same record; alone they wait for the daily round-up. */
export function byIncident(met: readonly Rule[], own: Own) {
  const incidents = new Map<string, { readonly incident: Incident; readonly of: Rule[] }>();
  const add = (incident: Incident, rule: Rule) => {
    const known = incidents.get(incident.key);
    if (known === undefined) incidents.set(incident.key, { incident, of: [rule] });
    else known.of.push(rule);
  };
  const worse = met.filter(({ severity }) => !isForRoundUp(severity));
  for (const rule of worse) add(incidentFor(rule, own, "mail"), rule);
  const mails = [...incidents.values()].map(({ incident }) => incident);
  const mail = mails.find(({ rule }) => rule === undefined) ?? mails[0];
  for (const rule of met.filter(({ severity }) => isForRoundUp(severity))) {
    add(mail ?? incidentFor(rule, own, "daily"), rule);
  }
  return [...incidents.values()];
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
export function callerIn(incident: Incident, rule: Rule | undefined, { actor }: Own): string | undefined {
  const { by = ["actor"] } = rule?.group ?? {};
  return incident.rule === undefined || by.includes("actor") ? undefined : shortTarget(actor);
}

/** What a rule's incident and its remembered matches are keyed by, whatever severity the rule has by then. */
export function basisOf(rule: Rule, own: Own): readonly string[] {
  // Whoever can put files into the bucket must not add to other people's alerts.
  if (!isVerified(own)) return ["unverified", s3Uri(own.logObject)];
  const group = groupOf(rule, own);
  const basis = group === undefined ? ["actor", own.accountId, own.actor] : ["rule", JSON.stringify(group)];
  // Nor must whoever may write below another account's path of an organization.
  const below = otherPathOf(own);
  return below === undefined ? basis : [...basis, "below", below];
}

function incidentFor(rule: Rule, own: Own, kind: Incident["kind"]): Incident {
  const basis = basisOf(rule, own);
  const { accountId, actor } = own;
  const below = otherPathOf(own);
  return {
    key: longHashOf([...basis, kind]),
    kind,
    accountId,
    actor,
    ...(below !== undefined && { below }),
    ...(basis[0] === "unverified" && { isUnverified: true }),
    ...(basis[0] === "rule" && { rule: rule.name, ...(rule.group?.acrossAccounts && { isAcross: true }) }),
  };
}

export function windowFor(rule: Rule, own: Own): WindowId {
  // To IAM "Helper" is "helper" (API Reference, CreateUser): steps are about one user, however each writes its name.
  const target = rule.steps?.same === "target" ? [targetText(own.record).toLowerCase()] : [];
  const key = longHashOf(["window", rule.name, ...basisOf(rule, own), ...target]);
  const [incident, { key: daily }] = [incidentFor(rule, own, "mail"), incidentFor(rule, own, "daily")];
  return { key, rule: rule.name, incident, daily };
}

/** The incident that tells what passed a window, by the worst severity of that: a refused try may be milder than its rule. */
export function tellerOf({ incident, daily }: WindowId, severity: Severity): Incident {
  return isForRoundUp(severity) ? { ...incident, key: daily, kind: "daily" } : incident;
}

/**
 * True unless the object's path and its record name different accounts. Organization trails keep cross-account calls
 * below either account, so there the caller's account and those of the resources count too.
 */
export function isVerified({ record, logObject: { key } }: Own): boolean {
  const path = logPathOf(key);
  // What CloudTrail writes has an account in its path; a file on somebody's disk may lie anywhere.
  if (path === undefined) return !key.split("/").includes("AWSLogs");
  const account = viewOf(record).account;
  if (account === undefined || account === path.account) return true;
  return path.organization !== undefined && viewOf(record).accounts.includes(path.account);
}

/** What a call was about; calls about nothing in particular have that in common. */
export function targetText(record: CloudTrailRecord): string {
  return viewOf(record).facts.target ?? "";
}

/** Where a mail notes, by caller and hour, that it told a record, so that the daily round-up leaves it out. */
export function toldKeyOf(
  { accountId, actor, below }: Pick<Incident, "accountId" | "actor" | "below">,
  time: number | undefined,
): string {
  const of = ["told", accountId, actor, time === undefined ? "none" : Math.floor(time / 3_600_000)];
  return `seen2#${hashOf([...of, ...(below === undefined ? [] : [below])])}`;
}

/**
 * The item that remembers what an account's log has of a match: an account may write anything below its own path, and that can
 * only duplicate what lies there of the same account. What another account's log has of a call may be told to other people, among
 * a thousand others, or be muted.
 */
export function seenKeyIn(key: string, rule: string, own: Own): string {
  const { record, accountId } = own;
  if (!isVerified(own)) return seenKeyOf(key, rule, record);
  return seenKeyOf([key, accountId].join(" "), rule, record);
}

/** The account below whose path a record lies, if that is not its own. */
export function otherPathOf({ logObject, accountId }: Own): string | undefined {
  const path = logPathOf(logObject.key)?.account;
  return path === accountId ? undefined : path;
}
