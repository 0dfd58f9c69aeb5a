import type { Incident } from "../alert/report.ts";
import { keyBeside, type Line } from "../alert/story/line.ts";
import type { Story } from "../alert/story/story.ts";
import { sharedStory, storyApart, storyBeside } from "../alert/story/story-builder.ts";
import { keyApart } from "../alert/story/told.ts";
import { type Chains, sureEndOf } from "../links/chain.ts";
import { type Muting, mutedRules } from "../mute/swallow.ts";
import { shortTarget } from "../record/facts.ts";
import { isPerson } from "../record/identity.ts";
import { isWholeActor } from "../record/opener.ts";
import type { Items } from "../store/items.ts";
import { incidentOfCaller, sharedIncident } from "./belonging.ts";
import type { Circumstances } from "./decision.ts";
import { countedAt, isOneTooMany } from "./open-incidents.ts";
import { type Draft, type FingerprintedRun, storyDraft, type WrittenStory } from "./written.ts";

/**
 * How an incident that begins is told in another one, if it is: with the person behind it, or with all callers of its rule
 * and account that are too many.
 */
export function tellsElsewhere(
  first: WrittenStory,
  written: readonly WrittenStory[],
  items: Items,
  quiet: Muting,
  given: Circumstances,
): ((fresh: Story, runs: readonly FingerprintedRun[]) => Draft) | undefined {
  const { incident } = quiet;
  const stories = written.map(({ story }) => story);
  const opener = incidentOfOpener(stories, given.chains, quiet);
  if (opener !== undefined) return (fresh, runs) => joiningDraft(opener, incident, fresh, runs);
  if (!isOneTooMany(countedAt(first), items, given.now)) return undefined;
  const shared = sharedIncident(incident, first.story.lines[0]?.rules[0] ?? "");
  // It may be of several accounts although this one is not.
  const apart = shared.isAcross && !incident.isAcross ? incident.accountId : undefined;
  return (fresh, runs) => {
    const story = sharedStory(fresh, incident);
    if (apart === undefined) return storyDraft(shared, story, runs);
    const own = runs.map((run) => ({ ...run, line: keyApart(run.line, apart) }));
    return storyDraft(shared, storyApart(story, apart), own);
  };
}

/**
 * The incident of the person who opened all the sessions in which these stories happened; undefined where that is not known
 * for certain of each record, or is not one person, or where the caller's own incident is muted.
 */
function incidentOfOpener(stories: readonly Story[], chains: Chains, muting: Muting): Incident | undefined {
  const { incident } = muting;
  const { kind, rule, isShared, isUnverified, below } = incident;
  if (kind !== "mail" || (rule ?? below) !== undefined || isShared || isUnverified) return undefined;
  // Other mutes hold there as well; one by this incident's id would not.
  const own = { ...muting, mutes: muting.mutes.filter(({ of }) => of.incident !== undefined) };
  const openers = new Set<string | undefined>();
  for (const line of stories.flatMap(({ lines }) => lines)) {
    if (mutedRules(line, own).size > 0) return undefined;
    for (const opener of openersOf(line, chains)) openers.add(opener);
  }
  const [actor, ...others] = openers;
  if (actor === undefined || others.length > 0 || actor === incident.actor) return undefined;
  return incidentOfCaller(incident, actor);
}

/** Who opened the sessions of a line; undefined among them for one of whom that is not certain. */
function openersOf(line: Line, chains: Chains): readonly (string | undefined)[] {
  const { sessions, moreSessions, hasAllSessions, callers } = line;
  if (!hasAllSessions || moreSessions > 0 || callers.length > 0) return [undefined];
  return sessions.map((session) => {
    const end = sureEndOf(chains.get(session));
    return end !== undefined && isPerson(end.identity) && isWholeActor(end) ? end.actor : undefined;
  });
}

/** What a caller's incident hands on to that of the person behind it. */
function joiningDraft(to: Incident, from: Incident, story: Story, runs: readonly FingerprintedRun[]): Draft {
  const caller = shortTarget(from.actor);
  // Fingerprints are remembered by their caller's keys, whichever incident tells of them: what comes twice is told once.
  const own = runs.map((run) => ({ ...run, line: keyBeside(run.line, caller) }));
  return storyDraft(to, storyBeside(story, caller), own);
}
