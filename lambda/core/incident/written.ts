import { type Incident, isIncident } from "../alert/report.ts";
import { isStory, matchesIn, type Story, sumOf } from "../alert/story/story.ts";
import type { Severity } from "../rules/severity.ts";
import { hasShape, isCount, isListOf, isMaybe, isOneOf, isText, type Shaped } from "../store/guard.ts";
import type { Items } from "../store/items.ts";
import { bytesOf, fingerprintsIn, hashOf } from "../store/seen.ts";
import { storedWindow } from "./stored-window.ts";
import { type StoredWindow, type WindowEntry, type WindowId, windowOf } from "./window-entry.ts";

/** What one invocation found for one incident or window, written down and not yet told. */
export type Written = WrittenStory | StoredWindow;

/** Consecutive fingerprints of the same sort. */
export type Run = Shaped<typeof isRun>;
const isRun = hasShape({
  /** The key of their line, and the rule that they match. */
  line: isText,
  rule: isText,
  count: isCount,
  seenKey: isText,
  /**
   * "once": told unless the seen key has them already; "tell": told in any case, and the seen key notes a mail did; a
   * daily story leaves out what `unless` already has.
   */
  mode: isOneOf(["once", "tell"]),
  unless: isMaybe(isText),
});

/** What was found for an incident. The item's bytes are its fingerprints, and `runs` says what these are, in their order. */
export type WrittenStory = Shaped<typeof isWrittenStory>;
const isWrittenStory = hasShape({ incident: isIncident, story: isStory, runs: isListOf(isRun) });

/** The same with the fingerprints themselves. */
export type FingerprintedRun = Omit<Run, "count"> & { readonly fingerprints: readonly string[] };

/** Runs that grow, one for each sort. */
export type Runs = Map<string, FingerprintedRun & { readonly fingerprints: string[] }>;

export function addRun(runs: Runs, { fingerprints, ...run }: FingerprintedRun): void {
  const sort = [run.seenKey, run.mode, run.unless, run.line, run.rule].join(" ");
  const known = runs.get(sort);
  if (known === undefined) runs.set(sort, { ...run, fingerprints: [...fingerprints] });
  else known.fingerprints.push(...fingerprints);
}

/** The key of the head or window that something written belongs to; undefined for other keys. */
export function ownerOf(inbox: string): string | undefined {
  const [, owner] = /^in#((?:incident|daily|window)#[^#]+)#/.exec(inbox) ?? [];
  return owner;
}

/** What was written, as the ledger has it; undefined if it cannot be read, "done" once it is settled. */
export function writtenOf(body: unknown): Written | "done" | undefined {
  if (body === "done") return body;
  if (isWrittenStory(body)) return body as WrittenStory;
  const window = windowOf(body);
  return window?.shared.every(({ seenKey }) => seenKey !== undefined) ? window : undefined;
}

/** What is still to be settled among these items. */
export function writtenIn(keys: readonly string[], items: Items): readonly (Written & { readonly key: string })[] {
  return keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" ? [] : [{ key, ...one }];
  });
}

/** The stories among what is still to be settled. */
export function storiesIn(keys: readonly string[], items: Items): readonly (WrittenStory & { readonly key: string })[] {
  return writtenIn(keys, items).filter((one) => "story" in one);
}

/** The incident that tells what was written, or what passes its window. */
export function incidentOf(written: Written): Incident {
  return "window" in written ? written.window.incident : written.incident;
}

/** The items that remember what it tells. */
export function seenKeysIn(written: Written): readonly string[] {
  const parts = "window" in written ? written.shared : written.runs;
  return [...new Set(parts.flatMap(({ seenKey = [] }) => seenKey))];
}

/** Runs with their fingerprints, which are the item's bytes. */
export function fingerprintedRuns({ runs }: WrittenStory, bytes: Uint8Array): readonly FingerprintedRun[] {
  const all = fingerprintsIn(bytes);
  let at = 0;
  return runs.map(({ count, ...run }) => {
    at += count;
    return { ...run, fingerprints: all.slice(at - count, at) };
  });
}

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
  const kind = incident.kind === "mail" ? "incident" : "daily";
  const all: Runs = new Map();
  // Those of lines that were folded together become one.
  for (const run of runs) addRun(all, run);
  const merged = [...all.values()];
  const fingerprints = merged.flatMap((run) => run.fingerprints);
  return {
    ...keysOf(kind, incident.key, [...runs.map(({ rule, seenKey }) => `${rule} ${seenKey}`), ...fingerprints]),
    // Its lines stand in the order of their weight.
    severity: story.lines[0]?.severity ?? "info",
    matches: sumOf(matchesIn(story).values()),
    bytes: bytesOf(fingerprints),
    body: { incident, story, runs: merged.map(({ fingerprints: own, ...run }) => ({ ...run, count: own.length })) },
  };
}

/** What is written down of entries. */
export function entriesDraft(window: WindowId, entries: readonly WindowEntry[], severity: Severity): Draft {
  const body = storedWindow(window, entries);
  const fingerprints = entries.map(({ fingerprint, precedes }) => `${fingerprint}${precedes ?? ""}`);
  return {
    ...keysOf("window", window.key, [...fingerprints, ...seenKeysIn(body)]),
    severity,
    matches: entries.filter(({ precedes }) => !precedes).length,
    body,
  };
}

/** Keys of what is written down: `in#incident#...`, `in#daily#...` or `in#window#...`, then the key of its owner. */
function keysOf(kind: "incident" | "daily" | "window", key: string, content: string[]): Pick<Draft, "owner" | "key"> {
  return { owner: `${kind}#${key}`, key: `in#${kind}#${key}#${hashOf(content.sort())}` };
}
