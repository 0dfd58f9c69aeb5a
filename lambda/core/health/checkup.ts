import { SEVERITIES, type Severity, worstOf } from "../rules/severity.ts";
import { MAX_SKEW } from "../store/clock.ts";
import { hasShape, isCount, isFlag, isListOf, isMaybe, isOneOf, isText } from "../store/guard.ts";
import { hashOf } from "../store/seen.ts";
import { type Finding, severityOf } from "./finding.ts";
import { HOUR } from "./heard.ts";

/** What the last look found, and what of it was told: one item of the ledger. */
export interface Checkup {
  /** When somebody last looked, and when somebody first looked, in milliseconds since the epoch. */
  readonly at: number;
  readonly since?: number;
  /** True until a log object or a digest was heard. */
  readonly isUnheard?: boolean;
  /** What was told and still lasts, as `check hash`. */
  readonly ringing: readonly string[];
  /** The worst of it; absent if nothing lasts. */
  readonly severity?: Severity;
  /** What AWS did not say at the last look. */
  readonly unread: readonly string[];
  /** When a message about what lasts was last sent. */
  readonly toldAt?: number;
  /** At the last look: recipients who receive nothing, and what is broken. */
  readonly missing: number;
  readonly faults: number;
}

/** The item that holds it. */
export const CHECKUP = "checkup";

/** The time between two looks, and between two messages about what lasts, in milliseconds. */
const DAY = 24 * HOUR;

/** A deployment that has heard nobody yet is looked at sooner. */
const YOUNG = HOUR / 6;

/** When the next look is due. */
export function nextLook({ at, isUnheard }: Checkup): number {
  return at + (isUnheard === true ? YOUNG : HOUR);
}

/** The checkup as the ledger has it; undefined for one that no tick can have written. */
export function checkupOf(body: unknown, now: number): Checkup | undefined {
  const isPast = (value: unknown) => typeof value === "number" && value >= 0 && value <= now + MAX_SKEW;
  const isCheckup = hasShape({
    at: isPast,
    since: isMaybe(isPast),
    isUnheard: isMaybe(isFlag),
    toldAt: isMaybe(isPast),
    ringing: isListOf(isText),
    severity: isMaybe(isOneOf(SEVERITIES)),
    unread: isListOf(isText),
    missing: isCount,
    faults: isCount,
  });
  return isCheckup(body) ? (body as Checkup) : undefined;
}

/** What a look leads to. */
export interface Decision {
  readonly next: Checkup;
  /** Why a message is sent: the faults have changed, have lasted a day, or are over; undefined if none is sent. */
  readonly tells?: "changed" | "lasts" | "well";
  /** The worst of what the message tells, of what is over too. */
  readonly severity: Severity;
  /** What the message tells. */
  readonly told: readonly Finding[];
  /** Checks that were told before and no longer find anything. */
  readonly over: readonly string[];
}

/**
 * Decides whether a look's findings are told. What AWS did not say counts from the second time on, for a throttled call
 * is no fault; meanwhile what was told of the same check is taken to last. What is only doubtful is told once.
 */
export function decideCheckup(
  before: Checkup | undefined,
  findings: readonly Finding[],
  missing: number,
  now: number,
): Decision {
  const unread = findings.filter(({ isUnread }) => isUnread);
  const known = new Set([...(before?.unread ?? []), ...(before?.ringing ?? [])]);
  const told = findings.filter((finding) => !finding.isUnread || known.has(idOf(finding)));
  const unseen = new Set<string>(unread.map(({ check }) => check));
  const lasting = (before?.ringing ?? []).filter((id) => unseen.has(id.split(" ")[0] ?? ""));
  const ringing = [...new Set([...told.map(idOf), ...lasting])].sort();
  const faults = findings.filter(({ state }) => state === "broken").length;
  const worstBefore = before?.severity === undefined ? [] : [before.severity];
  const worst = worstOf([...told.map(severityOf), ...(lasting.length > 0 ? worstBefore : [])]);
  const next: Checkup = {
    at: now,
    since: before?.since ?? before?.at ?? now,
    ringing,
    ...(worst !== undefined && { severity: worst }),
    unread: unread.map(idOf),
    missing,
    faults,
    ...(before?.toldAt !== undefined && { toldAt: before.toldAt }),
  };
  const isWell = ringing.length === 0;
  const gone = (before?.ringing ?? []).filter((id) => !ringing.includes(id)).map((id) => id.split(" ")[0] ?? "");
  const over = [...new Set(gone)].filter((check) => !told.some((finding) => finding.check === check));
  // Whoever heard that it began hears that it is over. What a version before this one noted has no severity.
  const severity =
    worstOf([...(worst === undefined ? [] : [worst]), ...(gone.length > 0 ? worstBefore : [])]) ?? "high";
  const decision = { next, severity, told, over };
  if (String(ringing) !== String(before?.ringing ?? [])) return { ...decision, tells: isWell ? "well" : "changed" };
  const isDue = now - (next.toldAt ?? 0) >= DAY;
  const isWorthIt = told.some(({ state, isUnread }) => state === "broken" || isUnread);
  return { ...decision, ...(isDue && isWorthIt && { tells: "lasts" as const }) };
}

function idOf({ check, what }: Finding): string {
  return `${check} ${hashOf(what)}`;
}
