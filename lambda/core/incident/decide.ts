import { type Alert, renderAlert } from "../alert/alert.ts";
import type { AlertSettings } from "../alert/part.ts";
import type { Incident, Report, Usual } from "../alert/report.ts";
import { EMPTY_STORY, matchesIn, type Story, sumOf } from "../alert/story.ts";
import { mergedStory, StoryBuilder, sharedStory } from "../alert/story-builder.ts";
import { type Chains, NO_CHAINS } from "../links/chain.ts";
import type { Mutes } from "../mute/mutes.ts";
import { type Muting, mutedRules, type Swallowed, split } from "../mute/swallow.ts";
import type { Tallies } from "../mute/tallies.ts";
import { BUDGET, budgetOf } from "../outbox/budget.ts";
import { alertKey, newOutgoing, urgencyOf } from "../outbox/outbox.ts";
import { sessionOf, sessionText } from "../record/session.ts";
import { isAtLeast, type Rule, SEVERITIES, type Severity } from "../rules/rule.ts";
import type { Items } from "../store/items.ts";
import { MARK_BYTES, REMEMBERED, Recall } from "../store/seen.ts";
import type { Change } from "../store/store.ts";
import { type Draft, type MarkedRun, RUN_BYTES, type StoryDraft, storyDraft } from "./drafts.ts";
import { type Head, hasNewSession, headOf, hold, judged, newHead, openUntil, ring, ringsAt } from "./incident.ts";
import { LOOKS, lookAfter, lookKey, lookOf, newsOf, nextLook, peopleOf, reportOfLook } from "./look.ts";
import { isOneTooMany, type Opened, type OpenedInRun, openKey } from "./open-incidents.ts";
import { hasPast, pastAfter, pastKey, pastOf, REMEMBERED_PAST, usualOf } from "./past.ts";
import { sharedIncident, toldKeyOf } from "./place.ts";
import { isForRoundUp, type RuleBook } from "./rule-book.ts";
import { entriesOf, passed, slide, storedWindow, type WindowEntry, windowOf } from "./window.ts";
import { marksOfRuns, type Run, type WrittenStory, writtenOf } from "./written.ts";

/** The inputs of one decision. */
export interface Circumstances {
  readonly settings: AlertSettings;
  readonly book: RuleBook;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When the next daily round-up is made, in milliseconds since the epoch. */
  readonly endOfDay: () => number;
  /** Incidents that this run has opened but not yet counted. */
  readonly opened: OpenedInRun;
  /** What is quiet for some hours. */
  readonly mutes: Mutes;
  /** Counts what they swallow. */
  readonly tallies: Tallies;
  /** Who opened the sessions that the decision is about, as far as that is known. */
  readonly chains?: Chains;
}

/** What became of the matches in one item that was written down. */
export interface Counts {
  readonly fresh: number;
  readonly duplicates: number;
  readonly toldElsewhere: number;
  /** Those of the new ones that a mute swallowed. */
  readonly muted: number;
}

/** What becomes of what was written down for one incident or window. */
export interface Decision {
  readonly changes: readonly Change[];
  /** For each item that it takes: matches that are new, and that were known. Items left out come next time. */
  readonly taken: ReadonlyMap<string, Counts>;
  /** The alert that was made. */
  readonly alert?: Alert;
  /** The incident, if it counts as open from now on. */
  readonly opened?: Opened;
  /** What mutes swallowed: of the new matches, and of what was held back. */
  readonly swallowed?: readonly Swallowed[];
  /** What the same commit writes down for another owner, to be settled next, or with its day. */
  readonly passedOn?: PassedOn;
}

export interface PassedOn {
  readonly key: string;
  /** How many new matches it is made of. */
  readonly fresh: number;
  /** True if it waits for the daily round-up. */
  readonly waits: boolean;
}

const DAY = 86_400_000;

/** Settled items are kept this long, in milliseconds, so that nobody writes them down again meanwhile. */
const DONE_FOR = DAY;

/** How long a daily incident waits for more of its day, in milliseconds: until the next tick. */
const SETTLING = 60_000;

/** Heads with nothing to tell are forgotten after this time, in milliseconds. */
const FORGOTTEN_AFTER = 2 * DAY;

/**
 * A transaction holds 100 changes: twenty items, 24 chains of marks that grow by one each, eight for the new marks,
 * head and alert. What is handed on must fit one item.
 */
const MAX_SEEN = 24;
/** How many sessions one decision may ask the openers of. */
const MAX_SESSIONS = 40;
export const MAX_ITEMS = 20;
const MAX_BYTES = 120_000;

/** The items that a decision needs besides the written ones, once these are read. */
export function keysBehind(key: string, items: Items): readonly string[] {
  const written = items.get(key, writtenOf);
  if (written === undefined || written === "done") return [];
  if ("seenKeys" in written) return [...new Set(written.seenKeys)];
  return [
    ...new Set(written.runs.flatMap(({ seenKey, unless }) => [seenKey, ...(unless === undefined ? [] : [unless])])),
    countedAt(written),
  ];
}

/** The items that hold what was told before of the alert's caller. */
export function keysBeside({ parts }: Alert): readonly string[] {
  const key = parts[0]?.incident ?? "";
  return [lookKey({ key }), pastKey({ key }), BUDGET];
}

/** The item that counts the incident that something written down opens. */
function countedAt({ incident, story }: WrittenStory): string {
  return openKey(incident, story.lines[0]?.rules[0] ?? "");
}

/**
 * Decides on an incident: what is already known, what rings, what is held back. If more comes in the next decision
 * (`hasMore`), that one rings.
 */
export function decide(
  owner: string,
  keys: readonly string[],
  items: Items,
  given: Circumstances,
  hasMore: boolean,
): Decision {
  const { book, now, chains = NO_CHAINS } = given;
  const known = items.get(owner, headOf);
  const written = keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" || "seenKeys" in one ? [] : [{ key, ...one }];
  });
  const incident = known?.incident ?? written[0]?.incident;
  if (incident === undefined) return idle(keys, items, now);
  const isNew = isOver(known, now) && known?.held === undefined;
  const [first] = written;
  const counting = isNew && first !== undefined && !incident.isShared ? countedAt(first) : undefined;
  // An open incident keeps its own matches, however many other incidents there are.
  const isSurplus = counting !== undefined && isOneTooMany(counting, incident.key, items, given);
  const muting = mutingOf(incident, isSurplus ? [] : given.mutes.at(now), given);
  const before = known?.held === undefined ? undefined : split(known.held, muting);
  const held = before?.told.lines.length === 0 ? undefined : before?.told;
  const head = toldMore(isOver(known, now) ? newHead(incident, held) : withHeld(known as Head, held), items);
  const recall = new Recall(items);
  const { story: fresh, taken, runs, swallowed: own } = freshOf(written, items, recall, muting);
  const swallowed = [...(before?.swallowed ?? []), ...own];
  const changes = [
    ...(taken.size === 0 ? idle(keys, items, now).changes : []),
    ...done(taken, items, now),
    ...recall.changes(now),
  ];
  const story = withPeople(head.held === undefined ? fresh : mergedStory(head.held, fresh), chains);
  if (story.lines.length === 0) {
    const isChanged = known?.held !== undefined || items.dueAt(owner) !== undefined;
    const body = known && withHeld(known, undefined);
    const next = body && isChanged ? [items.change(owner, { body, expiresAt: now + FORGOTTEN_AFTER })] : [];
    return { changes: [...changes, ...next], taken, swallowed };
  }
  if (isSurplus && first !== undefined) {
    const shared = sharedIncident(incident, first.story.lines[0]?.rules[0] ?? "");
    const severity = fresh.lines[0]?.severity ?? "info";
    const draft = storyDraft(shared, sharedStory(fresh, incident.actor), runs, severity, 0);
    const count = sumOf(Array.from(taken.values(), (one) => one.fresh));
    const { change, passedOn } = handOn(draft, incident.key, count, now);
    // The marks are remembered by the incident that tells them.
    return { changes: [...done(taken, items, now), change], taken, passedOn };
  }
  const lines = story.lines.map((line) => judged(line, head, book, now));
  // A day is told once all of it is settled, which for a busy organization takes more than one look.
  const dueAt = incident.kind === "daily" ? now + SETTLING : ringsAt(lines, head, book, now);
  const opened = (until: number) =>
    counting !== undefined && { opened: { key: counting, incident: incident.key, until } };
  const isPart = taken.size > 0 && (hasMore || taken.size < written.length);
  if (dueAt > now || incident.kind === "daily" || isPart) {
    // Somebody else has taken what this decision was called for.
    if (taken.size === 0 && keys.length > 0) return idle(keys, items, now);
    const more = hold(head, fresh);
    const severity = SEVERITIES.find((one) => lines.some((line) => line.severity === one)) ?? "info";
    const urgency = urgencyOf({ severity, isUnverified: incident.isUnverified });
    const next = items.change(owner, { body: more, dueAt: Math.max(dueAt, now), urgency });
    return { changes: [...changes, next], taken, swallowed, ...opened(openUntil(more, now)) };
  }
  const version = items.change(owner, { body: null }).expected;
  const rung = ring(head, story, book, now, [version, ...taken.keys()].join(" "));
  const report = { ...rung.report, chains, usual: usualIn(items, rung.report, now) };
  const alert = renderAlert(report, given.settings, now);
  return {
    changes: [
      ...changes,
      items.change(owner, { body: rung.head, expiresAt: now + FORGOTTEN_AFTER }),
      newAlert(alert, now),
      ...lookChanges(items, report, given),
      ...pastChanges(items, report, now),
    ],
    taken,
    alert,
    swallowed,
    ...opened(openUntil(rung.head, now)),
  };
}

function mutingOf(incident: Incident, mutes: Muting["mutes"], { book }: Pick<Circumstances, "book">): Muting {
  return { incident, mutes, rulesOf: (line) => book.rulesOf(line) };
}

function withHeld({ held: _, ...head }: Head, held: Story | undefined): Head {
  return { ...head, ...(held && { held }) };
}

/** The sessions in what an incident has to tell. */
export function sessionsIn(owner: string, keys: readonly string[], items: Items): ReadonlySet<string> {
  const stories = keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" || "seenKeys" in one ? [] : [one];
  });
  const head = items.get(owner, headOf);
  const incident = head?.incident ?? stories[0]?.incident;
  // Sessions that somebody may have made up name nobody.
  if (incident?.isUnverified) return new Set();
  const look = incident && items.get(lookKey(incident), lookOf);
  const all = [...stories.map(({ story }) => story), ...(head?.held === undefined ? [] : [head.held])];
  const own = all.flatMap(({ lines, kept }) => [
    ...lines.flatMap(({ sessions = [] }) => sessions),
    ...kept.flatMap(({ record }) => sessionOf(record) ?? []).map(sessionText),
  ]);
  return new Set([...own, ...Object.keys(look?.sessions ?? {})].slice(0, MAX_SESSIONS));
}

/** A head that also knows whom a mail told of that said nothing else. */
function toldMore(head: Head, items: Items): Head {
  const people = items.get(lookKey(head.incident), lookOf)?.people;
  return people === undefined ? head : { ...head, told: { ...people, ...head.told } };
}

/** A story with the people behind its sessions among its facts: the same role used by somebody else is news. */
function withPeople(story: Story, chains: Chains): Story {
  if (chains.size === 0) return story;
  const lines = story.lines.map((line) => ({ ...line, facts: [...line.facts, ...peopleOf(line, chains)] }));
  return { ...story, lines };
}

/** What to look for from now on: who opened the sessions, where a mail could not say it. */
function lookChanges(
  items: Items,
  report: Report,
  { book, now, chains = NO_CHAINS }: Circumstances,
): readonly Change[] {
  const key = lookKey(report.incident);
  const before = items.get(key, lookOf);
  const look = lookAfter(before, report, chains, now);
  if (look === undefined) return before === undefined ? [] : [items.change(key, { body: before, expiresAt: now })];
  // For lower severities the next mail tells it.
  const severity = book.severityOf(look.line, report.incident.isUnverified ?? false);
  const dueAt = isAtLeast(severity, "high") ? nextLook(look, now, report.nowKnown !== undefined) : undefined;
  return [items.change(key, { body: look, expiresAt: look.told.at + LOOKS, ...(dueAt && { dueAt, urgency: "info" }) })];
}

/** What is usual for the one whom an incident is about. */
function usualIn(items: Items, report: Report, now: number): Usual | undefined {
  // A past that cannot be read supports no claim.
  if (!hasPast(report.incident) || isMoved(items, pastKey(report.incident))) return undefined;
  const since = items.get(BUDGET, budgetOf)?.since;
  return usualOf(items.get(pastKey(report.incident), pastOf), since, report, now);
}

function isMoved(items: Items, key: string): boolean {
  return items.change(key, { body: null }).key !== key;
}

function pastChanges(items: Items, report: Report, now: number): readonly Change[] {
  if (!hasPast(report.incident)) return [];
  const key = pastKey(report.incident);
  const past = pastAfter(items.get(key, pastOf), report, now);
  return [items.change(key, { body: past, expiresAt: now + REMEMBERED_PAST })];
}

/** Decides on a look: tells what is now known of who opened its sessions, or looks again later. */
export function decideLook(
  key: string,
  items: Items,
  given: Circumstances,
): { readonly changes: readonly Change[]; readonly alert?: Alert } {
  const { book, now, settings, chains = NO_CHAINS } = given;
  const look = items.get(key, lookOf);
  if (look === undefined) return { changes: [] };
  const { incident } = look;
  const line = judged(look.line, newHead(incident), book, now);
  const next = nextLook(look, now);
  const isQuiet = mutedRules(line, mutingOf(incident, given.mutes.at(now), given)).size > 0;
  if (isQuiet || newsOf(look, chains, now).length === 0 || !isAtLeast(line.severity, "high")) {
    const again =
      next !== undefined && isAtLeast(line.severity, "high") ? { dueAt: next, urgency: "info" as const } : {};
    return { changes: [items.change(key, { body: look, expiresAt: look.told.at + LOOKS, ...again })] };
  }
  const report = reportOfLook(look, { ...line, isNews: false }, chains, now);
  const alert = renderAlert(report, settings, now);
  return { changes: [...lookChanges(items, report, given), newAlert(alert, now)], alert };
}

/** Items that are settled and still due are none of ours; they must not block those that are. */
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

/**
 * Takes as much of what was written down as one transaction holds, in order; the rest comes next. `take` tells
 * what became of one item's matches.
 */
function takeSome<W extends { readonly key: string }>(
  written: readonly W[],
  bytesOf: (one: W) => number,
  seenKeysOf: (one: W) => readonly string[],
  recall: Recall,
  take: (one: W) => Counts,
): Decision["taken"] {
  const taken = new Map<string, Counts>();
  let bytes = 0;
  for (const one of written.slice(0, MAX_ITEMS)) {
    const wanted = new Set([...recall.added, ...seenKeysOf(one)]);
    bytes += bytesOf(one);
    if (taken.size > 0 && (wanted.size > MAX_SEEN || bytes > MAX_BYTES)) break;
    taken.set(one.key, take(one));
  }
  return taken;
}

/** The new part of what was written down. */
function freshOf(
  written: readonly (WrittenStory & { readonly key: string })[],
  items: Items,
  recall: Recall,
  muting: Muting,
) {
  const builder = new StoryBuilder();
  const freshRuns: MarkedRun[] = [];
  const swallowed: Swallowed[] = [];
  const seenKeysOf = ({ runs }: WrittenStory) => runs.map(({ seenKey }) => seenKey);
  const bytesOf = ({ runs }: WrittenStory) => sumOf(runs.map(({ count }) => RUN_BYTES + count * MARK_BYTES));
  const taken = takeSome(written, bytesOf, seenKeysOf, recall, ({ key, story, runs }) => {
    const counts = { fresh: 0, duplicates: 0, toldElsewhere: 0, muted: 0 };
    const known: Pick<Run, "line" | "rule" | "count">[] = [];
    const quiet = new Map(story.lines.map((one) => [one.key, mutedRules(one, muting)]));
    for (const { count: _, marks, ...run } of marksOfRuns(runs, items.bytes(key))) {
      const { line, rule, seenKey, mode, unless } = run;
      const fresh: string[] = [];
      for (const mark of marks) {
        const isDuplicate = mode === "once" && recall.knows(seenKey, mark);
        const isTold = !isDuplicate && mode === "once" && unless !== undefined && recall.knows(unless, mark);
        if (isDuplicate) counts.duplicates++;
        else if (isTold) counts.toldElsewhere++;
        else fresh.push(mark);
        // No mail tells of what is muted.
        if (mode === "once" || !quiet.get(line)?.has(rule)) recall.add(seenKey, mark);
      }
      if (mode === "once") counts.fresh += fresh.length;
      freshRuns.push({ ...run, marks: fresh });
      known.push({ line, rule, count: marks.length - fresh.length });
    }
    const left = without(story, known);
    // Matches that passed a window were counted there.
    if (runs.every(({ mode }) => mode === "tell")) counts.fresh = sumOf(matchesIn(left).values());
    const parts = split(left, muting);
    swallowed.push(...parts.swallowed);
    counts.muted = sumOf(parts.swallowed.map(({ matches }) => matches));
    if (parts.told.lines.length > 0) builder.addStory(parts.told);
    return counts;
  });
  const story = builder.story();
  const runs = freshRuns.filter(({ marks }) => marks.length > 0);
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

/** Writes down for another owner what it has to tell, to be settled next or later; it is made of `fresh` new matches. */
function handOn(draft: StoryDraft, from: string, fresh: number, now: number, dueAt = now) {
  // It is no earlier item, even with the same matches: a commit hands something on once.
  const own = { ...draft, key: `${draft.key}@${now}-${from}` };
  return { change: writing(own, dueAt, now), passedOn: { key: own.key, fresh, waits: dueAt > now } };
}

/** Decides on a window: what is new in it, and what passes to its incident. */
export function decideWindow(owner: string, keys: readonly string[], items: Items, given: Circumstances): Decision {
  const { book, now } = given;
  const written = keys.flatMap((key) => {
    const one = items.get(key, writtenOf);
    return one === undefined || one === "done" || !("seenKeys" in one) ? [] : [{ key, ...one }];
  });
  const [first] = written;
  if (first === undefined) return idle(keys, items, now);
  const { window } = first;
  const rule = book.get(window.rule);
  const recall = new Recall(items);
  const fresh: WindowEntry[] = [];
  const taken = takeSome(
    written,
    ({ entries }) => entries.length * 2 * MARK_BYTES,
    ({ seenKeys }) => seenKeys,
    recall,
    (one) => {
      const counts = { fresh: 0, duplicates: 0, toldElsewhere: 0, muted: 0 };
      for (const [i, entry] of entriesOf(one).entries()) {
        const seenKey = one.seenKeys[one.behind[i] ?? 0] ?? "";
        const isKnown = recall.knows(seenKey, entry.mark);
        if (!entry.precedes) counts[isKnown ? "duplicates" : "fresh"]++;
        if (isKnown) continue;
        recall.add(seenKey, entry.mark);
        fresh.push(entry);
      }
      return counts;
    },
  );
  const stored = items.get(owner, windowOf);
  const slid = slide(stored === undefined ? [] : entriesOf(stored), fresh, rule ?? {});
  const changes = [
    ...done(taken, items, now),
    ...recall.changes(now),
    items.change(owner, { body: storedWindow(window, slid.entries), expiresAt: now + REMEMBERED }),
  ];
  if (slid.rung.length === 0 || rule === undefined) return { changes, taken };
  const draft = passedDraft(slid.rung, rule, window.incident);
  const dueAt = window.incident.kind === "daily" ? given.endOfDay() : now;
  const { change, passedOn } = handOn(draft, window.key, slid.fresh, now, dueAt);
  return { changes: [...changes, change], taken, passedOn };
}

/** What passed a window, written down for its incident; its marks tell the daily round-up that a mail tells of it. */
export function passedDraft(rung: readonly WindowEntry[], rule: Rule, incident: Incident): StoryDraft {
  const story = passed(rung, rule, incident);
  const runs = new Map<string, string[]>();
  // The round-up leaves out only what a mail tells.
  for (const { mark, time, unless } of incident.kind === "mail" && !incident.isUnverified ? rung : []) {
    const key = unless ?? toldKeyOf(incident.accountId, incident.actor, time);
    const marks = runs.get(key);
    if (marks === undefined) runs.set(key, [mark]);
    else marks.push(mark);
  }
  // One settle holds this many: for further callers and hours the round-up may repeat what a mail told.
  const told = [...runs].slice(0, MAX_SEEN).map(([seenKey, marks]) => {
    return { line: story.lines[0]?.key ?? "", rule: rule.name, seenKey, mode: "tell" as const, marks };
  });
  return storyDraft(incident, story, told, rule.severity, sumOf(rung.map(({ matches }) => matches)));
}

/** The change that writes something down. It can be there already only if a retry found the same. */
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

/** When something about to be written down is due: at once, unless all of it can wait for its incident. */
export function dueAtOf(draft: Draft, head: Head | undefined, given: Circumstances): number {
  const { book, now, endOfDay } = given;
  if ("entries" in draft) return now;
  const { incident, story } = draft.body;
  if (incident.kind === "daily") return endOfDay();
  if (isOver(head, now)) return now;
  const known = head as Head;
  // What is muted is decided on while the mute lasts, or it would ring after its end.
  const muting = mutingOf(incident, given.mutes.at(now), given);
  if (story.lines.some((line) => hasNewSession(line, known) || mutedRules(line, muting).size > 0)) return now;
  return ringsAt(
    story.lines.map((line) => judged(line, known, book, now)),
    known,
    book,
    now,
  );
}

/** True for a head that has something for the daily round-up. */
export function hasDaily(owner: string, items: Items): boolean {
  const head = items.get(owner, headOf);
  return head?.held !== undefined && head.incident.kind === "daily";
}

/** What daily incidents tell in one round-up: a report of each, and the changes that note it. */
export function decideDaily(
  owners: readonly string[],
  items: Items,
  { book, now }: Circumstances,
): readonly { readonly report: Report; readonly change: Change }[] {
  const told = new Map<string, { readonly report: Report; readonly change: Change }>();
  for (const owner of owners) {
    const head = items.get(owner, headOf);
    if (head?.held === undefined || !hasDaily(owner, items)) continue;
    const version = items.change(owner, { body: null }).expected;
    const { report, head: next } = ring({ ...newHead(head.incident) }, head.held, book, now, version);
    const change = items.change(owner, { body: next, expiresAt: now + FORGOTTEN_AFTER });
    // One head may be due under two keys: its own, which holds what cannot be read, and the one that replaces it.
    told.set(change.key, { report, change });
  }
  return [...told.values()];
}

/** What a draft tells when there is no ledger to ask; undefined below its rule's threshold, or when it can wait. */
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
