import { type Incident, isIncident, type Report, type ReportLine } from "../alert/report.ts";
import { isLine, type Line } from "../alert/story/line.ts";
import { isKept, type KeptRecord } from "../alert/story/story.ts";
import { factHash } from "../alert/story/told.ts";
import { type Chain, type Chains, endOfChain, sureEndOf } from "../links/chain.ts";
import { bySeverity } from "../rules/severity.ts";
import { bodyOf, hasShape, isMaybe, isRecordOf, isText, isTime, type Shaped } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";

/** Sessions that an incident told of before their opener was known, and where it told of them. */
export type Look = Shaped<typeof isLook>;
const isLook = hasShape({
  incident: isIncident,
  /** What was told of each session, as a hash. */
  sessions: isRecordOf(isText),
  /** The people who were told of since, as facts, and when. */
  people: isRecordOf(isTime),
  /** The worst line that was told, and its record. */
  line: isLine,
  kept: isMaybe(isKept),
  /** The mail that told it. */
  told: hasShape({ id: isText, at: isTime }),
});

/** The look as the ledger has it; undefined if it cannot be read. */
export const lookOf = bodyOf(isLook);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * CloudTrail delivers within minutes, late files within hours: each tick looks for two hours, then every tenth. Once
 * the lifetime of a session is over, nobody looks.
 */
const OFTEN = 2 * HOUR;
const SELDOM = 10 * MINUTE;
export const LOOKS = 13 * HOUR;

/** The least time between two mails that tell nothing else, in milliseconds. */
const PAUSE = 5 * MINUTE;

/** How long a chain that is only partly known waits for the rest, in milliseconds. */
const PATIENCE = 30 * MINUTE;

const MAX_SESSIONS = 20;
const MAX_RECORD_BYTES = 20_000;
const MAX_FIELD = 1_500;

export function lookKey(incident: Pick<Incident, "key">): string {
  return `look#${incident.key}`;
}

/** The sessions that a look can tell of: it knows who is behind them or, after a while, the known part of the chain. */
export function newsOf({ sessions, told }: Look, chains: Chains, now: number): readonly string[] {
  return Object.entries(sessions).flatMap(([session, before]) => {
    const chain = chains.get(session);
    const isEnough = chain !== undefined && (chain.isWhole || chain.agents.length > 0 || now >= told.at + PATIENCE);
    return isEnough && toldOf(chain, before) !== before ? [session] : [];
  });
}

/**
 * The look after a mail: it follows sessions whose chains are not whole, and drops those that were told whole.
 * Undefined when there is none to look for.
 */
export function lookAfter(before: Look | undefined, report: Report, chains: Chains, now: number): Look | undefined {
  const told = { id: report.alertId.slice(0, 8), at: now };
  const asked = [...Object.keys(before?.sessions ?? {}), ...report.lines.flatMap(({ sessions }) => sessions)];
  const open = [...new Set(asked)].filter((session) => chains.has(session) && !sureEndOf(chains.get(session)));
  const sessions = Object.fromEntries(
    open.slice(-MAX_SESSIONS).map((session) => [session, toldOf(chains.get(session), before?.sessions[session])]),
  );
  const head = report.lines.find((line) => line.sessions.some((session) => session in sessions)) ?? report.lines[0];
  if (before !== undefined && report.nowKnown !== undefined) {
    const known = peopleOf({ sessions: report.nowKnown }, chains);
    return {
      ...before,
      sessions,
      people: { ...before.people, ...Object.fromEntries(known.map((fact) => [fact, now])) },
    };
  }
  if (open.length === 0 || head === undefined) return undefined;
  // The worse line stays: it decides whether anybody looks.
  if (before !== undefined && bySeverity(before.line, head) < 0) return { ...before, sessions };
  const kept = report.kept.find(({ line }) => line === head.key);
  const people = before?.people ?? {};
  return { incident: report.incident, sessions, people, line: bare(head), told, kept: kept && small(kept) };
}

/** A record that fits an item: a large one is cut to who called what, when and from where. */
function small(kept: KeptRecord): KeptRecord {
  if (Buffer.byteLength(JSON.stringify(kept)) <= MAX_RECORD_BYTES) return kept;
  const fields = Object.entries(kept.record).filter(([name]) => !/^(?:request|response|additional|service)/.test(name));
  const record = Object.fromEntries(fields.filter(([, value]) => JSON.stringify(value).length <= MAX_FIELD));
  return { ...kept, record };
}

/** When to look again; undefined when that is no use any more. */
export function nextLook({ told, sessions }: Look, now: number, hasJustTold = false): number | undefined {
  const age = now - told.at;
  const next = now + (age < OFTEN ? (hasJustTold ? PAUSE : MINUTE) : SELDOM);
  return next >= told.at + LOOKS || Object.keys(sessions).length === 0 ? undefined : next;
}

/** What a look tells: the worst line that was told of its sessions, without any new match. */
export function reportOfLook(look: Look, line: ReportLine, chains: Chains, now: number): Report {
  const nowKnown = newsOf(look, chains, now);
  const { incident, kept, told } = look;
  const texts = Object.keys(look.sessions).map((session) => toldOf(chains.get(session)));
  return {
    incident,
    alertId: hashOf([incident.key, "now known", now, texts]),
    lines: [line],
    kept: kept === undefined ? [] : [kept],
    logObjects: [],
    moreLogObjects: 0,
    accounts: [incident.accountId],
    follows: told,
    chains,
    nowKnown,
  };
}

/** People known to be behind a line's sessions, as facts that may be news. */
export function peopleOf({ sessions }: Pick<Line, "sessions">, chains: Chains): readonly string[] {
  const people = sessions.flatMap((session) => endOfChain(chains.get(session))?.actor ?? []);
  return [...new Set(people)].map((actor) => factHash(`behind ${actor}`));
}

/** What is told of a chain; if less is known than before, because links are forgotten, what was told before. */
function toldOf(chain: Chain | undefined, before = ""): string {
  if (chain === undefined) return before;
  const { steps, agents, isWhole } = chain;
  const length = steps.length + agents.length;
  const isShorter = length < Number.parseInt(before, 10) && steps.every((step) => step.length < 2);
  if (length === 0 || isShorter) return before;
  const people = steps.map((step) => step.map(({ actor, session }) => [actor, session]));
  return `${length} ${hashOf([people, agents.map(({ source }) => source), isWhole])}`;
}

/** A line that repeats what was told and counts nothing. */
function bare(line: ReportLine): Line {
  const { ruleList: _, isNews: __, ...rest } = line;
  return {
    ...rest,
    records: 0,
    matches: {},
    targets: line.targets.slice(0, 3),
    moreTargets: line.moreTargets + Math.max(0, line.targets.length - 3),
    details: line.details.slice(0, 3),
    moreDetails: 0,
    callers: line.callers.slice(0, 3),
    facts: [],
    hasMoreFacts: false,
  };
}
