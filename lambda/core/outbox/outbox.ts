import type { Alert } from "../alert/alert.ts";
import { foldable, renderRoundUp } from "../alert/round-up.ts";
import { withoutMoreTexts } from "../alert/sms.ts";
import { isAtLeast, rankOf, SEVERITIES, type Severity } from "../rules/severity.ts";
import { MAX_SKEW } from "../store/clock.ts";
import { hasShape, isCount, isListOf, isMaybe, isOneOf, isText, isTime } from "../store/guard.ts";
import type { Change } from "../store/store.ts";
import { type Budget, quietUntil, refilled, spend, withText } from "./budget.ts";
import { withAlert } from "./recent.ts";
import { costOf, isCopy, isWay, mainOf, type Way, waysOf } from "./ways.ts";

/** An alert on its way out, as the ledger keeps it until all of its ways are done. */
export interface Outgoing {
  /** Finished and redacted; left out once it is sent. */
  readonly alert?: Alert;
  /** When it was made, in milliseconds since the epoch. */
  readonly madeAt: number;
  /** How often it was claimed: after a claim it may have reached people. */
  readonly claims: number;
  /** What is still to be done; a text message that the limits withhold counts as done. */
  readonly todo: readonly Way[];
  /** When this claim's text message was counted: it is given back if SNS does not take it. */
  readonly textAt?: number;
  /** The id of the round-up that tells of it. */
  readonly foldedInto?: string;
}

/** A waiting alert with its key in the ledger. */
export interface Waiting {
  readonly key: string;
  readonly outgoing: Outgoing & { readonly alert: Alert };
}

/** How long a claim lasts, in milliseconds: longer than a function runs, so nobody else is still publishing. */
export const LEASE = 180_000;

/** The wait after a failed publish. */
const RETRY_AFTER = 60_000;

/** After this many claims, a copy or a text is retried less and less often. */
const PATIENT_CLAIMS = 10;

/** A copy that was refused for this long is dropped: its mail was read long ago. */
const COPY_LASTS = 86_400_000;

/** When to retry the rest of an alert, in milliseconds after a failed publish. */
export function retryAfter({ todo, claims }: Pick<Outgoing, "todo" | "claims">): number {
  const more = mainOf(todo) !== undefined ? 0 : Math.max(0, claims - PATIENT_CLAIMS);
  return RETRY_AFTER * 2 ** Math.min(more, 5);
}

/** The part of an alert that is still worth sending: after a day its copy is not. */
export function stillToDo({ todo, madeAt }: Pick<Outgoing, "todo" | "madeAt">, now: number): readonly Way[] {
  return mainOf(todo) !== undefined || now - madeAt < COPY_LASTS ? todo : todo.filter((way) => !isCopy(way));
}

/** What one sender takes on. */
export interface Plan {
  /** The alerts to publish, with claims counted, and with the text message changed if it is the last for a while. */
  readonly send: readonly Waiting[];
  /** Alerts that a round-up in `send`, with this id, tells of instead. */
  readonly fold: readonly (Waiting & { readonly into: string })[];
  /** Alerts whose mail is out, so that it cannot say that no text comes: the text follows once the limits allow it. */
  readonly later: readonly (Waiting & { readonly until: number })[];
  readonly budget: Budget;
}

/** A new alert, to be sent by the ways that it needs. */
function newOutgoing(alert: Alert, now: number): Outgoing & { readonly alert: Alert } {
  // No other round-up tells of a round-up: without its parts' details it stays within DynamoDB's 400 KB.
  const parts =
    alert.kind === "round-up" ? alert.parts.map((part) => ({ ...part, detail: "", next: [] })) : alert.parts;
  return {
    alert: { ...alert, parts },
    madeAt: now,
    claims: 0,
    todo: waysOf(alert),
  };
}

/** The change that puts a new alert into the outbox. */
export function newAlert(alert: Alert, now: number): Change {
  return {
    key: alertKey(alert),
    expected: 0,
    next: { body: newOutgoing(alert, now), dueAt: now, urgency: urgencyOf(alert) },
  };
}

const isAlert = hasShape({
  id: isText,
  fullId: isText,
  kind: isOneOf(["alert", "follow-up", "round-up"]),
  severity: isOneOf(SEVERITIES),
  subject: isText,
  email: isText,
  json: isText,
  sms: isMaybe(isText),
  chat: isMaybe(isText),
  route: isMaybe(isText),
  parts: isListOf(
    hasShape({
      severity: isOneOf(SEVERITIES),
      subject: isText,
      detail: isText,
      next: isMaybe(isListOf(isText)),
      incident: isMaybe(isText),
    }),
  ),
});

const isDone = (todo: unknown) => Array.isArray(todo) && todo.length === 0;

/** An alert as the ledger has it; undefined if it cannot be read. */
export function outgoingOf(body: unknown, now: number): Outgoing | undefined {
  const isOutgoing = hasShape({
    alert: isMaybe(isAlert),
    madeAt: (value) => isTime(value) && (value as number) <= now + MAX_SKEW,
    claims: isCount,
    todo: isListOf(isWay),
    textAt: isMaybe(isTime),
  });
  if (!isOutgoing(body)) return undefined;
  const outgoing = body as Outgoing;
  return outgoing.alert !== undefined || isDone(outgoing.todo) ? outgoing : undefined;
}

/**
 * Divides waiting alerts into those that the budget lets through, most severe first, and (where `mayFold`) those that
 * share a round-up with others of their route. A claimed alert is never folded: it may have been sent, and must keep its id.
 */
export function plan(waiting: readonly Waiting[], known: Budget, now: number, mayFold: boolean): Plan {
  const before = refilled(known, now);
  const sorted = inOrder(waiting);
  const all = sendable(sorted, before, now);
  if (!mayFold || all.send.length + all.later.length === sorted.length) return { ...all, fold: [] };
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
      order.sort((a, b) => rankIn(a) - rankIn(b)),
      before,
      now,
    );
    // A round-up that the budget does not let through is not made: its alerts wait on.
    const made = groups.filter(({ own }) => folded.send.some(({ key }) => key === own.key));
    if (made.length === 0) continue;
    const fold = made.flatMap((group) => group.members.map((one) => ({ ...one, into: group.own.outgoing.alert.id })));
    return { ...folded, fold };
  }
  return { ...all, fold: [] };
}

/** How many round-ups one transaction makes. */
const MAX_GROUPS = 8;

/** Alerts that may share a round-up: those of one route. */
function foldedTogether(waiting: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const groups = new Map<string, Waiting[]>();
  for (const one of waiting.filter(isFoldable).slice(0, MAX_FOLDED)) {
    const route = mainOf(one.outgoing.todo) ?? "";
    groups.set(route, [...(groups.get(route) ?? []), one]);
  }
  return [...groups.values()].filter(({ length }) => length > 1).slice(0, MAX_GROUPS);
}

function isFoldable({ outgoing }: Waiting): boolean {
  return outgoing.claims === 0 && foldable(outgoing.alert);
}

/** Alerts that owe only a copy or a text go last: their mail is out, and a missing topic must not delay the others. */
function inOrder(waiting: readonly Waiting[]): readonly Waiting[] {
  const owesMail = ({ outgoing }: Waiting) => Number(mainOf(outgoing.todo) === undefined);
  return waiting.toSorted(
    (a, b) => owesMail(a) - owesMail(b) || rankIn(a) - rankIn(b) || a.outgoing.madeAt - b.outgoing.madeAt,
  );
}

function rankIn({ outgoing }: Waiting): number {
  return rankOf(urgencyOf(outgoing.alert));
}

/** The most alerts in round-ups at once: a transaction holds 100 items, and the round-up must fit one of them. */
const MAX_FOLDED = 50;

/** How many whole alerts one transaction puts off besides those that it claims: it holds 4 MB. */
const MAX_LATER = 8;

function sendable(sorted: readonly Waiting[], budget: Budget, now: number): Omit<Plan, "fold"> {
  const send: Waiting[] = [];
  const later: Plan["later"][number][] = [];
  let left = budget;
  for (const [i, { key, outgoing }] of sorted.entries()) {
    const { textAt: _, ...bare } = outgoing;
    let { alert } = outgoing;
    const wantsText = outgoing.todo.includes("sms");
    const incidents = alert.parts.flatMap(({ isTexted, incident }) => (isTexted && incident ? [incident] : []));
    const until = wantsText ? quietUntil(left, now, incidents) : undefined;
    const texts = wantsText && until === undefined;
    if (until !== undefined && outgoing.todo.every((way) => way === "sms")) {
      if (later.length < MAX_LATER) later.push({ key, outgoing, until });
      continue;
    }
    const todo = outgoing.todo.filter((way) => way !== "sms" || texts);
    const spent = costOf(todo) === 0 ? left : spend(left, costOf(todo), urgencyOf(alert));
    if (spent === undefined) break;
    left = withAlert(spent, alert);
    if (texts) {
      left = withText(left, now, incidents);
      // This includes incidents that nobody was texted about.
      const quiet = quietUntil(left, now, [""]);
      const inMailbox = sorted.slice(i + 1).filter((one) => one.outgoing.todo.includes("sms")).length;
      if (quiet !== undefined) alert = { ...alert, sms: withoutMoreTexts(alert.sms ?? "", quiet, inMailbox) };
    } else if (until !== undefined) alert = withoutText(alert, until);
    send.push({
      key,
      outgoing: { ...bare, alert, todo, claims: outgoing.claims + 1, ...(texts && { textAt: now }) },
    });
  }
  return { send, later, budget: left };
}

/** Makes the mail say that no text message comes, and why. */
function withoutText(alert: Alert, until: number): Alert {
  const end = new Date(until).toISOString().slice(11, 16);
  const note = `No text message came with this alert: the limit of text messages is reached until ${end} UTC.\n\n`;
  return { ...alert, email: note + alert.email };
}

/** The severity that sets an alert's place in the queue: what anybody may have put there overtakes nothing. */
export function urgencyOf({ severity, isUnverified }: Pick<Alert, "severity" | "isUnverified">): Severity {
  return isUnverified && isAtLeast(severity, "medium") ? "medium" : severity;
}

/** Where an alert is kept. */
export function alertKey({ fullId }: Alert): string {
  return `alert#${fullId}`;
}
