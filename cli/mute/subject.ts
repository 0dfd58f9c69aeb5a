import { closest, distance } from "fastest-levenshtein";
import { isForRoundUp } from "../../lambda/core/incident/rule-book.ts";
import { isNeverMuted, type Muted } from "../../lambda/core/mute/mute.ts";
import { isActorForm } from "../../lambda/core/record/actor-form.ts";
import { NOTICES } from "../../lambda/core/rules/notices.ts";
import type { Rule } from "../../lambda/core/rules/rule.ts";
import { TRAITS } from "../../lambda/core/rules/severity.ts";
import { isSelfProtection } from "../../lambda/rule-files/rule-files.ts";
import { UsageError } from "../usage.ts";

const INCIDENT = /^#?([0-9a-f]{8}(?:[0-9a-f]{24})?)$/;

/** What somebody wants quiet, as he typed it. */
export interface Wanted {
  readonly subject: string;
  readonly actor: string | undefined;
  readonly account: string | undefined;
}

/**
 * What to mute.
 * @param rules those of the checkout; undefined if they cannot be read
 * @param isSure true if a rule that is not among them is meant all the same
 * @throws UsageError
 */
export function mutedBy(wanted: Wanted, rules: readonly Rule[] | undefined, isSure: boolean): Muted {
  const { subject, actor, account } = wanted;
  const [, incident] = INCIDENT.exec(subject) ?? [];
  if (incident === undefined) checkRule(subject, rules, isSure);
  if (actor !== undefined) checkActor(actor);
  if (account !== undefined && !/^\d{12}$/.test(account)) throw new UsageError("--account is twelve digits");
  return {
    ...(incident === undefined ? { rule: subject } : { incident }),
    ...(actor !== undefined && { actor }),
    ...(account !== undefined && { account }),
  };
}

function checkRule(name: string, rules: readonly Rule[] | undefined, isSure: boolean): void {
  const rule = [...(rules ?? []), ...Object.values(NOTICES)].find((one) => one.name === name);
  if (rule === undefined) {
    if (isSure || rules === undefined) return;
    const near = closest(
      name,
      rules.map((one) => one.name),
    );
    const hint = near && distance(name, near) <= 4 ? `; did you mean ${near}?` : ".";
    throw new UsageError(`no rule or incident ${JSON.stringify(name)}${hint} If the stack has it: --anyway`);
  }
  if (isNeverMuted(rule) || isSelfProtection(rule)) {
    const why = TRAITS[rule.severity].alwaysRings ? `is ${rule.severity}` : "watches the alerter itself";
    throw new UsageError(`${name} ${why}: that always rings`);
  }
  if (isForRoundUp(rule.severity)) {
    throw new UsageError(`${name} is ${rule.severity}: it rings nobody, and stands in the daily round-up`);
  }
}

/** Who called, as incidents name him, in full: not a session, which has another name each time, and no bare name. */
function checkActor(actor: string): void {
  const [, role] = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(actor) ?? [];
  if (role !== undefined) {
    throw new UsageError(
      `${actor} is a session: give the role's ARN, arn:aws:iam::ACCOUNT:role/${role}, with its path if it has one`,
    );
  }
  if (actor.length > 500 || /[\p{C}]/u.test(actor)) throw new UsageError("--actor is an ARN of at most 500 characters");
  if (isActorForm(actor)) return;
  const where = "copy it from the row Quiet of the mail";
  if (/[*?]/.test(actor))
    throw new UsageError(`--actor takes no wildcards: ${where}, or leave it out to mean everybody`);
  const [, kind = "user", name] = /^(?:(user|role)\/)?([\w+=,.@/-]+)$/.exec(actor) ?? [];
  const meant = name === undefined ? "" : `, for instance arn:aws:iam::ACCOUNT:${kind}/${name}`;
  throw new UsageError(
    `--actor ${JSON.stringify(actor)} would quiet nobody: it is the caller in full${meant}; ${where}`,
  );
}
