import type { Incident, Report, ReportLine } from "../alert/report.ts";
import type { KeptRecord, Line } from "../alert/story.ts";
import { type Chain, type Chains, endOfChain } from "../links/chain.ts";
import { SEVERITIES } from "../rules/rule.ts";
import { hasShape, isMaybe, isRecordOf, isText, isTime } from "../store/guard.ts";
import { digest } from "../store/seen.ts";
import { isIncident, isKept, isLine } from "./incident.ts";

/** Sessions that an incident has told of before it was known who had opened them, and where it did. */
export interface Look {
  readonly incident: Incident;
  /** What was told of each session, as a digest. */
  readonly sessions: { readonly [session: string]: string };
  /** The people of whom was told since, as facts, and when. */
  readonly people: { readonly [fact: string]: number };
  /** The worst that was told, and its record. */
  readonly line: Line;
  readonly kept?: KeptRecord;
  /** The mail that told it. */
  readonly told: { readonly id: string; readonly at: number };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * CloudTrail delivers within minutes, and late files hours later: for two hours each tick looks, then every tenth; after the
 * lifetime of a session nobody does.
 */
const OFTEN = 2 * HOUR;
const SELDOM = 10 * MINUTE;
export const LOOKS = 13 * HOUR;

/** Between two mails that tell nothing else, in milliseconds. */
const PAUSE = 5 * MINUTE;

/** How long a chain that is known in part waits for the rest of it, in milliseconds. */
const PATIENCE = 30 * MINUTE;

const MAX_SESSIONS = 20;
const MAX_RECORD_BYTES = 20_000;
const MAX_FIELD = 1_500;

export function lookKey(incident: Pick<Incident, "key">): string {
  return `look#${incident.key}`;
}

const isLook = hasShape({
  incident: isIncident,
  sessions: isRecordOf(isText),
  people: isRecordOf(isTime),
  line: isLine,
  kept: isMaybe(isKept),
  told: hasShape({ id: isText, at: isTime }),
});

/** The look as the ledger has it; undefined for what is none. */
export function lookOf(body: unknown): Look | undefined {
  return isLook(body) ? (body as Look) : undefined;
}

/** The sessions of which a look has something to tell: who is behind a session, or after a while the part of the way that is known. */
export function newsOf({ sessions, told }: Look, chains: Chains, now: number): readonly string[] {
  return Object.entries(sessions).flatMap(([session, before]) => {
    const chain = chains.get(session);
    const isEnough = chain !== undefined && (chain.isWhole || chain.agents.length > 0 || now >= told.at + PATIENCE);
    return isEnough && toldOf(chain, before) !== before ? [session] : [];
  });
}

/**
 * The look after a mail: sessions whose chains are not whole are looked for, those that were told whole are not. Undefined
 * where there is none to look for.
 */
export function lookAfter(before: Look | undefined, report: Report, chains: Chains, now: number): Look | undefined {
  const told = { id: report.alertId.slice(0, 8), at: now };
  const asked = [...Object.keys(before?.sessions ?? {}), ...report.lines.flatMap(({ sessions = [] }) => sessions)];
  const open = [...new Set(asked)].filter((session) => chains.has(session) && !isFinal(chains.get(session)));
  const sessions = Object.fromEntries(
    open.slice(-MAX_SESSIONS).map((session) => [session, toldOf(chains.get(session), before?.sessions[session])]),
  );
  const head = report.lines.find((line) => line.sessions?.some((session) => session in sessions)) ?? report.lines[0];
  if (before !== undefined && report.nowKnown !== undefined) {
    const known = peopleOf({ sessions: report.nowKnown }, chains);
    return {
      ...before,
      sessions,
      people: { ...before.people, ...Object.fromEntries(known.map((fact) => [fact, now])) },
    };
  }
  if (open.length === 0 || head === undefined) return undefined;
  const rank = ({ severity }: Line) => SEVERITIES.indexOf(severity);
  // What is worse stays: it decides whether anybody looks.
  if (before !== undefined && rank(before.line) < rank(head)) return { ...before, sessions };
  const kept = report.kept.find(({ line }) => line === head.key);
  const people = before?.people ?? {};
  return { incident: report.incident, sessions, people, line: bare(head), told, ...(kept && { kept: small(kept) }) };
}

/** A record that an item has room for: of a large one who called what, when and from where. */
function small(kept: KeptRecord): KeptRecord {
  if (Buffer.byteLength(JSON.stringify(kept)) <= MAX_RECORD_BYTES) return kept;
  const fields = Object.entries(kept.record).filter(([name]) => !/^(?:request|response|additional|service)/.test(name));
  const record = Object.fromEntries(fields.filter(([, value]) => JSON.stringify(value).length <= MAX_FIELD));
  return { ...kept, record };
}

/** When to look again; undefined when it is of no use any more. */
export function nextLook({ told, sessions }: Look, now: number, hasJustTold = false): number | undefined {
  const age = now - told.at;
  const next = now + (age < OFTEN ? (hasJustTold ? PAUSE : MINUTE) : SELDOM);
  return next >= told.at + LOOKS || Object.keys(sessions).length === 0 ? undefined : next;
}

/** What is told of a look: the worst line that was told of its sessions, and no match anew. */
export function reportOfLook(look: Look, line: ReportLine, chains: Chains, now: number): Report {
  const nowKnown = newsOf(look, chains, now);
  const { incident, kept, told } = look;
  const texts = Object.keys(look.sessions).map((session) => toldOf(chains.get(session)));
  return {
    incident,
    alertId: digest([incident.key, "now known", now, texts]),
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

/** People who are known to be behind a line's sessions, as facts that may be news. */
export function peopleOf({ sessions = [] }: Pick<Line, "sessions">, chains: Chains): readonly string[] {
  const people = sessions.flatMap((session) => endOfChain(chains.get(session))?.actor ?? []);
  return [...new Set(people)].map((actor) => digest(["behind", actor]).slice(0, 8));
}

/** A chain of which nothing can be known any more that would change it. */
function isFinal(chain: Chain | undefined): boolean {
  return chain?.isSure === true && endOfChain(chain) !== undefined;
}

/** What is told of a chain; of one of which less is known than before, because links are forgotten, what was told before. */
function toldOf(chain: Chain | undefined, before = ""): string {
  if (chain === undefined) return before;
  const { steps, agents, isWhole } = chain;
  const length = steps.length + agents.length;
  const isShorter = length < Number.parseInt(before, 10) && steps.every((step) => step.length < 2);
  if (length === 0 || isShorter) return before;
  const people = steps.map((step) => step.map(({ actor, session }) => [actor, session]));
  return `${length} ${digest([people, agents.map(({ source }) => source), isWhole])}`;
}

/** A line that says what was told, and counts nothing. */
function bare(line: ReportLine): Line {
  const { severity, ruleList: _, isNews: __, ...rest } = line;
  return {
    ...rest,
    severity,
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
