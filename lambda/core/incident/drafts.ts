import type { Incident } from "../alert/report.ts";
import { StoryBuilder } from "../alert/story-builder.ts";
import { shortTarget } from "../record/facts.ts";
import { viewOf } from "../record/view.ts";
import type { Severity } from "../rules/severity.ts";
import { bySeverity, worstOf } from "../rules/severity.ts";
import { hashOf, isTwin } from "../store/seen.ts";
import type { AssignedEntry, AssignedRecord } from "./assign.ts";
import { sharedIncident } from "./belonging.ts";
import { type Draft, storyDraft } from "./draft.ts";
import { MAX_INCIDENTS, openKey } from "./open-incidents.ts";
import { FULL_SHARED_BYTES, sharedText, storedWindow } from "./stored-window.ts";
import type { WindowEntry, WindowId } from "./window-entry.ts";
import { withFewRecords } from "./window-room.ts";
import { inboxKey, type Run } from "./written.ts";

/** Bounds of one item, and of the transaction that settles it. */
const MAX_FINGERPRINTS = 2_000;
const MAX_ENTRIES = 700;
const MAX_SEEN_KEYS = 24;
const MAX_RUNS = 300;

interface OpenStory {
  readonly incident: Incident;
  readonly builder: StoryBuilder;
  readonly runs: Map<string, { readonly run: Omit<Run, "count">; readonly fingerprints: string[] }>;
  readonly seenKeys: Set<string>;
  severity: Severity;
  matches: number;
}

interface OpenEntries {
  readonly window: WindowId;
  readonly entries: WindowEntry[];
  readonly seenKeys: string[];
  readonly behind: number[];
  /** What entries share, and its size in bytes. */
  readonly shared: Set<string>;
  sharedBytes: number;
  severity: Severity;
  matches: number;
}

/** Folds an invocation's findings as they come; memory grows with incidents and fingerprints, not with records. */
export class Drafts {
  readonly #stories = new Map<string, OpenStory>();
  readonly #windows = new Map<string, OpenEntries>();
  readonly #families = new Map<string, Set<string>>();
  readonly #twins = new Map<string, StoryBuilder>();
  #done: Draft[] = [];
  #matches = 0;

  /** Matches that are in the drafts. */
  get matches(): number {
    return this.#matches;
  }

  get size(): number {
    return this.#stories.size + this.#windows.size + this.#done.length;
  }

  addRecord(assigned: AssignedRecord): void {
    const { fingerprint, matches, told, record, logObject, unless } = assigned;
    const { incident, sharedBy } = this.#incidentOf(assigned);
    const open = this.#storyOf(incident);
    const whole = { ...told, record, logObject, sharedBy: sharedBy ?? told.sharedBy };
    const line = open.builder.addRecord(
      whole,
      matches.map(({ rule }) => rule.name),
    );
    for (const { rule, seenKey } of matches) {
      const key = `${line} ${rule.name} ${seenKey}`;
      const run = {
        line,
        rule: rule.name,
        seenKey,
        mode: "once" as const,
        ...(incident.kind === "daily" && { unless }),
      };
      const known = open.runs.get(key) ?? { run, fingerprints: [] };
      known.fingerprints.push(fingerprint);
      open.runs.set(key, known);
      open.seenKeys.add(seenKey);
      if (incident.kind === "daily") open.seenKeys.add(unless);
    }
    open.severity = worstOf([open.severity, told.severity]) ?? told.severity;
    open.matches += matches.length;
    this.#matches += matches.length;
    if (isTwin(record)) this.#twins.set(fingerprint, open.builder);
    const isFull =
      open.matches >= MAX_FINGERPRINTS || open.seenKeys.size >= MAX_SEEN_KEYS || open.runs.size >= MAX_RUNS;
    if (isFull) this.#finishStory(incident.key);
  }

  addEntry({ window, match, entry }: AssignedEntry): void {
    const open = this.#windows.get(window.key) ?? {
      window,
      entries: [],
      seenKeys: [],
      behind: [],
      shared: new Set(),
      sharedBytes: 0,
      severity: match.rule.severity,
      matches: 0,
    };
    this.#windows.set(window.key, open);
    let index = open.seenKeys.indexOf(match.seenKey);
    if (index < 0) index = open.seenKeys.push(match.seenKey) - 1;
    // Of many records only some are kept: the first, and one for each further hour.
    const { record: _, logObject: __, ...bare } = entry;
    const isKept = open.entries.length < 20 || !open.behind.includes(index);
    open.entries.push(isKept ? entry : bare);
    open.behind.push(index);
    const shared = sharedText(entry);
    if (!open.shared.has(shared)) open.sharedBytes += Buffer.byteLength(shared);
    open.shared.add(shared);
    if (!entry.precedes) {
      open.matches++;
      this.#matches++;
    }
    const isFull = open.entries.length >= MAX_ENTRIES || open.seenKeys.length >= MAX_SEEN_KEYS;
    if (isFull || open.sharedBytes >= FULL_SHARED_BYTES) this.#finishWindow(window.key);
  }

  /** Adds a record's twin to a story of this invocation, so that the alert names both accounts. */
  addTwin({ fingerprint, record }: AssignedRecord): void {
    this.#twins.get(fingerprint)?.addAccounts(viewOf(record).accounts);
  }

  /** Hands the drafts over, the most severe first, and starts anew. */
  take(): readonly Draft[] {
    for (const key of [...this.#stories.keys()]) this.#finishStory(key);
    for (const key of [...this.#windows.keys()]) this.#finishWindow(key);
    const taken = this.#done.toSorted(bySeverity);
    this.#done = [];
    this.#families.clear();
    this.#twins.clear();
    this.#matches = 0;
    return taken;
  }

  /** Beyond the fiftieth, callers of one rule and account share an incident. */
  #incidentOf({ incident, told }: AssignedRecord): { readonly incident: Incident; readonly sharedBy?: string } {
    const [rule = ""] = told.rules;
    const family = `${openKey(incident, rule)} ${incident.kind}`;
    const members = this.#families.get(family) ?? new Set();
    this.#families.set(family, members);
    if (members.has(incident.key) || members.size < MAX_INCIDENTS) {
      members.add(incident.key);
      return { incident };
    }
    return { incident: sharedIncident(incident, rule), sharedBy: shortTarget(incident.actor) };
  }

  #storyOf(incident: Incident): OpenStory {
    const known = this.#stories.get(incident.key);
    if (known !== undefined) return known;
    const open: OpenStory = {
      incident,
      builder: new StoryBuilder(),
      runs: new Map(),
      seenKeys: new Set(),
      severity: "info",
      matches: 0,
    };
    this.#stories.set(incident.key, open);
    return open;
  }

  #finishStory(key: string): void {
    const open = this.#stories.get(key);
    if (open === undefined) return;
    this.#stories.delete(key);
    const runs = [...open.runs.values()];
    const story = open.builder.story();
    this.#done.push(
      storyDraft(
        open.incident,
        story,
        runs.map(({ run, fingerprints }) => ({ ...run, line: open.builder.lineIn(run.line), fingerprints })),
        open.severity,
        open.matches,
      ),
    );
  }

  #finishWindow(key: string): void {
    const open = this.#windows.get(key);
    if (open === undefined) return;
    this.#windows.delete(key);
    const { window, seenKeys, behind, severity, matches } = open;
    const entries = withFewRecords(open.entries);
    const owner = `window#${window.key}`;
    this.#done.push({
      owner,
      key: inboxKey(
        "window",
        window.key,
        hashOf([...entries.map(({ fingerprint, precedes }) => `${fingerprint}${precedes ?? ""}`), ...seenKeys].sort()),
      ),
      severity,
      matches,
      body: { ...storedWindow(window, entries), seenKeys, behind },
      entries,
    });
  }
}
