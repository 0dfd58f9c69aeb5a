import { addTo, byWeight, copyOf, type Line, MAX_TARGETS, type OpenLine, OTHER_CALLS } from "./line.ts";
import { withoutMostAlike } from "./odd-names.ts";
import { type Story, sumOf } from "./story.ts";
import { factHash } from "./told.ts";

/** Bounds that keep a story below half of DynamoDB's 400 KB, and an alert below SNS's 256 KB. */
export const MAX_LINES = 50;
const MAX_TARGET_CHARACTERS = 30_000;
const MAX_FACTS_IN_ALL = 1_000;
const MAX_BYTES = 220_000;

/** Folds the lightest lines into one per severity and outcome if there are too many; `into` says which into which. */
export function folded(all: readonly OpenLine[]): {
  readonly lines: readonly Line[];
  readonly into: Map<string, string>;
} {
  const sorted = all.toSorted(byWeight);
  const lines = new Map<string, OpenLine>(sorted.slice(0, MAX_LINES).map((line) => [line.key, line]));
  const into = new Map<string, string>();
  for (const line of sorted.slice(MAX_LINES)) {
    // What callers share stays apart from what is the incident's own caller's.
    const sharing = line.callers.length > 0 ? ["of callers"] : [];
    const key = factHash(JSON.stringify([line.severity, OTHER_CALLS, line.outcome, ...sharing]));
    into.set(line.key, key);
    const call = line.call.replace(/^insight /, "the rate of ");
    const named = line.targets.length === 0 ? [call] : line.targets.map((target) => `${call} ${target}`);
    const targets = call === OTHER_CALLS ? line.targets : named;
    const other = { ...copyOf(line), key, call: OTHER_CALLS, targets: [...targets], facts: [], hasMoreFacts: true };
    const known = lines.get(key);
    if (known === undefined) lines.set(key, other);
    else addTo(known, other);
  }
  const fewerTargets = withFewerNames([...lines.values()], "targets", "moreTargets");
  const fewerCallers = withFewerNames(fewerTargets, "callers", "moreCallers");
  return { lines: withFewerFacts(withFewerNames(fewerCallers, "details", "moreDetails")), into };
}

/** A story that fits an item, whatever somebody put into its names. */
export function withinBytes(story: Story): Story {
  if (Buffer.byteLength(JSON.stringify(story)) <= MAX_BYTES) return story;
  const { lines, kept, logObjects, moreLogObjects } = story;
  const [first, ...others] = logObjects;
  return {
    ...story,
    lines: lines.map((line, i) => ({
      ...line,
      // The heaviest line keeps all its targets.
      targets: i === 0 ? line.targets : line.targets.slice(0, 4),
      moreTargets: line.moreTargets + (i === 0 ? 0 : Math.max(0, line.targets.length - 4)),
      details: line.details.slice(0, 4),
      moreDetails: line.moreDetails + Math.max(0, line.details.length - 4),
      callers: line.callers.slice(0, 4),
      moreCallers: line.moreCallers + Math.max(0, line.callers.length - 4),
      sources: line.sources.slice(0, 2),
      regions: line.regions.slice(0, 2),
      ...(line.sessions && {
        sessions: line.sessions.slice(0, 2),
        moreSessions: (line.moreSessions ?? 0) + Math.max(0, line.sessions.length - 2),
      }),
    })),
    kept: kept.slice(0, 1),
    logObjects: first === undefined ? [] : [first],
    moreLogObjects: moreLogObjects + others.length,
  };
}

/** Fits names into the room: the heaviest lines are served first, and each keeps the names that are least alike. */
function withFewerNames<K extends "targets" | "callers" | "details", M extends `more${Capitalize<K>}`>(
  lines: readonly Line[],
  names: K,
  more: M,
): readonly Line[] {
  const bytesOf = (list: readonly string[]) => sumOf(list.map((text) => Buffer.byteLength(JSON.stringify(text))));
  let room = MAX_TARGET_CHARACTERS;
  return lines.map((line): Line => {
    const all = line[names];
    let some: readonly string[] = all;
    for (let most = 2 * MAX_TARGETS; (bytesOf(some) > room || some.length > MAX_TARGETS) && most >= 2; most /= 2) {
      some = withoutMostAlike(all, Math.floor(most));
    }
    room = Math.max(0, room - bytesOf(some));
    return some.length === all.length
      ? line
      : { ...line, [names]: some, [more]: line[more] + all.length - some.length };
  });
}

function withFewerFacts(lines: readonly Line[]): readonly Line[] {
  let room = MAX_FACTS_IN_ALL;
  return lines.map((line) => {
    room -= line.facts.length;
    return room >= 0 ? line : { ...line, facts: line.facts.slice(0, 10), hasMoreFacts: true };
  });
}
