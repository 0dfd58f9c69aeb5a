import type { IsNews } from "../alert/story/line.ts";
import { EMPTY_STORY, matchesIn, type Story, sumOf } from "../alert/story/story.ts";
import { StoryBuilder } from "../alert/story/story-builder.ts";
import { type Muting, mutedRules, type Swallowed, split } from "../mute/swallow.ts";
import type { Items } from "../store/items.ts";
import type { Recall } from "../store/seen.ts";
import { takeSome } from "./take.ts";
import { type FingerprintedRun, fingerprintedRuns, type Run, type WrittenStory } from "./written.ts";

/** The new part of what was written down. */
export function freshOf(
  written: readonly (WrittenStory & { readonly key: string })[],
  items: Items,
  recall: Recall,
  muting: Muting,
  isNews: IsNews,
) {
  const builder = new StoryBuilder(isNews);
  const runs: FingerprintedRun[] = [];
  const swallowed: Swallowed[] = [];
  const taken = takeSome(written, recall, (one, counts) => {
    const { story } = one;
    const known: Pick<Run, "line" | "rule" | "count">[] = [];
    const quiet = new Map(story.lines.map((line) => [line.key, mutedRules(line, muting)]));
    for (const { fingerprints, ...run } of fingerprintedRuns(one, items.bytes(one.key))) {
      const { line, rule, seenKey, unless } = run;
      const isOnce = run.mode === "once";
      const isQuiet = quiet.get(line)?.has(rule) ?? false;
      const fresh = fingerprints.filter((fingerprint) => {
        const isDuplicate = isOnce && recall.knows(seenKey, fingerprint);
        const isTold = !isDuplicate && isOnce && unless !== undefined && recall.knows(unless, fingerprint);
        counts.duplicates += Number(isDuplicate);
        counts.toldElsewhere += Number(isTold);
        // No mail tells of what is muted.
        if (isOnce || !isQuiet) recall.add(seenKey, fingerprint);
        return !isDuplicate && !isTold;
      });
      if (fresh.length > 0) runs.push({ ...run, fingerprints: fresh });
      known.push({ line, rule, count: fingerprints.length - fresh.length });
    }
    const left = without(story, known);
    counts.fresh = sumOf(matchesIn(left).values());
    const parts = split(left, muting);
    swallowed.push(...parts.swallowed);
    counts.muted = sumOf(parts.swallowed.map(({ matches }) => matches));
    if (parts.told.lines.length > 0) builder.addStory(parts.told);
  });
  const story = builder.story();
  return { story, taken, swallowed, runs: runs.map((run) => ({ ...run, line: builder.lineIn(run.line) })) };
}

/** A story without the matches that were told already. */
function without(story: Story, known: readonly Pick<Run, "line" | "rule" | "count">[]): Story {
  const lines = story.lines.flatMap((line) => {
    const matches = { ...line.matches };
    for (const { rule, count } of known.filter((one) => one.line === line.key)) {
      matches[rule] = Math.max(0, (matches[rule] ?? 0) - count);
    }
    const left = Object.entries(matches).filter(([, count]) => count > 0);
    if (left.length === 0) return [];
    const records = Math.min(line.records, Math.max(...left.map(([, count]) => count)));
    return [{ ...line, matches: Object.fromEntries(left), records }];
  });
  const keys = new Set(lines.map(({ key }) => key));
  return lines.length === 0 ? EMPTY_STORY : { ...story, lines, kept: story.kept.filter(({ line }) => keys.has(line)) };
}
