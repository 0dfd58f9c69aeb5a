import { type Alert, type AlertSettings, renderAlert } from "../alert/alert.ts";
import type { Incident, Report } from "../alert/report.ts";
import { EMPTY_STORY, mergedStory, type Story, StoryBuilder, sharedStory, sumOf } from "../alert/story.ts";
import { type Rule, SEVERITIES, type Severity } from "../rules/rule.ts";
import { type Draft, type StoryDraft, storyDraft } from "./drafts.ts";
import { type Head, headOf, hold, judged, newHead, openUntil, ring, ringsAt } from "./incident.ts";
import type { Items } from "./items.ts";
import { isOneTooMany, type Opened, type OpenedInRun, openKey } from "./open-incidents.ts";
import { alertKey, newOutgoing, urgencyOf } from "./outbox.ts";
import { sharedIncident, toldKeyOf } from "./place.ts";
import { isForRoundUp, type RuleBook } from "./rule-book.ts";
import { changesToRemember, REMEMBERED, type SeenMarks, seenMarks } from "./seen.ts";
import type { Change } from "./store.ts";
import { entriesOf, passed, slide, storedWindow, windowOf } from "./window.ts";
import { marksOfRuns, type Run, type WrittenStory, writtenOf } from "./written.ts";

/** What is given in one decision. */
export interface Circumstances {
  readonly settings: AlertSettings;
  readonly book: RuleBook;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Incidents that this run has opened and not counted yet. */
  readonly opened: OpenedInRun;
}

/** What becomes of what was written down for one incident or window. */
export interface Decision {
  readonly changes: readonly Change[];
  /** Per item that it takes: matches that are new, and that were known. Items that are left out come in the next one. */
  readonly taken: ReadonlyMap<
    string,
    { readonly fresh: number; readonly duplicates: number; readonly toldElsewhere: number }
  >;
  /** The alert that was made. */
  readonly alert?: Alert;
  /** The incident, where it is counted among those that are open from now on. */
  readonly opened?: Opened;
  /** What was written down for another owner in the same commit, to be settled next. */
  readonly passedOn?: { readonly owner: string; readonly key: string; readonly fresh: number };
}

const DAY = 86_400_000;

/** What is settled is kept this long, in milliseconds, so that nobody writes it down again meanwhile. */
const DONE_FOR = DAY;

/** Heads without anything to tell are forgotten after this time, in milliseconds. */
const FORGOTTEN_AFTER = 2 * DAY;

/** A transaction holds 100 changes; a chain of marks takes three of them at most, head and alert one each. */
const MAX_SEEN = 24;
const MAX_ITEMS = 20;

/** The items that a decision needs beside those that are written down, once these are read. */
export function keysBehind(key: string, items: Items): readonly string[] {
  const written = items.get(key, writtenOf);
  if (written === undefined || written === "done") return [];
  if ("seenKeys" in written) return [...new Set(written.seenKeys)];
  return [
    ...new Set(written.runs.flatMap(({ seenKey, unless }) => [seenKey, ...(unless === undefined ? [] : [unless])])),
    countedAt(written),
  ];
}

/** Where an incident is counted that something written down opens. */
function countedAt({ incident, story }: WrittenStory): string {
  return openKey(incident, story.lines[0]?.rules[0] ?? "");
}

/** Decides on an incident: what of it is known already, what rings, what is held back. */
export function decide(owner: string, keys: readonly string[], items: Items, given: Circumstances): Decision {
  const { book, now } = given;
  const known = items.get(owner, headOf);
  const written = keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" || "seenKeys" in one ? [] : [{ key, ...one }];
  });
  const incident = known?.incident ?? written[0]?.incident;
  if (incident === undefined) return idle(keys, items, now);
  const head = isOver(known, now) ? newHead(incident, known?.held) : (known as Head);
  const { story: fresh, taken, remembered, runs } = freshOf(written, items);
  const changes = [
    ...(taken.size === 0 ? idle(keys, items, now).changes : []),
    ...done(taken, items, now),
    ...[...remembered].flatMap(([key, marks]) => changesToRemember(key, items, marks, now)),
  ];
  const story = head.held === undefined ? fresh : mergedStory(head.held, fresh);
  if (story.lines.length === 0) {
    const isIdle = known !== undefined && items.dueAt(owner) !== undefined;
    const next = isIdle ? [items.change(owner, { body: known, expiresAt: now + FORGOTTEN_AFTER })] : [];
    return { changes: [...changes, ...next], taken };
  }

  const isNew = isOver(known, now) && known?.held === undefined;
  const [first] = written;
  const counting = isNew && first !== undefined && !incident.isShared ? countedAt(first) : undefined;
  // An incident that is open keeps what is its own, however many others there are.
  if (counting !== undefined && first !== undefined && isOneTooMany(counting, incident.key, items, given)) {
    return passOn(incident, first.story.lines[0]?.rules[0] ?? "", fresh, runs, items, given, taken);
  }
  const lines = story.lines.map((line) => judged(line, head, book, now));
  const dueAt = incident.kind === "daily" ? now : ringsAt(lines, head, book, now);
  const opened = (until: number) =>
    counting !== undefined && { opened: { key: counting, incident: incident.key, until } };
  if (dueAt > now || incident.kind === "daily") {
    // Others have taken what this was called for.
    if (taken.size === 0 && keys.length > 0) return idle(keys, items, now);
    const held = hold(head, fresh);
    const severity = SEVERITIES.find((one) => lines.some((line) => line.severity === one)) ?? "info";
    const urgency = urgencyOf({ severity, isUnverified: incident.isUnverified });
    const next = items.change(owner, { body: held, dueAt: Math.max(dueAt, now), urgency });
    return { changes: [...changes, next], taken, ...opened(openUntil(held, now)) };
  }
  const version = items.change(owner, { body: null }).expected;
  const rung = ring(head, story, book, now, [version, ...taken.keys()].join(" "));
  const alert = renderAlert(rung.report, given.settings, now, { isFirstText: !head.isTexted });
  const next = alert.sms === undefined ? rung.head : { ...rung.head, isTexted: true };
  return {
    changes: [...changes, items.change(owner, { body: next, expiresAt: now + FORGOTTEN_AFTER }), newAlert(alert, now)],
    taken,
    alert,
    ...opened(openUntil(next, now)),
  };
}

/** What is settled and due all the same is none of ours; it must not stand before what is. */
function idle(keys: readonly string[], items: Items, now: number): Decision {
  const some = keys.filter((key) => items.get(key, writtenOf) === "done" && items.dueAt(key) !== undefined);
  return { changes: done(new Set(some.slice(0, MAX_ITEMS)), items, now), taken: new Map() };
}

function done(taken: { keys(): Iterable<string> }, items: Items, now: number): readonly Change[] {
  return Array.from(taken.keys(), (key) => items.change(key, { body: "done", expiresAt: now + DONE_FOR }));
}

function isOver(head: Head | undefined, now: number): boolean {
  return head === undefined || (head.lastMail !== undefined && head.lastMail.at <= now - DAY);
}

type Written = WrittenStory & { readonly key: string };
type FreshRun = Omit<Run, "count"> & { readonly marks: readonly string[] };

/** What is new of what was written down, as far as one transaction holds it, and the marks to remember. */
function freshOf(written: readonly Written[], items: Items) {
  const builder = new StoryBuilder();
  const seen = new Map<string, SeenMarks>();
  const seenAt = (key: string) => {
    const known = seen.get(key) ?? seenMarks(key, items);
    seen.set(key, known);
    return known;
  };
  const remembered = new Map<string, string[]>();
  const taken = new Map<string, { fresh: number; duplicates: number; toldElsewhere: number }>();
  const freshRuns: FreshRun[] = [];
  for (const { key, story, runs } of written.slice(0, MAX_ITEMS)) {
    const wanted = new Set([...remembered.keys(), ...runs.map(({ seenKey }) => seenKey)]);
    if (taken.size > 0 && wanted.size > MAX_SEEN) break;
    const counts = { fresh: 0, duplicates: 0, toldElsewhere: 0 };
    taken.set(key, counts);
    const known = new Map<string, { rule: string; count: number }[]>();
    const leftOut = (line: string, rule: string) => {
      const list = known.get(line) ?? [];
      known.set(line, [...list, { rule, count: 1 }]);
    };
    for (const { count: _, marks, ...run } of marksOfRuns(runs, items.bytes(key))) {
      const { line, rule, seenKey, mode, unless } = run;
      const fresh: string[] = [];
      freshRuns.push({ ...run, marks: fresh });
      for (const mark of marks) {
        const at = seenAt(seenKey);
        if (mode === "once" && at.look(mark) === "duplicate") {
          counts.duplicates++;
          leftOut(line, rule);
          continue;
        }
        if (mode === "once" && unless !== undefined && seenAt(unless).look(mark) === "duplicate") {
          counts.toldElsewhere++;
          leftOut(line, rule);
        } else {
          fresh.push(mark);
          if (mode === "once") counts.fresh++;
        }
        if (at.look(mark) === "duplicate") continue;
        at.add(mark);
        const list = remembered.get(seenKey) ?? [];
        list.push(mark);
        remembered.set(seenKey, list);
      }
    }
    const left = without(story, known);
    // What passed a window was counted there.
    if (runs.every(({ mode }) => mode === "tell"))
      counts.fresh = sumOf(left.lines.flatMap(({ matches }) => Object.values(matches)));
    if (left.lines.length > 0) builder.addStory(left);
  }
  const story = builder.story();
  const left = freshRuns.filter(({ marks }) => marks.length > 0);
  return { story, taken, remembered, runs: left.map((run) => ({ ...run, line: builder.lineIn(run.line) })) };
}

/** A story without matches that are told already. */
function without(story: Story, known: ReadonlyMap<string, readonly { rule: string; count: number }[]>): Story {
  const lines = story.lines.flatMap((line) => {
    const matches = { ...line.matches };
    for (const { rule, count } of known.get(line.key) ?? []) matches[rule] = Math.max(0, (matches[rule] ?? 0) - count);
    const left = Object.entries(matches).filter(([, count]) => count > 0);
    if (left.length === 0) return [];
    const records = Math.min(line.records, Math.max(...left.map(([, count]) => count)));
    return [{ ...line, matches: Object.fromEntries(left), records }];
  });
  const keys = new Set(lines.map(({ key }) => key));
  return lines.length === 0 ? EMPTY_STORY : { ...story, lines, kept: story.kept.filter(({ line }) => keys.has(line)) };
}

/** Hands what was written down for one incident too many to the one that all share. */
function passOn(
  incident: Incident,
  rule: string,
  fresh: Story,
  runs: readonly FreshRun[],
  items: Items,
  { now }: Circumstances,
  taken: Decision["taken"],
): Decision {
  const shared = sharedIncident(incident, rule);
  const severity = fresh.lines[0]?.severity ?? "info";
  const draft = onlyNow(storyDraft(shared, sharedStory(fresh, incident.actor), runs, severity, 0), incident.key, now);
  const fold = sumOf([...taken.values()].map((one) => one.fresh));
  return {
    changes: [...done(taken, items, now), writing(draft, now, now)],
    taken,
    passedOn: { owner: draft.owner, key: draft.key, fresh: fold },
  };
}

/** Decides on a window: what of it is new, and what passes to its incident. */
export function decideWindow(owner: string, keys: readonly string[], items: Items, given: Circumstances): Decision {
  const { book, now } = given;
  const written = keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" || !("seenKeys" in one) ? [] : [{ key, ...one }];
  });
  const [first] = written;
  if (first === undefined) return idle(keys, items, now);
  const { window } = first;
  const rule: Rule | undefined = book.get(window.rule);
  const taken = new Map<string, { fresh: number; duplicates: number; toldElsewhere: number }>();
  const remembered = new Map<string, string[]>();
  const seen = new Map<string, SeenMarks>();
  const fresh: ReturnType<typeof entriesOf>[number][] = [];
  for (const one of written.slice(0, MAX_ITEMS)) {
    const wanted = new Set([...remembered.keys(), ...one.seenKeys]);
    if (taken.size > 0 && wanted.size > MAX_SEEN) break;
    const counts = { fresh: 0, duplicates: 0, toldElsewhere: 0 };
    taken.set(one.key, counts);
    for (const [i, entry] of entriesOf(one).entries()) {
      const seenKey = one.seenKeys[one.behind[i] ?? 0] ?? "";
      const marks = seen.get(seenKey) ?? seenMarks(seenKey, items);
      seen.set(seenKey, marks);
      if (marks.look(entry.mark) === "duplicate") {
        if (!entry.precedes) counts.duplicates++;
        continue;
      }
      marks.add(entry.mark);
      pushTo(remembered, seenKey, entry.mark);
      if (!entry.precedes) counts.fresh++;
      fresh.push(entry);
    }
  }
  const stored = items.get(owner, windowOf);
  // A rule that no longer counts tells what it has.
  const slid = slide(stored === undefined ? [] : entriesOf(stored), fresh, rule ?? {});
  const passing = rule === undefined ? [] : slid.rung;
  const changes = [
    ...done(taken, items, now),
    ...[...remembered].flatMap(([key, marks]) => changesToRemember(key, items, marks, now)),
    items.change(owner, { body: storedWindow(window, slid.entries), expiresAt: now + REMEMBERED }),
  ];
  if (passing.length === 0 || rule === undefined) return { changes, taken };
  const draft = onlyNow(passedDraft(passing, rule, window.incident), window.key, now);
  return {
    changes: [...changes, writing(draft, now, now)],
    taken,
    passedOn: { owner: draft.owner, key: draft.key, fresh: slid.fresh },
  };
}

function pushTo(lists: Map<string, string[]>, key: string, element: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [element]);
  else list.push(element);
}

/** What passed a window, written down for its incident; the marks say to the daily round-up that a mail tells of it. */
export function passedDraft(rung: Parameters<typeof passed>[0], rule: Rule, incident: Incident): StoryDraft {
  const story = passed(rung, rule, incident);
  const runs = new Map<string, string[]>();
  // Only a mail leaves something out of the round-up.
  for (const { mark, time, unless } of incident.kind === "mail" ? rung : []) {
    pushTo(runs, unless ?? toldKeyOf(incident.accountId, incident.actor, time), mark);
  }
  const told = [...runs].map(([seenKey, marks]) => {
    return { line: story.lines[0]?.key ?? "", rule: rule.name, seenKey, mode: "tell" as const, marks };
  });
  return storyDraft(incident, story, told, rule.severity, sumOf(rung.map(({ matches }) => matches)));
}

/** What is passed on in a commit is passed on once: it is no earlier item, though its matches may be the same. */
function onlyNow(draft: StoryDraft, from: string, now: number): StoryDraft {
  return { ...draft, key: `${draft.key}@${now}-${from}` };
}

/** The change that writes something down. It is never there already, but where a retry has found the same. */
export function writing({ key, body, bytes, severity }: Draft, dueAt: number, now: number): Change {
  const { isUnverified } = "window" in body ? body.window.incident : body.incident;
  const urgency = urgencyOf({ severity, isUnverified });
  return { key, expected: 0, next: { body, ...(bytes && { bytes }), dueAt: Math.max(dueAt, now), urgency } };
}

/** The change that puts a finished alert into the outbox. */
export function newAlert(alert: Alert, now: number): Change {
  const next = { body: newOutgoing(alert, now), dueAt: now, urgency: urgencyOf(alert) };
  return { key: alertKey(alert), expected: 0, next };
}

/** When something that is about to be written down is due: at once, unless all of it can wait for its incident. */
export function dueAtOf(draft: Draft, head: Head | undefined, given: Circumstances, endOfDay: () => number): number {
  const { book, now } = given;
  if ("entries" in draft) return now;
  const { incident, story } = draft.body;
  if (incident.kind === "daily") return endOfDay();
  if (isOver(head, now)) return now;
  const known = head as Head;
  return ringsAt(
    story.lines.map((line) => judged(line, known, book, now)),
    known,
    book,
    now,
  );
}

/** What daily incidents tell in one round-up: a report of each, and the changes that say so. */
export function decideDaily(
  owners: readonly string[],
  items: Items,
  { book, now }: Circumstances,
): readonly { readonly report: Report; readonly change: Change }[] {
  const told = new Map<string, { readonly report: Report; readonly change: Change }>();
  for (const owner of owners) {
    const head = items.get(owner, headOf);
    if (head?.held === undefined || head.incident.kind !== "daily") continue;
    const version = items.change(owner, { body: null }).expected;
    const { report, head: next } = ring({ ...newHead(head.incident) }, head.held, book, now, version);
    const change = items.change(owner, { body: next, expiresAt: now + FORGOTTEN_AFTER });
    // One head may be due under two keys: its own, at which stands what cannot be read, and the one that it has instead.
    told.set(change.key, { report, change });
  }
  return [...told.values()];
}

/** What a draft tells where there is no ledger to ask; undefined below its rule's threshold, or when it can wait. */
export function reportWithoutLedger(draft: Draft, { book, now }: Circumstances): Report | undefined {
  const story = storyWithoutLedger(draft, book);
  if (story === undefined) return undefined;
  const incident = "entries" in draft ? draft.body.window.incident : draft.body.incident;
  const { report } = ring(newHead(incident), story, book, now, draft.key);
  const { nextUpdate: _, ...rest } = report;
  const severity: Severity = report.lines[0]?.severity ?? "info";
  return isForRoundUp(severity) || SEVERITIES.indexOf(severity) > 1 ? undefined : rest;
}

function storyWithoutLedger(draft: Draft, book: RuleBook): Story | undefined {
  if (!("entries" in draft)) return draft.body.story;
  const rule = book.get(draft.body.window.rule);
  if (rule === undefined) return undefined;
  const { rung } = slide([], draft.entries, rule);
  return rung.length === 0 ? undefined : passed(rung, rule, draft.body.window.incident);
}
