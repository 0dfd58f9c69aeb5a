import { placeOf } from "../envelope/log-object.ts";
import type { MatchGroup } from "../ledger/group.ts";
import { callOf } from "../record/call.ts";
import { describeIdentity, type Naming } from "./describe.ts";
import { headOf } from "./headline.ts";

/** SNS counts all protocols' bodies of one message together (SNS Developer Guide, "Message size"). */
export const MAX_MESSAGE_BYTES = 262_144;

/** Subject and the request's own overhead. */
const RESERVED_BYTES = 2_000;

/** The alert for machines, version 1. Fields are added within a version, never changed or removed. */
export interface MachineAlert {
  readonly schema: "trailbell.alert/1";
  readonly kind: "alert" | "follow-up";
  readonly id: string;
  /** The id of the alert that this one follows up. */
  readonly follows: string | null;
  /** True for records that reached the bucket more than a day after they happened. */
  readonly late: boolean;
  /** True where the log objects stand below an account that their records do not name. */
  readonly unverified: boolean;
  /** True when the ledger could not be reached: the same may have been sent before, or be sent again. */
  readonly mayRepeat: boolean;
  readonly severity: string;
  readonly rule: {
    readonly name: string;
    readonly place: string;
    readonly description?: string | undefined;
    readonly why?: string | undefined;
    readonly do?: string | undefined;
    readonly runbook?: string | undefined;
    readonly title?: string | undefined;
    readonly author?: string | undefined;
    readonly references?: readonly string[] | undefined;
    readonly falsePositives?: readonly string[] | undefined;
  };
  /** `service:EventName`, the event name as the record has it. */
  readonly call: string;
  readonly outcome: string;
  readonly accountId: string;
  readonly accountName: string | null;
  /** The stable key of who called. */
  readonly actor: string;
  /** The same for people. */
  readonly identity: string;
  readonly regions: readonly string[];
  /** All accounts that the records name. */
  readonly accounts: readonly string[];
  readonly sourceAddresses: readonly string[];
  /** What the calls were about: the first parameter or resource of each. */
  readonly targets: readonly string[];
  /** ISO 8601, UTC; null when no record has a time. */
  readonly firstEventTime: string | null;
  readonly lastEventTime: string | null;
  /** All matches of the alert; those beyond `records` are counted only. */
  readonly matches: number;
  readonly records: readonly { readonly source: string; readonly record: unknown }[];
}

type Marks = Pick<MachineAlert, "late" | "unverified" | "mayRepeat">;

/** The envelope of MessageStructure "json": a body for email, and the JSON for all other protocols. */
export function messageEnvelope(json: string, email: string): string {
  return JSON.stringify({ default: json, email });
}

/** The machine alert as JSON, with as many of the listed records as fit one SNS message beside the email. */
export function fitMachineAlert(group: MatchGroup, naming: Naming, email: string, marks: Marks): string {
  for (let count = group.listed.length; ; count--) {
    const json = JSON.stringify(machineAlert(group, naming, count, marks));
    const bytes = Buffer.byteLength(messageEnvelope(json, email));
    if (bytes <= MAX_MESSAGE_BYTES - RESERVED_BYTES || count === 0) return json;
  }
}

function machineAlert(group: MatchGroup, naming: Naming, count: number, marks: Marks): MachineAlert {
  const { rule, accountId } = group;
  const { record } = headOf(group);
  return {
    schema: "trailbell.alert/1",
    kind: group.follows === undefined ? "alert" : "follow-up",
    id: group.alertId.slice(0, 8),
    follows: group.follows?.id ?? null,
    ...marks,
    severity: rule.severity,
    rule: {
      name: rule.name,
      place: rule.place,
      description: rule.description,
      why: rule.why,
      do: rule.do,
      runbook: rule.runbook,
      title: rule.title,
      author: rule.author,
      references: rule.references,
      falsePositives: rule.falsePositives,
    },
    call: callOf(record).slice(0, 500),
    outcome: group.outcome,
    accountId: accountId.slice(0, 500),
    accountName: Object.hasOwn(naming.accounts, accountId) ? (naming.accounts[accountId] ?? null) : null,
    actor: group.actor.slice(0, 2000),
    identity: describeIdentity(record),
    regions: [...group.regions].sort(),
    accounts: group.accounts,
    sourceAddresses: group.addresses,
    targets: group.targets,
    firstEventTime: isoTime(group.firstTime),
    lastEventTime: isoTime(group.lastTime),
    matches: group.total,
    records: group.listed
      .slice(0, count)
      .map(({ record: listed, logObject }) => ({ source: placeOf(logObject), record: listed })),
  };
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
