import type { Incident } from "../alert/report.ts";
import { matchesIn, type Story, sumOf } from "../alert/story.ts";
import type { Severity } from "../rules/severity.ts";
import { bytesOf, hashOf } from "../store/seen.ts";
import { storedWindow } from "./stored-window.ts";
import type { WindowEntry, WindowId } from "./window-entry.ts";
import { type FingerprintedRun, inboxKey, type Written, type WrittenEntries } from "./written.ts";

/** What was found for one incident or window, ready to be written down. */
export interface Draft {
  /** The key of the head or window that it belongs to. */
  readonly owner: string;
  readonly key: string;
  readonly severity: Severity;
  readonly matches: number;
  readonly body: Written;
  readonly bytes?: Uint8Array;
}

/** What is written down of a story. If a retry finds the same matches again, they make the same item. */
export function storyDraft(incident: Incident, story: Story, runs: readonly FingerprintedRun[]): Draft {
  const merged = mergedRuns(runs);
  const fingerprints = merged.flatMap((run) => run.fingerprints);
  const kind = incident.kind === "mail" ? "incident" : "daily";
  const content = [...runs.map(({ rule, seenKey }) => `${rule} ${seenKey}`), ...fingerprints];
  return {
    owner: `${kind}#${incident.key}`,
    key: inboxKey(kind, incident.key, hashOf(content.sort())),
    // Its lines stand in the order of their weight.
    severity: story.lines[0]?.severity ?? "info",
    matches: sumOf(matchesIn(story).values()),
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

/** What is written down of entries, with each one's place in `seenKeys`. */
export function entriesDraft(
  window: WindowId,
  entries: readonly WindowEntry[],
  { seenKeys, behind }: Pick<WrittenEntries, "seenKeys" | "behind">,
  severity: Severity,
): Draft {
  const content = [...entries.map(({ fingerprint, precedes }) => `${fingerprint}${precedes ?? ""}`), ...seenKeys];
  return {
    owner: `window#${window.key}`,
    key: inboxKey("window", window.key, hashOf(content.sort())),
    severity,
    matches: entries.filter(({ precedes }) => !precedes).length,
    body: { ...storedWindow(window, entries), seenKeys, behind },
  };
}
