import type { Incident } from "../alert/report.ts";
import type { Severity } from "../rules/severity.ts";
import { bytesOf, hashOf } from "../store/seen.ts";
import type { WindowEntry } from "./window-entry.ts";
import { inboxKey, type Run, type WrittenEntries, type WrittenStory } from "./written.ts";

/** Consecutive fingerprints of the same sort. */
export type FingerprintedRun = Omit<Run, "count"> & { readonly fingerprints: readonly string[] };

/** What one invocation found for one incident or window, ready to be written down. */
export type Draft = StoryDraft | EntriesDraft;

interface DraftBase {
  /** The key of the head or window that it belongs to. */
  readonly owner: string;
  readonly key: string;
  readonly severity: Severity;
  readonly matches: number;
  readonly bytes?: Uint8Array;
}

export interface StoryDraft extends DraftBase {
  readonly body: WrittenStory;
}

export interface EntriesDraft extends DraftBase {
  readonly body: WrittenEntries;
  /** The entries as they are in the body, to be judged without a ledger. */
  readonly entries: readonly WindowEntry[];
}

/** What a run takes in an item besides its fingerprints. */
export const RUN_BYTES = 200;

/** What is written down of a story. */
export function storyDraft(
  incident: Incident,
  story: WrittenStory["story"],
  runs: readonly FingerprintedRun[],
  severity: Severity,
  matches: number,
): StoryDraft {
  const merged = mergedRuns(runs);
  const fingerprints = merged.flatMap((run) => run.fingerprints);
  const kind = incident.kind === "mail" ? "incident" : "daily";
  return {
    owner: `${kind}#${incident.key}`,
    // If a retry finds the same matches again, they make the same item.
    key: inboxKey(
      kind,
      incident.key,
      hashOf([...runs.map(({ rule, seenKey }) => `${rule} ${seenKey}`), ...fingerprints].sort()),
    ),
    severity,
    matches,
    bytes: bytesOf(fingerprints),
    body: { incident, story, runs: merged.map(({ fingerprints: own, ...run }) => ({ ...run, count: own.length })) },
  };
}

/** Runs of lines that were folded together become one. */
function mergedRuns(runs: readonly FingerprintedRun[]): readonly FingerprintedRun[] {
  const merged = new Map<string, FingerprintedRun>();
  for (const { fingerprints, ...run } of runs) {
    const key = JSON.stringify([run.line, run.rule, run.seenKey, run.mode, run.unless]);
    merged.set(key, { ...run, fingerprints: [...(merged.get(key)?.fingerprints ?? []), ...fingerprints] });
  }
  return [...merged.values()];
}
