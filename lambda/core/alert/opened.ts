import { type Chain, type Chains, endOfChain } from "../links/chain.ts";
import type { Opener } from "../record/opener.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { mayBeAnother, sessionIn, sessionOf, sessionText } from "../record/session.ts";
import { viewOf } from "../record/view.ts";
import { clock, identityText, shortIdentity, shortText } from "./describe.ts";
import type { Report } from "./report.ts";
import { name } from "./text.ts";

/** The chain of the session that a record was made in, where one is known. */
export function chainOfRecord(chains: Chains | undefined, record: CloudTrailRecord): Chain | undefined {
  const session = sessionOf(record);
  return session && chains?.get(sessionText(session));
}

/**
 * Who opened a session, one line per step, the first step first: `by IAM user alice, with MFA, from 192.0.2.4 at
 * 2026-11-20 09:58:02 UTC (sts:AssumeRole)`, `then role Deploy opened role Admin at 2026-11-20 10:02:11 UTC`.
 */
export function openedLines({ steps, isWhole, agents }: Chain): readonly string[] {
  const [first, ...then] = steps.toReversed();
  const addresses = [...new Set(agents.flatMap(({ source }) => source ?? []))];
  return [
    ...(first === undefined ? [] : [`by ${first.map(openerText).join("; or by ")}`]),
    ...(first !== undefined && first.length > 1 ? ["CloudTrail does not show which of them"] : []),
    ...then.flatMap(([step]) => (step === undefined ? [] : [stepText(step)])),
    ...(first === undefined || isWhole ? [] : ["it is not known, or not yet, who was behind that"]),
    ...(addresses.length === 0 ? [] : [`the agent was called from ${addresses.map((one) => name(one)).join(" and ")}`]),
  ];
}

/** Who opened the session of the first record, and who is behind other sessions that the same lines tell of. */
export function openedOf(report: Report, record: CloudTrailRecord): readonly string[] {
  const chain = chainOfRecord(report.chains, record);
  if (chain === undefined) return [];
  const isAsked = chain.steps.length === 0 && chain.agents.length === 0 && mayBeAnother(viewOf(record).identity);
  return isAsked ? [NOT_FOUND] : openedLines(chain);
}

// What AWS's services open leaves no links, and whoever opened the session may stand in a file that comes later.
const NOT_FOUND = "unknown: not in the log files so far (AWS's services are not looked for)";

/** Who opened the sessions, other than the record's, that mails told of before that was known. */
export function othersKnown({ nowKnown = [], chains }: Report, record: CloudTrailRecord): readonly string[] {
  const own = sessionOf(record);
  const others = nowKnown.filter((session) => own === undefined || session !== sessionText(own));
  return others.slice(0, 6).flatMap((session) => {
    const [chain, time] = [chains?.get(session), sessionIn(session)?.opened];
    if (chain === undefined || time === undefined) return [];
    const [first = "", ...rest] = openedLines(chain);
    return [`another session of this role, of ${clock(time, "UTC")} UTC: ${first}`, ...rest];
  });
}

/** Who is at the end of a chain, in as few words as possible; undefined if that is nobody, or one of several. */
export function shortEnd(chain: Chain | undefined): string | undefined {
  const end = endOfChain(chain);
  return end && shortText(end.identity);
}

/** The caller in a few words, with whoever is behind his session: `alice via Admin`. */
export function shortCaller(chains: Chains | undefined, record: CloudTrailRecord): string {
  const own = shortIdentity(record);
  const end = shortEnd(chainOfRecord(chains, record));
  return end === undefined || end === own ? own : `${end} via ${own}`;
}

function openerText({ identity, mfa, source, time, call, vouchedBy, account }: Opener): string {
  const from = source === undefined ? "" : `from ${name(source)} `;
  const vouched = identity.foreignAccount !== undefined && account === vouchedBy ? ", as its own log says" : "";
  return `${[identityText(identity), mfa].filter(Boolean).join(", ")}${vouched}, ${from}at ${clock(time, "UTC")} UTC (${name(call)})`;
}

function stepText({ identity, role, time }: Opener): string {
  const opened = role === undefined ? "this session" : `role ${name(role)}`;
  return `then ${identityText({ kind: identity.kind, ...(identity.name !== undefined && { name: identity.name }) })} opened ${opened} at ${clock(time, "UTC")} UTC`;
}
