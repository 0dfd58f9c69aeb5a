import type { Alert } from "../alert/alert.ts";
import { isAtLeast, SEVERITIES, type Severity } from "../rules/severity.ts";
import { MAX_SKEW } from "../store/clock.ts";
import { hasShape, isCount, isListOf, isMaybe, isOneOf, isText, isTime } from "../store/guard.ts";
import type { Change } from "../store/store.ts";
import { isCopy, isWay, mainOf, type Way, waysOf } from "./ways.ts";

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

/** A new alert, to be sent by the ways that it needs. */
export function newOutgoing(alert: Alert, now: number): Outgoing & { readonly alert: Alert } {
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
