import type { Alert } from "../alert/alert.ts";
import { renderAnyway } from "../alert/plain.ts";
import type { Report } from "../alert/report.ts";
import type { Story } from "../alert/story/story.ts";
import { type Chains, sureEndOf } from "../links/chain.ts";
import { mutedRules } from "../mute/swallow.ts";
import { newAlert } from "../outbox/outbox.ts";
import { sessionOf, sessionText } from "../record/session.ts";
import { isAtLeast, SEVERITIES, type Severity } from "../rules/severity.ts";
import type { Items } from "../store/items.ts";
import type { Change } from "../store/store.ts";
import { type Circumstances, mutingOf } from "./decision.ts";
import { type Head, headOf, judged, newHead, toldOf } from "./incident.ts";
import { LOOKS, type Look, lookAfter, lookKey, lookOf, newsOf, nextLook, peopleOf, reportOfLook } from "./look.ts";
import { storiesIn } from "./written.ts";

/** How many sessions one decision may ask the openers of. */
const MAX_SESSIONS = 40;

/** The sessions in what an incident has to tell. */
export function sessionsIn(owner: string, keys: readonly string[], items: Items): ReadonlySet<string> {
  const stories = storiesIn(keys, items);
  const head = items.get(owner, headOf);
  const incident = head?.incident ?? stories[0]?.incident;
  // Sessions that somebody may have made up name nobody.
  if (incident?.isUnverified) return new Set();
  const look = incident && items.get(lookKey(incident), lookOf);
  const all = [...stories.map(({ story }) => story), ...(head?.held === undefined ? [] : [head.held])];
  const own = all.flatMap(({ lines, kept }) => [
    ...lines.flatMap(({ sessions }) => sessions),
    ...kept.flatMap(({ record }) => sessionOf(record) ?? []).map(sessionText),
  ]);
  return new Set([...own, ...Object.keys(look?.sessions ?? {})].slice(0, MAX_SESSIONS));
}

/** A head that also knows whom a mail told of that said nothing else. */
export function toldMore(head: Head, items: Items): Head {
  const people = items.get(lookKey(head.incident), lookOf)?.people;
  if (people === undefined) return head;
  const all = Object.entries(people).flatMap(([fact, at]) => toldOf([fact], SEVERITIES[0]).map((one) => [one, at]));
  return { ...head, told: { ...Object.fromEntries(all), ...head.told } };
}

/**
 * A story with the people behind its sessions among its facts: the same role used by somebody else is news. One session stands for
 * all of a person, so that no number of these takes the place of somebody else's.
 */
export function withPeople(story: Story, chains: Chains): Story {
  if (chains.size === 0) return story;
  const lines = story.lines.map((line) => ({
    ...line,
    facts: [...new Set([...line.facts, ...peopleOf(line, chains)])],
    sessions: onePerPerson(line.sessions, chains),
  }));
  return { ...story, lines };
}

function onePerPerson(sessions: readonly string[], chains: Chains): readonly string[] {
  const people = new Map<string, string>();
  for (const session of sessions) {
    const person = sureEndOf(chains.get(session))?.actor ?? session;
    if (!people.has(person)) people.set(person, session);
  }
  return [...people.values()];
}

/** What to look for from now on, in the item of `key`: who opened the sessions, where a mail could not say it. */
export function lookChanges(
  items: Items,
  report: Report,
  { book, now, chains }: Circumstances,
  key = lookKey(report.incident),
): readonly Change[] {
  const before = items.get(key, lookOf);
  const look = lookAfter(before, report, chains, now);
  if (look === undefined) return before === undefined ? [] : [items.change(key, { body: before, expiresAt: now })];
  const severity = book.severityOf(look.line, report.incident.isUnverified ?? false);
  return [lookChange(key, look, items, severity, nextLook(look, now, report.nowKnown !== undefined))];
}

/** The look, due again for what is severe: for lower severities the next mail tells it. */
function lookChange(key: string, look: Look, items: Items, severity: Severity, next: number | undefined): Change {
  const dueAt = isAtLeast(severity, "high") ? next : undefined;
  return items.change(key, { body: look, expiresAt: look.told.at + LOOKS, ...(dueAt && { dueAt, urgency: "info" }) });
}

/** Decides on a look: tells what is now known of who opened its sessions, or looks again later. */
export function decideLook(
  key: string,
  look: Look,
  items: Items,
  given: Circumstances,
): { readonly changes: readonly Change[]; readonly alert?: Alert } {
  const { now, settings, chains } = given;
  const line = judged(look.line, newHead(look.incident), given);
  const isQuiet = mutedRules(line, mutingOf(look.incident, true, given)).size > 0;
  if (isQuiet || newsOf(look, chains, now).length === 0 || !isAtLeast(line.severity, "high")) {
    return { changes: [lookChange(key, look, items, line.severity, nextLook(look, now))] };
  }
  const report = reportOfLook(look, { ...line, isNews: false }, chains, now);
  const alert = renderAnyway(report, settings, now);
  return { changes: [...lookChanges(items, report, given, key), newAlert(alert, now)], alert };
}
