import type { Alert } from "../alert/alert.ts";
import { clock, describeTime, type Naming } from "../alert/describe.ts";
import { row } from "../alert/labelled.ts";
import { quantity } from "../alert/quantity.ts";
import { ascii, inert, name } from "../alert/text.ts";
import { hashOf } from "../store/seen.ts";
import type { Mute } from "./mute.ts";
import type { Entry } from "./swallowed.ts";

/** The shape of an announcement for machines; docs/alert-json.md describes it. */
const SCHEMA = "trailbell.mute/1";

/** The rule that an announcement's alert names. */
export const MUTE_RULES = { began: "mute-began", ended: "mute-ended" } as const;

const HOUR = 3_600_000;

/** SNS takes subjects of under 100 ASCII characters (SNS API Reference, "Publish"). */
const LIMIT = 99;

/** Tells people that a mute began. `now` is milliseconds since the epoch. */
export function announceBegin(mute: Mute, naming: Naming): Alert {
  const { id, until, at, reason } = mute;
  const end = clock(until, "UTC");
  return alertOf(mute, "began", subjectOf("[MUTED] ", mute, ` until ${end.slice(0, 16)} UTC`), [
    `Muted until ${describeTime(until, naming)}${spanOf(until - at)}`,
    "",
    ...subjectRows(mute),
    ...row("Reason", inert(reason, 300)),
    "",
    "Such matches make no mail until then; they are counted, and not sent afterwards.",
    "What is critical rings all the same, and so does what watches the alerter itself.",
    "",
    ...row("End it", `npm run mute -- --end ${id}`),
  ]);
}

/** Tells people that a mute ended, and what it swallowed. */
export function announceEnd(mute: Mute, naming: Naming, entries: readonly Entry[]): Alert {
  const total = entries.reduce((sum, { week, before }) => sum + week + before, 0);
  const count = total === 0 ? "nothing was muted" : `${quantity(total, "match", "es")} muted`;
  const networks = [...new Set(entries.flatMap((entry) => Object.keys(entry.networks)))];
  const rules = entries.toSorted((a, b) => b.week + b.before - a.week - a.before);
  const more = entries.some(({ isCut }) => isCut) ? " and others" : "";
  return alertOf(
    mute,
    "ended",
    subjectOf("[MUTE ENDED] ", mute, `: ${count}`),
    [
      `Muted from ${describeTime(mute.at, naming)} to ${describeTime(mute.until, naming)}`,
      "",
      ...subjectRows(mute),
      ...row("Reason", inert(mute.reason, 300)),
      ...row("Ended", mute.endedBy === undefined ? "by itself" : `by ${name(mute.endedBy, 300)}`),
      "",
      ...row(
        "Count",
        ...(total === 0
          ? ["nothing"]
          : rules.map(({ rule, week, before }) => `${quantity(week + before, "match", "es")} of ${name(rule)}`)),
      ),
      ...row("From", networks.length === 0 ? undefined : networks.map((one) => name(one, 60)).join(", ") + more),
      "",
      "From now on this rings again, and nothing of it counts as told.",
    ],
    { matches: Object.fromEntries(rules.map(({ rule, week, before }) => [rule, week + before])), networks },
  );
}

/** `access-key-created by arn:...`: what is quiet. */
function aboutOf({ of }: Mute): string {
  const what = of.rule === undefined ? `incident ${of.incident}` : name(of.rule, 64);
  const who = of.actor === undefined ? "" : ` by ${name(shortActor(of.actor), 40)}`;
  return `${what}${who}${of.account === undefined ? "" : ` in ${name(of.account, 20)}`}`;
}

/** Long names lose their ends; what happened is always said. */
function subjectOf(start: string, mute: Mute, end: string): string {
  const about = ascii(aboutOf(mute));
  const room = LIMIT - start.length - end.length;
  return start + (about.length <= room ? about : `${about.slice(0, room - 2)}..`) + end;
}

function shortActor(actor: string): string {
  return actor.split("/").pop() || actor;
}

function subjectRows({ of, by }: Mute): readonly string[] {
  return [
    ...row("What", of.rule && name(of.rule)),
    ...row("Incident", of.incident),
    ...row("Who", of.actor && name(of.actor, 300)),
    ...row("Where", of.account && name(of.account)),
    ...row("By", `${name(by, 300)} (so says the command; CloudTrail shows who assumed its role)`),
  ];
}

function spanOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return milliseconds >= HOUR && minutes % 60 === 0 ? ` (${minutes / 60} h)` : ` (${minutes} min)`;
}

function alertOf(
  mute: Mute,
  tells: keyof typeof MUTE_RULES,
  subject: string,
  lines: readonly string[],
  more: object = {},
): Alert {
  const fullId = hashOf([tells, mute.id, mute.at, mute.until]);
  const id = fullId.slice(0, 8);
  const severity = "medium";
  const rule = MUTE_RULES[tells];
  const { of, at, until, reason, by, endedBy } = mute;
  const json = {
    schema: SCHEMA,
    id,
    tells,
    mute: mute.id,
    rule: of.rule ?? null,
    incident: of.incident ?? null,
    actor: of.actor ?? null,
    accountId: of.account ?? null,
    at: new Date(at).toISOString(),
    until: new Date(until).toISOString(),
    reason,
    by,
    endedBy: endedBy ?? null,
    ...more,
  };
  const part = {
    id,
    fullId,
    severity,
    rule,
    rules: {},
    subject,
    detail: inert(reason, 200),
    accountId: of.account ?? "",
    actor: of.actor ?? "",
    outcome: "success",
    matches: 0,
    isTexted: false,
  } as const;
  return {
    id,
    fullId,
    kind: "alert",
    severity,
    rule,
    matches: 0,
    listed: 0,
    subject,
    email: `${[...lines, "", ...row("Rule", `${rule}; alert ${id}; mute ${mute.id}`)].join("\n")}\n`,
    json: JSON.stringify(json),
    parts: [part],
  };
}
