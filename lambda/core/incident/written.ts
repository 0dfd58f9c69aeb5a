import type { Incident } from "../alert/report.ts";
import type { Story } from "../alert/story.ts";
import { hasShape, isCount, isListOf, isMaybe, isOneOf, isText } from "../store/guard.ts";
import type { Items } from "../store/items.ts";
import { FINGERPRINT_BYTES } from "../store/seen.ts";
import { isIncident, isStory } from "./shapes.ts";
import { type StoredWindow, windowOf } from "./stored-window.ts";

/** What one invocation found for one incident, written down and not yet told. The item's bytes are its fingerprints. */
export interface WrittenStory {
  readonly incident: Incident;
  readonly story: Story;
  /** What the fingerprints are, in their order. */
  readonly runs: readonly Run[];
}

/** Consecutive fingerprints of the same sort. */
export interface Run {
  /** The key of their line, and the rule that they match. */
  readonly line: string;
  readonly rule: string;
  readonly count: number;
  readonly seenKey: string;
  /**
   * "once": told unless the seen key has them already; "tell": told in any case, and the seen key notes a mail did; a
   * daily story leaves out what `unless` already has.
   */
  readonly mode: "once" | "tell";
  readonly unless?: string;
}

/** What one invocation found for one window; `behind` gives each entry's place in `seenKeys`. */
export interface WrittenEntries extends StoredWindow {
  readonly seenKeys: readonly string[];
  readonly behind: readonly number[];
}

/** Keys of what is written down: `in#incident#...`, `in#daily#...` or `in#window#...`, then the key of its owner. */
export function inboxKey(kind: "incident" | "daily" | "window", key: string, unique: string): string {
  return `in#${kind}#${key}#${unique}`;
}

/** The key of the head or window that something written belongs to; undefined for other keys. */
export function ownerOf(inbox: string): string | undefined {
  const [, owner] = /^in#((?:incident|daily|window)#[^#]+)#/.exec(inbox) ?? [];
  return owner;
}

const isRun = hasShape({
  line: isText,
  rule: isText,
  count: isCount,
  seenKey: isText,
  mode: isOneOf(["once", "tell"]),
  unless: isMaybe(isText),
});

const isWrittenStory = hasShape({ incident: isIncident, story: isStory, runs: isListOf(isRun) });
const hasSeenKeys = hasShape({ seenKeys: isListOf(isText), behind: isListOf(isCount) });

/** What was written, as the ledger has it; undefined if it cannot be read, "done" once it is settled. */
export function writtenOf(body: unknown): WrittenStory | WrittenEntries | "done" | undefined {
  if (body === "done") return body;
  if (isWrittenStory(body)) return body as WrittenStory;
  return windowOf(body) !== undefined && hasSeenKeys(body) ? (body as WrittenEntries) : undefined;
}

/** The fingerprints of runs, from the bytes beside them. */
export function fingerprintsOfRuns<R extends { readonly count: number }>(
  runs: readonly R[],
  bytes: Uint8Array,
): readonly (R & { readonly fingerprints: readonly string[] })[] {
  const text = Buffer.from(bytes).toString("hex");
  let at = 0;
  return runs.map((run) => {
    const fingerprints = Array.from({ length: run.count }, (_, i) =>
      text.slice((at + i) * FINGERPRINT_BYTES * 2, (at + i + 1) * FINGERPRINT_BYTES * 2),
    );
    at += run.count;
    return { ...run, fingerprints };
  });
}

/** The stories among these items that are still to be settled. */
export function storiesIn(keys: readonly string[], items: Items): readonly (WrittenStory & { readonly key: string })[] {
  return keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" || "seenKeys" in one ? [] : [{ key, ...one }];
  });
}

/** What was written down for windows, among these items, and is still to be settled. */
export function windowsIn(
  keys: readonly string[],
  items: Items,
): readonly (WrittenEntries & { readonly key: string })[] {
  return keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" || !("seenKeys" in one) ? [] : [{ key, ...one }];
  });
}
