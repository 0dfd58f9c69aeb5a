import type { Incident } from "../alert/report.ts";
import { StoryBuilder } from "../alert/story/story-builder.ts";
import { MAX_LINES } from "../alert/story/story-size.ts";
import type { Told } from "../alert/story/told.ts";
import { shortTarget } from "../record/facts.ts";
import { bySeverity, type Severity, worstOf } from "../rules/severity.ts";
import type { AssignedEntry, AssignedMatch, AssignedRecord } from "./assign.ts";
import { familyOf, sharedIncident } from "./belonging.ts";
import { isCountedApart, MAX_INCIDENTS } from "./open-incidents.ts";
import { FULL_SHARED_BYTES, MAX_ENTRIES, sharedText } from "./stored-window.ts";
import { MAX_SEEN } from "./take.ts";
import type { WindowEntry, WindowId } from "./window-entry.ts";
import { addRun, type Draft, entriesDraft, type Runs, storyDraft } from "./written.ts";

/** Bounds of one item, and of the transaction that settles it. */
const MAX_FINGERPRINTS = 2_000;
const MAX_RUNS = 300;

/** Folds an invocation's findings as they come; memory grows with incidents and fingerprints, not with records. */
export class Drafts {
  readonly #stories = new Map<string, OpenStory>();
  readonly #windows = new Map<string, OpenWindow>();
  readonly #families = new Map<string, Set<string>>();
  #done: Draft[] = [];
  #matches = 0;

  get matches(): number {
    return this.#matches;
  }

  get size(): number {
    return this.#stories.size + this.#windows.size + this.#done.length;
  }

  addRecord(assigned: AssignedRecord): void {
    const { incident, ...shared } = this.#incidentOf(assigned);
    const { matches } = assigned;
    const apart = incident.isAcross ? assigned.incident.accountId : undefined;
    const told = { ...assigned.told, ...shared, apart };
    this.#matches += matches.length;
    // Each match is remembered in an item of its own, of which one transaction holds only so many.
    for (let at = 0; at < matches.length; at += MAX_SEEN) {
      const some = matches.slice(at, at + MAX_SEEN);
      if (this.#stories.get(incident.key)?.hasRoomFor(some) === false) this.#finish(this.#stories, incident.key);
      const open = this.#stories.get(incident.key) ?? new OpenStory(incident);
      this.#stories.set(incident.key, open);
      open.add({ ...assigned, told, matches: some }, at > 0);
      if (open.isFull) this.#finish(this.#stories, incident.key);
    }
  }

  addEntry(assigned: AssignedEntry): void {
    const { window, entry } = assigned;
    const open = this.#windows.get(window.key) ?? new OpenWindow(window);
    this.#windows.set(window.key, open);
    open.add(assigned);
    if (!entry.precedes) this.#matches++;
    if (open.isFull) this.#finish(this.#windows, window.key);
  }

  /** Hands the drafts over, the most severe first, and starts anew. */
  take(): readonly Draft[] {
    for (const open of [this.#stories, this.#windows]) for (const key of open.keys()) this.#finish(open, key);
    const taken = this.#done.toSorted(bySeverity);
    this.#done = [];
    this.#families.clear();
    this.#matches = 0;
    return taken;
  }

  /** Beyond the fiftieth, incidents of one rule and account share one. */
  #incidentOf({ incident, told }: AssignedRecord): { readonly incident: Incident } & Pick<Told, "sharedBy" | "group"> {
    const [rule = ""] = told.rules;
    const family = [...familyOf(incident, rule), incident.kind, isCountedApart(incident, told.severity)].join(" ");
    const members = this.#families.get(family) ?? new Set();
    this.#families.set(family, members);
    if (members.has(incident.key) || members.size < MAX_INCIDENTS) {
      members.add(incident.key);
      return { incident };
    }
    const group = incident.rule === undefined ? undefined : incident.key;
    return { incident: sharedIncident(incident, rule), sharedBy: shortTarget(incident.actor), group };
  }

  #finish(all: Map<string, OpenStory | OpenWindow>, key: string): void {
    const open = all.get(key);
    all.delete(key);
    if (open !== undefined) this.#done.push(open.draft());
  }
}

/** What is found for one incident, as it comes. */
class OpenStory {
  readonly builder = new StoryBuilder();
  readonly #incident: Incident;
  readonly #runs: Runs = new Map();
  readonly #seenKeys = new Set<string>();
  #matches = 0;

  constructor(incident: Incident) {
    this.#incident = incident;
  }

  get isFull(): boolean {
    return this.#matches >= MAX_FINGERPRINTS || this.#runs.size >= MAX_RUNS;
  }

  hasRoomFor(matches: readonly AssignedMatch[]): boolean {
    return this.#seenKeys.size + matches.filter(({ seenKey }) => !this.#seenKeys.has(seenKey)).length <= MAX_SEEN;
  }

  add({ fingerprint, matches, told, unless }: AssignedRecord, isMore: boolean): void {
    const names = matches.map(({ rule }) => rule.name);
    const line = this.builder.addRecord(told, names, isMore);
    const more = this.#incident.kind === "daily" ? { unless } : {};
    for (const { rule, seenKey } of matches) {
      addRun(this.#runs, { line, rule: rule.name, seenKey, mode: "once", ...more, fingerprints: [fingerprint] });
      this.#seenKeys.add(seenKey);
    }
    this.#matches += matches.length;
  }

  draft(): Draft {
    const story = this.builder.story();
    const runs = Array.from(this.#runs.values(), (run) => ({ ...run, line: this.builder.lineIn(run.line) }));
    return storyDraft(this.#incident, story, runs);
  }
}

/** What is found for one window, as it comes. */
class OpenWindow {
  readonly #window: WindowId;
  readonly #entries: WindowEntry[] = [];
  readonly #seenKeys = new Set<string>();
  /** Calls of which a record is kept, with their outcomes: as many as a mail has lines. */
  readonly #calls = new Set<string>();
  /** What entries share, and its size in bytes. */
  readonly #shared = new Set<string>();
  #sharedBytes = 0;
  #severity: Severity = "info";

  constructor(window: WindowId) {
    this.#window = window;
  }

  get isFull(): boolean {
    const isLong = this.#entries.length >= MAX_ENTRIES || this.#seenKeys.size >= MAX_SEEN;
    return isLong || this.#sharedBytes >= FULL_SHARED_BYTES;
  }

  add({ match, entry }: AssignedEntry): void {
    this.#severity = worstOf([this.#severity, match.rule.severity]) ?? this.#severity;
    // Of many records only some are kept: the first, one for each further hour, and one of each further call.
    const call = `${entry.facts.call} ${entry.facts.outcome}`;
    const isNewCall = !this.#calls.has(call) && this.#calls.size < MAX_LINES;
    const isKept = this.#entries.length < 20 || !this.#seenKeys.has(match.seenKey) || isNewCall;
    if (isNewCall) this.#calls.add(call);
    this.#entries.push(isKept ? entry : { ...entry, kept: undefined });
    this.#seenKeys.add(match.seenKey);
    const shared = sharedText(entry);
    if (!this.#shared.has(shared)) this.#sharedBytes += Buffer.byteLength(shared);
    this.#shared.add(shared);
  }

  draft(): Draft {
    return entriesDraft(this.#window, this.#entries, this.#severity);
  }
}
