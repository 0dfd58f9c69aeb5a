import { inBrief } from "../../record/presentable.ts";
import { rankOf, SEVERITIES, type Severity } from "../../rules/severity.ts";
import { addTo, copyOf, type Line, MAX_TARGETS, type OpenLine, OTHER_CALLS } from "./line.ts";
import { withoutMostAlike } from "./odd-names.ts";
import { type KeptRecord, type Story, sumOf } from "./story.ts";
import { apartIn, factHash } from "./told.ts";

/** Bounds that keep a story below half of DynamoDB's 400 KB, and an alert below SNS's 256 KB. */
export const MAX_LINES = 50;
export const MAX_NAME_BYTES = 30_000;
const MAX_FACTS_IN_ALL = 1_000;

/** Names lose their middles, the shorter the more of them there are, before one is left out. */
const SHORT_NAMES = [100, 60, 40];
const MAX_BYTES = 220_000;

/** Folds the lightest lines, which stand last, into one per severity and outcome if there are too many; `into` says which into which. */
export function folded(sorted: readonly OpenLine[]): {
  readonly lines: readonly Line[];
  readonly into: Map<string, string>;
} {
  const lines = new Map<string, OpenLine>(sorted.slice(0, MAX_LINES).map((line) => [line.key, line]));
  const into = new Map<string, string>();
  for (const line of sorted.slice(MAX_LINES)) {
    // What callers share stays apart from what is the incident's own caller's.
    const sharing = line.callers.length > 0 ? ["of callers"] : [];
    const key = factHash(JSON.stringify([line.severity, OTHER_CALLS, line.outcome, ...sharing]));
    into.set(line.key, key);
    const call = line.call.replace(/^insight /, "the rate of ");
    const account = apartIn(line.key);
    const named = line.targets.length === 0 ? [call] : line.targets.map((target) => `${call} ${target}`);
    const targets = (call === OTHER_CALLS ? line.targets : named).map(
      (text) => text + (account ? ` in ${account}` : ""),
    );
    const other = { ...copyOf(line), key, call: OTHER_CALLS, targets, facts: [], hasMoreFacts: true };
    const known = lines.get(key);
    if (known === undefined) lines.set(key, other);
    else addTo(known, other);
  }
  return { lines: withFewerFacts(withAllFewerNames([...lines.values()], MAX_NAME_BYTES)), into };
}

/** A story that fits an item, whatever somebody put into its names: these are the last to go. */
export function withinBytes(story: Story): Story {
  if (fits(story)) return story;
  const { lines, kept, logObjects, moreLogObjects } = story;
  const [first, ...others] = logObjects;
  const small: Story = {
    ...story,
    lines: lines.map((line) => ({
      ...line,
      sources: line.sources.slice(0, 2),
      regions: line.regions.slice(0, 2),
      sessions: line.sessions.slice(0, 2),
      moreSessions: line.moreSessions + Math.max(0, line.sessions.length - 2),
    })),
    kept: kept.map(inShort),
    logObjects: first === undefined ? [] : [first],
    moreLogObjects: moreLogObjects + others.length,
  };
  const smaller = { ...small, lines: withAllFewerNames(small.lines, MAX_NAME_BYTES / 3) };
  return fits(small) ? small : fits(smaller) ? smaller : { ...smaller, kept: smaller.kept.slice(0, 1) };
}

/** What commands and links need of a kept record. */
export function inShort(kept: KeptRecord): KeptRecord {
  return { ...kept, record: inBrief(kept.record) };
}

function fits(story: Story): boolean {
  return Buffer.byteLength(JSON.stringify(story)) <= MAX_BYTES;
}

function withAllFewerNames(lines: readonly Line[], room: number): readonly Line[] {
  const targets = withFewerNames(lines, "targets", "moreTargets", room);
  const callers = withFewerNames(targets, "callers", "moreCallers", room);
  return withFewerNames(callers, "details", "moreDetails", room);
}

/**
 * Fits names into the room. Lines share it: where one has too many, the others keep theirs, and of the more severe lines no
 * number of milder ones takes more than a quarter of what is left. Long names are shortened first; then each line keeps those that are
 * least alike.
 */
function withFewerNames<K extends "targets" | "callers" | "details", M extends `more${Capitalize<K>}`>(
  lines: readonly Line[],
  names: K,
  more: M,
  room: number,
): readonly Line[] {
  const needs = lines.map((line) => ({ severity: line.severity, need: bytesOf(line[names]) }));
  const shares = sharesOf(needs, room);
  return lines.map((line): Line => {
    const all = line[names];
    const share = shares.get(line.severity) ?? 0;
    let some = withoutMostAlike(all, MAX_TARGETS);
    // Callers are compared by their names.
    for (const length of names === "callers" ? [] : SHORT_NAMES) {
      if (bytesOf(some) > share) some = some.map((text) => withoutMiddle(text, length));
    }
    const short = some;
    for (let most = some.length; bytesOf(some) > share && most > 3; some = withoutMostAlike(short, most)) {
      most = Math.floor(0.9 * most);
    }
    return some === all ? line : { ...line, [names]: some, [more]: line[more] + all.length - some.length };
  });
}

/** Without its middle, if it is longer. */
function withoutMiddle(text: string, length: number): string {
  const half = Math.floor(length / 2);
  return text.length <= length ? text : `${text.slice(0, half)}…${text.slice(1 - half)}`.toWellFormed();
}

function bytesOf(names: readonly string[]): number {
  return sumOf(names.map((text) => Buffer.byteLength(JSON.stringify(text))));
}

/** The most that a line of each severity may take of the room. */
function sharesOf(
  lines: readonly { readonly severity: Severity; readonly need: number }[],
  room: number,
): ReadonlyMap<Severity, number> {
  const shares = new Map<Severity, number>();
  let left = room;
  for (const severity of SEVERITIES) {
    const own = lines.filter((line) => line.severity === severity).map(({ need }) => need);
    const milder = sumOf(lines.filter((line) => rankOf(line.severity) > rankOf(severity)).map(({ need }) => need));
    const share = equalShare(own, Math.max(left - milder, (3 / 4) * left));
    shares.set(severity, share);
    left -= sumOf(own.map((need) => Math.min(need, share)));
  }
  return shares;
}

/** How much each may take at most, so that all of it is taken and those that need little have it. */
export function equalShare(needs: readonly number[], room: number): number {
  let left = room;
  for (const [i, need] of needs.toSorted((a, b) => a - b).entries()) {
    const share = left / (needs.length - i);
    if (need > share) return share;
    left -= need;
  }
  return Number.POSITIVE_INFINITY;
}

function withFewerFacts(lines: readonly Line[]): readonly Line[] {
  let room = MAX_FACTS_IN_ALL;
  return lines.map((line) => {
    room -= line.facts.length;
    return room >= 0 ? line : { ...line, facts: line.facts.slice(0, 10), hasMoreFacts: true };
  });
}
