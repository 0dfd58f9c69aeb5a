import type { Alert } from "../alert/alert.ts";
import { isAtLeast, SEVERITIES, type Severity } from "../rules/severity.ts";
import { isPastAt } from "../store/clock.ts";
import {
  bodyOf,
  hasShape,
  isCount,
  isListOf,
  isMaybe,
  isOneOf,
  isText,
  isTime,
  type Shape,
  type Shaped,
} from "../store/guard.ts";
import type { Change } from "../store/store.ts";
import { isCopy, isWay, mainOf, type Way, waysOf } from "./ways.ts";

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
}) as Shape<Alert>;

function outgoingShape(now: number) {
  return hasShape({
    /** Finished and redacted; left out once it is sent. */
    alert: isMaybe(isAlert),
    /** When it was made. */
    madeAt: isPastAt(now),
    /** How often it was claimed: after a claim it may have reached people. */
    claims: isCount,
    /** Who made the last of them: a name that no other sender has; absent in what an earlier version left. */
    sender: isMaybe(isText),
    /** What is still to be done; a text message that the limits withhold counts as done. */
    todo: isListOf(isWay),
    /** When this claim's text message was counted: it is given back if SNS does not take it. */
    textAt: isMaybe(isTime),
  });
}

/** An alert on its way out, as the ledger keeps it until all of its ways are done. */
export type Outgoing = Shaped<ReturnType<typeof outgoingShape>>;

/** An alert as the ledger has it; undefined if it cannot be read. */
export function outgoingOf(body: unknown, now: number): Outgoing | undefined {
  const outgoing = bodyOf(outgoingShape(now))(body);
  return outgoing?.alert !== undefined || outgoing?.todo.length === 0 ? outgoing : undefined;
}

/** How long a claim lasts, in milliseconds: longer than a function runs, so nobody else is still publishing. */
export const LEASE = 180_000;

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

/** A new alert, to be sent by the ways that it needs. */
export function newOutgoing(alert: Alert, now: number): Outgoing & { readonly alert: Alert } {
  // No other round-up tells of a round-up: without its parts' details it stays within DynamoDB's 400 KB.
  const parts =
    alert.kind === "round-up" ? alert.parts.map((part) => ({ ...part, detail: "", next: [] })) : alert.parts;
  return { alert: { ...alert, parts }, madeAt: now, claims: 0, todo: waysOf(alert) };
}

/** The change that puts a new alert into the outbox. */
export function newAlert(alert: Alert, now: number): Change {
  const next = { body: newOutgoing(alert, now), dueAt: now, urgency: urgencyOf(alert) };
  return { key: alertKey(alert), expected: 0, next };
}

/** The severity that sets an alert's place in the queue: what anybody may have put there overtakes nothing. */
export function urgencyOf({ severity, isUnverified }: Pick<Alert, "severity" | "isUnverified">): Severity {
  return isUnverified && isAtLeast(severity, "medium") ? "medium" : severity;
}

/** The same for the part of an alert that is still to be sent: copies, and texts that are refused for long, come after the rest. */
export function urgencyOfRest({ alert, todo, claims }: Outgoing & { readonly alert: Alert }): Severity {
  const isPatient = mainOf(todo) === undefined && claims > PATIENT_CLAIMS;
  return isPatient || todo.every(isCopy) ? "info" : urgencyOf(alert);
}

/** Where an alert is kept. */
export function alertKey({ fullId }: Alert): string {
  return `alert#${fullId}`;
}
