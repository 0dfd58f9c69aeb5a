import type { Alert } from "../alert/alert.ts";
import { foldable, renderRoundUp } from "../alert/round-up.ts";
import { type QuietEnd, withoutMoreTexts } from "../alert/sms.ts";
import { isAtLeast, rankOf, SEVERITIES, type Severity, worstOf } from "../rules/severity.ts";
import { grouped } from "../store/grouped.ts";
import { type Budget, behindOf, quietUntil, refilled, spend, withBehind, withText } from "./budget.ts";
import { alertKey, newOutgoing, type Outgoing, urgencyOf } from "./outbox.ts";
import { withAlert } from "./recent.ts";
import { costOf, mainOf } from "./ways.ts";

/** A waiting alert with its key in the ledger. */
export interface Waiting {
  readonly key: string;
  readonly outgoing: Outgoing & { readonly alert: Alert };
}

/** What one sender takes on. */
export interface Plan {
  /** The alerts to publish, with claims counted, and with the text message changed if it is the last for a while. */
  readonly send: readonly Waiting[];
  /** How many round-ups are in `send`, and the alerts of which they tell instead. */
  readonly roundUps: number;
  readonly fold: readonly Waiting[];
  /** Alerts whose mail is out, so that it cannot say that no text comes: the text follows once the limits allow it. */
  readonly later: readonly (Waiting & { readonly until: number })[];
  readonly budget: Budget;
}

/**
 * What a sender sees of what waits: the tick all of it; with a new log file comes first what that one brought ("new"), and then
 * what waits for so long that no tick may be running ("overdue").
 */
export type Seen = "all" | "overdue" | "new";

/**
 * Divides waiting alerts into those that the budget lets through, most severe first, and those that share a round-up with others of
 * their route, which what is new does not. A claimed alert is never folded: it may have been sent, and must keep its id.
 */
export function plan(waiting: readonly Waiting[], known: Budget, now: number, seen: Seen): Plan {
  const before = refilled(known, now);
  const own = waiting.filter(({ outgoing }) => !mustQueue(urgencyOf(outgoing.alert), seen, before, now));
  const made = divided(own, before, now, seen !== "new");
  if (seen === "new") return made;
  const worst = worstLeft(own, made);
  return { ...made, budget: withBehind(made.budget, worst, now, seen === "all") };
}

/** True for what leaves what comes back of the budget to what the tick had to leave, which it does not see. */
function mustQueue(severity: Severity, seen: Seen, budget: Budget, now: number): boolean {
  const behind = behindOf(budget, now);
  if (behind === undefined || seen === "all") return false;
  // What is overdue is older than what is as severe.
  return isAtLeast(behind, severity) && (seen === "new" || behind !== severity);
}

/** The worst whose mail has to wait on, apart from what was refused again and again. */
function worstLeft(waiting: readonly Waiting[], { send, fold }: Plan): Severity | undefined {
  const gone = new Set([...send, ...fold].map(({ key }) => key));
  const left = waiting.filter(
    ({ key, outgoing }) => !gone.has(key) && mainOf(outgoing.todo) !== undefined && !isRefused(outgoing),
  );
  return worstOf(left.map(({ outgoing }) => urgencyOf(outgoing.alert)));
}

function divided(waiting: readonly Waiting[], before: Budget, now: number, mayFold: boolean): Plan {
  const isLast = lastIn(waiting);
  const turnOf = (one: Waiting) => rankIn(one) + (isLast(one) ? SEVERITIES.length : 0);
  const sorted = inOrder(waiting, turnOf);
  const all = sendable(sorted, before, now, isLast);
  if (!mayFold || all.send.length + all.later.length + all.crowded === sorted.length)
    return { ...all, roundUps: 0, fold: [] };
  // Of those that could go alone, as many go as leave room for the round-up of the others.
  for (let alone = all.send.length; alone >= 0; alone--) {
    const groups = foldedTogether(sorted.slice(alone)).map((members) => {
      const roundUp = renderRoundUp(
        members.flatMap(({ outgoing }) => outgoing.alert.parts),
        "budget",
      );
      const own: Waiting = { key: alertKey(roundUp), outgoing: newOutgoing(roundUp, now) };
      return { own, members };
    });
    if (groups.length === 0) continue;
    const members = new Set(groups.flatMap((group) => group.members));
    const others = sorted.slice(alone).filter((one) => !members.has(one));
    // Alerts that may not be folded can be more severe than those that may.
    const order = [...sorted.slice(0, alone), ...groups.map(({ own }) => own), ...others];
    const folded = sendable(
      order.sort((a, b) => turnOf(a) - turnOf(b)),
      before,
      now,
      isLast,
    );
    // A round-up that the budget does not let through is not made: its alerts wait on.
    const made = groups.filter(({ own }) => folded.send.some(({ key }) => key === own.key));
    if (made.length === 0) continue;
    return { ...folded, roundUps: made.length, fold: made.flatMap((group) => group.members) };
  }
  return { ...all, roundUps: 0, fold: [] };
}

/** How many round-ups one transaction makes. */
const MAX_GROUPS = 8;

/** Alerts that may share a round-up: those of one route. */
function foldedTogether(waiting: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const foldables = waiting.filter(({ outgoing }) => outgoing.claims === 0 && foldable(outgoing.alert));
  const groups = grouped(foldables.slice(0, MAX_FOLDED), ({ outgoing }) => mainOf(outgoing.todo));
  return [...groups.values()].filter(({ length }) => length > 1).slice(0, MAX_GROUPS);
}

/** Alerts that owe only a copy or a text go last: their mail is out, and a missing topic must not delay the others. */
function inOrder(waiting: readonly Waiting[], turnOf: (one: Waiting) => number): readonly Waiting[] {
  const owesMail = ({ outgoing }: Waiting) => Number(mainOf(outgoing.todo) === undefined);
  return waiting.toSorted(
    (a, b) => owesMail(a) - owesMail(b) || turnOf(a) - turnOf(b) || a.outgoing.madeAt - b.outgoing.madeAt,
  );
}

function rankIn({ outgoing }: Waiting): number {
  return rankOf(urgencyOf(outgoing.alert));
}

/**
 * The most severe go first; but what was refused again and again comes after all that nobody has refused. Of those, one at a time is
 * no later than others: the outage that refused it may be over, and a flood that came since may never end.
 */
function lastIn(waiting: readonly Waiting[]): (one: Waiting) => boolean {
  const refused = waiting.filter(({ outgoing }) => isRefused(outgoing));
  const [next] = refused
    .filter(({ outgoing }) => mainOf(outgoing.todo) !== undefined)
    .sort((a, b) => rankIn(a) - rankIn(b) || a.outgoing.claims - b.outgoing.claims);
  return (one) => one !== next && isRefused(one.outgoing);
}

/** True for what was tried twice in vain, by a sender that ended or a topic that refuses: it may be refused for hours. */
function isRefused({ claims }: Outgoing): boolean {
  return claims >= 2;
}

/** The most alerts in round-ups at once: a transaction holds 100 items, and the round-up must fit one of them. */
const MAX_FOLDED = 50;

/** How many texts one transaction puts off besides what it claims. */
const MAX_LATER = 8;

/**
 * Bytes of whole alerts that one transaction holds besides those whose messages the budget counts: together they stay below its
 * 4 MB.
 */
const MAX_UNCOUNTED_BYTES = 1_800_000;

/** `crowded` are copies that have to wait for another transaction. */
function sendable(
  sorted: readonly Waiting[],
  budget: Budget,
  now: number,
  isLast: (one: Waiting) => boolean,
): Omit<Plan, "roundUps" | "fold"> & { readonly crowded: number } {
  const send: Waiting[] = [];
  const later: Plan["later"][number][] = [];
  let left = budget;
  let crowded = 0;
  let isShort = false;
  let room = MAX_UNCOUNTED_BYTES;
  const hasRoom = (outgoing: Outgoing) => {
    const bytes = Buffer.byteLength(JSON.stringify(outgoing));
    const fits = bytes <= room;
    if (fits) room -= bytes;
    return fits;
  };
  for (const [i, one] of sorted.entries()) {
    const { key, outgoing } = one;
    const { textAt: _, ...bare } = outgoing;
    let { alert } = outgoing;
    const wantsText = outgoing.todo.includes("sms");
    const subjects = subjectsOf(alert);
    const until = wantsText ? quietUntil(left, now, alert.severity, subjects) : undefined;
    const texts = wantsText && until === undefined;
    if (until !== undefined && outgoing.todo.every((way) => way === "sms")) {
      if (later.length < MAX_LATER && hasRoom(outgoing)) later.push({ key, outgoing, until });
      continue;
    }
    const todo = outgoing.todo.filter((way) => way !== "sms" || texts);
    const cost = costOf(todo);
    if (isShort && !isLast(one)) continue;
    if (cost === 0 && !hasRoom(outgoing)) {
      crowded++;
      continue;
    }
    // What is refused leaves enough for something critical.
    const spent = cost === 0 ? left : spend(left, cost, isLast(one) ? "high" : urgencyOf(alert));
    if (spent === undefined && isLast(one)) break;
    if (spent === undefined) {
      isShort = true;
      continue;
    }
    left = withAlert(spent, alert);
    if (texts) {
      left = withText(left, now, subjects);
      const end = quietEnd(left, now, subjects.account);
      const inMailbox = sorted.slice(i + 1).filter((other) => other.outgoing.todo.includes("sms")).length;
      if (end !== undefined) alert = { ...alert, sms: withoutMoreTexts(alert.sms ?? "", end, inMailbox) };
    } else if (until !== undefined) {
      const isAll = quietUntil(left, now, alert.severity, { ...subjects, account: undefined }) !== undefined;
      alert = sayingNoText(alert, { until, account: isAll ? undefined : subjects.account });
    }
    send.push({
      key,
      outgoing: { ...bare, alert, todo, claims: outgoing.claims + 1, ...(texts && { textAt: now }) },
    });
  }
  return { send, later, budget: left, crowded };
}

/** What an alert's text message reports, for the limits of text messages. */
function subjectsOf({ parts }: Alert) {
  const texted = parts.filter(({ isTexted }) => isTexted);
  const [account, ...others] = new Set(texted.map((part) => part.texted?.account));
  return {
    incidents: texted.flatMap(({ incident = [] }) => incident),
    rules: texted.flatMap((part) => part.texted?.rules ?? [part.rule]),
    account: others.length === 0 ? account : undefined,
  };
}

/** Until when no text message at all may come after this one, or none of its account, whatever its severity and its rules. */
function quietEnd(budget: Budget, now: number, own: string | undefined): QuietEnd | undefined {
  const ends = [undefined, own].map((account) => {
    return { account, until: quietUntil(budget, now, SEVERITIES[0], { incidents: [], rules: [""], account }) };
  });
  return ends.find((end): end is QuietEnd => end.until !== undefined);
}

/** Makes the mail say that no text message comes, and why. */
function sayingNoText(alert: Alert, { until, account }: QuietEnd): Alert {
  const end = new Date(until).toISOString().slice(11, 16);
  const limit = `the limit of text messages${account === undefined ? "" : ` of account ${account}`} is reached`;
  return { ...alert, email: `No text message came with this alert: ${limit} until ${end} UTC.\n\n${alert.email}` };
}
