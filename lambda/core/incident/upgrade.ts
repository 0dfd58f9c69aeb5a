import { isLogObject, isRecord } from "../alert/story/story.ts";
import { StoryBuilder } from "../alert/story/story-builder.ts";
import { OUTCOMES } from "../record/outcome.ts";
import { viewOf } from "../record/view.ts";
import { SEVERITIES } from "../rules/severity.ts";
import {
  bodyOf,
  hasShape,
  isCount,
  isFlag,
  isListOf,
  isMaybe,
  isOneOf,
  isText,
  isTime,
  type Shaped,
} from "../store/guard.ts";
import { hashOf, longHashOf } from "../store/seen.ts";
import { incidentOfCaller, MANY_ACTORS, sharedIncident } from "./belonging.ts";
import { isForRoundUp } from "./rule-book.ts";
import { type Draft, storyDraft } from "./written.ts";

/** A group of 0.1.0, insofar as it has something left to tell. */
type Head01 = Shaped<typeof isHead01>;
const isHead01 = hasShape({
  rule: isText,
  severity: isOneOf(SEVERITIES),
  accountId: isText,
  actor: isText,
  outcome: isOneOf(OUTCOMES),
  isUnverified: isMaybe(isFlag),
  held: isMaybe(
    hasShape({
      total: isCount,
      listed: isListOf(hasShape({ record: isRecord, logObject: isLogObject })),
      firstTime: isMaybe(isTime),
      late: isMaybe(isFlag),
    }),
  ),
});

/** A group of 0.1.0; undefined if it cannot be read as one. */
export const head01Of = bodyOf(isHead01);

/** What a group of 0.1.0 held back, written down for its caller's incident of today. */
export function draftOf01(
  key: string,
  { rule, severity, accountId, actor, outcome, isUnverified, held }: Head01,
): Draft | undefined {
  if (held === undefined || held.total === 0) return undefined;
  const kind = isForRoundUp(severity) ? "daily" : "mail";
  const own = incidentOfCaller({ accountId, kind }, actor);
  const verified = actor === MANY_ACTORS ? sharedIncident(own, rule) : own;
  const incident = isUnverified ? { ...verified, key: longHashOf(["unverified", key, kind]), isUnverified } : verified;
  const builder = new StoryBuilder();
  const isLate = held.late ?? false;
  for (const { record, logObject } of held.listed.slice(0, held.total)) {
    const time = viewOf(record).time;
    builder.addRecord({ record, logObject, facts: viewOf(record).facts, rules: [rule], severity, time, isLate });
  }
  const counted = held.total - held.listed.length;
  const facts = { call: "other calls", outcome, isRead: true };
  if (counted > 0) builder.addCounted({ facts, rules: [rule], severity, time: held.firstTime, isLate }, counted);
  const draft = storyDraft(incident, builder.story(), []);
  return { ...draft, key: `${draft.key}-${hashOf(key)}` };
}
