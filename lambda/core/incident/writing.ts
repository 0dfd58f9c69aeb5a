import type { Alert } from "../alert/alert.ts";
import { mutedRules } from "../mute/swallow.ts";
import { alertKey, newOutgoing, urgencyOf } from "../outbox/outbox.ts";
import type { Change } from "../store/store.ts";
import { type Circumstances, mutingOf } from "./decision.ts";
import type { Draft, StoryDraft } from "./draft.ts";
import { type Head, hasNewSession, isOver, judged, ringsAt } from "./incident.ts";

/** The change that writes something down. It can be there already only if a retry found the same. */
export function writing({ key, body, bytes, severity }: Draft, dueAt: number, now: number): Change {
  const { isUnverified } = "window" in body ? body.window.incident : body.incident;
  const urgency = urgencyOf({ severity, isUnverified });
  return { key, expected: 0, next: { body, ...(bytes && { bytes }), dueAt: Math.max(dueAt, now), urgency } };
}

/** The change that puts a finished alert into the outbox. */
export function newAlert(alert: Alert, now: number): Change {
  const next = { body: newOutgoing(alert, now), dueAt: now, urgency: urgencyOf(alert) };
  return { key: alertKey(alert), expected: 0, next };
}

/** Writes down for another owner what it has to tell, to be settled next or later; it is made of `fresh` new matches. */
export function handOn(draft: StoryDraft, from: string, fresh: number, now: number, dueAt = now) {
  // It is no earlier item, even with the same matches: a commit hands something on once.
  const own = { ...draft, key: `${draft.key}@${now}-${from}` };
  return { change: writing(own, dueAt, now), passedOn: { key: own.key, fresh, waits: dueAt > now } };
}

/** When something about to be written down is due: at once, unless all of it can wait for its incident. */
export function dueAtOf(draft: Draft, head: Head | undefined, given: Circumstances): number {
  const { book, now, endOfDay } = given;
  if ("entries" in draft) return now;
  const { incident, story } = draft.body;
  if (incident.kind === "daily") return endOfDay();
  if (head === undefined || isOver(head, now)) return now;
  // What is muted is decided on while the mute lasts, or it would ring after its end.
  const muting = mutingOf(incident, given.mutes.at(now), given);
  if (story.lines.some((line) => hasNewSession(line, head) || mutedRules(line, muting).size > 0)) return now;
  return ringsAt(
    story.lines.map((line) => judged(line, head, book, now)),
    head,
    book,
    now,
  );
}
