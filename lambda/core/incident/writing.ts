import { mutedRules } from "../mute/swallow.ts";
import { urgencyOf } from "../outbox/outbox.ts";
import { grouped } from "../store/grouped.ts";
import type { Items } from "../store/items.ts";
import type { Change } from "../store/store.ts";
import { type Circumstances, mutingOf } from "./decision.ts";
import { type Head, hasNewSession, headOf, isOver, judged, ringsAt } from "./incident.ts";
import { type Counted, countedAt } from "./open-incidents.ts";
import { type Draft, incidentOf } from "./written.ts";

/** The change that writes something down. It can be there already only if a retry found the same. */
export function writing({ key, body, bytes, severity }: Draft, dueAt: number, now: number): Change {
  const urgency = urgencyOf({ severity, isUnverified: incidentOf(body).isUnverified });
  return { key, expected: 0, next: { body, ...(bytes && { bytes }), dueAt: Math.max(dueAt, now), urgency } };
}

/** Writes down for another owner what it has to tell, to be settled next or later. */
export function handOn(draft: Draft, from: string, now: number, dueAt = now) {
  // It is no earlier item, even with the same matches: a commit hands something on once.
  const own = { ...draft, key: `${draft.key}@${now}-${from}` };
  return { change: writing(own, dueAt, now), passedOn: { key: own.key, waits: dueAt > now } };
}

/** When something about to be written down is due: at once, unless all of it can wait for its incident. */
export function dueAtOf({ body }: Draft, head: Head | undefined, given: Circumstances): number {
  const { now, endOfDay } = given;
  if ("window" in body) return now;
  const { incident, story } = body;
  if (incident.kind === "daily") return endOfDay();
  if (head === undefined || isOver(head, now)) return now;
  // What is muted is decided on while the mute lasts, or it would ring after its end.
  const muting = mutingOf(incident, head.lastMail !== undefined, given, head.told);
  if (story.lines.some((line) => hasNewSession(line, head) || mutedRules(line, muting).size > 0)) return now;
  const lines = story.lines.map((line) => judged(line, head, given));
  return ringsAt(lines, head, given);
}

/** The incidents that these begin, by the item that counts them. */
export function beginningIn(
  drafts: readonly Draft[],
  items: Items,
  now: number,
): ReadonlyMap<string, readonly Counted[]> {
  const beginning = drafts.flatMap(({ body, owner }) => {
    const head = items.get(owner, headOf);
    return "window" in body || body.incident.isShared || (head && !isOver(head, now)) ? [] : [countedAt(body)];
  });
  return grouped(beginning, ({ key }) => key);
}
